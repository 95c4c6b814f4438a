// SPDX-License-Identifier: Apache-2.0
// API CreateChangeSet, DescribeChangeSet, ListChangeSets, DeleteChangeSet.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/change_calculation.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/own_types/nested_stack.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kChangesShown = 100;
constexpr std::string_view kNoChanges =
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set.";
constexpr std::string_view kNoUpdates = "No updates are to be performed.";

ApiError no_change_set(const std::string& name) {
  return {"ChangeSetNotFound", "ChangeSet [" + name + "] does not exist", 404};
}

/// "parent-Child-1ABCDEF23456".
std::string nested_name(const std::string& parent, const std::string& logical_id,
                        const std::string& uuid) {
  constexpr size_t kLengthMax = 128;
  constexpr size_t kRandom = 12;
  std::string random;
  for (const char each : uuid) {
    if (each == '-') continue;
    random += each >= 'a' ? static_cast<char>(each - 'a' + 'A') : each;
  }
  const std::string begin = parent + "-" + logical_id;
  return begin.substr(0, kLengthMax - kRandom - 1) + "-" + random.substr(0, kRandom);
}

/// What a nested stack will be asked for. A parameter that is known only later stays what it is, or
/// is a placeholder in a stack that is still to be made.
Value nested_change_set_input(const Value& properties, const NamedTexts& tags, bool is_there,
                              bool& is_guessed) {
  const Value input = nested_stack_input(properties, tags).build();
  std::vector<Value> parameters;
  for (const Value& each : json::items_member(input, "Parameters")) {
    const std::string value = json::text_member(each, "ParameterValue");
    const bool is_known = value.find(formation::kKnownAfterApply) == std::string::npos;
    is_guessed = is_guessed || !is_known;
    parameters.push_back(
        is_known || !is_there
            ? each
            : object_of({{"ParameterKey", Value(json::text_member(each, "ParameterKey"))},
                         {"UsePreviousValue", Value(true)}}));
  }
  return input.with_member("Parameters", Value::array(std::move(parameters)));
}

std::vector<ImportRecord> imports_of(const Value& input) {
  std::vector<ImportRecord> imports;
  for (const Value& each : json::items_member(input, "ResourcesToImport")) {
    ImportRecord import{.logical_id = json::text_member(each, "LogicalResourceId"),
                        .type = json::text_member(each, "ResourceType")};
    const Value identifier = json::object_member(each, "ResourceIdentifier");
    for (const auto& member : identifier.members()) {
      if (member.value.is_string()) {
        import.identifier.emplace_back(std::string(member.name()),
                                       std::string(member.value.as_string()));
      }
    }
    imports.push_back(std::move(import));
  }
  return imports;
}

void set_summary(ObjectBuilder& out, const ChangeSetRecord& change_set) {
  out.set("StackId", Value(change_set.stack_id))
      .set("StackName", Value(change_set.stack_name))
      .set("ChangeSetId", Value(change_set.id))
      .set("ChangeSetName", Value(change_set.name))
      .set("ExecutionStatus", Value(change_set.execution_status))
      .set("Status", Value(change_set.status));
  set_text(out, "StatusReason", change_set.reason);
  out.set("CreationTime", time_of(change_set.created_ms));
  set_text(out, "Description", change_set.description);
  out.set("IncludeNestedStacks", Value(change_set.includes_nested));
  set_text(out, "ParentChangeSetId", change_set.parent_id);
  set_text(out, "RootChangeSetId", change_set.root_id);
  if (change_set.imports_existing) out.set("ImportExistingResources", Value(true));
}

}  // namespace

CloudFormationService::Result<CloudFormationService::FoundStack>
CloudFormationService::stack_for_change_set(const Request& request, const std::string& kind) {
  const std::string name = json::text_member(request.input, "StackName");
  const std::string change_set_name = json::text_member(request.input, "ChangeSetName");
  auto found = PAWL_TRY(find_stack(request, name));
  const bool is_there = found && !found->stack.is_deleted();
  const bool makes = kind == "CREATE" || (kind == "IMPORT" && !is_there);
  if (!makes) {
    if (!is_there) return validation_error("Stack [" + name + "] does not exist");
    if (!is_updatable(found->stack.status)) {
      return validation_error("Stack:" + found->stack.id + " is in " + found->stack.status +
                              " state and can not be updated.");
    }
    return *std::move(found);
  }
  if (!is_there) return new_stack(request, "REVIEW_IN_PROGRESS");
  if (!found->stack.is_in_review()) {
    return validation_error("Stack [" + found->stack.name +
                            "] already exists and cannot be created again with the changeSet [" +
                            change_set_name + "].");
  }
  return *std::move(found);
}

