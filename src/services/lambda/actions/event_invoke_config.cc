// SPDX-License-Identifier: Apache-2.0
// API Put-, Update-, Get-, DeleteFunctionEventInvokeConfig, ListFunctionEventInvokeConfigs: what
// becomes of asynchronous invocations (invoker_events.cc).
#include "aws/arn.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr FunctionPart kPart = FunctionPart::EventInvokeConfig;

aws::ApiError no_such_function() { return resource_not_found("The function doesn't exist."); }

aws::ApiError no_config(const FunctionReference& reference) {
  return resource_not_found("The function " + reference.key.arn(reference.qualifier_or_latest()) +
                            " doesn't have an EventInvokeConfig");
}

std::string destination_of(const Value* config, std::string_view side) {
  const Value* given = config != nullptr ? member_of(*config, side) : nullptr;
  return given != nullptr ? text_member(*given, "Destination") : "";
}

Value destination(const std::string& arn) {
  ObjectBuilder out;
  if (!arn.empty()) out.set("Destination", Value(arn));
  return std::move(out).build();
}

/// As Java prints the request's member.
std::string printed(const Value& config) {
  const auto side = [&](const char* member, const char* type) {
    if (member_of(config, member) == nullptr) return std::string("null");
    const std::string arn = destination_of(&config, member);
    return std::string(type) + "(destination=" + (arn.empty() ? "null" : arn) + ")";
  };
  return "DestinationConfig(onSuccess=" + side("OnSuccess", "OnSuccess") +
         ", onFailure=" + side("OnFailure", "OnFailure") + ")";
}

bool can_be_destination(std::string_view service) {
  return service == "lambda" || service == "sqs" || service == "sns" || service == "events" ||
         service == "s3";
}

Value shown_config(const Value& stored, const FunctionReference& reference) {
  return stored.with_member("FunctionArn",
                            Value(reference.key.arn(reference.qualifier_or_latest())));
}

}  // namespace

ApiResult<void> LambdaService::check_destinations(const Request& request, const Value& config,
                                                  const FunctionKey& key) const {
  for (const char* side : {"OnSuccess", "OnFailure"}) {
    const std::string text = destination_of(&config, side);
    if (text.empty()) continue;
    const std::optional<aws::Arn> arn = aws::Arn::parse(text);
    if (!arn || !can_be_destination(arn->service)) {
      return invalid_parameter("The provided destination config " + printed(config) +
                               " is invalid.");
    }
    if (arn->service != "lambda") continue;
    const FunctionReference target = parse_function_reference(text, request);
    if (target.key == key) {
      return invalid_parameter("You can't specify the function as a destination for itself.");
    }
    if (!require_revision(target)) {
      return invalid_parameter("The destination ARN " + text + " is invalid.");
    }
  }
  return {};
}

/// `before` is empty, or what the input changes.
aws::ActionResult LambdaService::set_event_invoke_config(const Request& request,
                                                         const FunctionReference& reference,
                                                         const std::optional<Value>& before) {
  const Value& input = request.input;
  const Value* destinations = member_of(input, "DestinationConfig");
  if (destinations != nullptr) {
    PAWL_TRY_VOID(check_destinations(request, *destinations, reference.key));
  }
  const Value* old_destinations = before ? member_of(*before, "DestinationConfig") : nullptr;
  ObjectBuilder both;
  for (const char* side : {"OnSuccess", "OnFailure"}) {
    const bool is_given = destinations != nullptr && member_of(*destinations, side) != nullptr;
    both.set(side, destination(destination_of(is_given ? destinations : old_destinations, side)));
  }
  ObjectBuilder made;
  made.set("LastModified", Value(static_cast<double>(now().ms) / 1'000));
  for (const char* member : {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}) {
    const Value* given = member_of(input, member);
    if (given == nullptr && before) given = member_of(*before, member);
    if (given != nullptr) made.set(member, *given);
  }
  made.set("DestinationConfig", std::move(both).build());
  const Value config = std::move(made).build();
  store::Batch batch;
  store_.put_part(batch, reference.key, kPart, reference.qualifier_or_latest(), config);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(reference.key, {});
  return aws::Output(shown_config(config, reference));
}

aws::ActionResult LambdaService::put_event_invoke_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  bool says_something = false;
  for (const char* member :
       {"MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"}) {
    says_something = says_something || member_of(request.input, member) != nullptr;
  }
  if (!says_something) {
    return invalid_parameter(
        "You must specify at least one of error handling or destination setting.");
  }
  const std::lock_guard lock(changing_);
  if (!require_revision(reference)) return no_such_function();
  return set_event_invoke_config(request, reference, std::nullopt);
}

aws::ActionResult LambdaService::update_event_invoke_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  if (!require_revision(reference)) return no_such_function();
  const std::optional<Value> before =
      PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier_or_latest()));
  if (!before) return no_config(reference);
  return set_event_invoke_config(request, reference, before);
}

aws::ActionResult LambdaService::get_event_invoke_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::optional<Value> found =
      PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier_or_latest()));
  if (!found) return no_config(reference);
  return aws::Output(shown_config(*found, reference));
}

aws::ActionResult LambdaService::delete_event_invoke_config(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  if (!PAWL_TRY(store_.part(reference.key, kPart, reference.qualifier_or_latest()))) {
    return no_config(reference);
  }
  store::Batch batch;
  store_.erase_part(batch, reference.key, kPart, reference.qualifier_or_latest());
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(reference.key, {});
  return aws::Output();
}

aws::ActionResult LambdaService::list_event_invoke_configs(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  if (!require_function(reference.key, "")) return no_such_function();
  std::vector<std::pair<std::string, Value>> items;
  for (auto& [qualifier, config] : PAWL_TRY(store_.parts(reference.key, kPart))) {
    items.emplace_back(qualifier, shown_config(config, {reference.key, qualifier}));
  }
  return list_page(request, "event invoke configs of " + reference.key.name,
                   "FunctionEventInvokeConfigs", std::move(items));
}

}  // namespace pawl::lambda
