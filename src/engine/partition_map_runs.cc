// SPDX-License-Identifier: Apache-2.0
#include "engine/partition_map_runs.h"

#include <utility>

#include "engine/partition.h"

namespace pawl::engine {

void PartitionMapRuns::start(LiveExecution& parent, interpreter::StartMapRun command) {
  starting_.push_back({parent.record.id, std::move(command)});
}

bool PartitionMapRuns::cancel(ExecutionId, interpreter::TaskId) { return false; }

void PartitionMapRuns::child_ended(LiveExecution&) {}

bool PartitionMapRuns::update(const UpdateMapRunMessage&) { return false; }

base::Result<void> PartitionMapRuns::advance_all() {
  for (const Starting& run : std::exchange(starting_, {})) {
    LiveExecution* parent = PAWL_TRY(partition_.find(run.parent));
    if (parent == nullptr) continue;
    partition_.step(*parent,
                    interpreter::MapRunEnded{
                        run.command.task,
                        {},
                        asl::ExecutionError{.error = "States.Runtime",
                                            .cause = "Distributed Maps are not available."}});
  }
  return {};
}

base::Result<void> PartitionMapRuns::recover() { return {}; }

}  // namespace pawl::engine
