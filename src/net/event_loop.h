// SPDX-License-Identifier: Apache-2.0
// EventLoop: one thread's turn of descriptors, timers and posted tasks (epoll). Everything that a
// loop owns is touched on its thread only; post() is the way in from others.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace pawl::net {

class EventLoop {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Task = std::function<void()>;
  using TimerId = uint64_t;  ///< never 0, never given twice

  /// What is told that a descriptor is ready. Bits of `events` below.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void on_ready(uint32_t events) = 0;
  };
  static constexpr uint32_t kReadable = 1;
  static constexpr uint32_t kWritable = 2;
  static constexpr uint32_t kClosed = 4;  ///< the peer writes no more, or the connection broke

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs on the calling thread until stop(). Once only. What has been posted before stop() is run.
  void run();
  /// Ends run() after the turn under way. Thread-safe.
  void stop();
  /// Whether the caller is on the loop's thread.
  bool is_current() const;

  /// Runs `task` on the loop's thread, in the order of posting, never inside this call. After run()
  /// has ended tasks are destroyed unrun. Thread-safe; from the loop's own thread it costs no lock
  /// and no system call.
  void post(Task task);

  /// The rest: on the loop's thread, or before run().

  /// Of the beginning of this turn.
  TimePoint now() const;
  /// Runs `task` in the first turn that begins at or after `time`, those of one time in the order
  /// of their making. O(log n).
  TimerId run_at(TimePoint time, Task task);
  /// False if it has run or was cancelled. O(1).
  bool cancel(TimerId timer);

  enum class Trigger {
    Level,  ///< told in every turn while it is readable; never of kWritable
    Edge,   ///< told once of each change, also of kWritable
  };
  /// `watcher` must live until unwatch(). False if the system has no room for it.
  bool watch(int descriptor, Trigger trigger, Watcher& watcher);
  /// After this `watcher` is told nothing more, not even in this turn. Before close().
  void unwatch(int descriptor, Watcher& watcher);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A loop and the thread that runs it; the end of this object stops and joins.
class LoopThread {
 public:
  LoopThread();
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  const std::shared_ptr<EventLoop>& loop() const { return loop_; }

 private:
  std::shared_ptr<EventLoop> loop_;
  std::thread thread_;
};

}  // namespace pawl::net
