// SPDX-License-Identifier: Apache-2.0
// AWS::SNS::Topic, Subscription, TopicPolicy, TopicInlinePolicy.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SNS.html
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

constexpr std::string_view kTopic = "AWS::SNS::Topic";
constexpr std::string_view kSubscription = "AWS::SNS::Subscription";
constexpr std::string_view kFifo = ".fifo";
constexpr size_t kNameLengthMax = 256;

/// A property that is an attribute, and what it goes back to when the template drops it.
struct Attribute {
  std::string_view name;
  std::string_view otherwise;
};

constexpr std::array<Attribute, 6> kTopicAttributes = {{
    {"ContentBasedDeduplication", "false"},
    {"DisplayName", ""},
    {"FifoThroughputScope", "MessageGroup"},
    {"KmsMasterKeyId", ""},
    {"SignatureVersion", "1"},
    {"TracingConfig", "PassThrough"},
}};

constexpr std::array<Attribute, 6> kSubscriptionAttributes = {{
    {"DeliveryPolicy", ""},
    {"FilterPolicy", "{}"},
    {"FilterPolicyScope", "MessageAttributes"},
    {"RawMessageDelivery", "false"},
    {"RedrivePolicy", ""},
    {"SubscriptionRoleArn", ""},
}};

/// DeliveryStatusLogging's protocols, as the attributes' names begin.
constexpr std::array<std::array<std::string_view, 2>, 5> kProtocols = {{
    {"http/s", "HTTP"},
    {"sqs", "SQS"},
    {"lambda", "Lambda"},
    {"firehose", "Firehose"},
    {"application", "Application"},
}};

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("sns", operation, std::move(input));
}

ApiResult<Value> unless_missing(ApiResult<Value> result) {
  return unless(std::move(result), {"NotFound", "NotFoundException"});
}

Value attribute_text(const Value& value) {
  return value.is_string() ? value : Value(json::write(value));
}

void add_status_logging(const Value& properties, json::ObjectBuilder& attributes) {
  for (const Value& each : json::items_member(properties, "DeliveryStatusLogging")) {
    const std::string protocol = json::text_member(each, "Protocol");
    for (const auto& [name, prefix] : kProtocols) {
      if (name != protocol) continue;
      for (const std::string_view member :
           {"SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"}) {
        if (const Value* value = json::member_of(each, member))
          attributes.set(std::string(prefix) + std::string(member), *value);
      }
    }
  }
}

template <size_t N>
Value attributes_of(const std::array<Attribute, N>& table, const Value& properties) {
  json::ObjectBuilder attributes;
  for (const Attribute& each : table) {
    if (const Value* value = json::member_of(properties, each.name))
      attributes.set(each.name, attribute_text(*value));
  }
  add_status_logging(properties, attributes);
  return std::move(attributes).build();
}

std::string topic_arn(const ResourceRequest& request, const std::string& name) {
  return "arn:" + request.environment.partition + ":sns:" + request.environment.region + ":" +
         request.environment.account_id + ":" + name;
}

std::string topic_name(const ResourceRequest& request, bool is_fifo) {
  std::string given = json::text_member(request.properties, "TopicName");
  if (!given.empty()) return given;
  if (!is_fifo) return request.generated_name(kNameLengthMax);
  return request.generated_name(kNameLengthMax - kFifo.size()) + std::string(kFifo);
}

Progress made_topic(const std::string& arn) {
  return Progress::done(arn, Value::object({{"TopicArn", Value(arn)},
                                            {"TopicName", Value(arn.substr(arn.rfind(':') + 1))}}));
}

Value subscribe_input(const std::string& topic, const Value& subscription) {
  return Value::object({{"TopicArn", Value(topic)},
                        {"Protocol", Value(json::text_member(subscription, "Protocol"))},
                        {"Endpoint", Value(json::text_member(subscription, "Endpoint"))},
                        {"ReturnSubscriptionArn", Value(true)}});
}

/// Subscriptions that the topic's own property names.
ApiResult<void> update_inline_subscriptions(StackCalls& calls, const ResourceRequest& request,
                                            const std::string& topic) {
  if (!differs(request, "Subscription")) return {};
  const auto wanted = json::items_member(request.properties, "Subscription");
  const auto before = json::items_member(request.previous, "Subscription");
  for (const Value& each : wanted) {
    if (std::find(before.begin(), before.end(), each) == before.end())
      PAWL_TRY_VOID(call(calls, "Subscribe", subscribe_input(topic, each)));
  }
  for (const Value& each : before) {
    if (std::find(wanted.begin(), wanted.end(), each) != wanted.end()) continue;
    // Subscribe is idempotent: it tells the ARN of what is there.
    const Value found = PAWL_TRY(call(calls, "Subscribe", subscribe_input(topic, each)));
    PAWL_TRY_VOID(unless_missing(call(
        calls, "Unsubscribe",
        Value::object({{"SubscriptionArn", Value(json::text_member(found, "SubscriptionArn"))}}))));
  }
  return {};
}

