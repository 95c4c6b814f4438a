// SPDX-License-Identifier: Apache-2.0
// PartitionMapRuns: the Map Runs of one partition: their children are executions of the same
// partition, so a run, its parent and its children move on one thread and are stored in one batch.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "engine/live_execution.h"
#include "engine/partition_message.h"
#include "interpreter/command.h"

namespace pawl::engine {

class Partition;

/// Part of a Partition; the same thread.
class PartitionMapRuns {
 public:
  explicit PartitionMapRuns(Partition& partition) : partition_(partition) {}

  /// Command StartMapRun of `parent`; nothing is stepped before advance_all().
  void start(LiveExecution& parent, interpreter::StartMapRun command);
  /// True if the task was a Map Run, which is over now.
  bool cancel(ExecutionId parent, interpreter::TaskId task);
  /// Called when any execution has ended.
  void child_ended(LiveExecution& child);
  bool update(const UpdateMapRunMessage& message);
  /// Starts children and ends runs, as far as one batch bears it.
  base::Result<void> advance_all();
  bool has_work() const { return !starting_.empty(); }
  base::Result<void> recover();

 private:
  struct Starting {
    ExecutionId parent;
    interpreter::StartMapRun command;
  };

  Partition& partition_;
  std::vector<Starting> starting_;
};

}  // namespace pawl::engine
