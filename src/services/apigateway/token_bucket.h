// SPDX-License-Identifier: Apache-2.0
// TokenBuckets: throttles by name ("API Gateway throttles requests using the token bucket
// algorithm").
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "base/time.h"

namespace pawl::apigateway {

/// Thread-safe. Buckets that have not been asked for lately may be forgotten: they are full again.
class TokenBuckets {
 public:
  /// Takes a token, `rate` of which come each second up to `burst`. False: there is none.
  bool take(const std::string& name, double rate, double burst, base::Timestamp now) {
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= kBucketsMax) buckets_.clear();
    const auto [found, is_new] = buckets_.try_emplace(name, Bucket{burst, now});
    Bucket& bucket = found->second;
    const double seconds =
        static_cast<double>(std::max<int64_t>(now.ms - bucket.at.ms, 0)) / 1'000.0;
    bucket.tokens = std::min(burst, bucket.tokens + seconds * rate);
    bucket.at = now;
    if (bucket.tokens < 1.0) return false;
    bucket.tokens -= 1.0;
    return true;
  }

 private:
  static constexpr size_t kBucketsMax = 10'000;
  struct Bucket {
    double tokens = 0;
    base::Timestamp at;
  };
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace pawl::apigateway
