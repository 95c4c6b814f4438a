// SPDX-License-Identifier: Apache-2.0
#include "jobs/service_events.h"

#include <utility>

namespace pawl::jobs {

using json::ObjectBuilder;
using json::Value;

namespace {

/// API PutEvents: entries of one call.
constexpr size_t kEntriesMax = 10;
constexpr size_t kWaitingBytesMax = size_t{32} << 20;

}  // namespace

aws::Principal account_principal(const std::string& account) {
  aws::Principal principal;
  principal.account_id = account;
  principal.arn = "arn:aws:iam::" + account + ":root";
  principal.user_id = account;
  return principal;
}

void ServiceEvents::send(ServiceEvent event) {
  const std::lock_guard lock(mutex_);
  if (waiting_bytes_ + event.detail.size() > kWaitingBytesMax) return;
  waiting_bytes_ += event.detail.size();
  waiting_.push_back(std::move(event));
  if (!std::exchange(is_sending_, true)) loop_.post([this] { flush(); });
}

void ServiceEvents::flush() {
  std::vector<Value> entries;
  Scope scope;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      is_sending_ = false;
      return;
    }
    scope = waiting_.front().scope;
    while (!waiting_.empty() && entries.size() < kEntriesMax && waiting_.front().scope == scope) {
      const ServiceEvent& event = waiting_.front();
      ObjectBuilder entry;
      // Timestamps are seconds inside the process (aws/protocol/protocol_codec.h).
      entry.set("Time", Value(static_cast<double>(event.time.ms) / 1'000))
          .set("Source", Value(source_))
          .set("Resources", Value::array({Value(event.resource)}))
          .set("DetailType", Value(event.detail_type))
          .set("Detail", Value(event.detail));
      entries.push_back(std::move(entry).build());
      waiting_bytes_ -= event.detail.size();
      waiting_.pop_front();
    }
  }
  ObjectBuilder input;
  input.set("Entries", Value::array(std::move(entries)));
  aws::Principal principal = account_principal(scope.account);
  principal.service = service_;
  caller_.call({.service = "events",
                .operation = "PutEvents",
                .input = std::move(input).build(),
                .region = scope.region,
                .principal = std::move(principal)},
               [this](const aws::ApiResult<Value>&) { loop_.post([this] { flush(); }); });
}

}  // namespace pawl::jobs
