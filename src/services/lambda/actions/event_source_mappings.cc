// SPDX-License-Identifier: Apache-2.0
// API Create-, Get-, Update-, Delete-, ListEventSourceMapping(s): SQS queues and DynamoDB streams.
// A mapping is in its state at once; answers name the states that AWS passes through.
#include <algorithm>
#include <memory>

#include "aws/arn.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kKind = ResourceKind::EventSourceMapping;
constexpr int64_t kUnwindowedBatchMax = 10;
constexpr int64_t kAnyAge = -1;

struct Source {
  std::string arn;
  std::string service;
  bool is_queue = false;
  bool is_fifo = false;
};

aws::ApiError invalid_null(const char* member) {
  return invalid_parameter(std::string("1 validation error detected: Value null at '") + member +
                           "' failed to satisfy constraint: Member must not be null.");
}

ApiResult<Source> source_of(const Value& input) {
  const Value* destinations = member_of(input, "DestinationConfig");
  if (destinations != nullptr && member_of(*destinations, "OnSuccess") != nullptr) {
    return invalid_parameter(
        "Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  Source source;
  source.arn = text_member(input, "EventSourceArn");
  if (source.arn.empty() && member_of(input, "SelfManagedEventSource") == nullptr) {
    return invalid_parameter("Unrecognized event source.");
  }
  source.service = source_service(source.arn);
  source.is_queue = source.service == "sqs";
  source.is_fifo = source.is_queue && source.arn.ends_with(".fifo");
  if (source.is_queue && destinations != nullptr) {
    return invalid_parameter(
        "Unsupported DestinationConfig parameter for given event source mapping type.");
  }
  return source;
}

ApiResult<void> check_starting_position(const Source& source, const Value& input) {
  if (source.service != "dynamodb" && source.service != "kinesis") return {};
  const std::string position = text_member(input, "StartingPosition");
  if (position.empty()) return invalid_null("startingPosition");
  if (source.service == "dynamodb" && position == "AT_TIMESTAMP") {
    return invalid_parameter("Unsupported starting position for arn type: " + source.arn);
  }
  if (position == "AT_TIMESTAMP" && member_of(input, "StartingPositionTimestamp") == nullptr) {
    return invalid_null("startingPositionTimestamp");
  }
  return {};
}

ApiResult<void> check_batching(const Source& source, const Value& mapping) {
  if (!source.is_queue) return {};
  const int64_t size = integer_member(mapping, "BatchSize");
  const int64_t window = integer_member(mapping, "MaximumBatchingWindowInSeconds");
  if (source.is_fifo && size > kUnwindowedBatchMax) {
    return invalid_parameter("Batch size must be less than or equal to 10 for FIFO queues.");
  }
  if (source.is_fifo && window > 0) {
    return invalid_parameter("Batching window is not supported for FIFO queues");
  }
  if (size > kUnwindowedBatchMax && window == 0) {
    return invalid_parameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10");
  }
  return {};
}

ApiResult<void> check_filters(const Value& input) {
  const Value* criteria = member_of(input, "FilterCriteria");
  const Value* filters = criteria != nullptr ? member_of(*criteria, "Filters") : nullptr;
  if (filters == nullptr) return {};
  for (const Value& filter : filters->items()) {
    if (!aws::EventPattern::compile(text_member(filter, "Pattern"))) {
      return invalid_parameter("Invalid filter pattern definition.");
    }
  }
  return {};
}

Value destinations_of(const Value& input) {
  const Value* given = member_of(input, "DestinationConfig");
  const Value* failure = given != nullptr ? member_of(*given, "OnFailure") : nullptr;
  ObjectBuilder out;
  out.set("OnFailure", failure != nullptr ? *failure : Value::object());
  return std::move(out).build();
}

/// What the input sets, with the defaults of the source.
Value new_mapping(const Source& source, const Value& input, const FunctionReference& function) {
  ObjectBuilder out;
  out.set("UUID", Value(new_uuid()));
  if (!source.is_queue) {
    out.set("StartingPosition", Value(text_member(input, "StartingPosition")));
    if (const Value* time = member_of(input, "StartingPositionTimestamp")) {
      out.set("StartingPositionTimestamp", *time);
    }
  }
  const auto number = [&](const char* member, int64_t otherwise) {
    const Value* given = member_of(input, member);
    out.set(member, given != nullptr ? *given : Value(otherwise));
  };
  number("BatchSize", source.is_queue ? 10 : 100);
  number("MaximumBatchingWindowInSeconds", 0);
  out.set("EventSourceArn", Value(source.arn)).set("FunctionArn", Value(function.arn()));
  if (!source.is_queue) {
    number("ParallelizationFactor", 1);
    number("MaximumRecordAgeInSeconds", kAnyAge);
    number("MaximumRetryAttempts", -1);
    number("TumblingWindowInSeconds", 0);
    const Value* bisects = member_of(input, "BisectBatchOnFunctionError");
    out.set("BisectBatchOnFunctionError", bisects != nullptr ? *bisects : Value(false))
        .set("DestinationConfig", destinations_of(input))
        .set("LastProcessingResult", Value("No records processed"));
  }
  const Value* types = member_of(input, "FunctionResponseTypes");
  out.set("FunctionResponseTypes", types != nullptr ? *types : Value::array());
  for (const char* member : {"FilterCriteria", "ScalingConfig", "KMSKeyArn", "MetricsConfig",
                             "ProvisionedPollerConfig"}) {
    if (const Value* given = member_of(input, member)) out.set(member, *given);
  }
  const Value* enabled = member_of(input, "Enabled");
  const bool is_enabled = enabled == nullptr || enabled->as_boolean();
  out.set("State", Value(is_enabled ? "Enabled" : "Disabled"))
      .set("StateTransitionReason", Value(source.is_queue ? "USER_INITIATED" : "User action"));
  if (const Value* tags = member_of(input, "Tags")) out.set("tags", *tags);
  return std::move(out).build();
}

std::string mapping_arn(const ResourceScope& scope, const std::string& uuid) {
  return "arn:" + std::string(aws::partition_of(scope.region)) + ":lambda:" + scope.region + ":" +
         scope.account + ":event-source-mapping:" + uuid;
}

Value shown_mapping(const Value& stored, const ResourceScope& scope) {
  return stored.without_member("tags").with_member(
      "EventSourceMappingArn", Value(mapping_arn(scope, text_member(stored, "UUID"))));
}

aws::Output in_state(const Value& shown, const char* state) {
  return aws::Output(shown.with_member("State", Value(state)));
}

aws::ApiError no_such_mapping() {
  return resource_not_found("The resource you requested does not exist.");
}

aws::ApiError already_mapped(const Source& source, const FunctionReference& function,
                             const std::string& uuid) {
  const std::string rest =
      " (\" " + source.arn + " \") and function (\" " + function.key.name + " \") ";
  const std::string advice =
      "already exists. Please update or delete the existing mapping with "
      "UUID " +
      uuid;
  return resource_conflict(source.is_queue
                               ? "An event source mapping with SQS arn" + rest + advice
                               : "The event source arn" + rest + "provided mapping " + advice);
}

/// Asks the service whose resource the source is. SQS answers with the visibility timeout.
aws::Call look_at_source(const Source& source, const aws::Request& request) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(source.arn);
  aws::Call call;
  call.region = arn->region;
  call.principal = request.principal;
  ObjectBuilder input;
  if (source.is_queue) {
    call.service = "sqs";
    call.operation = "GetQueueUrl";
    input.set("QueueName", Value(arn->resource))
        .set("QueueOwnerAWSAccountId", Value(arn->account_id));
  } else {
    call.service = source.service == "dynamodb" ? "dynamodbstreams" : source.service;
    call.operation = "DescribeStream";
    input.set("StreamArn", Value(source.arn));
  }
  call.input = std::move(input).build();
  return call;
}

aws::ApiError source_failure(const Source& source, const aws::ApiError& error) {
  if (error.status == 501 || error.status == 0) return error;
  if (!source.is_queue) return invalid_parameter("Stream not found: " + source.arn);
  return invalid_parameter("Error occurred while ReceiveMessage. SQS Error Code: " + error.code +
                           ". SQS Error Message: " + error.message.value_or(""));
}

struct Waiting {
  aws::Request request;
  aws::Reply reply;
};

}  // namespace

