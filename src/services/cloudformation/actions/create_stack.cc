// SPDX-License-Identifier: Apache-2.0
// API CreateStack, UpdateStack.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/stack_policy.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::Value;

/// "OnFailure" and "DisableRollback" are two words for one thing.
std::string on_failure_of(const Value& input) {
  const std::string asked = json::text_member(input, "OnFailure");
  if (!asked.empty()) return asked;
  const Value deployment = json::object_member(input, "DeploymentConfig");
  return json::flag_member(input, "DisableRollback") ||
                 json::flag_member(deployment, "DisableRollback")
             ? "DO_NOTHING"
             : "ROLLBACK";
}

Value stack_id_answer(const std::string& id) { return object_of({{"StackId", Value(id)}}); }

}  // namespace

CloudFormationService::Result<CloudFormationService::FoundStack> CloudFormationService::new_stack(
    const Request& request, const std::string& status) {
  FoundStack made;
  made.key = {owner_of(request), draw_uuid()};
  made.stack.uuid = made.key.uuid;
  made.stack.name = json::text_member(request.input, "StackName");
  made.stack.id = aws::Arn{.partition = "aws",
                           .service = "cloudformation",
                           .region = request.region,
                           .account_id = request.account_id(),
                           .resource = "stack/" + made.stack.name + "/" + made.key.uuid}
                      .text();
  made.stack.status = status;
  made.stack.created_ms = now_ms();
  return made;
}

CloudFormationService::Result<std::string> CloudFormationService::policy_text(
    const Request& request, StackCalls& calls, std::string_view body, std::string_view url) {
  const auto text = PAWL_TRY(template_text(calls, request.input, body, url));
  if (!text) return std::string();
  PAWL_TRY_VOID(check_stack_policy(*text));
  return *text;
}

