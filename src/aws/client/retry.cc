// SPDX-License-Identifier: Apache-2.0
// The lists of botocore's standard retry handler.
#include "aws/client/retry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace pawl::aws {
namespace {

constexpr std::array<std::string_view, 14> kThrottled = {"Throttling",
                                                         "ThrottlingException",
                                                         "ThrottledException",
                                                         "RequestThrottledException",
                                                         "TooManyRequestsException",
                                                         "ProvisionedThroughputExceededException",
                                                         "TransactionInProgressException",
                                                         "RequestLimitExceeded",
                                                         "BandwidthLimitExceeded",
                                                         "LimitExceededException",
                                                         "RequestThrottled",
                                                         "SlowDown",
                                                         "PriorRequestNotComplete",
                                                         "EC2ThrottledException"};

constexpr std::array<std::string_view, 5> kTransient = {"RequestTimeout", "RequestTimeoutException",
                                                        "InternalError", "IDPCommunicationError",
                                                        "InternalServerError"};

constexpr double kDelaySecondsMax = 20;

template <size_t N>
bool has(const std::array<std::string_view, N>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

RetryKind retry_kind(const ApiError& error) {
  if (has(kThrottled, error.code) || error.status == 429) return RetryKind::Throttled;
  const bool failed = error.status == 500 || (error.status >= 502 && error.status <= 504);
  return failed || has(kTransient, error.code) ? RetryKind::Transient : RetryKind::No;
}

int64_t retry_delay_ms(int attempt, double random) {
  return static_cast<int64_t>(random * std::min(std::exp2(attempt), kDelaySecondsMax) * 1'000);
}

int RetryQuota::take() {
  if (left_ < kRetryCost) return 0;
  left_ -= kRetryCost;
  return kRetryCost;
}

void RetryQuota::give_back(int paid) { left_ = std::min(kCapacity, left_ + std::max(paid, 1)); }

}  // namespace pawl::aws