aws::ActionResult CloudFormationService::create_change_set(const Request& request) {
  const Value& input = request.input;
  const std::string asked_kind = json::text_member(input, "ChangeSetType");
  const std::string kind = asked_kind.empty() ? "UPDATE" : asked_kind;
  FoundStack found = PAWL_TRY(stack_for_change_set(request, kind));
  ChangeSetDraft draft;
  draft.key = found.key;
  draft.record = new_change_set(request, found, json::text_member(input, "ChangeSetName"), kind);
  ChangeSetRecord& record = draft.record;
  record.token = json::text_member(input, "ClientToken");
  for (const ChangeSetRecord& known : PAWL_TRY(store_->change_sets(found.key))) {
    if (known.name != record.name) continue;
    if (!record.token.empty() && known.token == record.token) {
      return object_of({{"Id", Value(known.id)}, {"StackId", Value(known.stack_id)}});
    }
    return ApiError("AlreadyExistsException", "ChangeSet [" + record.name + "] already exists");
  }
  record.description = json::text_member(input, "Description");
  record.on_stack_failure = json::text_member(input, "OnStackFailure");
  record.includes_nested = json::flag_member(input, "IncludeNestedStacks");
  record.imports_existing = json::flag_member(input, "ImportExistingResources");
  record.imports = imports_of(input);
  if (kind == "IMPORT" && record.imports.empty()) {
    return validation_error("ResourcesToImport must be specified for IMPORT change sets.");
  }
  PAWL_TRY_VOID(calculate(request, found, draft));

  const std::lock_guard lock(store_->mutex());
  store::Batch batch;
  if (!PAWL_TRY(store_->stack(found.key))) {
    if (PAWL_TRY(store_->uuid_of(found.key.owner, found.stack.name))) {
      return ApiError("AlreadyExistsException", "Stack [" + found.stack.name + "] already exists");
    }
    store_->put_stack(batch, found.key, found.stack);
    store_->take_name(batch, found.key, found.stack.name);
    const OperationRecord operation{.id = draw_uuid(), .token = record.token};
    add_event(batch, found.key, found.stack,
              stack_event(found.stack, operation, "User Initiated", now_ms()));
  }
  put_drafts(batch, draft);
  const Value answer = object_of({{"Id", Value(record.id)}, {"StackId", Value(found.stack.id)}});
  request.keep_answer(answer);
  PAWL_TRY_VOID(store_->commit(batch));
  return answer;
}

ChangeSetRecord CloudFormationService::new_change_set(const Request& request,
                                                      const FoundStack& found,
                                                      const std::string& name,
                                                      const std::string& kind) {
  ChangeSetRecord record;
  record.name = name;
  record.uuid = draw_uuid();
  record.id = aws::Arn{.partition = "aws",
                       .service = "cloudformation",
                       .region = request.region,
                       .account_id = request.account_id(),
                       .resource = "changeSet/" + record.name + "/" + record.uuid}
                  .text();
  record.stack_uuid = found.key.uuid;
  record.stack_id = found.stack.id;
  record.stack_name = found.stack.name;
  record.kind = kind;
  record.created_ms = now_ms();
  record.actor = ActorRecord::of(request.principal);
  record.asked = asked_configuration(request.input);
  return record;
}

void CloudFormationService::put_drafts(store::Batch& batch, ChangeSetDraft& draft) const {
  for (ChangeSetDraft& each : draft.nested) {
    draft.record.nested.push_back({each.key.uuid, each.record.uuid});
    put_drafts(batch, each);
  }
  store_->put_change_set(batch, draft.key, draft.record);
  store_->put_change_set_template(batch, draft.key, draft.record.uuid, draft.texts);
}

