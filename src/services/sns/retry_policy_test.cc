// SPDX-License-Identifier: Apache-2.0
#include "services/sns/retry_policy.h"

#include <gtest/gtest.h>

namespace pawl::sns {
namespace {

TEST(RetryPolicy, DefaultsAreAwss) {
  const RetryPolicy http = default_retry_policy("http");
  EXPECT_EQ(http.delay_ms(1), 20'000);
  EXPECT_EQ(http.delay_ms(3), 20'000);
  EXPECT_FALSE(http.delay_ms(4));
  const RetryPolicy queue = default_retry_policy("sqs");
  EXPECT_EQ(queue.delay_ms(3), 0);
  EXPECT_EQ(queue.delay_ms(4), 1'000);
  EXPECT_EQ(queue.delay_ms(5), 1'000);
  EXPECT_GT(queue.delay_ms(6), 1'000);
  EXPECT_EQ(queue.delay_ms(15), 20'000);
  EXPECT_EQ(queue.delay_ms(100'015), 20'000);
  EXPECT_FALSE(queue.delay_ms(100'016));
  EXPECT_FALSE(default_retry_policy("email").delay_ms(51));
}

TEST(RetryPolicy, EveryBackoffGrowsFromTheLeastToTheMost) {
  using Backoff = RetryPolicy::Backoff;
  for (const Backoff backoff :
       {Backoff::Linear, Backoff::Arithmetic, Backoff::Geometric, Backoff::Exponential}) {
    const RetryPolicy policy{
        .min_delay_seconds = 2, .max_delay_seconds = 50, .retries = 10, .backoff = backoff};
    int64_t before = 2'000;
    for (int64_t retry = 1; retry <= 10; ++retry) {
      const int64_t delay = policy.delay_ms(retry).value();
      EXPECT_GE(delay, before);
      before = delay;
    }
    EXPECT_EQ(before, 50'000);
  }
}

TEST(DeliveryPolicy, ASubscriptionsGoesOverItsTopics) {
  const auto topic = topic_delivery_policy(
      R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 7, "maxDelayTarget": 60},
                   "defaultRequestPolicy": {"headerContentType": "application/json"}}})");
  ASSERT_TRUE(topic);
  const auto own = subscription_delivery_policy(
      R"({"healthyRetryPolicy": {"numRetries": 9, "backoffFunction": "geometric"}})", *topic);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->retry.retries, 9);
  EXPECT_EQ(own->retry.max_delay_seconds, 60);
  EXPECT_EQ(own->retry.backoff, RetryPolicy::Backoff::Geometric);
  EXPECT_EQ(own->content_type, "application/json");
  DeliveryPolicy strict = *topic;
  strict.disables_subscription_overrides = true;
  EXPECT_EQ(subscription_delivery_policy(R"({"healthyRetryPolicy": {"numRetries": 9}})", strict)
                ->retry.retries,
            7);
}

TEST(DeliveryPolicy, RefusesWhatMakesNoSense) {
  for (const char* text :
       {"x", "[]", R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": -1}}})",
        R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 101}}})",
        R"({"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 30}}})",
        R"({"http": {"defaultHealthyRetryPolicy": {"numRetries": 1, "numNoDelayRetries": 2}}})",
        R"({"http": {"defaultHealthyRetryPolicy": {"backoffFunction": "cubic"}}})"})
    EXPECT_FALSE(topic_delivery_policy(text)) << text;
}

}  // namespace
}  // namespace pawl::sns