ApiResult<void> update_data_protection(StackCalls& calls, const ResourceRequest& request,
                                       const std::string& topic) {
  if (!differs(request, "DataProtectionPolicy")) return {};
  const Value* policy = json::member_of(request.properties, "DataProtectionPolicy");
  PAWL_TRY_VOID(call(calls, "PutDataProtectionPolicy",
                     Value::object({{"ResourceArn", Value(topic)},
                                    {"DataProtectionPolicy",
                                     policy == nullptr ? Value("") : attribute_text(*policy)}})));
  return {};
}

ApiResult<void> check_topic(const ResourceRequest& request) {
  return refuse_properties(kTopic, request.properties, {"ArchivePolicy", "MaximumMessageSize"});
}

ApiResult<Progress> create_topic(StackCalls& calls, const ResourceRequest& request) {
  if (!request.physical_id.empty()) {
    PAWL_TRY_VOID(update_inline_subscriptions(calls, request, request.physical_id));
    PAWL_TRY_VOID(update_data_protection(calls, request, request.physical_id));
    return made_topic(request.physical_id);
  }
  PAWL_TRY_VOID(check_topic(request));
  const bool is_fifo = json::flag_member(request.properties, "FifoTopic");
  const std::string name = topic_name(request, is_fifo);
  // CreateTopic answers the topic that is there already; CloudFormation does not take it over.
  if (!request.is_repeated) {
    const auto found = call(calls, "GetTopicAttributes",
                            Value::object({{"TopicArn", Value(topic_arn(request, name))}}));
    if (found) return already_exists(kTopic, topic_arn(request, name));
  }
  Value attributes = attributes_of(kTopicAttributes, request.properties);
  if (is_fifo) attributes = attributes.with_member("FifoTopic", Value("true"));
  const Value created =
      PAWL_TRY(call(calls, "CreateTopic",
                    Value::object({{"Name", Value(name)},
                                   {"Attributes", attributes},
                                   {"Tags", tag_list(desired_tags(kTopic, request))}})));
  return Progress::again(0, json::text_member(created, "TopicArn"));
}

ApiResult<void> set_topic_attribute(StackCalls& calls, const std::string& topic,
                                    std::string_view name, const Value& value) {
  PAWL_TRY_VOID(call(calls, "SetTopicAttributes",
                     Value::object({{"TopicArn", Value(topic)},
                                    {"AttributeName", Value(name)},
                                    {"AttributeValue", value}})));
  return {};
}

ApiResult<void> update_topic_tags(StackCalls& calls, const ResourceRequest& request) {
  const Value resource = Value::object({{"ResourceArn", Value(request.physical_id)}});
  const Value present = PAWL_TRY(call(calls, "ListTagsForResource", resource));
  const TagChange change =
      tag_change(read_tags(present.find("Tags")), desired_tags(kTopic, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(call(calls, "TagResource", resource.with_member("Tags", tag_list(change.set))));
  }
  return {};
}

ApiResult<Progress> update_topic(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_topic(request));
  const std::string& topic = request.physical_id;
  for (const Attribute& each : kTopicAttributes) {
    if (!differs(request, each.name)) continue;
    const Value* value = json::member_of(request.properties, each.name);
    PAWL_TRY_VOID(
        set_topic_attribute(calls, topic, each.name,
                            value == nullptr ? Value(each.otherwise) : attribute_text(*value)));
  }
  if (differs(request, "DeliveryStatusLogging")) {
    json::ObjectBuilder logging;
    add_status_logging(request.properties, logging);
    const Value wanted = std::move(logging).build();
    for (const json::Member& each : wanted.members())
      PAWL_TRY_VOID(set_topic_attribute(calls, topic, each.name(), each.value));
  }
  PAWL_TRY_VOID(update_inline_subscriptions(calls, request, topic));
  PAWL_TRY_VOID(update_data_protection(calls, request, topic));
  PAWL_TRY_VOID(update_topic_tags(calls, request));
  return made_topic(topic);
}

ApiResult<Progress> remove_topic(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless_missing(
      call(calls, "DeleteTopic", Value::object({{"TopicArn", Value(request.physical_id)}}))));
  return Progress::done(request.physical_id);
}

ApiResult<void> check_subscription(const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kSubscription, request.properties, {"ReplayPolicy"}));
  const std::string region = json::text_member(request.properties, "Region");
  if (!region.empty() && region != request.environment.region)
    return not_served(kSubscription, "Region");
  return {};
}

