// SPDX-License-Identifier: Apache-2.0
// API DeleteStack, CancelUpdateStack, ContinueUpdateRollback, RollbackStack, SignalResource,
// UpdateTerminationProtection, SetStackPolicy, GetStackPolicy.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/stack_policy.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {

using json::Value;

aws::ActionResult CloudFormationService::delete_stack(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const auto found = PAWL_TRY(find_stack(request, name));
  if (!found || found->stack.is_deleted()) return Value::object();
  const std::vector<std::string> retained = json::texts_member(input, "RetainResources");
  const std::string mode = json::text_member(input, "DeletionMode");
  {
    const std::lock_guard lock(store_->mutex());
    auto stack = PAWL_TRY(store_->stack(found->key));
    if (!stack || stack->is_deleted()) return Value::object();
    if (stack->is_protected) {
      return validation_error("Stack [" + name +
                              "] cannot be deleted while TerminationProtection is enabled");
    }
    if (stack->status == "DELETE_IN_PROGRESS") return Value::object();
    if (stack->is_in_progress() && stack->status != "CREATE_IN_PROGRESS") {
      return validation_error("Stack [" + stack->id + "] cannot be deleted while in status " +
                              stack->status);
    }
    if (!retained.empty() && stack->status != "DELETE_FAILED") {
      return validation_error(
          "Invalid operation on stack [" + stack->id +
          "]. 'RetainResources' can only be specified when the stack is in the DELETE_FAILED "
          "state.");
    }
    if (mode == "FORCE_DELETE_STACK" && stack->status != "DELETE_FAILED") {
      return validation_error("Invalid operation on stack [" + stack->id +
                              "]. DeletionMode FORCE_DELETE_STACK can only be specified when the "
                              "stack is in the DELETE_FAILED state.");
    }
    store::Batch batch;
    auto running = PAWL_TRY(store_->operation(found->key));
    const std::string role = json::text_member(input, "RoleARN");
    if (!role.empty()) stack->current.role_arn = role;
    OperationRecord operation{.id = draw_uuid(),
                              .kind = "DELETE",
                              .stage = "delete",
                              .begun_ms = now_ms(),
                              .token = json::text_member(input, "ClientRequestToken"),
                              .actor = ActorRecord::of(request.principal),
                              .role_arn = stack->current.role_arn,
                              .retained = retained,
                              .forces_deletion = mode == "FORCE_DELETE_STACK",
                              .status_before = stack->status};
    if (running) {
      // It stops what it does, then deletes.
      operation = *std::move(running);
      operation.is_deleted = true;
    }
    stack->status = "DELETE_IN_PROGRESS";
    stack->reason.clear();
    stack->deletion_mode = mode;
    stack->deleted_ms = now_ms();
    store_->put_stack(batch, found->key, *stack);
    store_->put_operation(batch, found->key, operation);
    add_event(batch, found->key, *stack,
              stack_event(*stack, operation, "User Initiated", now_ms()));
    request.keep_answer(Value::object());
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(found->key);
  return Value::object();
}

aws::ActionResult CloudFormationService::cancel_update(const Request& request) {
  const FoundStack found =
      PAWL_TRY(require_stack(request, json::text_member(request.input, "StackName")));
  {
    const std::lock_guard lock(store_->mutex());
    auto operation = PAWL_TRY(store_->operation(found.key));
    const auto stack = PAWL_TRY(store_->stack(found.key));
    if (!stack || !operation || stack->status != "UPDATE_IN_PROGRESS") {
      return validation_error("CancelUpdateStack cannot be called from current stack status");
    }
    operation->is_cancelled = true;
    store::Batch batch;
    store_->put_operation(batch, found.key, *operation);
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(found.key);
  return Value::object();
}

aws::ApiResult<void> CloudFormationService::begin_undo(const Request& request,
                                                       const FoundStack& found,
                                                       const std::string& status,
                                                       OperationRecord operation) {
  {
    const std::lock_guard lock(store_->mutex());
    auto stack = PAWL_TRY(store_->stack(found.key));
    if (!stack || stack->status != found.stack.status) {
      return validation_error("Stack [" + found.stack.name + "] is being changed by another call");
    }
    operation.id = draw_uuid();
    operation.undone = stack->last_operation;
    operation.stage = "undo";
    operation.begun_ms = now_ms();
    operation.token = json::text_member(request.input, "ClientRequestToken");
    operation.actor = ActorRecord::of(request.principal);
    operation.failure = "User Initiated";
    const std::string role = json::text_member(request.input, "RoleARN");
    if (!role.empty()) stack->current.role_arn = role;
    operation.role_arn = stack->current.role_arn;
    stack->status = status;
    stack->reason.clear();
    stack->updated_ms = now_ms();
    store::Batch batch;
    store_->put_stack(batch, found.key, *stack);
    store_->put_operation(batch, found.key, operation);
    add_event(batch, found.key, *stack, stack_event(*stack, operation, "User Initiated", now_ms()));
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(found.key);
  return {};
}

aws::ActionResult CloudFormationService::continue_rollback(const Request& request) {
  const Value& input = request.input;
  const FoundStack found = PAWL_TRY(require_stack(request, json::text_member(input, "StackName")));
  if (found.stack.status != "UPDATE_ROLLBACK_FAILED") {
    return validation_error("Stack:" + found.stack.id + " is in " + found.stack.status +
                            " state and can not continue update rollback.");
  }
  std::vector<std::string> skipped = json::texts_member(input, "ResourcesToSkip");
  const auto resources = PAWL_TRY(store_->resources(found.key));
  for (const std::string& name : skipped) {
    const bool can_be = std::any_of(resources.begin(), resources.end(), [&](const auto& each) {
      return each.logical_id == name && each.status == "UPDATE_FAILED";
    });
    if (!can_be) {
      return validation_error("The following resources to skip are not in UPDATE_FAILED state: [" +
                              name + "]");
    }
  }
  if (json::flag_member(input, "ForceRollback")) {
    for (const ResourceRecord& each : resources) {
      if (each.status == "UPDATE_FAILED") skipped.push_back(each.logical_id);
    }
  }
  PAWL_TRY_VOID(begin_undo(request, found, "UPDATE_ROLLBACK_IN_PROGRESS",
                           {.kind = "UPDATE", .skipped = std::move(skipped)}));
  return Value::object();
}

aws::ActionResult CloudFormationService::rollback_stack(const Request& request) {
  const Value& input = request.input;
  const FoundStack found = PAWL_TRY(require_stack(request, json::text_member(input, "StackName")));
  const bool keeps_nothing = json::flag_member(input, "RetainExceptOnCreate");
  const std::string& status = found.stack.status;
  if (status != "CREATE_FAILED" && status != "UPDATE_FAILED") {
    return validation_error("Stack:" + found.stack.id + " is in " + status +
                            " state and can not be rolled back.");
  }
  const bool is_creation = status == "CREATE_FAILED";
  PAWL_TRY_VOID(begin_undo(
      request, found, is_creation ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS",
      {.kind = is_creation ? "CREATE" : "UPDATE", .retains_except_on_create = keeps_nothing}));
  return object_of({{"StackId", Value(found.stack.id)}});
}

aws::ActionResult CloudFormationService::signal_resource(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const std::string logical_id = json::text_member(input, "LogicalResourceId");
  const std::string unique_id = json::text_member(input, "UniqueId");
  const FoundStack found = PAWL_TRY(require_stack(request, name));
  {
    const std::lock_guard lock(store_->mutex());
    auto record = PAWL_TRY(store_->resource(found.key, logical_id));
    const auto stack = PAWL_TRY(store_->stack(found.key));
    if (!record) {
      return validation_error("Resource " + logical_id + " does not exist for stack " + name);
    }
    if (!stack || !stack->is_in_progress() || record->is_finished) {
      return validation_error("Signal cannot be sent to resource " + logical_id + " in status " +
                              record->status);
    }
    auto& ids = record->signal_ids;
    if (std::find(ids.begin(), ids.end(), unique_id) != ids.end()) return Value::object();
    ids.push_back(unique_id);
    if (json::text_member(input, "Status") == "FAILURE") {
      record->failed_signal = unique_id;
    } else {
      ++record->signals;
    }
    store::Batch batch;
    store_->put_resource(batch, found.key, *record);
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.wake(found.key, logical_id);
  return Value::object();
}

aws::ActionResult CloudFormationService::update_protection(const Request& request) {
  const FoundStack found =
      PAWL_TRY(require_stack(request, json::text_member(request.input, "StackName")));
  const std::lock_guard lock(store_->mutex());
  auto stack = PAWL_TRY(store_->stack(found.key));
  if (!stack || stack->is_deleted()) {
    return validation_error("Stack [" + found.stack.id + "] does not exist");
  }
  stack->is_protected = json::flag_member(request.input, "EnableTerminationProtection");
  store::Batch batch;
  store_->put_stack(batch, found.key, *stack);
  PAWL_TRY_VOID(store_->commit(batch));
  return object_of({{"StackId", Value(stack->id)}});
}

aws::ActionResult CloudFormationService::set_policy(const Request& request) {
  const FoundStack found =
      PAWL_TRY(require_stack(request, json::text_member(request.input, "StackName")));
  BlockingCalls calls = calls_for(request);
  const std::string policy =
      PAWL_TRY(policy_text(request, calls, "StackPolicyBody", "StackPolicyURL"));
  if (policy.empty()) {
    return validation_error("Either StackPolicyBody or StackPolicyURL must be specified.");
  }
  const std::lock_guard lock(store_->mutex());
  auto stack = PAWL_TRY(store_->stack(found.key));
  if (!stack) return validation_error("Stack [" + found.stack.id + "] does not exist");
  stack->policy = policy;
  store::Batch batch;
  store_->put_stack(batch, found.key, *stack);
  PAWL_TRY_VOID(store_->commit(batch));
  return Value::object();
}

aws::ActionResult CloudFormationService::get_policy(const Request& request) {
  const FoundStack found =
      PAWL_TRY(require_stack(request, json::text_member(request.input, "StackName")));
  if (found.stack.policy.empty()) return Value::object();
  return object_of({{"StackPolicyBody", Value(found.stack.policy)}});
}

}  // namespace pawl::cloudformation
