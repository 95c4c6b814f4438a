// SPDX-License-Identifier: Apache-2.0
// When a call is made again, and how long after: the standard mode of the AWS SDKs ("Retry
// behavior", AWS SDKs and Tools Reference Guide).
#pragma once

#include <cstdint>

#include "aws/api_error.h"

namespace pawl::aws {

enum class RetryKind {
  No,         ///< the answer will be the same
  Throttled,  ///< the service wants less
  Transient,  ///< the service or the network failed
};

RetryKind retry_kind(const ApiError& error);

inline constexpr int kAttemptsMax = 3;

/// Before attempt `attempt` + 1 (the first is 1): a random part of 2^attempt seconds, 20 at most.
/// `random` is in [0, 1).
int64_t retry_delay_ms(int attempt, double random);

/// Keeps a client from adding its retries to the troubles of a service that fails all the time. Not
/// thread-safe.
class RetryQuota {
 public:
  /// What the retry costs; 0 if it cannot be paid: then it is not made.
  int take();
  /// After a success; `paid` for its last retry, 0 if there was none.
  void give_back(int paid);

 private:
  static constexpr int kCapacity = 500;
  static constexpr int kRetryCost = 5;
  int left_ = kCapacity;
};

}  // namespace pawl::aws
