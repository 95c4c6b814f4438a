// SPDX-License-Identifier: Apache-2.0
// RetryPolicy: how often and when a failed delivery is tried again ("Amazon SNS message delivery
// retries"), and DeliveryPolicy, the JSON in which topics and subscriptions say so for HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::sns {

/// First without delay, then at the smallest, then growing from the smallest to the largest, then
/// at the largest.
struct RetryPolicy {
  enum class Backoff : uint8_t { Linear, Arithmetic, Geometric, Exponential };

  int64_t min_delay_seconds = 20;
  int64_t max_delay_seconds = 20;
  int64_t retries = 3;  ///< of all phases
  int64_t retries_without_delay = 0;
  int64_t retries_at_min_delay = 0;
  int64_t retries_at_max_delay = 0;
  Backoff backoff = Backoff::Linear;

  /// Before retry number `retry`, from 1; nullopt if there are no more.
  std::optional<int64_t> delay_ms(int64_t retry) const;
};

/// What AWS does for each kind of endpoint: 100,015 retries over 23 days for its own, 50 over six
/// hours for e-mail, 3 within a minute for HTTP.
RetryPolicy default_retry_policy(std::string_view protocol);

struct DeliveryPolicy {
  RetryPolicy retry;
  bool disables_subscription_overrides = false;
  std::string content_type = "text/plain; charset=UTF-8";
};

/// A topic's DeliveryPolicy, {"http": {"defaultHealthyRetryPolicy": {…}, …}}, over the defaults; ""
/// gives these. Errors: InvalidSyntax in AWS's words, "DeliveryPolicy: failed to parse JSON.".
base::Result<DeliveryPolicy> topic_delivery_policy(std::string_view text);
/// A subscription's, {"healthyRetryPolicy": {…}, "requestPolicy": {…}}, over its topic's.
base::Result<DeliveryPolicy> subscription_delivery_policy(std::string_view text,
                                                          const DeliveryPolicy& topic);

/// The attribute EffectiveDeliveryPolicy of a topic and of an HTTP subscription.
std::string effective_topic_policy(const DeliveryPolicy& policy);
std::string effective_subscription_policy(const DeliveryPolicy& policy);

}  // namespace pawl::sns
