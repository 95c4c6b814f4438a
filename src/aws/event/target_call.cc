// SPDX-License-Identifier: Apache-2.0
#include "aws/event/target_call.h"

#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kDefaultLogStream = "pawl";

ApiError bad_target(const Target& target, std::string_view why) {
  return validation_exception("The target " + target.arn +
                              " cannot be called: " + std::string(why));
}

std::string last_part(const Arn& arn, char separator) {
  const std::vector<std::string_view> parts = arn.resource_parts(separator);
  return parts.empty() ? std::string() : std::string(parts.back());
}

/// The payload's value if it is a JSON object, else an empty one.
Value payload_object(const Target& target) {
  base::Result<Value> parsed = json::parse(target.payload);
  return parsed && parsed->is_object() ? *std::move(parsed) : Value::object();
}

Value parameters_of(const Target& target) {
  base::Result<Value> parsed = json::parse(target.parameters);
  return parsed && parsed->is_object() ? *std::move(parsed) : Value::object();
}

void set_if_given(ObjectBuilder& out, const char* member, const std::string& text) {
  if (!text.empty()) out.set(member, Value(text));
}

/// Batch and ECS write their members with a small letter where EventBridge has a capital. Names
/// that users give (of job parameters) stay.
Value with_small_letters(const Value& value) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const Value& each : value.items()) items.push_back(with_small_letters(each));
    return Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  ObjectBuilder out;
  for (const json::Member& member : value.members()) {
    std::string name(member.name());
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z')
      name[0] = static_cast<char>(name[0] - 'A' + 'a');
    out.set(name, name == "parameters" ? member.value : with_small_letters(member.value));
  }
  return std::move(out).build();
}

void copy_members(ObjectBuilder& out, const Value& from) {
  for (const json::Member& member : from.members()) out.set(member.key, member.value);
}

struct Operation {
  const char* service;
  const char* operation;
  Value input;
};

Operation invoke(const Target& target) {
  ObjectBuilder input;
  input.set("FunctionName", Value(target.arn))
      .set("InvocationType", Value(target.waits_for_answer ? "RequestResponse" : "Event"))
      .set("Payload", Value(base::base64_encode(target.payload)));
  return {"lambda", "Invoke", std::move(input).build()};
}

Operation send_message(const Target& target) {
  ObjectBuilder input;
  input.set("QueueUrl", Value(queue_url(target.arn))).set("MessageBody", Value(target.payload));
  set_if_given(input, "MessageGroupId", target.message_group_id);
  set_if_given(input, "MessageDeduplicationId", target.message_deduplication_id);
  return {"sqs", "SendMessage", std::move(input).build()};
}

Operation publish(const Target& target) {
  ObjectBuilder input;
  input.set("TopicArn", Value(target.arn)).set("Message", Value(target.payload));
  set_if_given(input, "MessageGroupId", target.message_group_id);
  set_if_given(input, "MessageDeduplicationId", target.message_deduplication_id);
  return {"sns", "Publish", std::move(input).build()};
}

Operation start_execution(const Target& target) {
  ObjectBuilder input;
  input.set("stateMachineArn", Value(target.arn)).set("input", Value(target.payload));
  set_if_given(input, "name", target.execution_name);
  return {"stepfunctions", target.waits_for_answer ? "StartSyncExecution" : "StartExecution",
          std::move(input).build()};
}

