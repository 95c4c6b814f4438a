// SPDX-License-Identifier: Apache-2.0
// The stages that delete: the whole stack, what a failed CREATE has made, what an update left
// behind. Each resource goes after all that depend on it.
#include <algorithm>
#include <map>
#include <utility>

#include "aws/signing/hmac.h"
#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/stack_run.h"
#include "services/cloudformation/state/drift_records.h"

namespace pawl::cloudformation {
namespace {}  // namespace

StackRun::Result<void> StackRun::plan_removal() {
  const std::vector<ResourceRecord> records = PAWL_TRY(ports_.store.resources(key_));
  std::vector<std::string> under_way;
  const bool is_new = std::none_of(records.begin(), records.end(), [this](const auto& record) {
    return record.stage == operation_.stage_key();
  });
  if (is_new && operation_.kind == "DELETE") {
    const std::string used = PAWL_TRY(used_export());
    if (!used.empty()) {
      const std::lock_guard lock(ports_.store.mutex());
      PAWL_TRY_VOID(refresh());
      Batch batch;
      // Recorded in reports: the stack is what it was, with the reason why.
      const std::string& before = operation_.status_before;
      return end_operation(batch, before.ends_with("_COMPLETE") ? before : "DELETE_FAILED",
                           used + ".");
    }
  }
  for (const ResourceRecord& record : records) {
    const bool is_mine = record.stage == operation_.stage_key();
    const bool is_failure = record.status == "CREATE_FAILED" || record.status == "DELETE_FAILED";
    if (!is_mine && !record.is_there() && !is_failure) continue;
    graph_.add_backwards(record.logical_id, record.now.depends_on);
    if (!is_mine) continue;
    graph_.take(record.logical_id);
    if (!record.is_finished) {
      under_way.push_back(record.logical_id);
    } else if (record.status == "DELETE_FAILED") {
      graph_.fail(record.logical_id);
    } else {
      graph_.finish(record.logical_id);
    }
  }
  for (const std::string& name : under_way) start(name, true);
  return {};
}

bool StackRun::is_retained(const ResourceRecord& record) const {
  if (contains(operation_.retained, record.logical_id)) return true;
  const std::string& policy = record.now.deletion_policy;
  if (operation_.kind == "CREATE") {
    return policy == "Retain" && !operation_.retains_except_on_create;
  }
  return policy == "Retain" || policy == "RetainExceptOnCreate";
}

StackRun::Result<void> StackRun::begin_removal(const std::string& name) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  auto found = PAWL_TRY(ports_.store.resource(key_, name));
  if (!found) {
    graph_.finish(name);
    return {};
  }
  ResourceRecord record = *std::move(found);
  Batch batch;
  record.stage = operation_.stage_key();
  record.step = step_name(StepKind::Remove);
  record.memory.clear();
  record.reason.clear();
  record.updated_ms = now_ms();
  record.begun_ms = now_ms();
  record.is_finished = true;
  if (record.now.id.empty()) {
    record.status = "DELETE_COMPLETE";
  } else if (is_retained(record)) {
    record.status = "DELETE_SKIPPED";
  } else {
    record.status = "DELETE_IN_PROGRESS";
    record.is_finished = false;
  }
  add_event(batch, event_of(record, record.status));
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  if (record.is_finished) {
    graph_.finish(name);
  } else {
    start(name, false);
  }
  return {};
}

