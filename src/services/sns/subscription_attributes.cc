// SPDX-License-Identifier: Apache-2.0
#include "services/sns/subscription_attributes.h"

#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "aws/http_message.h"
#include "json/parse.h"
#include "services/sns/api_input.h"
#include "services/sns/retry_policy.h"

namespace pawl::sns {
namespace {

using aws::ApiResult;
using aws::Arn;

constexpr std::array<std::string_view, 9> kProtocols = {
    "http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"};
constexpr std::array<std::string_view, 7> kAttributes = {
    "DeliveryPolicy", "FilterPolicy", "FilterPolicyScope",  "RawMessageDelivery",
    "RedrivePolicy",  "ReplayPolicy", "SubscriptionRoleArn"};

constexpr size_t kPolicyDepthMax = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits with single separators between them, perhaps after a "+" (recorded).
bool is_phone_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (is_digit(text[i])) continue;
    const bool is_separator = text[i] == '-' || text[i] == '.' || text[i] == '/';
    if (!is_separator || !is_digit(text[i - 1])) return false;
  }
  return true;
}

bool is_email_address(std::string_view text) {
  const size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t\r\n<>,;") == std::string_view::npos;
}

bool is_arn_of(std::string_view text, std::string_view service) {
  const std::optional<Arn> arn = Arn::parse(text);
  return arn && arn->service == service;
}

/// What is not JSON is not looked at further.
ApiResult<void> check_redrive_policy(const Subscription& subscription, const std::string& value) {
  const auto policy = json::parse(value, {.depth_max = 10});
  if (!policy || !policy->is_object())
    return invalid_parameter("RedrivePolicy: failed to parse JSON.");
  const json::Value* target = policy->find("deadLetterTargetArn");
  const std::optional<Arn> queue =
      target != nullptr && target->is_string() ? Arn::parse(target->as_string()) : std::nullopt;
  if (!queue) return invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  const bool is_fifo_queue = queue->service == "sqs" && queue->resource.ends_with(".fifo");
  if (subscription.topic.is_fifo() && subscription.endpoint.ends_with(".fifo") && !is_fifo_queue)
    return invalid_parameter(
        "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
  return {};
}

ApiResult<void> check_attribute(const Subscription& subscription, const std::string& name,
                                const std::string& value) {
  if (name == "FilterPolicyScope" && value != "MessageAttributes" && value != "MessageBody")
    return invalid_parameter("FilterPolicyScope: Invalid value [" + value +
                             "]. Please use either MessageBody or MessageAttributes");
  if (name == "RedrivePolicy") return check_redrive_policy(subscription, value);
  if (name == "DeliveryPolicy") {
    const auto policy = subscription_delivery_policy(value, DeliveryPolicy{});
    if (!policy) return invalid_parameter(policy.error().message);
  }
  return {};
}

}  // namespace

ApiResult<void> check_endpoint(const TopicName& topic, std::string_view protocol,
                               const std::string& endpoint) {
  if (std::find(kProtocols.begin(), kProtocols.end(), protocol) == kProtocols.end())
    return invalid_parameter("Amazon SNS does not support this protocol string: " +
                             std::string(protocol));
  if (endpoint.empty()) return not_found("Endpoint not specified in subscription");
  if (protocol.starts_with("http") && !endpoint.starts_with(std::string(protocol) + "://"))
    return invalid_parameter("Endpoint must match the specified protocol");
  if (protocol == "sms" && !is_phone_number(endpoint))
    return aws::ApiError("InvalidParameter", "Invalid SMS endpoint: " + endpoint);
  if (protocol.starts_with("email") && !is_email_address(endpoint))
    return invalid_parameter("Email address");
  if (protocol == "sqs") {
    if (!is_arn_of(endpoint, "sqs")) return invalid_parameter("SQS endpoint ARN");
    if (endpoint.ends_with(".fifo") && !topic.is_fifo())
      return invalid_parameter(
          "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
          "SNS topics");
  }
  if (protocol == "lambda" && !is_arn_of(endpoint, "lambda"))
    return invalid_parameter("Lambda endpoint ARN");
  if (protocol == "firehose" && !is_arn_of(endpoint, "firehose"))
    return invalid_parameter("Firehose endpoint ARN");
  if (protocol == "application" && !is_arn_of(endpoint, "sns"))
    return invalid_parameter("Application endpoint arn invalid:" + endpoint);
  return {};
}