Operation put_events(const Target& target) {
  ObjectBuilder entry;
  entry.set("EventBusName", Value(target.arn))
      .set("Source", Value(target.event_source))
      .set("DetailType", Value(target.event_detail_type))
      .set("Detail", Value(target.payload));
  if (!target.event_resources.empty()) {
    std::vector<Value> resources(target.event_resources.begin(), target.event_resources.end());
    entry.set("Resources", Value::array(std::move(resources)));
  }
  if (target.time.ms != 0) entry.set("Time", Value(target.time.ms / 1'000));
  ObjectBuilder input;
  input.set("Entries", Value::array({std::move(entry).build()}));
  return {"events", "PutEvents", std::move(input).build()};
}

std::string log_group_name(const Arn& arn) {
  // "log-group:/aws/events/name" and the same with ":*".
  const std::vector<std::string_view> parts = arn.resource_parts();
  return parts.size() > 1 ? std::string(parts[1]) : std::string();
}

Operation put_log_events(const Target& target, const Arn& arn) {
  ObjectBuilder event;
  event.set("timestamp", Value(target.time.ms)).set("message", Value(target.payload));
  ObjectBuilder input;
  input.set("logGroupName", Value(log_group_name(arn)))
      .set("logStreamName",
           target.log_stream.empty() ? Value(kDefaultLogStream) : Value(target.log_stream))
      .set("logEvents", Value::array({std::move(event).build()}));
  return {"logs", "PutLogEvents", std::move(input).build()};
}

/// BatchParameters (rules) and BatchJobParameters (pipes); "Parameters" and "ContainerOverrides" of
/// the payload (EventBridge User Guide "Batch job queues as targets").
Operation submit_job(const Target& target) {
  ObjectBuilder input;
  copy_members(input, with_small_letters(parameters_of(target)));
  const Value payload = payload_object(target);
  ObjectBuilder given;
  for (const char* member : {"Parameters", "ContainerOverrides"}) {
    if (const Value* value = payload.find(member)) given.set(member, *value);
  }
  copy_members(input, with_small_letters(std::move(given).build()));
  input.set("jobQueue", Value(target.arn));
  return {"batch", "SubmitJob", std::move(input).build()};
}

/// EcsParameters of rules and schedules, EcsTaskParameters of pipes; the payload of a rule or a
/// schedule holds overrides ("containerOverrides").
Operation run_task(const Target& target) {
  const Value parameters = with_small_letters(parameters_of(target));
  ObjectBuilder input;
  for (const json::Member& member : parameters.members()) {
    const std::string_view name = member.name();
    input.set(name == "taskDefinitionArn" ? "taskDefinition"
              : name == "taskCount"       ? "count"
                                          : name,
              member.value);
  }
  const Value payload = payload_object(target);
  if (parameters.find("overrides") == nullptr && payload.find("containerOverrides") != nullptr)
    input.set("overrides", payload);
  input.set("cluster", Value(target.arn));
  return {"ecs", "RunTask", std::move(input).build()};
}

Operation put_record(const Target& target, const Arn& arn) {
  ObjectBuilder input;
  input.set("StreamName", Value(last_part(arn, '/')))
      .set("Data", Value(base::base64_encode(target.payload)))
      .set("PartitionKey", Value(target.partition_key));
  return {"kinesis", "PutRecord", std::move(input).build()};
}

Operation put_delivery_record(const Target& target, const Arn& arn) {
  ObjectBuilder record;
  record.set("Data", Value(base::base64_encode(target.payload)));
  ObjectBuilder input;
  input.set("DeliveryStreamName", Value(last_part(arn, '/')))
      .set("Record", std::move(record).build());
  return {"firehose", "PutRecord", std::move(input).build()};
}

/// RunCommandParameters: {"RunCommandTargets": [{"Key", "Values"}]}.
Operation send_command(const Target& target, const Arn& arn) {
  ObjectBuilder input;
  input.set("DocumentName", Value(last_part(arn, '/')));
  const Value parameters = parameters_of(target);
  if (const Value* targets = parameters.find("RunCommandTargets")) input.set("Targets", *targets);
  const Value payload = payload_object(target);
  if (payload.size() != 0) input.set("Parameters", payload);
  return {"ssm", "SendCommand", std::move(input).build()};
}

Call make_call(const Target& target, const Arn& arn, const Principal& principal,
               std::string_view region, Operation operation) {
  Call call;
  call.service = operation.service;
  call.operation = operation.operation;
  call.input = std::move(operation.input);
  call.region = arn.region.empty() ? std::string(region) : arn.region;
  call.principal = in_role(principal, target.role_arn);
  return call;
}

/// "aws-sdk:sqs:sendMessage": the last two, as they stand there.
ApiResult<Call> sdk_call(const Target& target, const Arn& arn, const Principal& principal,
                         std::string_view region) {
  const std::vector<std::string_view> parts = arn.resource_parts();
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty())
    return bad_target(target, "it names no action of an AWS SDK.");
  base::Result<Value> input = json::parse(target.payload.empty() ? "{}" : target.payload);
  if (!input || !input->is_object()) return bad_target(target, "its input must be a JSON object.");
  const std::string service(parts[1]);
  const std::string action(parts[2]);
  return make_call(target, arn, principal, region,
                   {service.c_str(), action.c_str(), *std::move(input)});
}

}  // namespace

