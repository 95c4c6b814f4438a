// SPDX-License-Identifier: Apache-2.0
// Order of posts and timers, cancelling, the end.
#include "net/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>
#include <vector>

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

TEST(EventLoop, RunsPostsInOrderOnItsThread) {
  LoopThread thread;
  std::vector<int> order;
  std::promise<void> done;
  EventLoop& loop = *thread.loop();
  EXPECT_FALSE(loop.is_current());
  loop.post([&] {
    EXPECT_TRUE(loop.is_current());
    loop.post([&] {  // behind what came from outside before this turn
      order.push_back(3);
      done.set_value();
    });
    order.push_back(1);
  });
  loop.post([&] { order.push_back(2); });
  done.get_future().wait();
  EXPECT_EQ(order.front(), 1);
  EXPECT_EQ(order.size(), 3U);
}

TEST(EventLoop, RunsTimersByTimeThenAge) {
  EventLoop loop;
  std::string order;
  const auto start = loop.now();
  loop.run_at(start + 3ms, [&] { order += 'c'; });
  loop.run_at(start + 1ms, [&] { order += 'a'; });
  loop.run_at(start + 1ms, [&] { order += 'b'; });
  const auto cancelled = loop.run_at(start + 2ms, [&] { order += 'x'; });
  EXPECT_TRUE(loop.cancel(cancelled));
  EXPECT_FALSE(loop.cancel(cancelled));
  loop.run_at(start + 5ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, "abc");
  EXPECT_GE(loop.now(), start + 5ms);
}

TEST(EventLoop, ManyCancelledTimersLeaveTheOthers) {
  EventLoop loop;
  int ran = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto id = loop.run_at(loop.now() + std::chrono::hours(1), [] { FAIL(); });
    if (i % 100 == 0) loop.run_at(loop.now(), [&] { ++ran; });
    EXPECT_TRUE(loop.cancel(id));
  }
  loop.run_at(loop.now(), [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(ran, 10);
}

TEST(EventLoop, WhatIsPostedAfterTheEndIsDropped) {
  auto loop = std::make_shared<EventLoop>();
  auto token = std::make_shared<int>(0);
  loop->post([&] { loop->stop(); });
  loop->run();
  loop->post([token] { FAIL(); });
  std::thread([&] { loop->post([token] { FAIL(); }); }).join();
  EXPECT_EQ(token.use_count(), 1);
}

class CountingWatcher : public EventLoop::Watcher {
 public:
  explicit CountingWatcher(std::function<void(uint32_t)> action) : action_(std::move(action)) {}
  void on_ready(uint32_t events) override { action_(events); }

 private:
  std::function<void(uint32_t)> action_;
};

TEST(EventLoop, UnwatchedInTheSameTurnIsNotTold) {
  EventLoop loop;
  std::array<std::array<int, 2>, 2> pairs{};
  int told = 0;
  std::vector<CountingWatcher> watchers;
  watchers.reserve(2);
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i].data()), 0);
    watchers.emplace_back([&, i](uint32_t events) {
      EXPECT_NE(events & EventLoop::kReadable, 0U);
      ++told;
      loop.unwatch(pairs[1 - i][0], watchers[1 - i]);
      loop.post([&] { loop.stop(); });
      loop.unwatch(pairs[i][0], watchers[i]);
    });
    ASSERT_TRUE(loop.watch(pairs[i][0], EventLoop::Trigger::Edge, watchers[i]));
    ASSERT_EQ(write(pairs[i][1], "x", 1), 1);
  }
  loop.run();
  EXPECT_EQ(told, 1);
  for (const auto& pair : pairs) {
    close(pair[0]);
    close(pair[1]);
  }
}

}  // namespace
}  // namespace pawl::net
