// SPDX-License-Identifier: Apache-2.0
// The stage that takes back what an update or an import has done so far. What a CREATE has done is
// taken back by removal_stage.cc.
#include <algorithm>
#include <utility>

#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/stack_run.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kSkipped = "Resource skipped during UpdateRollback";

}  // namespace

StackRun::Result<void> StackRun::plan_undo() {
  const std::string touched = operation_.undone_id() + "/apply";
  std::vector<std::string> under_way;
  for (const ResourceRecord& record : PAWL_TRY(ports_.store.resources(key_))) {
    const bool has_failed = record.status.ends_with("_FAILED");
    // What has failed before this operation is tried again.
    const bool is_mine =
        record.stage == operation_.stage_key() &&
        !(record.is_finished && has_failed && record.updated_ms < operation_.begun_ms);
    if (!is_mine && record.stage != touched && record.stage != operation_.stage_key()) continue;
    graph_.add(record.logical_id, record.before.depends_on);
    if (!is_mine) continue;
    graph_.take(record.logical_id);
    if (!record.is_finished) {
      under_way.push_back(record.logical_id);
    } else if (has_failed) {
      graph_.fail(record.logical_id);
    } else {
      graph_.finish(record.logical_id);
    }
  }
  for (const std::string& name : under_way) start(name, true);
  return {};
}

StackRun::Result<void> StackRun::begin_undo(const std::string& logical_id) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  auto found = PAWL_TRY(ports_.store.resource(key_, logical_id));
  if (!found) {
    graph_.finish(logical_id);
    return {};
  }
  ResourceRecord record = *std::move(found);
  const StepKind done = record.kind();
  Batch batch;
  record.stage = operation_.stage_key();
  record.is_finished = true;
  record.memory.clear();
  const bool is_skipped = contains(operation_.skipped, logical_id);
  if (!record.existed || done == StepKind::None || is_skipped) {
    // Made by this operation: it goes at the end. Unchanged: it stays as the template before said.
    if (done == StepKind::None) record.now = record.before;
    if (is_skipped) {
      record.now = record.before;
      record.status = "UPDATE_COMPLETE";
      record.reason = kSkipped;
      add_event(batch, event_of(record, record.status, record.reason));
    }
  } else if (done == StepKind::Update) {
    record.is_finished = false;
    record.status = "UPDATE_IN_PROGRESS";
    record.reason.clear();
    record.updated_ms = now_ms();
    EventRecord event = event_of(record, record.status);
    add_event(batch, std::move(event));
  } else {
    // Replaced: the one before is still there.
    if (record.now.id != record.before.id) {
      put_leftover(batch, record, record.now, "Delete", true);
      for (const auto& leftover : PAWL_TRY(ports_.store.leftovers(key_))) {
        if (leftover.record.logical_id == logical_id &&
            leftover.record.physical.id == record.before.id) {
          ports_.store.erase_leftover(batch, key_, leftover.name);
        }
      }
    }
    record.now = record.before;
    record.status = "UPDATE_COMPLETE";
    record.reason.clear();
    record.updated_ms = now_ms();
    add_event(batch, event_of(record, record.status));
  }
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  if (record.is_finished) {
    graph_.finish(logical_id);
  } else {
    start(logical_id, false);
  }
  return {};
}

StackRun::Result<void> StackRun::end_undo() {
  const std::vector<std::string> failed = graph_.failed();
  const std::vector<ResourceRecord> records = PAWL_TRY(ports_.store.resources(key_));
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  const std::string prefix = operation_.kind == "IMPORT" ? "IMPORT" : "UPDATE";
  stack_.last_operation = operation_.undone_id();
  if (!failed.empty()) {
    return end_operation(batch, prefix + "_ROLLBACK_FAILED",
                         "The following resource(s) failed to update: [" + joined(failed) + "]. ");
  }
  for (const ResourceRecord& record : records) {
    const bool is_touched = record.stage == operation_.stage_key() ||
                            record.stage.starts_with(operation_.undone_id() + "/");
    if (!is_touched || record.existed) continue;
    ports_.store.erase_resource(batch, key_, record.logical_id);
    const bool stays =
        record.now.deletion_policy == "Retain" && !operation_.retains_except_on_create;
    if (!record.now.id.empty() && record.kind() != StepKind::Adopt) {
      put_leftover(batch, record, record.now, stays ? "Retain" : "Delete", false);
    }
  }
  stack_.current = stack_.previous;
  stack_.previous = {};
  if (operation_.kind == "IMPORT") {
    return end_operation(batch, "IMPORT_ROLLBACK_COMPLETE", "");
  }
  set_status(batch, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  return enter(batch, "clean-up");
}

}  // namespace pawl::cloudformation