Principal in_role(const Principal& principal, std::string_view role_arn) {
  const std::optional<Arn> role = Arn::parse(role_arn);
  if (!role || role->service != "iam" || role->resource_type() != "role") return principal;
  const std::string_view path = role->resource_id();
  Principal session = principal;
  session.arn = "arn:" + role->partition + ":sts::" + role->account_id + ":assumed-role/" +
                std::string(path.substr(path.rfind('/') + 1)) + "/" +
                principal.service.substr(0, principal.service.find('.'));
  session.service.clear();
  return session;
}

std::optional<TargetKind> target_kind(std::string_view text) {
  const std::optional<Arn> arn = Arn::parse(text);
  if (!arn) return std::nullopt;
  const std::string_view service = arn->service;
  const std::string_view type = arn->resource_type();
  struct Known {
    std::string_view service;
    std::string_view type;  ///< "": any
    TargetKind kind;
  };
  static constexpr Known kKnown[] = {
      {"lambda", "function", TargetKind::Function},
      {"sqs", "", TargetKind::Queue},
      {"sns", "", TargetKind::Topic},
      {"states", "stateMachine", TargetKind::StateMachine},
      {"states", "express", TargetKind::StateMachine},
      {"events", "event-bus", TargetKind::EventBus},
      {"events", "api-destination", TargetKind::ApiDestination},
      {"logs", "log-group", TargetKind::LogGroup},
      {"batch", "job-queue", TargetKind::JobQueue},
      {"ecs", "cluster", TargetKind::EcsCluster},
      {"kinesis", "stream", TargetKind::KinesisStream},
      {"firehose", "deliverystream", TargetKind::DeliveryStream},
      {"ssm", "document", TargetKind::SsmDocument},
      {"execute-api", "", TargetKind::Api},
      {"scheduler", "aws-sdk", TargetKind::SdkOperation},
  };
  for (const Known& known : kKnown) {
    if (known.service == service && (known.type.empty() || known.type == type)) return known.kind;
  }
  return std::nullopt;
}

ApiResult<Call> target_call(const Target& target, const Principal& principal,
                            std::string_view region) {
  const std::optional<TargetKind> kind = target_kind(target.arn);
  if (!kind) return bad_target(target, "its kind is not known.");
  const Arn arn = *Arn::parse(target.arn);
  const auto made = [&](Operation operation) -> ApiResult<Call> {
    return make_call(target, arn, principal, region, std::move(operation));
  };
  switch (*kind) {
    case TargetKind::Function: return made(invoke(target));
    case TargetKind::Queue: return made(send_message(target));
    case TargetKind::Topic: return made(publish(target));
    case TargetKind::StateMachine: return made(start_execution(target));
    case TargetKind::EventBus: return made(put_events(target));
    case TargetKind::LogGroup: return made(put_log_events(target, arn));
    case TargetKind::JobQueue: return made(submit_job(target));
    case TargetKind::EcsCluster: return made(run_task(target));
    case TargetKind::KinesisStream: return made(put_record(target, arn));
    case TargetKind::DeliveryStream: return made(put_delivery_record(target, arn));
    case TargetKind::SsmDocument: return made(send_command(target, arn));
    case TargetKind::SdkOperation: return sdk_call(target, arn, principal, region);
    case TargetKind::Api:
    case TargetKind::ApiDestination: break;
  }
  return bad_target(target, "it is called over HTTP.");
}

std::optional<Call> call_before_retry(const Target& target, const ApiError& error,
                                      const Principal& principal, std::string_view region) {
  if (target_kind(target.arn) != TargetKind::LogGroup ||
      bare_error_code(error.code) != "ResourceNotFoundException") {
    return std::nullopt;
  }
  const Arn arn = *Arn::parse(target.arn);
  ObjectBuilder input;
  input.set("logGroupName", Value(log_group_name(arn)))
      .set("logStreamName",
           target.log_stream.empty() ? Value(kDefaultLogStream) : Value(target.log_stream));
  return make_call(target, arn, principal, region,
                   {"logs", "CreateLogStream", std::move(input).build()});
}

std::string queue_url(std::string_view queue_arn) {
  const std::optional<Arn> arn = Arn::parse(queue_arn);
  if (!arn) return {};
  return "https://sqs." + arn->region + ".amazonaws.com/" + arn->account_id + "/" + arn->resource;
}

}  // namespace pawl::aws
