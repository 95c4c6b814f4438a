// SPDX-License-Identifier: Apache-2.0
#include "engine/timer_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace pawl::engine {
namespace {

std::vector<uint32_t> drain(TimerQueue& queue, int64_t now) {
  std::vector<uint32_t> order;
  while (const auto alarm = queue.pop_due({now})) order.push_back(alarm->timer.sequence);
  return order;
}

TEST(TimerQueue, EarliestFirstAndStartOrderAmongEquals) {
  TimerQueue queue;
  queue.start(1, {0, 1}, {30});
  queue.start(1, {0, 2}, {10});
  queue.start(2, {0, 3}, {20});
  queue.start(2, {0, 4}, {10});
  EXPECT_EQ(queue.next_due(), base::Timestamp{10});
  EXPECT_EQ(drain(queue, 20), (std::vector<uint32_t>{2, 4, 3}));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(drain(queue, 29), (std::vector<uint32_t>{}));
  EXPECT_EQ(drain(queue, 30), (std::vector<uint32_t>{1}));
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(TimerQueue, CancelledAlarmsDoNotFire) {
  TimerQueue queue;
  queue.start(1, {0, 1}, {10});
  queue.start(1, {0, 2}, {20});
  queue.start(2, {0, 1}, {15});
  queue.cancel(1, {0, 1});
  queue.cancel(1, {9, 9});
  EXPECT_EQ(queue.next_due(), base::Timestamp{15});
  queue.cancel_all(2);
  EXPECT_EQ(queue.next_due(), base::Timestamp{20});
  EXPECT_EQ(drain(queue, 100), (std::vector<uint32_t>{2}));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(TimerQueue, RestartReplaces) {
  TimerQueue queue;
  queue.start(1, {0, 1}, {10});
  queue.start(1, {0, 1}, {50});
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(drain(queue, 49), (std::vector<uint32_t>{}));
  EXPECT_EQ(drain(queue, 50), (std::vector<uint32_t>{1}));
}

TEST(TimerQueue, ManyCancellationsLeaveTheRestInOrder) {
  TimerQueue queue;
  for (uint32_t i = 0; i < 10'000; ++i) queue.start(1 + i % 7, {i, i + 1}, {(i * 7919) % 10'007});
  for (uint32_t i = 0; i < 10'000; ++i) {
    if (i % 100 != 0) queue.cancel(1 + i % 7, {i, i + 1});
  }
  EXPECT_EQ(queue.size(), 100u);
  base::Timestamp last{-1};
  size_t fired = 0;
  while (const auto alarm = queue.pop_due({20'000})) {
    EXPECT_GE(alarm->due, last);
    last = alarm->due;
    ++fired;
  }
  EXPECT_EQ(fired, 100u);
}

}  // namespace
}  // namespace pawl::engine
