// SPDX-License-Identifier: Apache-2.0
// Failures of the store are the server's to see; a version that cannot be removed now is met again.
#include "services/s3/lifecycle_run.h"

#include "json/parse.h"
#include "services/s3/lifecycle.h"

namespace pawl::s3 {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr std::string_view kEventGroup = "LifecycleExpiration";

}  // namespace

aws::ApiResult<bool> abort_upload(Storage& storage, std::string_view bucket, std::string_view key,
                                  std::string_view id) {
  std::vector<Content> dropped;
  bool found = false;
  PAWL_TRY_VOID(storage.commit([&](store::Batch& batch) -> aws::ApiResult<void> {
    const MetadataStore& metadata = storage.metadata();
    const auto upload = PAWL_TRY(metadata.upload(bucket, key, id));
    if (!upload) return {};
    found = true;
    for (const Part& part : PAWL_TRY(metadata.parts(*upload, 0, SIZE_MAX))) {
      storage.drop(batch, part.content, dropped);
    }
    metadata.erase_parts(batch, *upload);
    metadata.erase(batch, *upload);
    return {};
  }));
  storage.discard_after_sync(std::move(dropped));
  return found;
}

void LifecycleRun::begin() {
  storage_.loop().work([this] { look(); });
  schedule();
}

void LifecycleRun::schedule() {
  storage_.loop().run_at({storage_.now().ms + kPeriodMs}, [this] { begin(); });
}

void LifecycleRun::look() {
  const auto buckets = storage_.metadata().buckets("", SIZE_MAX);
  if (!buckets) return;
  for (const Bucket& bucket : *buckets) {
    const auto text = storage_.metadata().configuration(bucket.name, "lifecycle");
    if (!text || !*text) continue;
    const auto rules = json::parse(**text);
    if (!rules) continue;
    look_at(bucket, *rules);
    look_at_uploads(bucket, *rules);
  }
}

void LifecycleRun::look_at(const Bucket& bucket, const json::Value& rules) {
  auto scan = storage_.metadata().versions(bucket.name, "");
  std::vector<ObjectVersion> of_one_key;
  while (true) {
    auto version = scan.next();
    const bool more = version && *version;
    if (!of_one_key.empty() && (!more || (*version)->key != of_one_key.front().key)) {
      look_at_key(bucket, rules, of_one_key);
      of_one_key.clear();
    }
    if (!more) return;
    of_one_key.push_back(std::move(**version));
  }
}

void LifecycleRun::look_at_key(const Bucket& bucket, const json::Value& rules,
                               const std::vector<ObjectVersion>& versions) {
  const base::Timestamp now = storage_.now();
  const ObjectVersion& latest = versions.front();
  if (!latest.is_delete_marker) {
    const auto expiry = expiry_of(rules, latest);
    if (expiry && expiry->time <= now) erase(bucket, latest.key, "");
  } else if (versions.size() == 1 && removes_lone_markers(rules, latest)) {
    erase(bucket, latest.key, latest.version_id);
  }
  // A version is old since the one above it came.
  for (size_t i = 1; i < versions.size(); ++i) {
    const auto rule = noncurrent_rule_of(rules, versions[i]);
    if (!rule || static_cast<int64_t>(i) <= rule->kept) continue;
    if (versions[i - 1].modified.ms + rule->days * kDayMs <= now.ms) {
      erase(bucket, versions[i].key, versions[i].version_id);
    }
  }
}

void LifecycleRun::look_at_uploads(const Bucket& bucket, const json::Value& rules) {
  auto scan = storage_.metadata().uploads(bucket.name, "");
  while (true) {
    const auto upload = scan.next();
    if (!upload || !*upload) return;
    const auto days = abort_days_of(rules, **upload);
    if (days && (*upload)->initiated.ms + *days * kDayMs <= storage_.now().ms) {
      static_cast<void>(abort_upload(storage_, bucket.name, (*upload)->key, (*upload)->id));
    }
  }
}

void LifecycleRun::erase(const Bucket& bucket, const std::string& key,
                         const std::string& version_id) {
  EventOrigin origin;
  origin.account = bucket.account;
  origin.user_id = "s3.amazonaws.com";
  origin.reason = "Lifecycle Expiration";
  static_cast<void>(storage_.erase(bucket, key, version_id, false, "", origin, kEventGroup));
}

}  // namespace pawl::s3