StackRun::Result<void> StackRun::end_removal() {
  const std::vector<std::string> failed = graph_.failed();
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  const std::string failure =
      "The following resource(s) failed to delete: [" + joined(failed) + "]. ";
  if (operation_.kind == "CREATE") {
    stack_.outputs.clear();
    if (!failed.empty()) return end_operation(batch, "ROLLBACK_FAILED", failure);
    stack_.deleted_ms = now_ms();
    return end_operation(batch, "ROLLBACK_COMPLETE", "");
  }
  if (!failed.empty()) return end_operation(batch, "DELETE_FAILED", failure);
  for (const OutputRecord& output : stack_.outputs) {
    if (!output.export_name.empty()) {
      ports_.store.erase_export(batch, key_.owner, output.export_name);
    }
  }
  PAWL_TRY_VOID(ports_.store.drop_imports(batch, key_, stack_.name, {}));
  for (const ChangeSetRecord& change_set : PAWL_TRY(ports_.store.change_sets(key_))) {
    PAWL_TRY_VOID(ports_.store.erase_change_set(batch, key_, change_set.uuid));
  }
  erase_drifts(ports_.store, batch, key_);
  stack_.deleted_ms = now_ms();
  ports_.store.free_name(batch, key_, stack_.name);
  return end_operation(batch, "DELETE_COMPLETE", "");
}

void StackRun::put_leftover(Batch& batch, const ResourceRecord& record,
                            const PhysicalResource& physical, const std::string& policy,
                            bool is_replaced) {
  const std::string name = record.logical_id + "." + aws::sha256_hex(physical.id).substr(0, 16);
  ports_.store.put_leftover(batch, key_, name,
                            {.logical_id = record.logical_id,
                             .type = record.type,
                             .physical = physical,
                             .policy = policy,
                             .is_replaced = is_replaced});
}

StackRun::Result<void> StackRun::plan_clean_up() {
  const auto leftovers = PAWL_TRY(ports_.store.leftovers(key_));
  std::map<std::string, std::vector<std::string>> names;
  for (const auto& leftover : leftovers) {
    names[leftover.record.logical_id].push_back(leftover.name);
  }
  std::vector<std::string> under_way;
  for (const auto& leftover : leftovers) {
    std::vector<std::string> depends_on;
    for (const std::string& logical_id : leftover.record.physical.depends_on) {
      const auto found = names.find(logical_id);
      if (found == names.end()) continue;
      depends_on.insert(depends_on.end(), found->second.begin(), found->second.end());
    }
    graph_.add_backwards(leftover.name, depends_on);
    if (leftover.record.is_begun) under_way.push_back(leftover.name);
  }
  for (const std::string& name : under_way) {
    graph_.take(name);
    start(name, true);
  }
  return {};
}

StackRun::Result<void> StackRun::begin_clean_up(const std::string& name) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  const auto leftovers = PAWL_TRY(ports_.store.leftovers(key_));
  const auto found = std::find_if(leftovers.begin(), leftovers.end(),
                                  [&name](const auto& each) { return each.name == name; });
  if (found == leftovers.end()) {
    graph_.finish(name);
    return {};
  }
  LeftoverRecord record = found->record;
  Batch batch;
  const bool is_kept = record.policy == "Retain" || record.policy == "RetainExceptOnCreate";
  EventRecord event = event_of({.logical_id = record.logical_id, .type = record.type},
                               is_kept ? "DELETE_SKIPPED" : "DELETE_IN_PROGRESS");
  event.physical_id = record.physical.id;
  add_event(batch, std::move(event));
  record.is_begun = true;
  if (is_kept) {
    ports_.store.erase_leftover(batch, key_, name);
  } else {
    ports_.store.put_leftover(batch, key_, name, record);
  }
  PAWL_TRY_VOID(commit(batch));
  if (is_kept) {
    graph_.finish(name);
  } else {
    start(name, false);
  }
  return {};
}

StackRun::Result<void> StackRun::end_clean_up() {
  const bool has_failed = !graph_.failed().empty();
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  // What could not be deleted, or waited for that, is no longer the stack's.
  for (const auto& leftover : PAWL_TRY(ports_.store.leftovers(key_))) {
    ports_.store.erase_leftover(batch, key_, leftover.name);
  }
  stack_.previous = {};
  if (!operation_.failure.empty()) return end_operation(batch, "UPDATE_ROLLBACK_COMPLETE", "");
  return end_operation(
      batch, "UPDATE_COMPLETE",
      has_failed ? "Update successful. One or more resources could not be deleted." : "");
}

}  // namespace pawl::cloudformation