/// The function that FunctionName names must be there. Errors: InvalidParameterValueException.
ApiResult<FunctionReference> LambdaService::mapped_function(const Request& request) const {
  const FunctionReference function = PAWL_TRY(function_reference(request));
  if (!require_revision(function)) return invalid_parameter("Function does not exist");
  return function;
}

void LambdaService::create_event_source(Request request, aws::Reply reply) {
  const auto checked = [&]() -> ApiResult<Source> {
    const Value& input = request.input;
    Source source = PAWL_TRY(source_of(input));
    PAWL_TRY_VOID(check_starting_position(source, input));
    if (source.is_queue) {
      PAWL_TRY_VOID(check_batching(source, new_mapping(source, input, {})));
    }
    PAWL_TRY_VOID(check_filters(input));
    PAWL_TRY_VOID(mapped_function(request));
    if (source.service != "sqs" && source.service != "dynamodb") {
      return aws::ApiError(
          "NotImplemented",
          "lambda: event sources of " +
              (source.service.empty() ? std::string("this kind") : source.service) +
              " are part of the AWS API, but not of this server.",
          501, aws::Fault::Receiver);
    }
    return source;
  };
  ApiResult<Source> source = checked();
  if (!source) return reply(std::move(source).error());
  aws::Call call = look_at_source(*source, request);
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply)});
  options_.caller->call(std::move(call),
                        [this, waiting, source = *source](const ApiResult<Value>& found) {
                          if (!found) return waiting->reply(source_failure(source, found.error()));
                          aws::ActionResult made = create_event_source_of(waiting->request);
                          if (made) made->after_sync = true;
                          waiting->reply(std::move(made));
                        });
}

