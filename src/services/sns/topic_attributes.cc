// SPDX-License-Identifier: Apache-2.0
#include "services/sns/topic_attributes.h"

#include <algorithm>
#include <array>

#include "json/parse.h"
#include "services/sns/api_input.h"
#include "services/sns/retry_policy.h"
#include "services/sns/topic_policy.h"
#include "text/unicode.h"

namespace pawl::sns {
namespace {

constexpr size_t kNameMax = 256;
constexpr size_t kDisplayNameMax = 100;
constexpr std::string_view kFifoEnding = ".fifo";

constexpr std::array<std::string_view, 10> kAttributes = {
    "ArchivePolicy",    "ContentBasedDeduplication",
    "DeliveryPolicy",   "DisplayName",
    "FifoTopic",        "FifoThroughputScope",
    "KmsMasterKeyId",   "Policy",
    "SignatureVersion", "TracingConfig"};
constexpr std::array<std::string_view, 5> kFeedbackOf = {"Application", "Firehose", "HTTP",
                                                         "Lambda", "SQS"};
constexpr std::array<std::string_view, 3> kFeedback = {
    "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"};

bool is_feedback_attribute(std::string_view name) {
  for (const std::string_view of : kFeedbackOf) {
    if (!name.starts_with(of)) continue;
    const std::string_view rest = name.substr(of.size());
    if (std::find(kFeedback.begin(), kFeedback.end(), rest) != kFeedback.end()) return true;
  }
  return false;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

aws::ApiResult<void> check_one_of(std::string_view name, const std::string& value,
                                  std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  return invalid_parameter(std::string(name));
}

}  // namespace

aws::ApiResult<void> check_topic_name(std::string_view name, bool is_fifo) {
  const bool ends_in_fifo = name.ends_with(kFifoEnding);
  std::string_view stem = name;
  if (ends_in_fifo) stem.remove_suffix(kFifoEnding.size());
  const bool is_valid = !stem.empty() && name.size() <= kNameMax && ends_in_fifo == is_fifo &&
                        std::all_of(stem.begin(), stem.end(), is_name_character);
  if (!is_valid) return invalid_parameter("Topic Name");
  return {};
}

bool is_topic_attribute(std::string_view name) {
  return std::find(kAttributes.begin(), kAttributes.end(), name) != kAttributes.end() ||
         is_feedback_attribute(name);
}

aws::ApiResult<void> check_topic_attribute(const TopicName& topic, std::string_view name,
                                           const std::string& value) {
  if (name == "FifoTopic" || name == "ContentBasedDeduplication")
    return check_one_of(name, value, {"true", "false"});
  if (name == "SignatureVersion") return check_one_of(name, value, {"1", "2"});
  if (name == "TracingConfig") return check_one_of(name, value, {"PassThrough", "Active"});
  if (name == "FifoThroughputScope") {
    if (!topic.is_fifo()) return invalid_parameter(std::string(name));
    return check_one_of(name, value, {"Topic", "MessageGroup"});
  }
  if (name == "ArchivePolicy") return aws::not_implemented("sns", "ArchivePolicy");
  if (name == "DisplayName" && text::count_code_points(value) > kDisplayNameMax)
    return invalid_parameter("DisplayName");
  if (name == "DeliveryPolicy") {
    const auto policy = topic_delivery_policy(value);
    if (!policy) return invalid_parameter(policy.error().message);
  }
  if (name == "Policy" && !value.empty()) {
    const auto policy = json::parse(value, {.depth_max = 50});
    if (!policy || !policy->is_object()) return invalid_parameter("Policy failed to parse JSON.");
  }
  return {};
}

std::string effective_topic_attribute(const Topic& topic, std::string_view name) {
  if (name == "Policy") return policy_of(topic);
  if (name == "FifoTopic") return topic.is_fifo() ? "true" : "false";
  const std::string_view value = attribute(topic.attributes, name);
  if (!value.empty()) return std::string(value);
  if (name == "SignatureVersion") return "1";
  if (name == "TracingConfig") return "PassThrough";
  if (name == "ContentBasedDeduplication") return "false";
  if (name == "FifoThroughputScope") return "Topic";
  return "";
}

Attributes shown_attributes(const Topic& topic, SubscriptionCounts counts) {
  Attributes shown = topic.attributes;
  shown.erase("FifoTopic");
  if (topic.is_fifo()) {
    shown["FifoTopic"] = "true";
    shown["ContentBasedDeduplication"] =
        effective_topic_attribute(topic, "ContentBasedDeduplication");
  }
  shown["DisplayName"] = attribute(topic.attributes, "DisplayName");
  shown["TopicArn"] = topic.name.arn();
  shown["Owner"] = topic.name.scope.account;
  shown["Policy"] = policy_of(topic);
  shown["EffectiveDeliveryPolicy"] =
      effective_topic_policy(topic_delivery_policy(attribute(topic.attributes, "DeliveryPolicy"))
                                 .value_or(DeliveryPolicy{}));
  shown["SubscriptionsConfirmed"] = std::to_string(counts.confirmed);
  shown["SubscriptionsPending"] = std::to_string(counts.pending);
  shown["SubscriptionsDeleted"] = std::to_string(topic.subscriptions_deleted);
  return shown;
}

}  // namespace pawl::sns
