// SPDX-License-Identifier: Apache-2.0
// AWS::SQS::Queue, QueuePolicy, QueueInlinePolicy.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SQS.html
#include <algorithm>
#include <array>

#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kQueue = "AWS::SQS::Queue";
constexpr std::string_view kFifo = ".fifo";
constexpr size_t kNameLengthMax = 80;
constexpr uint64_t kAgainAfterDeletionMs = 5'000;

ApiResult<Value> unless_missing(ApiResult<Value> result) {
  return unless(std::move(result),
                {"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"});
}

/// What a property that the template no longer has goes back to.
struct Attribute {
  std::string_view name;
  std::string_view otherwise;
};

constexpr std::array<Attribute, 13> kAttributes = {{
    {"ContentBasedDeduplication", "false"},
    {"DeduplicationScope", "queue"},
    {"DelaySeconds", "0"},
    {"FifoThroughputLimit", "perQueue"},
    {"KmsDataKeyReusePeriodSeconds", "300"},
    {"KmsMasterKeyId", ""},
    {"MaximumMessageSize", "1048576"},
    {"MessageRetentionPeriod", "345600"},
    {"ReceiveMessageWaitTimeSeconds", "0"},
    {"RedriveAllowPolicy", ""},
    {"RedrivePolicy", ""},
    {"SqsManagedSseEnabled", "true"},
    {"VisibilityTimeout", "30"},
}};

Value attribute_text(const Value& value) {
  return value.is_string() ? value : Value(json::write(value));
}

Value attributes_of(const Value& properties) {
  json::ObjectBuilder attributes;
  for (const Attribute& each : kAttributes) {
    const Value* value = json::member_of(properties, each.name);
    if (value != nullptr) attributes.set(each.name, attribute_text(*value));
  }
  return std::move(attributes).build();
}

std::string queue_name(const ResourceRequest& request, bool is_fifo) {
  std::string given = json::text_member(request.properties, "QueueName");
  if (!given.empty()) return given;
  if (!is_fifo) return request.generated_name(kNameLengthMax);
  return request.generated_name(kNameLengthMax - kFifo.size()) + std::string(kFifo);
}

std::string name_in_url(std::string_view url) {
  return std::string(url.substr(url.rfind('/') + 1));
}

ApiResult<Progress> made(StackCalls& calls, const std::string& url) {
  const Value answer =
      PAWL_TRY(calls.call("sqs", "GetQueueAttributes",
                          Value::object({{"QueueUrl", Value(url)},
                                         {"AttributeNames", Value::array({Value("QueueArn")})}})));
  const Value attributes = json::object_member(answer, "Attributes");
  return Progress::done(url,
                        Value::object({{"Arn", Value(json::text_member(attributes, "QueueArn"))},
                                       {"QueueName", Value(name_in_url(url))},
                                       {"QueueUrl", Value(url)}}));
}

ApiResult<Progress> create_queue(StackCalls& calls, const ResourceRequest& request) {
  const bool is_fifo = json::flag_member(request.properties, "FifoQueue");
  const std::string name = queue_name(request, is_fifo);
  // CreateQueue answers the queue that is there already; CloudFormation does not take it over.
  if (!request.is_repeated) {
    const auto found =
        calls.call("sqs", "GetQueueUrl", Value::object({{"QueueName", Value(name)}}));
    if (found) return already_exists(kQueue, name);
  }
  Value attributes = attributes_of(request.properties);
  if (is_fifo) attributes = attributes.with_member("FifoQueue", Value("true"));
  auto created = calls.call("sqs", "CreateQueue",
                            Value::object({{"QueueName", Value(name)},
                                           {"Attributes", attributes},
                                           {"tags", tag_map(desired_tags(kQueue, request))}}));
  if (failed_with(created, {"AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"}))
    return Progress::again(kAgainAfterDeletionMs);
  return made(calls, json::text_member(PAWL_TRY(std::move(created)), "QueueUrl"));
}

