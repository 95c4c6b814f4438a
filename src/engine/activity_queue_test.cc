// SPDX-License-Identifier: Apache-2.0
#include "engine/activity_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pawl::engine {
namespace {

QueuedActivity task(uint64_t execution, const std::string& activity = "a", uint32_t sequence = 1) {
  return {.execution = execution,
          .task = {0, sequence},
          .activity_arn = activity,
          .task_token = "token",
          .input = "{}"};
}

class ActivityQueueTest : public testing::Test {
 protected:
  ActivityQueue::PollId poll(const std::string& worker, const std::string& activity = "a",
                             int64_t deadline_ms = 60'000) {
    return queue_.poll(activity, {deadline_ms}, [this, worker](std::optional<QueuedActivity> got) {
      log_ += worker + (got ? "=" + std::to_string(got->execution) : "=none") + " ";
    });
  }
  std::string log() { return std::exchange(log_, {}); }

  ActivityQueue queue_{3};
  std::string log_;
};

TEST_F(ActivityQueueTest, OldestTaskFirst) {
  queue_.schedule(task(1));
  queue_.schedule(task(2));
  queue_.schedule(task(3, "b"));
  EXPECT_EQ(queue_.scheduled(), 3u);
  poll("x");
  poll("y");
  EXPECT_EQ(log(), "x=1 y=2 ");
  poll("z", "b");
  EXPECT_EQ(log(), "z=3 ");
  EXPECT_EQ(queue_.scheduled(), 0u);
  EXPECT_EQ(queue_.waiting(), 0u);
}

TEST_F(ActivityQueueTest, LongestWaitingWorkerFirstAndOneWorkerATask) {
  poll("x");
  poll("y");
  poll("other", "b");
  EXPECT_EQ(log(), "");
  EXPECT_EQ(queue_.waiting(), 3u);
  queue_.schedule(task(1));
  EXPECT_EQ(log(), "x=1 ");
  queue_.schedule(task(2));
  EXPECT_EQ(log(), "y=2 ");
  queue_.schedule(task(3));
  EXPECT_EQ(log(), "");
  EXPECT_EQ(queue_.waiting(), 1u);
}

TEST_F(ActivityQueueTest, TimeIsUpForThoseWhoseDeadlineHasCome) {
  poll("late", "a", 70'000);
  poll("early", "b", 50'000);
  poll("middle", "a", 60'000);
  EXPECT_EQ(queue_.next_deadline(), base::Timestamp{50'000});
  queue_.expire({49'999});
  EXPECT_EQ(log(), "");
  queue_.expire({60'000});
  EXPECT_EQ(log(), "early=none middle=none ");
  EXPECT_EQ(queue_.next_deadline(), base::Timestamp{70'000});
  queue_.schedule(task(1));
  EXPECT_EQ(log(), "late=1 ");
  queue_.expire({80'000});
  EXPECT_EQ(log(), "");
  EXPECT_FALSE(queue_.next_deadline());
}

TEST_F(ActivityQueueTest, AWorkerThatHasGoneLeavesTheTask) {
  const ActivityQueue::PollId gone = poll("gone");
  poll("next");
  EXPECT_TRUE(queue_.give_up(gone));
  EXPECT_FALSE(queue_.give_up(gone));
  queue_.schedule(task(1));
  EXPECT_EQ(log(), "next=1 ");
  const ActivityQueue::PollId last = poll("last");
  EXPECT_TRUE(queue_.give_up(last));
  EXPECT_FALSE(queue_.next_deadline());
  queue_.schedule(task(2));
  EXPECT_EQ(queue_.scheduled(), 1u);
  poll("later");
  EXPECT_EQ(log(), "later=2 ");
  const ActivityQueue::PollId answered = poll("answered");
  queue_.schedule(task(3));
  EXPECT_FALSE(queue_.give_up(answered));
  EXPECT_FALSE(queue_.give_up(ActivityQueue::kRefused));
}

TEST_F(ActivityQueueTest, CancelledTasksGoToNobody) {
  queue_.schedule(task(1));
  queue_.schedule(task(2));
  queue_.schedule(task(2, "a", 9));
  queue_.cancel(1, {0, 1});
  queue_.cancel(2, {0, 9});
  queue_.cancel(7, {0, 1});
  EXPECT_EQ(queue_.scheduled(), 1u);
  poll("x");
  poll("y");
  EXPECT_EQ(log(), "x=2 ");
  queue_.cancel(2, {0, 1});  // the worker has it
  queue_.schedule(task(1));
  EXPECT_EQ(log(), "y=1 ");
}

/// The engine says again what it had scheduled: after a restart, or a dispatch that is repeated.
TEST_F(ActivityQueueTest, ScheduledTwiceIsGivenOnce) {
  queue_.schedule(task(1));
  queue_.schedule(task(2));
  queue_.schedule(task(1));
  poll("x");
  poll("y");
  poll("z");
  EXPECT_EQ(log(), "x=1 y=2 ");
}

TEST_F(ActivityQueueTest, WaitersAreBoundedPerActivity) {
  for (const char* worker : {"1", "2", "3"}) EXPECT_NE(poll(worker), ActivityQueue::kRefused);
  EXPECT_EQ(poll("4"), ActivityQueue::kRefused);
  EXPECT_NE(poll("5", "b"), ActivityQueue::kRefused);
  queue_.schedule(task(1));
  EXPECT_NE(poll("6"), ActivityQueue::kRefused);
  queue_.expire({60'000});
  EXPECT_EQ(log(), "1=1 2=none 3=none 5=none 6=none ");
}

TEST_F(ActivityQueueTest, CallbacksMayUseTheQueue) {
  queue_.poll("a", {10}, [this](std::optional<QueuedActivity> got) {
    EXPECT_FALSE(got);
    poll("again");
  });
  queue_.expire({10});
  queue_.schedule(task(1));
  EXPECT_EQ(log(), "again=1 ");
  // What a waiter holds may come back to the queue when it is given up.
  ActivityQueue::PollId poll_id = 0;
  {
    std::shared_ptr<void> held(nullptr, [this](void*) { queue_.schedule(task(3)); });
    poll_id = queue_.poll("a", {20}, [held = std::move(held)](std::optional<QueuedActivity>) {});
  }
  EXPECT_TRUE(queue_.give_up(poll_id));
  EXPECT_EQ(queue_.scheduled(), 1u);
}

TEST(ActivityQueueThreads, EveryTaskIsGivenOnce) {
  constexpr uint64_t kTasks = 2'000;
  ActivityQueue queue;
  std::vector<std::atomic<int>> given(kTasks);
  std::atomic<uint64_t> total{0};
  std::vector<std::thread> threads;
  for (int producer = 0; producer < 2; ++producer) {
    threads.emplace_back([&, producer] {
      for (uint64_t i = static_cast<uint64_t>(producer); i < kTasks; i += 2)
        queue.schedule(task(i));
    });
  }
  for (int worker = 0; worker < 2; ++worker) {
    threads.emplace_back([&] {
      while (total < kTasks) {
        const ActivityQueue::PollId poll =
            queue.poll("a", {1}, [&](std::optional<QueuedActivity> got) {
              if (!got) return;
              ++given[got->execution];
              ++total;
            });
        if (!queue.give_up(poll)) std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::atomic<int>& count : given) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace pawl::engine
