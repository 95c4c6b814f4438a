// SPDX-License-Identifier: Apache-2.0
#include "services/states/token_bucket.h"

#include <gtest/gtest.h>

namespace pawl::states {
namespace {

TEST(TokenBucket, IsFullAtFirstAndRefillsByTime) {
  TokenBucket bucket({.tokens_max = 3, .refill_per_second = 2});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take({1'000}));
  EXPECT_FALSE(bucket.take({1'000}));
  EXPECT_FALSE(bucket.take({1'499}));
  EXPECT_TRUE(bucket.take({1'500}));
  EXPECT_FALSE(bucket.take({1'500}));
  // Never more than it holds, and the clock may go back.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take({1'000'000}));
  EXPECT_FALSE(bucket.take({1'000'000}));
  EXPECT_FALSE(bucket.take({500'000}));
}

TEST(TokenBucket, WithoutALimitThrottlesNothing) {
  TokenBucket bucket({});
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(bucket.take({0}));
}

}  // namespace
}  // namespace pawl::states
