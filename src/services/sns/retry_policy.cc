// SPDX-License-Identifier: Apache-2.0
#include "services/sns/retry_policy.h"

#include <array>
#include <cmath>
#include <utility>

#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::sns {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::ObjectBuilder;
using json::Value;
using Backoff = RetryPolicy::Backoff;

constexpr std::array kBackoffNames = {
    std::pair(Backoff::Linear, "linear"), std::pair(Backoff::Arithmetic, "arithmetic"),
    std::pair(Backoff::Geometric, "geometric"), std::pair(Backoff::Exponential, "exponential")};
constexpr int64_t kRetriesMax = 100;
constexpr int64_t kDelaySecondsMax = 3'600;

const char* name_of(Backoff backoff) {
  for (const auto& [value, name] : kBackoffNames)
    if (value == backoff) return name;
  return "linear";
}

Error mistake(const std::string& what) {
  return {ErrorKind::InvalidSyntax, "DeliveryPolicy: " + what};
}

Result<void> read_number(const Value& object, const char* name, int64_t most, int64_t& out) {
  const Value* value = object.find(name);
  if (value == nullptr || value->is_null()) return {};
  int64_t number = 0;
  if (!value->is_number() || !value->to_int64(number) || number < 0 || number > most)
    return mistake(std::string(name) + " must be an integer between 0 and " + std::to_string(most));
  out = number;
  return {};
}

Result<void> read_retry_policy(const Value& object, RetryPolicy& policy) {
  if (!object.is_object()) return mistake("the retry policy must be an object");
  PAWL_TRY_VOID(read_number(object, "minDelayTarget", kDelaySecondsMax, policy.min_delay_seconds));
  PAWL_TRY_VOID(read_number(object, "maxDelayTarget", kDelaySecondsMax, policy.max_delay_seconds));
  PAWL_TRY_VOID(read_number(object, "numRetries", kRetriesMax, policy.retries));
  PAWL_TRY_VOID(
      read_number(object, "numNoDelayRetries", kRetriesMax, policy.retries_without_delay));
  PAWL_TRY_VOID(
      read_number(object, "numMinDelayRetries", kRetriesMax, policy.retries_at_min_delay));
  PAWL_TRY_VOID(
      read_number(object, "numMaxDelayRetries", kRetriesMax, policy.retries_at_max_delay));
  if (const Value* backoff = object.find("backoffFunction"); backoff && !backoff->is_null()) {
    bool is_known = false;
    for (const auto& [value, name] : kBackoffNames) {
      if (!backoff->is_string() || backoff->as_string() != name) continue;
      policy.backoff = value;
      is_known = true;
    }
    if (!is_known) return mistake("unknown backoffFunction");
  }
  if (policy.min_delay_seconds > policy.max_delay_seconds)
    return mistake("minDelayTarget must be less than or equal to maxDelayTarget");
  if (policy.retries_without_delay + policy.retries_at_min_delay + policy.retries_at_max_delay >
      policy.retries)
    return mistake("numRetries must not be less than the retries of its phases");
  return {};
}

Result<Value> parse_object(std::string_view text) {
  Result<Value> parsed = json::parse(text, {.depth_max = 10});
  if (!parsed || !parsed->is_object()) return mistake("failed to parse JSON.");
  return parsed;
}

void read_request_policy(const Value* request, DeliveryPolicy& policy) {
  if (request == nullptr || !request->is_object()) return;
  const Value* type = request->find("headerContentType");
  if (type != nullptr && type->is_string() && !type->as_string().empty())
    policy.content_type = type->as_string();
}

Value retry_json(const RetryPolicy& policy) {
  return std::move(ObjectBuilder()
                       .set("minDelayTarget", Value(policy.min_delay_seconds))
                       .set("maxDelayTarget", Value(policy.max_delay_seconds))
                       .set("numRetries", Value(policy.retries))
                       .set("numMaxDelayRetries", Value(policy.retries_at_max_delay))
                       .set("numNoDelayRetries", Value(policy.retries_without_delay))
                       .set("numMinDelayRetries", Value(policy.retries_at_min_delay))
                       .set("backoffFunction", Value(name_of(policy.backoff))))
      .build();
}

Value request_json(const DeliveryPolicy& policy) {
  return std::move(ObjectBuilder().set("headerContentType", Value(policy.content_type))).build();
}

}  // namespace

