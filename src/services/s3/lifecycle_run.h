// SPDX-License-Identifier: Apache-2.0
// LifecycleRun: applies the lifecycle rules of all buckets from time to time: expired objects get
// delete markers or go, old versions and lone markers go, uploads that nobody completes are given
// up. Transitions are kept but move nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/s3/storage.h"

namespace pawl::s3 {

/// Thread-safe. Must not outlive its Storage, nor be destroyed while the loop runs its tasks.
class LifecycleRun {
 public:
  /// AWS looks once a day; expiry is at midnight, so an hour's delay is less than AWS's own.
  static constexpr int64_t kPeriodMs = 3'600'000;

  explicit LifecycleRun(Storage& storage) : storage_(storage) {}

  /// Looks now on a worker thread, and again each period.
  void begin();
  /// One look over all buckets; blocks.
  void look();

 private:
  void schedule();
  void look_at(const Bucket& bucket, const json::Value& rules);
  void look_at_key(const Bucket& bucket, const json::Value& rules,
                   const std::vector<ObjectVersion>& versions);
  void look_at_uploads(const Bucket& bucket, const json::Value& rules);
  void erase(const Bucket& bucket, const std::string& key, const std::string& version_id);

  Storage& storage_;
};

/// Gives up an upload: its parts go. False if it is not there any more.
aws::ApiResult<bool> abort_upload(Storage& storage, std::string_view bucket, std::string_view key,
                                  std::string_view id);

}  // namespace pawl::s3
