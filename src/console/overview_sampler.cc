// SPDX-License-Identifier: Apache-2.0
#include "console/overview_sampler.h"

#include <algorithm>
#include <utility>

namespace pawl::console {

using json::Value;

namespace {

struct Member {
  std::string_view name;
  uint32_t OverviewSampler::Sample::*value;
};
constexpr Member kMembers[] = {{"started", &OverviewSampler::Sample::started},
                               {"succeeded", &OverviewSampler::Sample::succeeded},
                               {"failed", &OverviewSampler::Sample::failed},
                               {"transitions", &OverviewSampler::Sample::transitions},
                               {"requests", &OverviewSampler::Sample::requests},
                               {"running", &OverviewSampler::Sample::running}};

uint32_t difference(uint64_t now, uint64_t before) {
  return static_cast<uint32_t>(std::min<uint64_t>(now - std::min(now, before), UINT32_MAX));
}

}  // namespace

void OverviewSampler::add(base::Timestamp now, const ServerTotals& totals) {
  const int64_t second = now.ms / 1'000;
  const auto running = static_cast<uint32_t>(std::min<uint64_t>(totals.running, UINT32_MAX));
  if (has_begun_) {
    // A clock that is set back does not take seconds away.
    const int64_t missed = std::clamp<int64_t>(second - second_ - 1, 0, kSamplesMax);
    for (int64_t i = 0; i <= missed; ++i) {
      Sample sample{.running = running};
      if (i == missed) {
        sample.started = difference(totals.started, before_.started);
        sample.succeeded = difference(totals.succeeded, before_.succeeded);
        sample.failed = difference(totals.failed, before_.failed);
        sample.transitions = difference(totals.transitions, before_.transitions);
        sample.requests = difference(totals.requests, before_.requests);
      }
      ring_[next_] = sample;
      next_ = (next_ + 1) % kSamplesMax;
      count_ = std::min(count_ + 1, kSamplesMax);
    }
  }
  has_begun_ = true;
  second_ = second;
  before_ = totals;
}

Value OverviewSampler::series() const {
  json::ObjectBuilder out;
  out.set("end", Value(second_)).set("seconds", Value(static_cast<int64_t>(count_)));
  for (const Member& member : kMembers) {
    std::vector<Value> list;
    list.reserve(count_);
    for (size_t i = 0; i < count_; ++i) {
      const Sample& sample = ring_[(next_ + kSamplesMax - count_ + i) % kSamplesMax];
      list.emplace_back(static_cast<int64_t>(sample.*member.value));
    }
    out.set(member.name, Value::array(std::move(list)));
  }
  return std::move(out).build();
}

Value OverviewSampler::last() const {
  const Sample sample = count_ == 0 ? Sample() : ring_[(next_ + kSamplesMax - 1) % kSamplesMax];
  json::ObjectBuilder out;
  out.set("end", Value(second_));
  for (const Member& member : kMembers)
    out.set(member.name, Value(static_cast<int64_t>(sample.*member.value)));
  return std::move(out).build();
}

}  // namespace pawl::console
