// SPDX-License-Identifier: Apache-2.0
// The stage that makes of a stack what its template asks for.
#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/stack_policy.h"
#include "services/cloudformation/operations/stack_references.h"
#include "services/cloudformation/operations/stack_run.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kReplacing =
    "Requested update requires the creation of a new physical resource; hence creating one.";

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : json::Value::object();
}

aws::ApiError failure(std::string message) { return {"StackFailure", std::move(message)}; }

template <typename T>
aws::ApiResult<T> told(base::Result<T> result) {
  if (!result) return failure(result.error().message);
  return *std::move(result);
}

std::string progress_status(const ResourceRecord& record) {
  switch (record.kind()) {
    case StepKind::Create: return "CREATE_IN_PROGRESS";
    case StepKind::Adopt: return "IMPORT_IN_PROGRESS";
    default: return "UPDATE_IN_PROGRESS";
  }
}

}  // namespace

StackRun::Result<void> StackRun::plan_apply() {
  const auto order = told(evaluator_->order());
  if (!order) return fail_apply(*order.error().message);
  bool is_new = true;
  std::map<std::string, ResourceRecord> records;
  for (ResourceRecord& record : PAWL_TRY(ports_.store.resources(key_))) {
    is_new = is_new && record.stage != operation_.stage_key();
    std::string name = record.logical_id;
    records.emplace(std::move(name), std::move(record));
  }
  if (is_new) {
    // What other stacks export must be there before anything is made.
    for (const std::string& name : evaluator_->imports()) {
      if (!PAWL_TRY(ports_.store.find_export(key_.owner, name))) {
        return fail_apply("No export named " + name + " found. ");
      }
    }
  }
  for (const formation::ResourceDeclaration* declaration : *order) {
    graph_.add(declaration->logical_id, evaluator_->dependencies(*declaration));
  }
  for (const formation::ResourceDeclaration* declaration : *order) {
    const auto record = records.find(declaration->logical_id);
    if (record == records.end() || record->second.stage != operation_.stage_key()) continue;
    graph_.take(record->first);
    if (!record->second.is_finished) {
      start(record->first, true);
    } else if (record->second.status.ends_with("_FAILED")) {
      graph_.fail(record->first);
      graph_.hold();
    } else {
      graph_.finish(record->first);
    }
  }
  if (operation_.timeout_ms != 0 && timers_.find("") == timers_.end()) {
    timers_[""] = ports_.loop.run_at({operation_.timeout_ms}, [weak = weak_from_this()] {
      if (const auto run = weak.lock()) run->post_wake("");
    });
  }
  return {};
}

StackRun::Result<void> StackRun::begin_apply(const std::string& logical_id) {
  const formation::ResourceDeclaration* const declaration = template_->find_resource(logical_id);
  auto found = PAWL_TRY(ports_.store.resource(key_, logical_id));
  ResourceRecord record = found ? *std::move(found) : ResourceRecord{.logical_id = logical_id};
  record.existed = record.is_there();
  record.before = record.existed ? record.now : PhysicalResource{};
  if (!record.existed) record.now = {};
  record.next = record.now;
  record.type = declaration->type;
  record.stage = operation_.stage_key();
  record.step = step_name(record.existed ? StepKind::Update : StepKind::Create);
  record.is_finished = false;
  record.memory.clear();
  record.reason.clear();
  record.begun_ms = now_ms();
  record.is_made = false;
  record.signals = 0;
  record.signals_until_ms = 0;
  record.signal_ids.clear();
  record.failed_signal.clear();
  const auto prepared = prepare_step(*declaration, record);
  if (!prepared) return fail_step(std::move(record), *prepared.error().message);
  const auto is_step = choose_step(record);
  if (!is_step) return fail_step(std::move(record), *is_step.error().message);

  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  record.updated_ms = *is_step ? now_ms() : record.updated_ms;
  if (*is_step) {
    record.status = progress_status(record);
    record.reason = record.kind() == StepKind::Replace ? kReplacing : "";
    EventRecord event = event_of(record, record.status, record.reason);
    event.properties = record.next.shown;
    add_event(batch, std::move(event));
  } else {
    // Nothing to call for: what the template says besides properties is taken over.
    record.next.id = record.now.id;
    record.next.attributes = record.now.attributes;
    record.now = record.next;
    record.is_finished = true;
  }
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  if (*is_step) {
    start(logical_id, false);
  } else {
    graph_.finish(logical_id);
  }
  return {};
}

StackRun::Result<void> StackRun::prepare_step(const formation::ResourceDeclaration& declaration,
                                              ResourceRecord& record) {
  BlockingCalls services = calls();
  StackReferences references(ports_.store, key_, services);
  json::Value properties = PAWL_TRY(told(evaluator_->properties(declaration, references)));
  const auto shown = evaluator_->properties(declaration, references,
                                            {.dynamic_references = false, .mask_no_echo = true});
  if (const ResourceSchema* const schema = find_schema(declaration.type)) {
    CheckedProperties checked = check_properties(*schema, properties);
    if (!checked.violations.empty()) return failure(checked.message(declaration.logical_id));
    properties = std::move(checked.properties);
  }
  record.next = {.id = record.now.id,
                 .properties = json::write(properties),
                 .shown = shown ? json::write(with_texts(*shown)) : "{}",
                 .attributes = {},
                 .tags = stack_.current.tags,
                 .depends_on = evaluator_->dependencies(declaration),
                 .deletion_policy = declaration.deletion_policy,
                 .update_replace_policy = declaration.update_replace_policy,
                 .metadata = {}};
  PAWL_TRY_VOID(read_creation_policy(declaration, references, record));
  if (!declaration.metadata.is_null()) {
    const auto metadata = PAWL_TRY(told(evaluator_->resolve(declaration.metadata, references)));
    record.next.metadata = json::write(metadata);
  }
  return {};
}