ApiResult<void> check_subscriber(const aws::Request& request, const Subscription& subscription) {
  if (subscription.owner == request.account_id()) return {};
  return check_owner(request, subscription.topic.scope.account, subscription.arn());
}

bool needs_confirmation(std::string_view protocol) {
  return protocol.starts_with("http") || protocol.starts_with("email");
}

ApiResult<void> set_attribute(Subscription& subscription, const std::string& name,
                              const std::string& given) {
  if (std::find(kAttributes.begin(), kAttributes.end(), name) == kAttributes.end())
    return invalid_parameter("AttributeName");
  const std::string value = name == "RawMessageDelivery" ? aws::lower_ascii(given) : given;
  if (name == "RawMessageDelivery" && value != "true" && value != "false")
    return invalid_parameter("RawMessageDelivery: Invalid value [" + given +
                             "]. Must be true or false.");
  if (name == "ReplayPolicy") return aws::not_implemented("sns", "ReplayPolicy");
  if (value.empty() || (name == "FilterPolicy" && value == "{}")) {
    subscription.attributes.erase(name);
    return {};
  }
  PAWL_TRY_VOID(check_attribute(subscription, name, value));
  subscription.attributes.insert_or_assign(name, value);
  return {};
}

ApiResult<void> check_filter(const Subscription& subscription) {
  const std::string_view text = attribute(subscription.attributes, "FilterPolicy");
  if (text.empty()) return {};
  const auto policy = FilterPolicy::compile(text, filter_scope(subscription));
  if (!policy) return invalid_parameter(policy.error().message);
  return {};
}

FilterScope filter_scope(const Subscription& subscription) {
  return attribute(subscription.attributes, "FilterPolicyScope") == "MessageBody"
             ? FilterScope::MessageBody
             : FilterScope::MessageAttributes;
}

std::string effective_attribute(const Subscription& subscription, std::string_view name) {
  const std::string_view value = attribute(subscription.attributes, name);
  if (!value.empty()) return std::string(value);
  if (name == "RawMessageDelivery") return "false";
  return name == "FilterPolicyScope" ? "MessageAttributes" : "";
}

bool have_same_attribute(const Subscription& a, const Subscription& b, std::string_view name) {
  const std::string text_a = effective_attribute(a, name);
  const std::string text_b = effective_attribute(b, name);
  if (text_a == text_b) return true;
  const auto value_a = json::parse(text_a, {.depth_max = kPolicyDepthMax});
  const auto value_b = json::parse(text_b, {.depth_max = kPolicyDepthMax});
  return value_a && value_b && *value_a == *value_b;
}

Attributes shown_attributes(const Subscription& subscription, const Topic* topic) {
  Attributes shown = subscription.attributes;
  shown["SubscriptionArn"] = subscription.arn();
  shown["TopicArn"] = subscription.topic.arn();
  shown["Owner"] = subscription.owner;
  shown["Protocol"] = subscription.protocol;
  shown["Endpoint"] = subscription.endpoint;
  shown["SubscriptionPrincipal"] = subscription.principal;
  shown["RawMessageDelivery"] = effective_attribute(subscription, "RawMessageDelivery");
  shown["PendingConfirmation"] = subscription.is_pending ? "true" : "false";
  shown["ConfirmationWasAuthenticated"] = subscription.was_authenticated ? "true" : "false";
  // A scope shows only beside the policy that it is of (recorded).
  shown.erase("FilterPolicyScope");
  if (shown.contains("FilterPolicy"))
    shown["FilterPolicyScope"] = effective_attribute(subscription, "FilterPolicyScope");
  if (const auto own = shown.find("DeliveryPolicy"); own != shown.end() && topic != nullptr) {
    const DeliveryPolicy of_topic =
        topic_delivery_policy(attribute(topic->attributes, "DeliveryPolicy"))
            .value_or(DeliveryPolicy{});
    shown["EffectiveDeliveryPolicy"] = effective_subscription_policy(
        subscription_delivery_policy(own->second, of_topic).value_or(of_topic));
  }
  return shown;
}

}  // namespace pawl::sns