ApiResult<void> update_tags(StackCalls& calls, const ResourceRequest& request) {
  const Value url = Value(request.physical_id);
  const Value present =
      PAWL_TRY(calls.call("sqs", "ListQueueTags", Value::object({{"QueueUrl", url}})));
  const TagChange change =
      tag_change(read_tags(present.find("Tags")), desired_tags(kQueue, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(calls.call(
        "sqs", "UntagQueue",
        Value::object({{"QueueUrl", url}, {"TagKeys", json::texts_value(change.removed)}})));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(calls.call("sqs", "TagQueue",
                             Value::object({{"QueueUrl", url}, {"Tags", tag_map(change.set)}})));
  }
  return {};
}

ApiResult<Progress> update_queue(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder changed;
  for (const Attribute& each : kAttributes) {
    if (!differs(request, each.name)) continue;
    const Value* value = json::member_of(request.properties, each.name);
    changed.set(each.name, value == nullptr ? Value(each.otherwise) : attribute_text(*value));
  }
  if (!changed.empty()) {
    PAWL_TRY_VOID(calls.call("sqs", "SetQueueAttributes",
                             Value::object({{"QueueUrl", Value(request.physical_id)},
                                            {"Attributes", std::move(changed).build()}})));
  }
  PAWL_TRY_VOID(update_tags(calls, request));
  return made(calls, request.physical_id);
}

ApiResult<Progress> remove_queue(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless_missing(
      calls.call("sqs", "DeleteQueue", Value::object({{"QueueUrl", Value(request.physical_id)}}))));
  return Progress::done(request.physical_id);
}

ApiResult<void> set_policy(StackCalls& calls, std::string_view url, std::string_view policy) {
  PAWL_TRY_VOID(
      calls.call("sqs", "SetQueueAttributes",
                 Value::object({{"QueueUrl", Value(url)},
                                {"Attributes", Value::object({{"Policy", Value(policy)}})}})));
  return {};
}

ApiResult<void> clear_policy(StackCalls& calls, std::string_view url) {
  PAWL_TRY_VOID(unless_missing(
      calls.call("sqs", "SetQueueAttributes",
                 Value::object({{"QueueUrl", Value(url)},
                                {"Attributes", Value::object({{"Policy", Value("")}})}}))));
  return {};
}

std::string policy_of(const ResourceRequest& request) {
  const Value* document = json::member_of(request.properties, "PolicyDocument");
  return document == nullptr ? "" : policy_text(request.environment, *document);
}

ApiResult<Progress> put_queue_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> queues = json::texts_member(request.properties, "Queues");
  for (const std::string& url : queues) PAWL_TRY_VOID(set_policy(calls, url, policy_of(request)));
  for (const std::string& url : json::texts_member(request.previous, "Queues")) {
    if (std::find(queues.begin(), queues.end(), url) == queues.end())
      PAWL_TRY_VOID(clear_policy(calls, url));
  }
  const std::string id =
      request.physical_id.empty() ? request.generated_name(kNameLengthMax) : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_queue_policy(StackCalls& calls, const ResourceRequest& request) {
  for (const std::string& url : json::texts_member(request.properties, "Queues"))
    PAWL_TRY_VOID(clear_policy(calls, url));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_inline_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string url = json::text_member(request.properties, "Queue");
  PAWL_TRY_VOID(set_policy(calls, url, policy_of(request)));
  return Progress::done(url);
}

ApiResult<Progress> remove_inline_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(clear_policy(calls, json::text_member(request.properties, "Queue")));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> sqs_types() {
  static constexpr ResourceType kTypes[] = {
      {kQueue, create_queue, update_queue, remove_queue},
      {"AWS::SQS::QueuePolicy", put_queue_policy, put_queue_policy, remove_queue_policy},
      {"AWS::SQS::QueueInlinePolicy", put_inline_policy, put_inline_policy, remove_inline_policy},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
