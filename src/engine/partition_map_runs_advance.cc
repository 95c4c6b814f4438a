// SPDX-License-Identifier: Apache-2.0
// Moves the Map Runs of a partition: children begin, are found again or are stopped; results are
// written; the parent learns of the end.
#include <algorithm>
#include <utility>

#include "engine/express_executions.h"
#include "engine/partition.h"
#include "engine/partition_map_runs.h"
#include "json/write.h"

namespace pawl::engine {
namespace {

/// Children of one run before the next run has its turn.
constexpr int kChildrenPerTurn = 64;

}  // namespace

base::Result<void> PartitionMapRuns::advance_all() {
  do {
    for (Starting& starting : std::exchange(starting_, {})) {
      LiveExecution* parent = PAWL_TRY(partition_.find(starting.parent));
      if (parent == nullptr || !is_awaited(*parent, starting.task)) continue;
      PAWL_TRY_VOID(
          std::visit([&](auto& command) { return begin(*parent, command); }, starting.command));
    }
    if (turns_.empty() || !has_room()) continue;
    const uint64_t id = turns_.front();
    turns_.pop_front();
    if (Run* run = find(id)) {
      run->is_queued = false;
      PAWL_TRY_VOID(advance(*run));
    }
  } while (!starting_.empty() || (!turns_.empty() && has_room()));
  return {};
}

/// Half a batch is for the turns of others.
bool PartitionMapRuns::has_room() const {
  return children_left_ > 0 &&
         partition_.batch_.bytes() < partition_.options_.limits.batch_bytes_max / 2;
}

base::Result<void> PartitionMapRuns::advance(Run& run) {
  MapRunRecord& record = run.record;
  if (record.phase == MapRunPhase::Children) {
    PAWL_TRY_VOID(advance_children(run));
    if (!run.map_run->outcome()) return {};
    copy_counts(run);
    record.error = run.map_run->outcome()->error;
    record.phase = MapRunPhase::Stopping;
    change(run);
  }
  if (record.phase == MapRunPhase::Stopping) {
    PAWL_TRY_VOID(stop_children(run));
    if (!run.children.empty()) return {};
    const bool has_results = !record.error || record.children_started > 0;
    if (run.parent != nullptr && run.map_run->has_writer() && has_results &&
        partition_.options_.objects != nullptr) {
      copy_counts(run);
      record.phase = MapRunPhase::Writing;
      change(run);
    } else {
      finish(run);
      return {};
    }
  }
  if (run.is_writing) return {};
  if (run.output || (record.error && run.writing_was_tried)) {
    finish(run);
  } else {
    begin_writing(run);
  }
  return {};
}

base::Result<void> PartitionMapRuns::advance_children(Run& run) {
  MapRun& map_run = *run.map_run;
  int turns = 0;
  while (turns < kChildrenPerTurn && has_room()) {
    std::optional<MapRun::Child> child = map_run.next_child(run.parent->state);
    if (!child) break;
    ++turns;
    --children_left_;
    if (child->index < run.found_until && PAWL_TRY(restore(run, *child))) continue;
    start_child(run, *std::move(child));
    change(run);
  }
  read_on(run);
  if (turns > 0 && !map_run.outcome()) queue(run);
  return {};
}

/// True if the child had ended or still runs.
base::Result<bool> PartitionMapRuns::restore(Run& run, const MapRun::Child& child) {
  if (const auto running = run.found.find(child.index); running != run.found.end()) {
    run.children.emplace(*running);
    run.found.erase(running);
    return true;
  }
  if (const auto early = run.ended_early.find(child.index); early != run.ended_early.end()) {
    run.map_run->add_result(child.index, std::move(early->second));
    run.ended_early.erase(early);
    return true;
  }
  const auto value = PAWL_TRY(partition_.options_.executions.store().get(
      partition_.spaces_.map_runs, MapRunStore::result_key(run.record.id, child.index)));
  if (!value) return false;
  const StoredChildResult stored = PAWL_TRY(decode_child_result(*value));
  if (stored.status != interpreter::ExecutionStatus::Succeeded &&
      stored.redrive < run.record.redrive_count)
    return redrive_child(run, child);
  run.map_run->add_result(child.index,
                          {stored.status, stored.items,
                           json::Payload::from_trusted_text(std::string(stored.content), false)});
  return true;
}

/// An unsuccessful STANDARD child goes on from where it failed; an EXPRESS one begins again
/// (Developer Guide "Redriving Map Runs"). False if it is to begin.
base::Result<bool> PartitionMapRuns::redrive_child(Run& run, const MapRun::Child& child) {
  if (run.map_run->map().execution_type == asl::StateMachineType::Express) return false;
  const std::string scope =
      scope_of_machine(child.info->region, child.info->account, run.map_run->machine_with_label());
  const auto id = PAWL_TRY(partition_.options_.executions.find(scope, child.info->execution_name));
  LiveExecution* live = id ? PAWL_TRY(partition_.find(*id)) : nullptr;
  if (live == nullptr) return false;
  run.children.emplace(child.index, *id);
  change(run);
  partition_.redrive(*live);
  // One whose history is full stays as it was.
  if (live->has_ended()) child_ended(*live);
  return true;
}

void PartitionMapRuns::start_child(Run& run, MapRun::Child child) {
  const MapRun& map_run = *run.map_run;
  const ExecutionRecord& parent = run.parent->record;
  auto live = std::make_unique<LiveExecution>();
  live->is_ephemeral = map_run.map().execution_type == asl::StateMachineType::Express;
  ExecutionRecord& record = live->record;
  interpreter::ExecutionInfo& info = *child.info;
  record.id = partition_.ids_.next(partition_.now_, slot_of(parent.id));
  record.scope = scope_of_machine(info.region, info.account, map_run.machine_with_label());
  record.name = info.execution_name;
  record.revision = parent.revision;
  record.started_at = partition_.now_;
  record.mock_test_case = parent.mock_test_case;
  record.map_run = run.record.id;
  record.map_run_arn = run.record.arn;
  record.map_run_child = child.index;
  record.map_run_items = child.items;
  record.start_scope = info.scope;
  record.map_item_index = info.map_item_index;
  if (record.map_item_index && !live->is_ephemeral)
    record.map_item = json::write(info.map_item_value);
  info.execution_id = record.id;
  live->revision = run.parent->revision;
  live->state = interpreter::make_execution(std::move(child.info), std::move(child.input));
  run.children.emplace(child.index, record.id);
  LiveExecution& added = partition_.add_live(std::move(live));
  ++partition_.statistics_.started;
  partition_.step(added, interpreter::ExecutionStarted{});
  partition_.mark_dirty(added);
  if (!added.is_ephemeral || added.has_ended()) return;
  // EXPRESS: five minutes.
  added.state.timeout_timer = 1;
  partition_.start_timer(added, {interpreter::kNoFrame, added.state.timeout_timer},
                         {added.record.started_at.ms + ExpressExecutions::kDurationMaxMs});
}

/// Reads ahead of the children.
void PartitionMapRuns::read_on(Run& run) {
  if (run.is_reading || run.reading == nullptr || !run.map_run->wants_items()) return;
  run.is_reading = true;
  auto work = [partition = &partition_, reading = run.reading, id = run.record.id] {
    partition->post(MapRunItemsMessage{id, reading->next()});
  };
  if (partition_.options_.run_blocking) {
    partition_.options_.run_blocking(std::move(work));
  } else {
    work();
  }
}

/// A run that has failed or that nobody waits for: API status ABORTED for what still runs.
base::Result<void> PartitionMapRuns::stop_children(Run& run) {
  run.children.merge(run.found);
  run.reading.reset();
  for (int turns = 0; !run.children.empty() && turns < kChildrenPerTurn; ++turns) {
    if (!has_room()) break;
    --children_left_;
    const auto [index, id] = *run.children.begin();
    LiveExecution* child = PAWL_TRY(partition_.find(id));
    if (child != nullptr && !child->has_ended())
      partition_.step(*child, interpreter::StopRequested{});
    run.children.erase(index);  // also one that a crash has left nothing of
  }
  if (!run.children.empty()) queue(run);
  return {};
}

/// The results of this batch must be in the store before somebody reads them.
void PartitionMapRuns::begin_writing(Run& run) {
  run.is_writing = true;
  run.writing_was_tried = true;
  partition_.callbacks_.push_back([this, id = run.record.id] { write_results(id); });
}

void PartitionMapRuns::write_results(uint64_t id) {
  const Run* run = find(id);
  if (run == nullptr || !run->is_writing) return;
  auto work = [partition = &partition_, id, arn = run->record.arn, program = run->program,
               state = run->map_run->command().state, arguments = run->writer_arguments] {
    const auto& map = std::get<asl::MapState>(program->states[state].detail);
    partition->post(MapRunWrittenMessage{
        id, write_map_run_results(partition->options_.executions, *partition->options_.objects, id,
                                  arn, *map.result_writer, arguments)});
  };
  if (partition_.options_.run_blocking) {
    partition_.options_.run_blocking(std::move(work));
  } else {
    work();
  }
}

void PartitionMapRuns::finish(Run& run) {
  copy_counts(run);
  MapRunRecord& record = run.record;
  record.phase = MapRunPhase::Over;
  if (record.status == MapRunStatus::Running) {
    record.status = record.error ? MapRunStatus::Failed : MapRunStatus::Succeeded;
    record.stopped_at = partition_.now_;
  }
  // EXPRESS children that a crash ended while they were being stopped.
  record.children.aborted += std::exchange(record.children.running, 0);
  record.items.aborted += std::exchange(record.items.running, 0);
  put_record(record);
  partition_.batch_.erase(partition_.spaces_.map_runs, MapRunStore::open_key(record.id));
  LiveExecution* parent = run.parent;
  interpreter::MapRunEnded ended{run.task, {}, record.error};
  if (run.output) {
    ended.output = json::Payload::from_trusted_text(*std::move(run.output), false);
  } else if (!record.error && run.map_run != nullptr && run.map_run->outcome()) {
    ended.output = run.map_run->outcome()->output;
  }
  leave_parent(run);
  runs_.erase(uint64_t{record.id});
  if (parent != nullptr) partition_.step(*parent, std::move(ended));
}

}  // namespace pawl::engine
