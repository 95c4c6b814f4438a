// SPDX-License-Identifier: Apache-2.0
// epoll, an eventfd to be woken by, and a heap of timers.
#include "net/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace pawl::net {
namespace {

constexpr int kEventsPerTurn = 256;

uint32_t translate(uint32_t events) {
  uint32_t bits = 0;
  if ((events & EPOLLIN) != 0) bits |= EventLoop::kReadable;
  if ((events & EPOLLOUT) != 0) bits |= EventLoop::kWritable;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) bits |= EventLoop::kClosed;
  return bits;
}

}  // namespace

class EventLoop::Impl {
 public:
  Impl() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    PAWL_ASSERT(epoll_ >= 0 && wake_ >= 0);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;  // the only descriptor without a watcher
    PAWL_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0);
  }
  ~Impl() {
    close(epoll_);
    close(wake_);
  }

  void run() {
    thread_.store(std::this_thread::get_id());
    while (!stopping_.load(std::memory_order_acquire)) turn();
    run_posted();
    end();
  }

  void stop() {
    stopping_.store(true, std::memory_order_release);
    wake();
  }

  bool is_current() const {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  void post(Task task) {
    if (is_current()) {
      own_posts_.push_back(std::move(task));
      return;
    }
    bool is_first = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      is_first = posts_.empty();
      posts_.push_back(std::move(task));
    }
    if (is_first) wake();
  }

  TimePoint now() const { return now_; }

  TimerId run_at(TimePoint time, Task task) {
    const TimerId id = ++last_timer_;
    tasks_.emplace(id, std::move(task));
    timers_.push_back({time, id});
    std::push_heap(timers_.begin(), timers_.end(), Later());
    return id;
  }

  bool cancel(TimerId timer) {
    if (tasks_.erase(timer) == 0) return false;
    // The heap may hold as many dead entries as live ones, no more.
    if (timers_.size() > 64 && timers_.size() > 2 * tasks_.size()) {
      std::erase_if(timers_, [this](const Timer& entry) { return !tasks_.contains(entry.id); });
      std::make_heap(timers_.begin(), timers_.end(), Later());
    }
    return true;
  }

  bool watch(int descriptor, Trigger trigger, Watcher& watcher) {
    epoll_event event{};
    event.events = trigger == Trigger::Edge
                       ? static_cast<uint32_t>(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)
                       : static_cast<uint32_t>(EPOLLIN);
    event.data.ptr = &watcher;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
  }

  void unwatch(int descriptor, Watcher& watcher) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
    for (int i = next_event_; i < event_count_; ++i) {
      if (events_[static_cast<size_t>(i)].data.ptr == &watcher) {
        events_[static_cast<size_t>(i)].events = 0;
      }
    }
  }

 private:
  struct Timer {
    TimePoint time;
    TimerId id;
  };
  struct Later {
    bool operator()(const Timer& a, const Timer& b) const {
      return a.time != b.time ? a.time > b.time : a.id > b.id;
    }
  };

  void wake() const {
    const uint64_t one = 1;
    if (write(wake_, &one, sizeof one) < 0) {
      // Full: it is awake already.
    }
  }

  void turn() {
    const int ready =
        epoll_wait(epoll_, events_.data(), kEventsPerTurn, own_posts_.empty() ? wait_ms() : 0);
    PAWL_ASSERT(ready >= 0 || errno == EINTR);
    now_ = std::chrono::steady_clock::now();
    event_count_ = std::max(ready, 0);
    for (next_event_ = 0; next_event_ < event_count_;) {
      const epoll_event event = events_[static_cast<size_t>(next_event_++)];
      if (event.data.ptr == nullptr) {
        uint64_t count = 0;
        if (read(wake_, &count, sizeof count) < 0) continue;
      } else if (event.events != 0) {
        static_cast<Watcher*>(event.data.ptr)->on_ready(translate(event.events));
      }
    }
    event_count_ = 0;
    run_timers();
    run_posted();
  }

  int wait_ms() {
    while (!timers_.empty() && !tasks_.contains(timers_.front().id)) pop_timer();
    if (timers_.empty()) return -1;
    const auto wait = timers_.front().time - std::chrono::steady_clock::now();
    if (wait <= wait.zero()) return 0;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    return static_cast<int>(std::min<int64_t>(ms, 3'600'000));
  }

  void pop_timer() {
    std::pop_heap(timers_.begin(), timers_.end(), Later());
    timers_.pop_back();
  }

  void run_timers() {
    // A timer that a timer makes waits for the next turn, however early it is.
    const TimerId newest = last_timer_;
    while (!timers_.empty() && timers_.front().time <= now_ && timers_.front().id <= newest) {
      const auto found = tasks_.find(timers_.front().id);
      pop_timer();
      if (found == tasks_.end()) continue;
      const Task task = std::move(found->second);
      tasks_.erase(found);
      task();
    }
  }

  /// What is posted meanwhile waits for the next turn: descriptors come first.
  void run_posted() {
    std::vector<Task> batch = std::move(own_posts_);
    own_posts_.clear();
    for (Task& task : batch) std::exchange(task, nullptr)();
    batch.clear();
    {
      const std::lock_guard lock(mutex_);
      batch.swap(posts_);
    }
    for (Task& task : batch) std::exchange(task, nullptr)();
  }

  /// Nothing of what is left may keep the loop alive.
  void end() {
    std::vector<Task> left;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      left.swap(posts_);
    }
    thread_.store(std::thread::id());
    left.clear();
    std::exchange(own_posts_, {}).clear();
    std::exchange(tasks_, {}).clear();
    timers_.clear();
  }

  const int epoll_;
  const int wake_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::vector<Task> posts_;  ///< from other threads
  bool closed_ = false;

  std::vector<Task> own_posts_;
  std::vector<Timer> timers_;  ///< a heap, the earliest in front; may hold cancelled ones
  std::unordered_map<TimerId, Task> tasks_;
  TimerId last_timer_ = 0;
  TimePoint now_ = std::chrono::steady_clock::now();
  std::array<epoll_event, kEventsPerTurn> events_{};
  int event_count_ = 0;
  int next_event_ = 0;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;
void EventLoop::run() { impl_->run(); }
void EventLoop::stop() { impl_->stop(); }
bool EventLoop::is_current() const { return impl_->is_current(); }
void EventLoop::post(Task task) { impl_->post(std::move(task)); }
EventLoop::TimePoint EventLoop::now() const { return impl_->now(); }
EventLoop::TimerId EventLoop::run_at(TimePoint time, Task task) {
  return impl_->run_at(time, std::move(task));
}
bool EventLoop::cancel(TimerId timer) { return impl_->cancel(timer); }
bool EventLoop::watch(int descriptor, Trigger trigger, Watcher& watcher) {
  return impl_->watch(descriptor, trigger, watcher);
}
void EventLoop::unwatch(int descriptor, Watcher& watcher) { impl_->unwatch(descriptor, watcher); }

LoopThread::LoopThread()
    : loop_(std::make_shared<EventLoop>()), thread_([loop = loop_] { loop->run(); }) {}

LoopThread::~LoopThread() {
  loop_->stop();
  thread_.join();
}

}  // namespace pawl::net
