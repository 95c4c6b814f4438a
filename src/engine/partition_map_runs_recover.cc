// SPDX-License-Identifier: Apache-2.0
// Map Runs after a crash. They take their turns like all others; nothing is stepped here.
#include <utility>

#include "engine/partition.h"
#include "engine/partition_map_runs.h"
#include "store/key.h"

namespace pawl::engine {

base::Result<void> PartitionMapRuns::recover() {
  const MapRunStore map_runs(partition_.options_.executions);
  for (const uint64_t id : PAWL_TRY(map_runs.open_runs())) {
    if (partition_.owns(id)) PAWL_TRY_VOID(recover_run(id));
  }
  return {};
}

base::Result<void> PartitionMapRuns::recover_run(uint64_t id) {
  const MapRunStore map_runs(partition_.options_.executions);
  auto record = PAWL_TRY(map_runs.record(id));
  if (!record) {
    return base::Error(base::ErrorKind::TypeMismatch,
                       "stored Map Run: no record of " + std::to_string(id));
  }
  PAWL_TRY(revive(*std::move(record), PAWL_TRY(map_runs.command(id))));
  return {};
}

/// The run as it would be had it never left the memory, but for what it finds on its walk.
base::Result<PartitionMapRuns::Run*> PartitionMapRuns::revive(MapRunRecord record,
                                                              interpreter::StartMapRun command) {
  auto made = std::make_unique<Run>();
  made->record = std::move(record);
  made->task = command.task;
  made->parent = PAWL_TRY(partition_.find(made->record.parent));
  if (made->parent != nullptr) {
    made->program = made->parent->revision->program;
    const bool has_store = partition_.options_.objects != nullptr;
    made->map_run =
        std::make_unique<MapRun>(made->program, made->parent->state, std::move(command),
                                 made->record.seed, MapRun::Abilities{has_store, has_store});
  }
  if (made->parent == nullptr || !is_awaited(*made->parent, made->task)) {
    // The parent is over, or was an EXPRESS child that begins again.
    made->parent = nullptr;
    if (made->record.status == MapRunStatus::Running) {
      made->record.status = MapRunStatus::Aborted;
      made->record.stopped_at = partition_.options_.clock.now();
    }
    made->record.phase = MapRunPhase::Stopping;
  }
  Run& run = add(std::move(made));
  PAWL_TRY_VOID(find_children(run));
  if (run.record.phase == MapRunPhase::Children) {
    run.found_until = run.record.children_started;
    run.map_run->set_concurrency(run.record.max_concurrency);
    const MapRunRecord& stored = run.record;
    run.map_run->set_tolerance(
        stored.failure_count_is_updated ? std::optional(stored.tolerated_failure_count)
                                        : std::nullopt,
        stored.failure_percentage_is_updated ? std::optional(stored.tolerated_failure_percentage)
                                             : std::nullopt);
  } else {
    run.counts_in_record = true;
  }
  if (run.parent != nullptr) prepare(run);
  queue(run);
  return &run;
}

/// Redrive: the walk through the items finds who was not successful. The run's end is committed:
/// its parent was redriven by a message of a later batch.
base::Result<void> PartitionMapRuns::begin(LiveExecution& parent,
                                           interpreter::RedriveMapRun& command) {
  const MapRunStore map_runs(partition_.options_.executions);
  const auto id = PAWL_TRY(map_runs.find(command.map_run_arn));
  auto record = id ? PAWL_TRY(map_runs.record(*id)) : std::nullopt;
  if (!record || find(*id) != nullptr) {
    partition_.step(parent, interpreter::MapRunEnded{
                                command.task,
                                {},
                                asl::ExecutionError{.error = std::string(asl::error_name::kRuntime),
                                                    .cause = "The Map Run " + command.map_run_arn +
                                                             " cannot be redriven."}});
    return {};
  }
  interpreter::StartMapRun start = PAWL_TRY(map_runs.command(*id));
  start.task = command.task;
  record->status = MapRunStatus::Running;
  record->phase = MapRunPhase::Children;
  record->stopped_at = {};
  record->error.reset();
  record->items.results_written = record->children.results_written = 0;
  ++record->redrive_count;
  record->redriven_at = partition_.now_;
  store::Batch& batch = partition_.batch_;
  batch.put(partition_.spaces_.map_runs, MapRunStore::command_key(*id),
            encode_map_run_command(start));
  batch.put(partition_.spaces_.map_runs, MapRunStore::open_key(*id), {});
  Run* run = PAWL_TRY(revive(*std::move(record), std::move(start)));
  change(*run);
  return {};
}

/// STANDARD children that still run; they go on by themselves.
base::Result<void> PartitionMapRuns::find_children(Run& run) {
  const ExecutionStore& executions = partition_.options_.executions;
  const auto cursor = executions.store().cursor(
      partition_.spaces_.open,
      store::Range::prefix(store::KeyBuilder().text(run.record.arn).take()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    key.text();
    const ExecutionId id = ~key.u64().value_or(0);
    const auto record = PAWL_TRY(executions.record(id));
    if (record && record->map_run == run.record.id) run.found.emplace(record->map_run_child, id);
  }
  return {};
}

}  // namespace pawl::engine
