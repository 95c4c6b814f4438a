// SPDX-License-Identifier: Apache-2.0
// How Map Runs begin, and what happens to them from outside. partition_map_runs_advance.cc moves
// them.
#include "engine/partition_map_runs.h"

#include <algorithm>
#include <utility>

#include "engine/partition.h"
#include "json/write.h"

namespace pawl::engine {

using interpreter::TaskId;

PartitionMapRuns::PartitionMapRuns(Partition& partition)
    : partition_(partition), children_left_(partition.options_.limits.map_children_per_batch_max) {}

PartitionMapRuns::~PartitionMapRuns() = default;

void PartitionMapRuns::start(LiveExecution& parent, interpreter::StartMapRun command) {
  const TaskId task = command.task;
  starting_.push_back({parent.record.id, task, std::move(command)});
}

void PartitionMapRuns::redrive(LiveExecution& parent, interpreter::RedriveMapRun command) {
  const TaskId task = command.task;
  starting_.push_back({parent.record.id, task, std::move(command)});
}

/// The step that started it may have aborted it, too.
bool PartitionMapRuns::is_awaited(const LiveExecution& parent, TaskId task) {
  const interpreter::Frame* frame = parent.has_ended() ? nullptr : parent.state.find(task.frame);
  return frame != nullptr && frame->phase == interpreter::Phase::MapRun &&
         frame->task == task.sequence;
}

/// The run, what finds it again, and its parent's event are in one batch.
base::Result<void> PartitionMapRuns::begin(LiveExecution& parent,
                                           interpreter::StartMapRun& command) {
  const TaskId task = command.task;
  auto made = std::make_unique<Run>();
  MapRunRecord& record = made->record;
  record.id = partition_.ids_.next(partition_.now_, slot_of(parent.record.id));
  record.parent = parent.record.id;
  record.execution_arn = parent.state.info->execution_arn;
  record.state_machine_arn = parent.state.info->state_machine_arn;
  record.started_at = partition_.now_;
  record.max_concurrency = command.max_concurrency;
  record.tolerated_failure_count = command.tolerated_failure_count;
  record.tolerated_failure_percentage = command.tolerated_failure_percentage;
  record.seed = partition_.random_.next();
  made->task = task;
  made->parent = &parent;
  made->program = parent.revision->program;
  const std::string command_text = encode_map_run_command(command);
  const bool has_store = partition_.options_.objects != nullptr;
  made->map_run = std::make_unique<MapRun>(made->program, parent.state, std::move(command),
                                           record.seed, MapRun::Abilities{has_store, has_store});
  record.arn = made->map_run->arn();

  store::Batch& batch = partition_.batch_;
  const store::Keyspace space = partition_.spaces_.map_runs;
  batch.put(space, MapRunStore::command_key(record.id), command_text);
  batch.put(space, MapRunStore::parent_key(record.parent, record.id), {});
  batch.put(space, MapRunStore::open_key(record.id), {});
  batch.put(space, MapRunStore::arn_key(record.arn), ExecutionStore::id_key(record.id));
  Run& run = add(std::move(made));
  prepare(run);
  change(run);
  queue(run);
  partition_.step(parent, interpreter::MapRunStarted{task, run.record.arn});
  return {};
}

PartitionMapRuns::Run& PartitionMapRuns::add(std::unique_ptr<Run> run) {
  Run& added = *run;
  runs_.emplace(added.record.id, std::move(run));
  if (added.parent != nullptr) {
    ++added.parent->pins;
    by_task_.emplace(TaskKey{added.record.parent, added.task}, added.record.id);
  }
  return added;
}

/// What follows from the definition and the parent: the same after a crash.
void PartitionMapRuns::prepare(Run& run) {
  const asl::MapState& map = run.map_run->map();
  items::ObjectStore* objects = partition_.options_.objects;
  if (run.map_run->outcome()) return;
  if (map.item_reader) {
    const interpreter::StartMapRun& command = run.map_run->command();
    run.reading = std::make_shared<MapRunReading>(
        *objects, run.program, command.state,
        command.reader_parameters ? json::write(*command.reader_parameters) : "{}",
        command.reader_max_items);
  }
  if (!run.map_run->has_writer()) return;
  if (const auto arguments = run.map_run->writer_arguments(run.parent->state))
    run.writer_arguments = json::write(*arguments);
}

PartitionMapRuns::Run* PartitionMapRuns::find(uint64_t id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : found->second.get();
}

void PartitionMapRuns::queue(Run& run) {
  if (run.is_queued) return;
  run.is_queued = true;
  turns_.push_back(run.record.id);
}

void PartitionMapRuns::change(Run& run) {
  if (run.is_changed) return;
  run.is_changed = true;
  changed_.push_back(run.record.id);
}

/// While the items are walked through again, the record knows better than the walk.
void PartitionMapRuns::copy_counts(Run& run) {
  if (run.counts_in_record || run.map_run == nullptr ||
      run.map_run->children_started() < run.found_until)
    return;
  MapRunRecord& record = run.record;
  const uint64_t items_written = record.items.results_written;
  const uint64_t children_written = record.children.results_written;
  record.items = run.map_run->item_counts();
  record.children = run.map_run->child_counts();
  record.items.results_written = items_written;
  record.children.results_written = children_written;
  record.children_started = run.map_run->children_started();
}

void PartitionMapRuns::put_record(const MapRunRecord& record) {
  std::string value;
  encode_map_run_record(record, value);
  partition_.batch_.put(partition_.spaces_.map_runs, MapRunStore::record_key(record.id), value);
  if (partition_.options_.feed != nullptr) partition_.moved_.push_back(record.parent);
}

void PartitionMapRuns::write_changed() {
  for (const uint64_t id : changed_) {
    Run* run = find(id);
    if (run == nullptr) continue;
    run->is_changed = false;
    copy_counts(*run);
    put_record(run->record);
  }
  changed_.clear();
  children_left_ = partition_.options_.limits.map_children_per_batch_max;
}

void PartitionMapRuns::leave_parent(Run& run) {
  if (run.parent == nullptr) return;
  --run.parent->pins;
  run.parent = nullptr;
  by_task_.erase(TaskKey{run.record.parent, run.task});
}

bool PartitionMapRuns::cancel(ExecutionId parent, TaskId task) {
  const auto erased = std::erase_if(
      starting_, [&](const Starting& each) { return each.parent == parent && each.task == task; });
  if (erased > 0) return true;
  const auto found = by_task_.find({parent, task});
  if (found == by_task_.end()) return false;
  Run& run = *find(found->second);
  leave_parent(run);
  run.map_run->fail({});  // nothing more begins
  run.record.status = MapRunStatus::Aborted;
  run.record.phase = MapRunPhase::Stopping;
  run.record.stopped_at = partition_.now_;
  change(run);
  queue(run);
  return true;
}

void PartitionMapRuns::child_ended(LiveExecution& child) {
  if (child.record.map_run == 0) return;
  Run* run = find(child.record.map_run);
  if (run == nullptr) return;
  const uint32_t index = child.record.map_run_child;
  const bool is_met = run->children.erase(index) > 0;
  if (!is_met && run->found.erase(index) == 0) return;
  MapRun::ChildResult result{child.state.status, 1, {}};
  if (run->map_run != nullptr) {
    result = run->map_run->result_of(child.state);
    std::string value;
    encode_child_result(result, run->record.redrive_count, value);
    partition_.batch_.put(partition_.spaces_.map_runs,
                          MapRunStore::result_key(run->record.id, index), value);
  }
  if (run->counts_in_record) {
    --run->record.children.running;
    run->record.items.running -= std::min(run->record.items.running, result.items);
    ++run->record.children.of(result.status);
    run->record.items.of(result.status) += result.items;
  } else if (is_met) {
    run->map_run->add_result(index, std::move(result));
  } else {
    run->ended_early.emplace(index, std::move(result));
  }
  change(*run);
  queue(*run);
}

bool PartitionMapRuns::update(const UpdateMapRunMessage& message) {
  Run* run = find(message.map_run);
  if (run == nullptr || run->record.phase != MapRunPhase::Children) return false;
  MapRunRecord& record = run->record;
  if (message.max_concurrency) {
    record.max_concurrency = *message.max_concurrency;
    run->map_run->set_concurrency(record.max_concurrency);
  }
  if (message.tolerated_failure_count) {
    record.tolerated_failure_count = *message.tolerated_failure_count;
    record.failure_count_is_updated = true;
  }
  if (message.tolerated_failure_percentage) {
    record.tolerated_failure_percentage = *message.tolerated_failure_percentage;
    record.failure_percentage_is_updated = true;
  }
  run->map_run->set_tolerance(message.tolerated_failure_count,
                              message.tolerated_failure_percentage);
  change(*run);
  queue(*run);
  return true;
}

void PartitionMapRuns::items_read(MapRunItemsMessage& message) {
  Run* run = find(message.map_run);
  if (run == nullptr) return;
  run->is_reading = false;
  ReadItems& read = message.read;
  if (read.error) {
    run->map_run->fail(*std::move(read.error));
  } else if (!run->record.etag.empty() && read.etag != run->record.etag) {
    run->map_run->fail({.error = std::string(asl::error_name::kItemReaderFailed),
                        .cause = "The object was replaced while the Map Run was reading it."});
  } else {
    run->record.etag = std::move(read.etag);
    run->map_run->add_items(std::move(read.batch.items), read.batch.end);
  }
  change(*run);
  queue(*run);
}

void PartitionMapRuns::results_written(MapRunWrittenMessage& message) {
  Run* run = find(message.map_run);
  if (run == nullptr || !run->is_writing) return;
  run->is_writing = false;
  WrittenResults& written = message.written;
  if (written.error) {
    if (!run->record.error) run->record.error = std::move(written.error);
    run->output.reset();
  } else {
    run->output = std::move(written.output);
    run->record.children.results_written = written.children;
    run->record.items.results_written = run->record.items.ended();
  }
  queue(*run);
}

}  // namespace pawl::engine