aws::ActionResult CloudFormationService::create_stack(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const std::string token = json::text_member(input, "ClientRequestToken");
  if (json::has_member(input, "OnFailure") && json::has_member(input, "DisableRollback")) {
    return validation_error("You can specify either DisableRollback or OnFailure, but not both.");
  }
  if (const auto known = PAWL_TRY(find_stack(request, name))) {
    if (!token.empty() && known->stack.token == token) return stack_id_answer(known->stack.id);
    return ApiError("AlreadyExistsException", "Stack [" + name + "] already exists");
  }
  FoundStack made = PAWL_TRY(new_stack(request, "CREATE_IN_PROGRESS"));
  StackRecord& stack = made.stack;
  stack.current = asked_configuration(input);
  BlockingCalls calls = calls_for(request);
  const auto text = PAWL_TRY(template_text(calls, input));
  if (!text) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  auto attempt = prepare_template(preparation_ports(request, calls),
                                  {.text = *text,
                                   .given = given_parameters(input),
                                   .capabilities = stack.current.capabilities,
                                   .environment = environment_of(made.key, stack, url_suffix())});
  if (!attempt && attempt.error().code == kTransformFailed) {
    return create_failed_stack(request, std::move(made), *text,
                               attempt.error().message.value_or(""));
  }
  const PreparedTemplate prepared = PAWL_TRY(std::move(attempt));
  stack.policy = PAWL_TRY(policy_text(request, calls, "StackPolicyBody", "StackPolicyURL"));
  stack.current.description = prepared.compiled->description();
  stack.current.parameters = prepared.parameter_records();
  stack.current.template_number = stack.templates = 1;
  stack.on_failure = on_failure_of(input);
  stack.disables_rollback = stack.on_failure == "DO_NOTHING";
  stack.is_protected = json::flag_member(input, "EnableTerminationProtection");
  stack.retains_except_on_create = json::flag_member(input, "RetainExceptOnCreate");
  stack.timeout_minutes = json::integer_member(input, "TimeoutInMinutes");
  stack.token = token;
  constexpr int64_t kMinuteMs = 60'000;
  const OperationRecord operation{
      .id = draw_uuid(),
      .kind = "CREATE",
      .stage = "apply",
      .begun_ms = now_ms(),
      .token = token,
      .actor = ActorRecord::of(request.principal),
      .role_arn = stack.current.role_arn,
      .on_failure = stack.on_failure,
      .retains_except_on_create = stack.retains_except_on_create,
      .timeout_ms = stack.timeout_minutes != 0 ? now_ms() + stack.timeout_minutes * kMinuteMs : 0};
  {
    const std::lock_guard lock(store_->mutex());
    // Somebody may have been faster while the template was read.
    if (PAWL_TRY(store_->uuid_of(made.key.owner, name))) {
      return ApiError("AlreadyExistsException", "Stack [" + name + "] already exists");
    }
    store::Batch batch;
    store_->put_template(batch, made.key, 1, prepared.texts);
    store_->put_stack(batch, made.key, stack);
    store_->take_name(batch, made.key, name);
    store_->put_operation(batch, made.key, operation);
    add_event(batch, made.key, stack, stack_event(stack, operation, "User Initiated", now_ms()));
    request.keep_answer(stack_id_answer(stack.id));
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(made.key);
  return stack_id_answer(stack.id);
}

aws::ActionResult CloudFormationService::create_failed_stack(const Request& request,
                                                             FoundStack made,
                                                             const std::string& text,
                                                             const std::string& reason) {
  StackRecord& stack = made.stack;
  stack.token = json::text_member(request.input, "ClientRequestToken");
  stack.on_failure = on_failure_of(request.input);
  stack.disables_rollback = stack.on_failure == "DO_NOTHING";
  stack.current.template_number = stack.templates = 1;
  const OperationRecord operation{.id = draw_uuid(), .kind = "CREATE", .token = stack.token};
  const std::string because = reason + (reason.ends_with('.') ? " " : ". ");
  using Step = std::pair<std::string, std::string>;
  std::vector<Step> steps = {{"CREATE_IN_PROGRESS", "User Initiated"}};
  if (stack.on_failure == "DO_NOTHING") {
    steps.emplace_back("CREATE_FAILED", reason);
  } else if (stack.on_failure == "DELETE") {
    steps.emplace_back("DELETE_IN_PROGRESS", because + "Delete requested by user.");
    steps.emplace_back("DELETE_COMPLETE", "");
  } else {
    steps.emplace_back("ROLLBACK_IN_PROGRESS", because + "Rollback requested by user.");
    steps.emplace_back("ROLLBACK_COMPLETE", "");
  }
  const std::lock_guard lock(store_->mutex());
  if (PAWL_TRY(store_->uuid_of(made.key.owner, stack.name))) {
    return ApiError("AlreadyExistsException", "Stack [" + stack.name + "] already exists");
  }
  store::Batch batch;
  for (const auto& [status, why] : steps) {
    stack.status = status;
    stack.reason = why;
    add_event(batch, made.key, stack, stack_event(stack, operation, why, now_ms()));
  }
  // Whatever was tried to be made: nothing is there.
  if (!stack.disables_rollback) stack.deleted_ms = now_ms();
  store_->put_template(batch, made.key, 1, {.original = text});
  store_->put_stack(batch, made.key, stack);
  if (!stack.is_deleted()) store_->take_name(batch, made.key, stack.name);
  request.keep_answer(stack_id_answer(stack.id));
  PAWL_TRY_VOID(store_->commit(batch));
  return stack_id_answer(stack.id);
}

aws::ActionResult CloudFormationService::update_stack(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const FoundStack found = PAWL_TRY(require_stack(request, name));
  const std::string token = json::text_member(input, "ClientRequestToken");
  if (!token.empty() && found.stack.token == token) return stack_id_answer(found.stack.id);
  if (!is_updatable(found.stack.status)) {
    return validation_error("Stack:" + found.stack.id + " is in " + found.stack.status +
                            " state and can not be updated.");
  }
  BlockingCalls calls = calls_for(request);
  auto asked = PAWL_TRY(prepare_update(request, calls, found, {}));
  const std::string policy =
      PAWL_TRY(policy_text(request, calls, "StackPolicyBody", "StackPolicyURL"));
  const std::string policy_during_update = PAWL_TRY(
      policy_text(request, calls, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL"));
  if (!PAWL_TRY(has_changes(found, asked))) {
    return validation_error("No updates are to be performed.");
  }
  OperationRecord operation{
      .id = draw_uuid(),
      .kind = "UPDATE",
      .token = token,
      .actor = ActorRecord::of(request.principal),
      .on_failure = on_failure_of(input),
      .retains_except_on_create = json::flag_member(input, "RetainExceptOnCreate"),
      .policy = policy_during_update};
  PAWL_TRY_VOID(begin_update(found.key, std::move(asked.configuration), asked.prepared.texts,
                             std::move(operation), policy));
  return stack_id_answer(found.stack.id);
}

CloudFormationService::Result<CloudFormationService::AskedUpdate>
CloudFormationService::prepare_update(const Request& request, StackCalls& calls,
                                      const FoundStack& found, const UpdateOptions& options) {
  const Value& input = request.input;
  AskedUpdate asked;
  asked.configuration = asked_configuration(input);
  Configuration& next = asked.configuration;
  const Configuration& now = found.stack.current;
  // What is not said stays: but for capabilities, which are given each time.
  if (!json::has_member(input, "Tags")) next.tags = now.tags;
  if (!json::has_member(input, "NotificationARNs")) next.notification_arns = now.notification_arns;
  if (next.role_arn.empty()) next.role_arn = now.role_arn;
  if (next.rollback_configuration.empty()) {
    next.rollback_configuration = now.rollback_configuration;
  }
  auto text = PAWL_TRY(template_text(calls, input));
  if (!text && json::flag_member(input, "UsePreviousTemplate")) {
    text = PAWL_TRY(store_->template_texts(found.key, now.template_number)).original;
    if (text->empty()) text.reset();
  }
  if (!text) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  StackRecord stack = found.stack;
  stack.current = next;
  const formation::ParameterValues previous = parameter_values(now.parameters);
  asked.prepared =
      PAWL_TRY(prepare_template(preparation_ports(request, calls),
                                {.text = *text,
                                 .given = given_parameters(input),
                                 .previous = &previous,
                                 .capabilities = next.capabilities,
                                 .environment = environment_of(found.key, stack, url_suffix()),
                                 .is_change_set = options.is_change_set}));
  next.description = asked.prepared.compiled->description();
  next.parameters = asked.prepared.parameter_records();
  return asked;
}

CloudFormationService::Result<bool> CloudFormationService::has_changes(const FoundStack& found,
                                                                       const AskedUpdate& asked,
                                                                       bool behind) const {
  const Configuration& now = found.stack.current;
  const Configuration& next = asked.configuration;
  const auto same_parameter = [](const ParameterRecord& a, const ParameterRecord& b) {
    return a.key == b.key && a.value == b.value && a.resolved == b.resolved;
  };
  const bool same_settings =
      now.tags == next.tags && now.notification_arns == next.notification_arns &&
      std::equal(now.parameters.begin(), now.parameters.end(), next.parameters.begin(),
                 next.parameters.end(), same_parameter);
  if (!same_settings || found.stack.status.ends_with("_FAILED")) return true;
  const auto texts = PAWL_TRY(store_->template_texts(found.key, now.template_number));
  if (json_of(texts.processed) != json_of(asked.prepared.texts.processed)) return true;
  if (!behind) return false;
  // What nested templates and includes hold may have changed behind the same address.
  const auto& resources = asked.prepared.compiled->resources();
  return std::any_of(resources.begin(), resources.end(), [this](const auto& resource) {
    const auto handler = handlers_->find(resource.type);
    return handler != nullptr && handler->always_updates();
  });
}

CloudFormationService::Result<void> CloudFormationService::begin_update(
    const StackKey& key, Configuration next, const StackStore::TemplateTexts& texts,
    OperationRecord operation, const std::string& policy) {
  {
    const std::lock_guard lock(store_->mutex());
    auto stack = PAWL_TRY(store_->stack(key));
    if (!stack || !is_updatable(stack->status)) {
      return validation_error("Stack:" + (stack ? stack->id : "") + " is in " +
                              (stack ? stack->status : "DELETE_COMPLETE") +
                              " state and can not be updated.");
    }
    store::Batch batch;
    next.template_number = ++stack->templates;
    store_->put_template(batch, key, next.template_number, texts);
    stack->previous = stack->current;
    stack->current = std::move(next);
    stack->status = operation.kind + "_IN_PROGRESS";
    stack->reason.clear();
    stack->updated_ms = now_ms();
    stack->deleted_ms = 0;
    stack->token = operation.token;
    stack->disables_rollback = operation.on_failure == "DO_NOTHING";
    if (!policy.empty()) stack->policy = policy;
    if (!operation.change_set_id.empty()) stack->change_set_id = operation.change_set_id;
    operation.stage = "apply";
    operation.begun_ms = now_ms();
    operation.role_arn = stack->current.role_arn;
    store_->put_stack(batch, key, *stack);
    store_->put_operation(batch, key, operation);
    add_event(batch, key, *stack, stack_event(*stack, operation, "User Initiated", now_ms()));
    PAWL_TRY_VOID(store_->commit(batch));
  }
  engine_.go_on(key);
  return {};
}

}  // namespace pawl::cloudformation
