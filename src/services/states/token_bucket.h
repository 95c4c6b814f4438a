// SPDX-License-Identifier: Apache-2.0
// TokenBucket: how many calls a time ("Service quotas", "Quotas related to API action throttling":
// bucket size and refill rate a second). Optional: without one nothing is throttled.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "base/time.h"

namespace pawl::states {

struct TokenBucketSize {
  int64_t tokens_max = 0;         ///< 0: no limit
  int64_t refill_per_second = 0;  ///< at least 1 with a limit
};

/// Full at first. Thread-safe.
class TokenBucket {
 public:
  explicit TokenBucket(TokenBucketSize size)
      : size_(size), milli_tokens_(size.tokens_max * 1'000) {}

  /// False if the call is one too many at `now`.
  bool take(base::Timestamp now) {
    if (size_.tokens_max == 0) return true;
    const std::lock_guard lock(mutex_);
    const int64_t elapsed_ms = std::max<int64_t>(now.ms - latest_.ms, 0);
    latest_ = std::max(latest_, now);
    // A thousandth of a token a millisecond for each token a second.
    const int64_t full = size_.tokens_max * 1'000;
    milli_tokens_ = elapsed_ms >= full
                        ? full
                        : std::min(full, milli_tokens_ + elapsed_ms * size_.refill_per_second);
    if (milli_tokens_ < 1'000) return false;
    milli_tokens_ -= 1'000;
    return true;
  }

 private:
  const TokenBucketSize size_;
  std::mutex mutex_;
  int64_t milli_tokens_;    ///< guarded by mutex_
  base::Timestamp latest_;  ///< guarded by mutex_
};

}  // namespace pawl::states
