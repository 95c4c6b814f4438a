// SPDX-License-Identifier: Apache-2.0
// API ExecuteChangeSet.
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::Value;

std::string on_failure_of(const Value& input, const ChangeSetRecord& record) {
  if (json::flag_member(input, "DisableRollback")) return "DO_NOTHING";
  return record.on_stack_failure.empty() ? "ROLLBACK" : record.on_stack_failure;
}

}  // namespace

CloudFormationService::Result<void> CloudFormationService::name_change_sets(
    store::Batch& batch, const StackKey& key, const ChangeSetRecord& record) const {
  for (const NestedChangeSetRecord& each : record.nested) {
    const StackKey child{key.owner, each.stack_uuid};
    const auto nested = PAWL_TRY(store_->change_set(child, each.uuid));
    if (!nested) continue;
    if (auto stack = PAWL_TRY(store_->stack(child))) {
      stack->change_set_id = nested->id;
      store_->put_stack(batch, child, *stack);
    }
    PAWL_TRY_VOID(name_change_sets(batch, child, *nested));
  }
  return {};
}

aws::ActionResult CloudFormationService::execute_change_set(const Request& request) {
  const Value& input = request.input;
  const auto [key, record] = PAWL_TRY(require_change_set(
      request, json::text_member(input, "StackName"), json::text_member(input, "ChangeSetName")));
  const std::string token = json::text_member(input, "ClientRequestToken");
  if (record.execution_status != "AVAILABLE") {
    const bool is_repeated = !token.empty() && record.execution_token == token;
    if (is_repeated) return Value::object();
    return ApiError(
        "InvalidChangeSetStatus",
        "ChangeSet [" + record.id + "] cannot be executed in its current status of [" +
            (record.execution_status == "UNAVAILABLE" ? record.status : record.execution_status) +
            "]");
  }
  {
    const std::lock_guard lock(store_->mutex());
    auto stack = PAWL_TRY(store_->stack(key));
    const bool is_new = stack && stack->is_in_review();
    if (!stack || (!is_new && !is_updatable(stack->status))) {
      return validation_error("Stack:" + record.stack_id + " is in " +
                              (stack ? stack->status : "DELETE_COMPLETE") +
                              " state and can not be updated.");
    }
    OperationRecord operation{
        .id = draw_uuid(),
        .kind = record.kind == "IMPORT" ? "IMPORT"
                : is_new                ? "CREATE"
                                        : "UPDATE",
        .stage = "apply",
        .begun_ms = now_ms(),
        .token = token,
        .actor = ActorRecord::of(request.principal),
        .role_arn = record.asked.role_arn,
        .on_failure = on_failure_of(input, record),
        .retains_except_on_create = json::flag_member(input, "RetainExceptOnCreate"),
        .imports = record.imports,
        .change_set_id = record.id};
    store::Batch batch;
    stack->previous = is_new ? Configuration{} : stack->current;
    stack->current = record.asked;
    stack->current.template_number = ++stack->templates;
    store_->put_template(batch, key, stack->current.template_number,
                         PAWL_TRY(store_->change_set_template(key, record.uuid)));
    stack->status = operation.kind + "_IN_PROGRESS";
    stack->reason.clear();
    stack->updated_ms = now_ms();
    stack->change_set_id = record.id;
    stack->token = token;
    stack->on_failure = operation.on_failure;
    stack->disables_rollback = operation.on_failure == "DO_NOTHING";
    stack->retains_except_on_create = operation.retains_except_on_create;
    store_->put_stack(batch, key, *stack);
    store_->put_operation(batch, key, operation);
    add_event(batch, key, *stack, stack_event(*stack, operation, "User Initiated", now_ms()));
    // The others were made for a stack that will no longer be.
    for (const ChangeSetRecord& other : PAWL_TRY(store_->change_sets(key))) {
      if (other.uuid != record.uuid) {
        PAWL_TRY_VOID(store_->erase_change_set(batch, key, other.uuid));
      }
    }
    ChangeSetRecord executed = record;
    executed.execution_token = token;
    PAWL_TRY_VOID(store_->put_execution_status(batch, key, executed, "EXECUTE_IN_PROGRESS"));
    PAWL_TRY_VOID(name_change_sets(batch, key, executed));
    request.keep_answer(Value::object());
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(key);
  return Value::object();
}

}  // namespace pawl::cloudformation