std::optional<int64_t> RetryPolicy::delay_ms(int64_t retry) const {
  if (retry < 1 || retry > retries) return std::nullopt;
  if (retry <= retries_without_delay) return 0;
  int64_t rest = retry - retries_without_delay;
  if (rest <= retries_at_min_delay) return min_delay_seconds * 1000;
  rest -= retries_at_min_delay;
  const int64_t growing =
      retries - retries_without_delay - retries_at_min_delay - retries_at_max_delay;
  if (rest > growing) return max_delay_seconds * 1000;
  // NOTE The four functions are drawn in the guide, not written down: each goes from the smallest
  // to the largest delay, the later ones staying low for longer.
  const double part = static_cast<double>(rest) / static_cast<double>(growing);
  const auto least = static_cast<double>(min_delay_seconds);
  const auto most = static_cast<double>(max_delay_seconds);
  double seconds = most;
  switch (backoff) {
    case Backoff::Linear: seconds = least + (most - least) * part; break;
    case Backoff::Arithmetic: seconds = least + (most - least) * part * (part + 1) / 2; break;
    case Backoff::Geometric: seconds = least + (most - least) * part * part; break;
    case Backoff::Exponential:
      seconds = least > 0 ? least * std::pow(most / least, part) : most * part * part;
      break;
  }
  return static_cast<int64_t>(std::llround(seconds * 1000));
}

RetryPolicy default_retry_policy(std::string_view protocol) {
  if (protocol == "http" || protocol == "https") return {};
  if (protocol.starts_with("email"))
    return {.min_delay_seconds = 10,
            .max_delay_seconds = 600,
            .retries = 50,
            .retries_at_min_delay = 2,
            .retries_at_max_delay = 38,
            .backoff = Backoff::Exponential};
  return {.min_delay_seconds = 1,
          .max_delay_seconds = 20,
          .retries = 100'015,
          .retries_without_delay = 3,
          .retries_at_min_delay = 2,
          .retries_at_max_delay = 100'000,
          .backoff = Backoff::Exponential};
}

Result<DeliveryPolicy> topic_delivery_policy(std::string_view text) {
  DeliveryPolicy policy;
  if (text.empty()) return policy;
  const Value parsed = PAWL_TRY(parse_object(text));
  const Value* http = parsed.find("http");
  if (http == nullptr || http->is_null()) return policy;
  if (!http->is_object()) return mistake("http must be an object");
  if (const Value* retry = http->find("defaultHealthyRetryPolicy"); retry && !retry->is_null())
    PAWL_TRY_VOID(read_retry_policy(*retry, policy.retry));
  const Value* disables = http->find("disableSubscriptionOverrides");
  policy.disables_subscription_overrides =
      disables != nullptr && disables->is_boolean() && disables->as_boolean();
  read_request_policy(http->find("defaultRequestPolicy"), policy);
  return policy;
}

Result<DeliveryPolicy> subscription_delivery_policy(std::string_view text,
                                                    const DeliveryPolicy& topic) {
  if (text.empty() || topic.disables_subscription_overrides) return topic;
  const Value parsed = PAWL_TRY(parse_object(text));
  DeliveryPolicy policy = topic;
  if (const Value* retry = parsed.find("healthyRetryPolicy"); retry && !retry->is_null())
    PAWL_TRY_VOID(read_retry_policy(*retry, policy.retry));
  read_request_policy(parsed.find("requestPolicy"), policy);
  return policy;
}

std::string effective_topic_policy(const DeliveryPolicy& policy) {
  Value http = std::move(ObjectBuilder()
                             .set("defaultHealthyRetryPolicy", retry_json(policy.retry))
                             .set("disableSubscriptionOverrides",
                                  Value(policy.disables_subscription_overrides))
                             .set("defaultRequestPolicy", request_json(policy)))
                   .build();
  return json::write(std::move(ObjectBuilder().set("http", std::move(http))).build());
}

std::string effective_subscription_policy(const DeliveryPolicy& policy) {
  return json::write(std::move(ObjectBuilder()
                                   .set("healthyRetryPolicy", retry_json(policy.retry))
                                   .set("sicklyRetryPolicy", Value())
                                   .set("throttlePolicy", Value())
                                   .set("requestPolicy", request_json(policy))
                                   .set("guaranteed", Value(false)))
                         .build());
}

}  // namespace pawl::sns