CloudFormationService::Result<void> CloudFormationService::calculate(const Request& request,
                                                                     const FoundStack& found,
                                                                     ChangeSetDraft& draft) {
  ChangeSetRecord& record = draft.record;
  BlockingCalls calls = calls_for(request);
  auto asked = prepare_update(request, calls, found, {.is_change_set = true});
  const auto fail = [&record](const std::string& reason) {
    record.status = "FAILED";
    record.execution_status = "UNAVAILABLE";
    record.reason = reason;
  };
  if (!asked) {
    if (asked.error().code != kTransformFailed) return asked.error();
    // What a transform says is known only after the change set has been made.
    fail(asked.error().message.value_or(""));
    draft.texts.original = PAWL_TRY(template_text(calls, request.input)).value_or("");
    return {};
  }
  record.asked = asked->configuration;
  draft.texts = asked->prepared.texts;
  const std::string no_changes(asked->prepared.is_transformed ? kNoUpdates : kNoChanges);
  const bool is_update = !found.stack.is_in_review() && record.kind == "UPDATE";
  if (is_update && !PAWL_TRY(has_changes(found, *asked))) {
    fail(no_changes);
    return {};
  }
  PAWL_TRY_VOID(check_imports(*asked, found, record));
  NestedQuestion nested;
  if (record.includes_nested) {
    nested = [&](const std::string& name, const ResourceRecord* resource, const Value& properties) {
      return calculate_nested(request, found, draft, name, resource, properties);
    };
  }
  const CalculatedChanges calculated = PAWL_TRY(calculate_changes({.store = *store_,
                                                                   .handlers = *handlers_,
                                                                   .calls = calls,
                                                                   .key = found.key,
                                                                   .stack = found.stack,
                                                                   .asked = record.asked,
                                                                   .prepared = asked->prepared,
                                                                   .imports = record.imports,
                                                                   .nested = nested}));
  record.changes = json::write(calculated.changes);
  if (!calculated.warning.empty()) {
    record.values_warning =
        "[WARN] --include-property-values option can return incomplete ChangeSet data because: " +
        calculated.warning;
  }
  for (const ChangeSetDraft& each : draft.nested) {
    if (each.record.status != "FAILED") continue;
    fail("Nested change set " + each.record.id +
         " was not successfully created: Currently in FAILED.");
    return {};
  }
  const bool is_same_behind = calculated.has_unchanged_nested && calculated.changes.size() == 0;
  if (is_update && is_same_behind && !PAWL_TRY(has_changes(found, *asked, false))) {
    fail(no_changes);
    return {};
  }
  record.status = "CREATE_COMPLETE";
  record.execution_status = "AVAILABLE";
  return {};
}

CloudFormationService::Result<NestedChange> CloudFormationService::calculate_nested(
    const Request& request, const FoundStack& parent, ChangeSetDraft& draft,
    const std::string& logical_id, const ResourceRecord* record, const Value& properties) {
  const ChangeSetRecord& root = draft.record;
  Request inner = request;
  bool is_guessed = false;
  inner.input = nested_change_set_input(properties, root.asked.tags, record != nullptr, is_guessed);
  FoundStack child;
  if (record != nullptr) {
    auto found = PAWL_TRY(find_stack(request, record->now.id));
    if (!found || !is_updatable(found->stack.status)) return NestedChange{};
    child = *std::move(found);
  } else {
    const std::string name = nested_name(parent.stack.name, logical_id, draw_uuid());
    inner.input = inner.input.with_member("StackName", Value(name));
    child = PAWL_TRY(new_stack(inner, "REVIEW_IN_PROGRESS"));
  }
  ChangeSetDraft nested;
  nested.key = child.key;
  nested.record = new_change_set(inner, child, nested_name(root.name, logical_id, draw_uuid()),
                                 record != nullptr ? "UPDATE" : "CREATE");
  nested.record.includes_nested = true;
  nested.record.parent_id = root.id;
  nested.record.root_id = root.root_id.empty() ? root.id : root.root_id;
  const auto result = calculate(inner, child, nested);
  if (!result) {
    // Parameters that are known only later may be why.
    if (is_guessed) return NestedChange{};
    nested.record.status = "FAILED";
    nested.record.reason = result.error().message.value_or(result.error().code);
  }
  const std::string& reason = nested.record.reason;
  if (nested.record.status == "FAILED" && (reason == kNoChanges || reason == kNoUpdates)) {
    return NestedChange{.has_changes = false};
  }
  if (nested.record.status != "FAILED") {
    nested.record.reason = "Executable from root change set";
  }
  nested.record.execution_status = "UNAVAILABLE";
  const NestedChange change{.change_set_id = nested.record.id};
  draft.nested.push_back(std::move(nested));
  return change;
}

CloudFormationService::Result<void> CloudFormationService::check_imports(
    const AskedUpdate& asked, const FoundStack& found, const ChangeSetRecord& record) const {
  if (record.kind != "IMPORT") return {};
  const auto present = PAWL_TRY(store_->resources(found.key));
  for (const ImportRecord& import : record.imports) {
    const auto* const declaration = asked.prepared.compiled->find_resource(import.logical_id);
    if (declaration == nullptr || declaration->type != import.type) {
      return validation_error("Resources [" + import.logical_id +
                              "] to import are not in the template with that type");
    }
    if (declaration->deletion_policy.empty()) {
      return validation_error("Resources [" + import.logical_id +
                              "] must have DeletionPolicy attribute specified in the template.");
    }
  }
  for (const auto& declaration : asked.prepared.compiled->resources()) {
    const bool is_imported = std::any_of(
        record.imports.begin(), record.imports.end(),
        [&](const ImportRecord& each) { return each.logical_id == declaration.logical_id; });
    const bool is_there = std::any_of(present.begin(), present.end(), [&](const auto& each) {
      return each.logical_id == declaration.logical_id && each.is_there();
    });
    if (!is_imported && !is_there) {
      return validation_error(
          "As part of the import operation, you cannot modify or add [Resources]");
    }
  }
  return {};
}

