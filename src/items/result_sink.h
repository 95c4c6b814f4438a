// SPDX-License-Identifier: Apache-2.0
// ResultSink: writes what a Map Run's children ended with to an ObjectStore, in the files and the
// format that ASL "ResultWriter" and Developer Guide "ResultWriter (Map)" describe:
//   PREFIX/MAPRUN-UUID/SUCCEEDED_0.json, FAILED_0.json, PENDING_0.json, …, manifest.json
// Not the results that a Map state without Resource returns (engine/map_run.h).
//
// How an engine uses it. When the run is over, a worker thread opens a sink, adds the children one
// by one (as JSON text, from the store) and calls finish(). Files are streamed; nothing but the
// current chunk is held. If the process ends in between, the same is done again: keys follow from
// the run's ARN, so the objects are replaced, and manifest.json, written last, tells a complete
// export from an interrupted one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "items/object_store.h"
#include "items/outcome.h"
#include "json/value.h"

namespace pawl::items {

/// WriterConfig.Transformation. Failed and pending children are written with metadata always.
enum class Transformation : uint8_t {
  None,     ///< "NONE": output with the child's metadata
  Compact,  ///< "COMPACT": the output
  Flatten,  ///< "FLATTEN": the output; of an array, its items
};

enum class OutputType : uint8_t { Json, JsonLines };

/// In which file a child goes. TIMED_OUT and ABORTED children are in FAILED.
enum class ChildOutcome : uint8_t { Failed, Pending, Succeeded };

struct ResultWriterRequest {
  std::string_view map_run_arn;      ///< arn:aws:states:…:mapRun:MACHINE/LABEL:UUID
  const json::Value& arguments;      ///< Parameters or Arguments: {Bucket, Prefix}
  const json::Value& writer_config;  ///< as written (asl::ResultWriter::writer_config); {}: NONE,
                                     ///< JSON
};

struct ResultSinkLimits {
  uint64_t file_bytes_max = 5'000'000'000;  ///< "5 GB": then the next file begins
};

/// One child's end. Texts are valid JSON and are read only during add().
struct ChildResult {
  ChildOutcome outcome = ChildOutcome::Succeeded;
  /// {ExecutionArn, Input, InputDetails, Name, …}: what Transformation NONE writes. Unused, may be
  /// empty, for a succeeded child with another transformation.
  std::string_view metadata;
  std::string_view output;  ///< only of a succeeded child, for COMPACT and FLATTEN
};

/// One thread at a time. Without finish() no manifest is written.
class ResultSink {
 public:
  /// Checks the settings; nothing is written yet, so a bucket that does not exist is found out by
  /// finish(). `store` outlives the sink; the values of `request` are only read.
  /// Errors: States.ResultWriterFailed.
  static Outcome<ResultSink> open(ObjectStore& store, const ResultWriterRequest& request,
                                  const ResultSinkLimits& limits = {});
  ResultSink(ResultSink&&) noexcept;
  ResultSink& operator=(ResultSink&&) noexcept;
  ~ResultSink();

  Transformation transformation() const { return transformation_; }
  /// Blocks. Errors: States.ResultWriterFailed; then the sink is of no more use.
  Outcome<void> add(const ChildResult& child);
  /// Ends the files and writes manifest.json. Gives the Map state's result as JSON text:
  /// {"MapRunArn":…,"ResultWriterDetails":{"Bucket":…,"Key":"…/manifest.json"}}. Blocks; once, as
  /// the last call. Errors: States.ResultWriterFailed.
  Outcome<std::string> finish();

 private:
  struct File {
    std::unique_ptr<ObjectWriter> writer;  ///< null between files
    std::string buffer;                    ///< not appended yet
    uint64_t bytes = 0;                    ///< of the current file, the buffer included
    struct Written {
      std::string key;
      uint64_t bytes = 0;
    };
    std::vector<Written> written;
  };

  ResultSink(ObjectStore& store, std::string map_run_arn);
  std::string key_of(std::string_view name) const { return folder_ + std::string(name); }
  Outcome<void> write_entry(ChildOutcome outcome, std::string_view text);
  Outcome<void> begin_file(ChildOutcome outcome, File& file);
  Outcome<void> end_file(File& file);
  Outcome<void> flush(File& file);
  std::string manifest() const;

  ObjectStore* store_;
  std::string map_run_arn_;
  std::string bucket_;
  std::string expected_bucket_owner_;
  std::string folder_;  ///< PREFIX/UUID/
  Transformation transformation_ = Transformation::None;
  OutputType output_type_ = OutputType::Json;
  uint64_t file_bytes_max_ = 0;
  std::array<File, 3> files_;  ///< by ChildOutcome
};

}  // namespace pawl::items