Progress made_subscription(const std::string& arn) {
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

ApiResult<Progress> create_subscription(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_subscription(request));
  Value input =
      subscribe_input(json::text_member(request.properties, "TopicArn"), request.properties);
  if (!json::has_member(request.properties, "Endpoint")) input = input.without_member("Endpoint");
  const Value attributes = attributes_of(kSubscriptionAttributes, request.properties);
  if (attributes.size() != 0) input = input.with_member("Attributes", attributes);
  const Value created = PAWL_TRY(call(calls, "Subscribe", input));
  return made_subscription(json::text_member(created, "SubscriptionArn"));
}

ApiResult<Progress> update_subscription(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_subscription(request));
  for (const Attribute& each : kSubscriptionAttributes) {
    if (!differs(request, each.name)) continue;
    const Value* value = json::member_of(request.properties, each.name);
    PAWL_TRY_VOID(
        call(calls, "SetSubscriptionAttributes",
             Value::object({{"SubscriptionArn", Value(request.physical_id)},
                            {"AttributeName", Value(each.name)},
                            {"AttributeValue",
                             value == nullptr ? Value(each.otherwise) : attribute_text(*value)}})));
  }
  return made_subscription(request.physical_id);
}

ApiResult<Progress> remove_subscription(StackCalls& calls, const ResourceRequest& request) {
  // Who has not confirmed cannot be unsubscribed: SNS forgets that by itself.
  PAWL_TRY_VOID(unless(
      call(calls, "Unsubscribe", Value::object({{"SubscriptionArn", Value(request.physical_id)}})),
      {"NotFound", "NotFoundException", "InvalidParameter", "InvalidParameterException"}));
  return Progress::done(request.physical_id);
}

std::string policy_of(const ResourceRequest& request) {
  const Value* document = json::member_of(request.properties, "PolicyDocument");
  return document == nullptr ? "" : policy_text(request.environment, *document);
}

/// What SNS gives a topic that nobody gave a policy.
Value default_policy(const ResourceRequest& request, const std::string& topic) {
  const Value statement = Value::object(
      {{"Sid", Value("__default_statement_ID")},
       {"Effect", Value("Allow")},
       {"Principal", Value::object({{"AWS", Value("*")}})},
       {"Action",
        json::texts_value({"SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission",
                           "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe",
                           "SNS:ListSubscriptionsByTopic", "SNS:Publish"})},
       {"Resource", Value(topic)},
       {"Condition", Value::object({{"StringEquals",
                                     Value::object({{"AWS:SourceOwner",
                                                     Value(request.environment.account_id)}})}})}});
  return Value::object({{"Version", Value("2008-10-17")},
                        {"Id", Value("__default_policy_ID")},
                        {"Statement", Value::array({statement})}});
}

ApiResult<void> reset_policy(StackCalls& calls, const ResourceRequest& request,
                             const std::string& topic) {
  PAWL_TRY_VOID(unless_missing(call(
      calls, "SetTopicAttributes",
      Value::object({{"TopicArn", Value(topic)},
                     {"AttributeName", Value("Policy")},
                     {"AttributeValue", Value(json::write(default_policy(request, topic)))}}))));
  return {};
}

ApiResult<Progress> put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> topics = json::texts_member(request.properties, "Topics");
  for (const std::string& topic : topics)
    PAWL_TRY_VOID(set_topic_attribute(calls, topic, "Policy", Value(policy_of(request))));
  for (const std::string& topic : json::texts_member(request.previous, "Topics")) {
    if (std::find(topics.begin(), topics.end(), topic) == topics.end())
      PAWL_TRY_VOID(reset_policy(calls, request, topic));
  }
  const std::string id =
      request.physical_id.empty() ? request.generated_name(kNameLengthMax) : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_policy(StackCalls& calls, const ResourceRequest& request) {
  for (const std::string& topic : json::texts_member(request.properties, "Topics"))
    PAWL_TRY_VOID(reset_policy(calls, request, topic));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_inline_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string topic = json::text_member(request.properties, "TopicArn");
  PAWL_TRY_VOID(set_topic_attribute(calls, topic, "Policy", Value(policy_of(request))));
  return Progress::done(topic);
}

ApiResult<Progress> remove_inline_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(reset_policy(calls, request, json::text_member(request.properties, "TopicArn")));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> sns_types() {
  static constexpr ResourceType kTypes[] = {
      {kTopic, create_topic, update_topic, remove_topic},
      {kSubscription, create_subscription, update_subscription, remove_subscription},
      {"AWS::SNS::TopicPolicy", put_policy, put_policy, remove_policy},
      {"AWS::SNS::TopicInlinePolicy", put_inline_policy, put_inline_policy, remove_inline_policy},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
