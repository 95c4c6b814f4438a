// SPDX-License-Identifier: Apache-2.0
// PartitionMapRuns: the Map Runs of one partition: their children are executions of the same
// partition, so a run, its parent and its children move on one thread and are stored in one batch.
//
// A run is stored with its parent's MapRunStarted event; each child's result with the child's end;
// the run's end with its parent's MapRunEnded. After a crash the run is made again from its seed
// and command and walks through its items from the first: children whose result is stored are
// counted, those that run are found in the list of open executions, the others begin. EXPRESS
// children are nowhere but in memory until they end, so they begin again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/error.h"
#include "engine/live_execution.h"
#include "engine/map_run.h"
#include "engine/map_run_record.h"
#include "engine/map_run_transfer.h"
#include "engine/partition_message.h"
#include "interpreter/command.h"

namespace pawl::engine {

class Partition;

/// Part of a Partition; the same thread.
class PartitionMapRuns {
 public:
  explicit PartitionMapRuns(Partition& partition);
  ~PartitionMapRuns();

  /// Command StartMapRun of `parent`; nothing is stepped before advance_all().
  void start(LiveExecution& parent, interpreter::StartMapRun command);
  /// Command RedriveMapRun; the same.
  void redrive(LiveExecution& parent, interpreter::RedriveMapRun command);
  /// True if the task was a Map Run, which is over now; its children are stopped later.
  bool cancel(ExecutionId parent, interpreter::TaskId task);
  /// Called when any execution has ended.
  void child_ended(LiveExecution& child);
  /// False if there is no such run under way.
  bool update(const UpdateMapRunMessage& message);
  void items_read(MapRunItemsMessage& message);
  void results_written(MapRunWrittenMessage& message);
  /// Starts children and ends runs, as far as one batch bears it.
  base::Result<void> advance_all();
  bool has_work() const { return !starting_.empty() || !turns_.empty(); }
  /// Before a batch is committed: the records of the runs that have changed. The next batch has its
  /// own bounds.
  void write_changed();
  base::Result<void> recover();

 private:
  struct Starting {
    ExecutionId parent;
    interpreter::TaskId task;
    std::variant<interpreter::StartMapRun, interpreter::RedriveMapRun> command;
  };
  struct Run {
    MapRunRecord record;
    interpreter::TaskId task;
    LiveExecution* parent = nullptr;  ///< pinned; null once nobody waits for the run
    std::shared_ptr<const asl::Program> program;
    std::unique_ptr<MapRun> map_run;  ///< null if the parent is gone after a crash
    std::shared_ptr<MapRunReading> reading;
    bool is_reading = false;  ///< a batch of items is on its way
    bool is_writing = false;
    bool writing_was_tried = false;
    std::unordered_map<uint32_t, ExecutionId> children;  ///< those running, by number
    std::string writer_arguments;                        ///< of the ResultWriter, as JSON text
    std::optional<std::string> output;                   ///< of the ResultWriter, as JSON text

    // After a crash or a redrive.
    uint32_t found_until = 0;                         ///< children below were started before
    std::unordered_map<uint32_t, ExecutionId> found;  ///< those that run; not met again yet
    std::unordered_map<uint32_t, MapRun::ChildResult> ended_early;  ///< of these, while not met
    bool counts_in_record =
        false;  ///< only stopping or writing was left: nothing is walked through
    bool is_queued = false;
    bool is_changed = false;
  };
  struct TaskKey {
    ExecutionId parent;
    interpreter::TaskId task;
    friend bool operator==(const TaskKey&, const TaskKey&) = default;
  };
  struct TaskKeyHash {
    size_t operator()(const TaskKey& key) const {
      return std::hash<uint64_t>{}(key.parent * 0x9e3779b97f4a7c15ULL ^
                                   (uint64_t{key.task.frame} << 32 | key.task.sequence));
    }
  };

  // partition_map_runs.cc
  Run* find(uint64_t id) const;
  Run& add(std::unique_ptr<Run> run);
  base::Result<void> begin(LiveExecution& parent, interpreter::StartMapRun& command);
  void leave_parent(Run& run);
  void queue(Run& run);
  void change(Run& run);
  void prepare(Run& run);
  void copy_counts(Run& run);
  void put_record(const MapRunRecord& record);

  // partition_map_runs_advance.cc
  bool has_room() const;
  base::Result<void> advance(Run& run);
  base::Result<void> advance_children(Run& run);
  base::Result<bool> restore(Run& run, const MapRun::Child& child);
  base::Result<bool> redrive_child(Run& run, const MapRun::Child& child);
  void start_child(Run& run, MapRun::Child child);
  void read_on(Run& run);
  base::Result<void> stop_children(Run& run);
  void begin_writing(Run& run);
  void write_results(uint64_t id);
  void finish(Run& run);

  // partition_map_runs_recover.cc
  base::Result<void> begin(LiveExecution& parent, interpreter::RedriveMapRun& command);
  base::Result<void> recover_run(uint64_t id);
  base::Result<Run*> revive(MapRunRecord record, interpreter::StartMapRun command);
  base::Result<void> find_children(Run& run);
  static bool is_awaited(const LiveExecution& parent, interpreter::TaskId task);

  Partition& partition_;
  std::vector<Starting> starting_;
  std::unordered_map<uint64_t, std::unique_ptr<Run>> runs_;
  std::unordered_map<TaskKey, uint64_t, TaskKeyHash> by_task_;
  std::deque<uint64_t> turns_;  ///< runs that may have something to do
  std::vector<uint64_t> changed_;
  size_t children_left_ = 0;  ///< of this batch
};

}  // namespace pawl::engine