CloudFormationService::Result<std::pair<StackKey, ChangeSetRecord>>
CloudFormationService::require_change_set(const Request& request, const std::string& stack_name,
                                          const std::string& name_or_id) const {
  using Found = std::pair<StackKey, ChangeSetRecord>;
  if (const auto arn = aws::Arn::parse(name_or_id)) {
    const size_t slash = arn->resource.rfind('/');
    if (slash == std::string::npos) return no_change_set(name_or_id);
    const std::string uuid = arn->resource.substr(slash + 1);
    const auto stack = PAWL_TRY(store_->stack_of_change_set(owner_of(request), uuid));
    if (!stack) return no_change_set(name_or_id);
    const StackKey key{owner_of(request), *stack};
    auto record = PAWL_TRY(store_->change_set(key, uuid));
    if (!record) return no_change_set(name_or_id);
    return Found{key, *std::move(record)};
  }
  if (stack_name.empty()) {
    return validation_error(
        "StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const FoundStack found = PAWL_TRY(require_stack(request, stack_name));
  for (ChangeSetRecord& record : PAWL_TRY(store_->change_sets(found.key))) {
    if (record.name == name_or_id) return Found{found.key, std::move(record)};
  }
  return no_change_set(name_or_id);
}

aws::ActionResult CloudFormationService::describe_change_set(const Request& request) {
  const Value& input = request.input;
  const auto found = PAWL_TRY(require_change_set(request, json::text_member(input, "StackName"),
                                                 json::text_member(input, "ChangeSetName")));
  const ChangeSetRecord& record = found.second;
  const bool shows_values = json::flag_member(input, "IncludePropertyValues");
  ObjectBuilder out;
  set_summary(out, record);
  if (shows_values && record.reason.empty()) set_text(out, "StatusReason", record.values_warning);
  if (!record.asked.parameters.empty()) {
    out.set("Parameters", parameters_value(record.asked.parameters));
  }
  out.set("NotificationARNs", json::texts_value(record.asked.notification_arns))
      .set("RollbackConfiguration", json_of(record.asked.rollback_configuration))
      .set("Capabilities", json::texts_value(record.asked.capabilities));
  if (!record.asked.tags.empty()) out.set("Tags", tags_value(record.asked.tags));
  set_text(out, "OnStackFailure", record.on_stack_failure);
  auto changes = json::parse(record.changes.empty() ? "[]" : record.changes);
  const Value all = shown_changes(changes ? *changes : Value::array(), shows_values);
  const Page page = PAWL_TRY(page_of(input, all.size(), kChangesShown));
  out.set("Changes",
          Value::array(std::vector<Value>(all.items().begin() + static_cast<ptrdiff_t>(page.begin),
                                          all.items().begin() + static_cast<ptrdiff_t>(page.end))));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_change_sets(const Request& request) {
  const FoundStack found =
      PAWL_TRY(require_stack(request, json::text_member(request.input, "StackName")));
  const auto records = PAWL_TRY(store_->change_sets(found.key));
  const Page page = PAWL_TRY(page_of(request.input, records.size(), kChangesShown));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) {
    ObjectBuilder summary;
    set_summary(summary, records[i]);
    shown.push_back(std::move(summary).build());
  }
  ObjectBuilder out;
  out.set("Summaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::delete_change_set(const Request& request) {
  const Value& input = request.input;
  const auto found = require_change_set(request, json::text_member(input, "StackName"),
                                        json::text_member(input, "ChangeSetName"));
  if (!found) {
    // Deleting what is not there is a success; a stack that is not there is none.
    if (found.error().code == "ChangeSetNotFound") return Value::object();
    return found.error();
  }
  const auto& [key, record] = *found;
  if (!record.root_id.empty()) {
    return ApiError("InvalidChangeSetStatus", "ChangeSet [" + record.id +
                                                  "] is deleted with its root change set [" +
                                                  record.root_id + "]");
  }
  if (record.execution_status == "EXECUTE_IN_PROGRESS") {
    return ApiError("InvalidChangeSetStatus", "ChangeSet [" + record.id +
                                                  "] cannot be deleted in its current status of [" +
                                                  record.execution_status + "]");
  }
  const std::lock_guard lock(store_->mutex());
  store::Batch batch;
  PAWL_TRY_VOID(store_->erase_change_set(batch, key, record.uuid));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(store_->commit(batch));
  return Value::object();
}

}  // namespace pawl::cloudformation