aws::ActionResult LambdaService::create_event_source_of(const Request& request) {
  const ResourceScope scope = scope_of(request);
  const Source source = PAWL_TRY(source_of(request.input));
  const std::lock_guard lock(changing_);
  const FunctionReference function = PAWL_TRY(mapped_function(request));
  std::string same;
  PAWL_TRY_VOID(resources_.visit(
      scope, kKind, "", 0, [&](const std::string& uuid, uint64_t, const Value& mapping) {
        const bool is_same = text_member(mapping, "EventSourceArn") == source.arn &&
                             text_member(mapping, "FunctionArn") == function.arn();
        if (is_same) same = uuid;
        return !is_same;
      }));
  if (!same.empty()) return already_mapped(source, function, same);
  const Value mapping =
      new_mapping(source, request.input, function)
          .with_member("LastModified", Value(static_cast<double>(now().ms) / 1'000));
  store::Batch batch;
  resources_.put(batch, scope, kKind, text_member(mapping, "UUID"), 0, mapping);
  PAWL_TRY_VOID(store_.commit(batch));
  event_sources_->set(scope, encode_record(mapping));
  return in_state(shown_mapping(mapping, scope), "Creating");
}

aws::ActionResult LambdaService::get_event_source(const Request& request) {
  const ResourceScope scope = scope_of(request);
  const std::optional<Value> mapping =
      PAWL_TRY(resources_.find(scope, kKind, text_member(request.input, "UUID")));
  if (!mapping) return no_such_mapping();
  return aws::Output(shown_mapping(*mapping, scope));
}

aws::ActionResult LambdaService::update_event_source(const Request& request) {
  const Value& input = request.input;
  const ResourceScope scope = scope_of(request);
  const std::string uuid = text_member(input, "UUID");
  const std::lock_guard lock(changing_);
  std::optional<Value> mapping = PAWL_TRY(resources_.find(scope, kKind, uuid));
  if (!mapping) return no_such_mapping();
  const bool was_enabled = text_member(*mapping, "State") == "Enabled";
  if (!text_member(input, "FunctionName").empty()) {
    const FunctionReference function = PAWL_TRY(mapped_function(request));
    *mapping = mapping->with_member("FunctionArn", Value(function.arn()));
  }
  PAWL_TRY_VOID(check_filters(input));
  for (const char* member :
       {"BatchSize", "MaximumBatchingWindowInSeconds", "FilterCriteria", "FunctionResponseTypes",
        "ScalingConfig", "KMSKeyArn", "MetricsConfig", "ProvisionedPollerConfig",
        "ParallelizationFactor", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
        "TumblingWindowInSeconds", "BisectBatchOnFunctionError"}) {
    if (const Value* given = member_of(input, member))
      *mapping = mapping->with_member(member, *given);
  }
  Source source;
  source.arn = text_member(*mapping, "EventSourceArn");
  source.service = source_service(source.arn);
  source.is_queue = source.service == "sqs";
  source.is_fifo = source.arn.ends_with(".fifo");
  if (member_of(input, "DestinationConfig") != nullptr) {
    PAWL_TRY_VOID(source_of(input.with_member("EventSourceArn", Value(source.arn))));
    *mapping = mapping->with_member("DestinationConfig", destinations_of(input));
  }
  PAWL_TRY_VOID(check_batching(source, *mapping));
  const Value* enabled = member_of(input, "Enabled");
  const bool is_enabled = enabled != nullptr ? enabled->as_boolean() : was_enabled;
  *mapping = mapping->with_member("State", Value(is_enabled ? "Enabled" : "Disabled"))
                 .with_member("LastModified", Value(static_cast<double>(now().ms) / 1'000));
  store::Batch batch;
  resources_.put(batch, scope, kKind, uuid, 0, *mapping);
  PAWL_TRY_VOID(store_.commit(batch));
  event_sources_->set(scope, encode_record(*mapping));
  const char* passing = "Updating";
  if (is_enabled != was_enabled) passing = is_enabled ? "Enabling" : "Disabling";
  return in_state(shown_mapping(*mapping, scope), passing);
}

aws::ActionResult LambdaService::delete_event_source(const Request& request) {
  const ResourceScope scope = scope_of(request);
  const std::string uuid = text_member(request.input, "UUID");
  const std::lock_guard lock(changing_);
  const std::optional<Value> mapping = PAWL_TRY(resources_.find(scope, kKind, uuid));
  if (!mapping) return no_such_mapping();
  store::Batch batch;
  resources_.erase(batch, scope, kKind, uuid);
  PAWL_TRY_VOID(store_.commit(batch));
  event_sources_->remove(uuid);
  return in_state(shown_mapping(*mapping, scope), "Deleting");
}

aws::ActionResult LambdaService::list_event_sources(const Request& request) {
  const Value& input = request.input;
  const ResourceScope scope = scope_of(request);
  const std::string source_arn = text_member(input, "EventSourceArn");
  std::string function_arn;
  if (!text_member(input, "FunctionName").empty()) {
    function_arn = PAWL_TRY(function_reference(request)).arn();
  }
  std::vector<std::pair<std::string, Value>> items;
  PAWL_TRY_VOID(resources_.visit(
      scope, kKind, "", 0, [&](const std::string& uuid, uint64_t, const Value& mapping) {
        const bool is_wanted =
            (source_arn.empty() || text_member(mapping, "EventSourceArn") == source_arn) &&
            (function_arn.empty() || text_member(mapping, "FunctionArn") == function_arn);
        if (is_wanted) items.emplace_back(uuid, shown_mapping(mapping, scope));
        return true;
      }));
  return list_page(request, "event source mappings", "EventSourceMappings", std::move(items));
}

}  // namespace pawl::lambda
