// SPDX-License-Identifier: Apache-2.0
// API PutTargets, RemoveTargets, ListTargetsByRule.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/event/input_transformer.h"
#include "aws/event/target_call.h"
#include "json/parse.h"
#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTargetsMax = 5;  ///< "Targets per rule"

aws::ApiError about_target(const std::string& what, const std::string& id) {
  return aws::validation_exception(what + " for target " + id + ".");
}

ApiResult<void> check_input(const Value& target, const std::string& id) {
  int inputs = 0;
  for (const char* member : {"Input", "InputPath", "InputTransformer"})
    inputs += target.find(member) != nullptr ? 1 : 0;
  if (inputs > 1)
    return about_target("Only one of Input, InputPath, or InputTransformer must be provided", id);
  if (const Value* input = target.find("Input");
      input != nullptr && !json::parse(input->as_string()))
    return about_target("JSON syntax error in input", id);
  if (const Value* path = target.find("InputPath");
      path != nullptr && !aws::EventPath::compile(path->as_string()))
    return aws::validation_exception("Invalid InputPath for target " + id + " : " +
                                     std::string(path->as_string()) + ".");
  if (const Value* transformer = target.find("InputTransformer")) {
    const auto mistake = aws::InputTransformer::mistake(
        input_paths(*transformer), text_member(*transformer, "InputTemplate"), id);
    if (mistake) return aws::validation_exception(*mistake);
  }
  return {};
}

/// What the kind of a target demands.
ApiResult<void> check_parameters(const Value& target, const std::string& arn) {
  const auto missing = [&arn](const char* member) {
    return aws::validation_exception("Parameter(s) " + std::string(member) +
                                     " must be specified for target: " + arn + ".");
  };
  using Kind = aws::TargetKind;
  const auto kind = aws::target_kind(arn);
  if (!kind || *kind == Kind::SdkOperation)
    return aws::validation_exception("Parameter " + arn +
                                     " is not valid. Reason: Provided Arn is not in correct "
                                     "format.");
  if (kind == Kind::Queue && arn.ends_with(".fifo") && target.find("SqsParameters") == nullptr)
    return missing("SqsParameters");
  if (kind == Kind::JobQueue && target.find("BatchParameters") == nullptr)
    return missing("BatchParameters");
  if (kind == Kind::EcsCluster && target.find("EcsParameters") == nullptr)
    return missing("EcsParameters");
  if (kind == Kind::SsmDocument && target.find("RunCommandParameters") == nullptr)
    return missing("RunCommandParameters");
  const bool needs_role = kind == Kind::StateMachine || kind == Kind::KinesisStream ||
                          kind == Kind::DeliveryStream || kind == Kind::JobQueue ||
                          kind == Kind::EcsCluster || kind == Kind::ApiDestination;
  if (needs_role && text_member(target, "RoleArn").empty())
    return aws::validation_exception("RoleArn is required for target " + arn + ".");
  return {};
}

ApiResult<void> check_target(const Value& target) {
  const std::string arn = text_member(target, "Arn");
  PAWL_TRY_VOID(check_input(target, text_member(target, "Id")));
  PAWL_TRY_VOID(check_parameters(target, arn));
  const std::string letters = text_member(object_member(target, "DeadLetterConfig"), "Arn");
  if (!letters.empty() && aws::target_kind(letters) != aws::TargetKind::Queue)
    return aws::validation_exception("Parameter DeadLetterConfig.Arn is not valid.");
  return {};
}

std::vector<Value> targets_of(const Value& rule) {
  const Value* targets = rule.find("Targets");
  if (targets == nullptr) return {};
  return {targets->items().begin(), targets->items().end()};
}

std::string id_of(const Value& target) { return text_member(target, "Id"); }

/// No entry has failed.
Value no_failures() {
  ObjectBuilder out;
  out.set("FailedEntryCount", Value(0)).set("FailedEntries", Value::array());
  return std::move(out).build();
}

}  // namespace

ActionResult EventsService::put_targets(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const RuleName name = PAWL_TRY(rule_member(request, "Rule"));
  const Value record = PAWL_TRY(find_rule(name));
  std::vector<Value> targets = targets_of(record);
  for (const Value& target : request.input.find("Targets")->items()) {
    PAWL_TRY_VOID(check_target(target));
    const auto same = std::find_if(targets.begin(), targets.end(),
                                   [&](const Value& each) { return id_of(each) == id_of(target); });
    if (same == targets.end()) {
      targets.push_back(target);
    } else {
      *same = target;
    }
  }
  if (targets.size() > kTargetsMax) return limit_exceeded();
  std::sort(targets.begin(), targets.end(),
            [](const Value& a, const Value& b) { return id_of(a) < id_of(b); });
  store::Batch batch;
  rules_.put(batch, name.key().view(),
             record.with_member("Targets", Value::array(std::move(targets))));
  request.keep_answer(no_failures());
  PAWL_TRY_VOID(commit(batch));
  book_->forget(name.bus);
  return aws::Output(no_failures());
}

ActionResult EventsService::remove_targets(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const RuleName name = PAWL_TRY(rule_member(request, "Rule"));
  const Value record = PAWL_TRY(find_rule(name));
  std::vector<Value> targets = targets_of(record);
  for (const Value& id : request.input.find("Ids")->items())
    std::erase_if(targets, [&](const Value& each) { return id_of(each) == id.as_string(); });
  store::Batch batch;
  rules_.put(batch, name.key().view(),
             record.with_member("Targets", Value::array(std::move(targets))));
  request.keep_answer(no_failures());
  PAWL_TRY_VOID(commit(batch));
  book_->forget(name.bus);
  return aws::Output(no_failures());
}

ActionResult EventsService::list_targets_by_rule(const aws::Request& request) {
  const RuleName name = PAWL_TRY(rule_member(request, "Rule"));
  const std::vector<Value> targets = targets_of(PAWL_TRY(find_rule(name)));
  const std::string from = PAWL_TRY(page_start(request.input));
  const size_t limit = page_limit(request.input);
  ObjectBuilder out;
  std::vector<Value> page;
  for (const Value& target : targets) {
    if (id_of(target) < from) continue;
    if (page.size() == limit) {
      out.set("NextToken", Value(page_token(id_of(target))));
      break;
    }
    page.push_back(target);
  }
  out.set("Targets", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
