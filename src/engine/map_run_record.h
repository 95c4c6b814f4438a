// SPDX-License-Identifier: Apache-2.0
// MapRunRecord: what the store keeps of a Map Run besides its children's results; and MapRunStore:
// where all of it stands, for the partitions that write it and the API that reads it.
// docs/formats/map-runs.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/execution_error.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/execution_store.h"
#include "engine/map_run.h"
#include "engine/ports.h"
#include "interpreter/command.h"

namespace pawl::engine {

/// API MapRunStatus.
enum class MapRunStatus : uint8_t { Running, Succeeded, Failed, Aborted };
std::string_view map_run_status_name(MapRunStatus status);

/// How far a run has come, beside its status.
enum class MapRunPhase : uint8_t {
  Children,  ///< items are read, children run
  Stopping,  ///< it has failed or nobody waits for it: running children are stopped
  Writing,   ///< the ResultWriter's files are written
  Over,
};

struct MapRunRecord {
  uint64_t id = 0;
  std::string arn;
  ExecutionId parent = 0;
  std::string execution_arn;      ///< the parent's
  std::string state_machine_arn;  ///< the parent's
  MapRunStatus status = MapRunStatus::Running;
  MapRunPhase phase = MapRunPhase::Children;
  base::Timestamp started_at;
  base::Timestamp stopped_at;
  uint32_t max_concurrency = 0;
  int64_t tolerated_failure_count = 0;
  double tolerated_failure_percentage = 0;
  bool failure_count_is_updated = false;  ///< API UpdateMapRun: it counts also if the definition
  bool failure_percentage_is_updated = false;  ///< has none
  uint64_t seed = 0;
  uint32_t children_started = 0;  ///< none with a greater index has been
  MapRunCounts items;
  MapRunCounts children;
  std::string etag;                          ///< of what the ItemReader reads
  std::optional<asl::ExecutionError> error;  ///< why it fails, from Stopping on
  uint64_t redrive_count = 0;
  base::Timestamp redriven_at;
};

void encode_map_run_record(const MapRunRecord& record, std::string& out);
/// `id` is the key's. Errors: TypeMismatch.
base::Result<MapRunRecord> decode_map_run_record(std::string_view bytes);

/// JSON text of what a run was started with, and back. Errors: as json::parse, TypeMismatch.
std::string encode_map_run_command(const interpreter::StartMapRun& command);
base::Result<interpreter::StartMapRun> decode_map_run_command(std::string_view text);

/// A child's end: status, items, content as JSON text. `redrive`: how often the run had been
/// redriven.
void encode_child_result(const MapRun::ChildResult& result, uint64_t redrive, std::string& out);
struct StoredChildResult {
  uint64_t redrive = 0;
  interpreter::ExecutionStatus status = interpreter::ExecutionStatus::Succeeded;
  uint64_t items = 0;
  std::string_view content;  ///< views the record
};
base::Result<StoredChildResult> decode_child_result(std::string_view bytes);

/// Thread-safe: reads what is committed. Errors of all: Io, or TypeMismatch for damaged records.
class MapRunStore {
 public:
  explicit MapRunStore(const ExecutionStore& executions)
      : store_(executions.store()), space_(executions.keyspaces().map_runs) {}

  base::Result<std::optional<MapRunRecord>> record(uint64_t id) const;
  base::Result<std::optional<uint64_t>> find(std::string_view arn) const;
  /// The runs of an execution, newest first: at most `records_max` behind `before`.
  base::Result<std::vector<MapRunRecord>> list(ExecutionId parent, uint64_t before,
                                               size_t records_max) const;
  /// Those whose phase is not Over.
  base::Result<std::vector<uint64_t>> open_runs() const;
  base::Result<interpreter::StartMapRun> command(uint64_t id) const;

  /// Everything there is of a run that is over.
  static void erase(const MapRunRecord& record, store::Keyspace space, store::Batch& batch);

  // Keys.
  static store::Range records_range();
  static std::string record_key(uint64_t id);
  static std::string command_key(uint64_t id);
  static std::string result_key(uint64_t id, uint32_t child);
  static std::string results_prefix(uint64_t id);
  static std::string parent_prefix(ExecutionId parent);
  static std::string parent_key(ExecutionId parent, uint64_t id);
  static std::string open_key(uint64_t id);
  static std::string arn_key(std::string_view arn);

 private:
  store::Store& store_;
  store::Keyspace space_;
};

}  // namespace pawl::engine