StackRun::Result<bool> StackRun::choose_step(ResourceRecord& record) {
  const auto handler = ports_.handlers.find(record.type);
  if (handler == nullptr) return failure("Resource type " + record.type + " is not served");
  const auto import =
      std::find_if(operation_.imports.begin(), operation_.imports.end(),
                   [&](const ImportRecord& each) { return each.logical_id == record.logical_id; });
  if (!record.existed) {
    record.step =
        step_name(import != operation_.imports.end() ? StepKind::Adopt : StepKind::Create);
    return true;
  }
  const json::Value previous = parsed(record.now.properties);
  const json::Value next = parsed(record.next.properties);
  const ResourceSchema* const schema = find_schema(record.type);
  const bool is_tagged_anew =
      schema != nullptr && !schema->tag_property.empty() && record.now.tags != record.next.tags;
  if (previous == next && !is_tagged_anew && !handler->always_updates()) {
    record.step = step_name(StepKind::None);
    return false;
  }
  const bool replaces = previous != next && handler->replaces(previous, next);
  record.step = step_name(replaces ? StepKind::Replace : StepKind::Update);
  if (replaces) record.next.id.clear();  // another resource, which is not made yet
  const std::string refusal = stack_policy_refusal(
      operation_.policy.empty() ? stack_.policy : operation_.policy, record.logical_id, record.type,
      replaces ? "Update:Replace" : "Update:Modify");
  if (!refusal.empty()) return failure(refusal);
  return true;
}

std::string StackRun::failure_text() const {
  std::vector<std::string> created;
  std::vector<std::string> updated;
  std::vector<std::string> imported;
  const auto resources = ports_.store.resources(key_);
  if (!resources) return {};
  for (const ResourceRecord& record : *resources) {
    if (record.stage != operation_.stage_key()) continue;
    if (record.status == "CREATE_FAILED") created.push_back(record.logical_id);
    if (record.status == "UPDATE_FAILED") updated.push_back(record.logical_id);
    if (record.status == "IMPORT_FAILED") imported.push_back(record.logical_id);
  }
  std::string text;
  if (!created.empty()) {
    text += "The following resource(s) failed to create: [" + joined(created) + "]. ";
  }
  if (!updated.empty()) {
    text += "The following resource(s) failed to update: [" + joined(updated) + "]. ";
  }
  if (!imported.empty()) {
    text += "The following resource(s) failed to import: [" + joined(imported) + "]. ";
  }
  return text;
}

StackRun::Result<void> StackRun::end_apply() {
  if (const auto timer = timers_.find(""); timer != timers_.end()) {
    ports_.loop.cancel(timer->second);
    timers_.erase(timer);
  }
  if (operation_.is_deleted) {
    const std::lock_guard lock(ports_.store.mutex());
    PAWL_TRY_VOID(refresh());
    Batch batch;
    operation_.kind = "DELETE";
    return enter(batch, "delete");
  }
  if (operation_.is_cancelled) return fail_apply("User Initiated");
  if (operation_.timeout_ms != 0 && now_ms() >= operation_.timeout_ms) {
    return fail_apply("Stack creation time exceeded the specified timeout. ");
  }
  if (!graph_.failed().empty()) return fail_apply(failure_text());

  Outputs outputs;
  const auto published = evaluate_outputs(outputs);
  if (!published) return fail_apply(*published.error().message + ". ");
  const std::vector<ResourceRecord> records = PAWL_TRY(ports_.store.resources(key_));
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  PAWL_TRY_VOID(publish_outputs(batch, outputs));
  stack_.last_operation = operation_.id;
  if (operation_.kind != "UPDATE") {
    return end_operation(batch, operation_.kind + "_COMPLETE", "");
  }
  // What the template no longer has goes when all else is as it asks.
  for (const ResourceRecord& record : records) {
    if (record.stage == operation_.stage_key()) continue;
    ports_.store.erase_resource(batch, key_, record.logical_id);
    if (!record.is_there()) continue;
    put_leftover(batch, record, record.now, record.now.deletion_policy, false);
  }
  set_status(batch, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  return enter(batch, "clean-up");
}

StackRun::Result<void> StackRun::fail_apply(const std::string& reason) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  stack_.last_operation = operation_.id;
  operation_.failure = reason;
  const bool is_cancelled = operation_.is_cancelled;
  const std::string rollback_id = uuid_from(operation_.id + "/rollback");
  if (operation_.kind == "CREATE") {
    if (operation_.on_failure == "DO_NOTHING") return end_operation(batch, "CREATE_FAILED", reason);
    operation_.rollback_id = rollback_id;
    if (operation_.on_failure == "DELETE") {
      operation_.kind = "DELETE";
      set_status(batch, "DELETE_IN_PROGRESS", reason + "Delete requested by user.");
      return enter(batch, "delete");
    }
    set_status(batch, "ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.");
    return enter(batch, "undo");
  }
  const std::string prefix = operation_.kind == "IMPORT" ? "IMPORT" : "UPDATE";
  if (operation_.on_failure == "DO_NOTHING" && !is_cancelled && prefix == "UPDATE") {
    return end_operation(batch, "UPDATE_FAILED", reason);
  }
  operation_.rollback_id = rollback_id;
  set_status(batch, prefix + "_ROLLBACK_IN_PROGRESS", reason);
  return enter(batch, "undo");
}

}  // namespace pawl::cloudformation
