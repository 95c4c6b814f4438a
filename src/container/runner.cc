// SPDX-License-Identifier: Apache-2.0
// One loop's thread starts all containers (they die with it), reads what they print, looks at what
// they hold and reaps them. Pulling and unpacking happens elsewhere. Everything of a container is
// touched on the loop's thread only.
#include "container/runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <utility>

#include "container/container_plan.h"
#include "container/container_process.h"
#include "container/process_tree.h"
#include "container/remove_tree.h"
#include "json/parse.h"
#include "net/event_loop.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using std::chrono::milliseconds;

constexpr milliseconds kLookPause(100);      ///< between looks at memory and processes
constexpr milliseconds kOutputPause(1'000);  ///< for output to end after the last process
constexpr size_t kReadBytes = size_t{64} << 10;
constexpr size_t kStatusBytesMax = 4'096;

/// Counts tasks that other threads still have, whether they run them or throw them away.
class Outstanding {
 public:
  class Token {
   public:
    explicit Token(Outstanding& all) : all_(all) {
      const std::lock_guard lock(all_.mutex_);
      ++all_.count_;
    }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() {
      const std::lock_guard lock(all_.mutex_);
      if (--all_.count_ == 0) all_.done_.notify_all();
    }

   private:
    Outstanding& all_;
  };

  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  size_t count_ = 0;
};

/// A descriptor that the loop watches.
class Watch final : public net::EventLoop::Watcher {
 public:
  Watch(net::EventLoop& loop, FileDescriptor descriptor, std::function<void()> ready)
      : loop_(loop), descriptor_(std::move(descriptor)), ready_(std::move(ready)) {
    is_watched_ = loop_.watch(descriptor_.get(), net::EventLoop::Trigger::Level, *this);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() override {
    if (is_watched_) loop_.unwatch(descriptor_.get(), *this);
  }
  bool is_watched() const { return is_watched_; }
  int descriptor() const { return descriptor_.get(); }
  void on_ready(uint32_t events) override {
    static_cast<void>(events);
    const std::function<void()> ready = ready_;  // it may be the end of this object
    ready();
  }

 private:
  net::EventLoop& loop_;
  FileDescriptor descriptor_;
  std::function<void()> ready_;
  bool is_watched_ = false;
};

struct Container {
  RunningId id = 0;
  ContainerSpec spec;
  ContainerEvents events;
  std::string folder;
  ContainerPlan plan;
  pid_t pid = -1;        ///< the sandbox; -1 before and after
  pid_t inner_pid = -1;  ///< the first process inside, once known
  std::unique_ptr<Watch> exited;
  std::unique_ptr<Watch> output;
  std::unique_ptr<Watch> error;
  std::unique_ptr<Watch> status;
  std::string status_text;
  std::optional<int> wait_status;
  std::string reason;
  int64_t peak_memory_bytes = 0;
  bool is_stopping = false;
  net::EventLoop::TimerId timer = 0;  ///< to kill it, or to wait no longer for output
};

}  // namespace

class Runner::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {
    const RootSupport support = root_support(options_.folder + "/trial");
    has_overlay_ = options_.may_overlay && support == RootSupport::Overlay;
    failure_ = sandbox_.reason();
    if (failure_.empty() && support == RootSupport::Nothing) {
      failure_ = "this kernel does not let us make namespaces";
    }
    if (!options_.work) {
      worker_ = std::make_unique<net::LoopThread>();
      options_.work = [this](std::function<void()> task) {
        worker_->loop()->post(std::move(task));
      };
    }
    thread_ = std::make_unique<net::LoopThread>();
    loop_ = thread_->loop();
  }

  ~Impl() { end(); }

  void end() {
    if (is_ending_.exchange(true)) return;
    thread_.reset();  // nothing is called any more
    for (auto& [id, container] : containers_) {
      kill_all(*container);
      while (container->pid > 0 && waitpid(container->pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      // Without a loop that runs nobody is told.
      container->exited.reset();
      container->output.reset();
      container->error.reset();
      container->status.reset();
    }
    worker_.reset();
    outstanding_.wait();
    containers_.clear();
    remove_tree(options_.folder);
  }

  const std::string& failure() const { return failure_; }

  Result<RunningId> start(ContainerSpec spec, ContainerEvents events) {
    if (!failure_.empty()) return Error(ErrorKind::Unsupported, failure_);
    if (is_ending_) return Error(ErrorKind::Unsupported, "the runner has ended");
    PAWL_TRY(ImageReference::parse(spec.image));
    if (running_.fetch_add(1) >= options_.running_max) {
      running_.fetch_sub(1);
      return Error(ErrorKind::LimitExceeded, "too many containers are running");
    }
    auto container = std::make_shared<Container>();
    container->id = ++last_id_;
    container->folder = options_.folder + "/" + std::to_string(container->id);
    container->spec = std::move(spec);
    container->events = std::move(events);
    const RunningId id = container->id;
    loop_->post([this, container = std::move(container)] {
      containers_.emplace(container->id, container);
      prepare(*container);
    });
    return id;
  }

  void stop(RunningId id, int64_t grace_ms) {
    loop_->post([this, id, grace_ms] {
      const auto found = containers_.find(id);
      if (found == containers_.end()) return;
      Container& container = *found->second;
      if (container.wait_status || std::exchange(container.is_stopping, true)) return;
      if (container.pid < 0) return finish(container);  // it has not begun yet
      if (grace_ms <= 0 || !signal_inner(container)) return kill_all(container);
      container.timer = loop_->run_at(loop_->now() + milliseconds(grace_ms), [this, id] {
        with(id, [this](Container& late) { kill_all(late); });
      });
    });
  }

 private:
  template <typename Action>
  void with(RunningId id, const Action& action) {
    const auto found = containers_.find(id);
    if (found == containers_.end()) return;
    const std::shared_ptr<Container> kept = found->second;  // the action may end it
    action(*kept);
  }

  void work(std::function<void()> task) {
    auto token = std::make_shared<Outstanding::Token>(outstanding_);
    options_.work([token = std::move(token), task = std::move(task)] { task(); });
  }

  // ---- from the image to the process ----

  void prepare(const Container& container) {
    work([this, id = container.id, spec = container.spec, folder = container.folder] {
      if (is_ending_) return;
      auto plan = std::make_shared<Result<ContainerPlan>>(
          plan_container(spec, *options_.images, sandbox_, folder, has_overlay_));
      loop_->post([this, id, folder, plan] {
        if (!containers_.contains(id)) return remove_later(folder, {});
        with(id, [&](Container& prepared) { launch(prepared, std::move(*plan)); });
      });
    });
  }

  void launch(Container& container, Result<ContainerPlan> plan) {
    if (!plan) {
      container.reason = plan.error().message;
      return finish(container);
    }
    container.plan = std::move(*plan);
    Result<ContainerProcess> process = start_container(container.plan.launch);
    if (!process) {
      container.reason = "CannotStartContainerError: " + process.error().message;
      return finish(container);
    }
    container.pid = process->pid;
    const RunningId id = container.id;
    const auto on = [this, id](FileDescriptor descriptor, void (Impl::*method)(Container&)) {
      return std::make_unique<Watch>(*loop_, std::move(descriptor), [this, id, method] {
        with(id, [this, method](Container& ready) { (this->*method)(ready); });
      });
    };
    container.output = on(std::move(process->output), &Impl::read_output);
    container.error = on(std::move(process->error), &Impl::read_error);
    container.status = on(std::move(process->status), &Impl::read_status);
    container.exited = on(std::move(process->exited), &Impl::reap);
    const bool is_watched = container.output->is_watched() && container.error->is_watched() &&
                            container.status->is_watched() && container.exited->is_watched();
    if (!is_watched) {
      container.reason = "CannotStartContainerError: the system has no room for its descriptors";
      kill_all(container);
      while (waitpid(container.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      return finish(container);
    }
    look_again();
  }

  void read_status(Container& container) {
    std::array<char, 1024> buffer{};
    const ssize_t count = read(container.status->descriptor(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count > 0 && container.status_text.size() < kStatusBytesMax) {
      container.status_text.append(buffer.data(), static_cast<size_t>(count));
    }
    if (count <= 0) container.status.reset();
    if (container.inner_pid > 0) return;
    if (container.status_text.starts_with("failed: ")) {
      if (count <= 0) container.reason = "CannotStartContainerError: " + container.status_text;
      return;
    }
    const Result<json::Value> told = json::parse(container.status_text);
    int64_t pid = 0;
    const json::Value* member = told && told->is_object() ? told->find("child-pid") : nullptr;
    if (member == nullptr || !member->is_number() || !member->to_int64(pid) || pid <= 0) return;
    container.inner_pid = static_cast<pid_t>(pid);
    if (container.events.on_started) container.events.on_started(container.plan.image->digest);
  }

  // ---- while it runs ----

  void read_output(Container& container) {
    if (!read_from(container, *container.output, OutputStream::Out)) {
      container.output.reset();
      finish_if_over(container);
    }
  }

  void read_error(Container& container) {
    if (!read_from(container, *container.error, OutputStream::Error)) {
      container.error.reset();
      finish_if_over(container);
    }
  }

  /// False at its end.
  bool read_from(const Container& container, const Watch& watch, OutputStream stream) {
    const ssize_t count = read(watch.descriptor(), buffer_.data(), buffer_.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count > 0 && container.events.on_output) {
      container.events.on_output(stream, {buffer_.data(), static_cast<size_t>(count)});
    }
    return count > 0;
  }

  void look_again() {
    if (std::exchange(is_looking_, true)) return;
    loop_->run_at(loop_->now() + kLookPause, [this] {
      is_looking_ = false;
      bool is_any_running = false;
      for (auto& [id, container] : containers_) {
        if (container->pid < 0 || container->wait_status) continue;
        is_any_running = true;
        if (container->inner_pid > 0) look_at(*container);
      }
      if (is_any_running) look_again();
    });
  }

  /// What it has held between two looks is not seen.
  static void look_at(Container& container) {
    const ContainerSpec& spec = container.spec;
    const int64_t bound = spec.memory_bytes > 0 ? spec.memory_bytes : INT64_MAX;
    const TreeUsage usage = usage_of_tree(container.inner_pid, bound);
    container.peak_memory_bytes = std::max(container.peak_memory_bytes, usage.memory_bytes);
    if (usage.memory_bytes > bound) {
      container.reason = "OutOfMemoryError: Container killed due to memory usage";
    } else if (usage.processes > spec.processes_max) {
      container.reason =
          "Container killed: more than " + std::to_string(spec.processes_max) + " processes";
    } else {
      return;
    }
    kill_all(container);
  }

  // ---- its end ----

  /// Asks the first process of the image, which is the child of the sandbox's own.
  static bool signal_inner(const Container& container) {
    if (container.inner_pid <= 0) return false;
    const std::vector<pid_t> children = children_of(container.inner_pid);
    if (children.empty()) return false;
    return ::kill(children.front(), container.plan.stop_signal) == 0;
  }

  /// The end of a namespace's first process is the end of all in it.
  static void kill_all(const Container& container) {
    if (container.wait_status || container.pid <= 0) return;
    if (container.inner_pid > 0) ::kill(container.inner_pid, SIGKILL);
    ::kill(-container.pid, SIGKILL);
  }

  void reap(Container& container) {
    int status = 0;
    const pid_t ended = waitpid(container.pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return;
    ::kill(-container.pid, SIGKILL);  // whatever is left of its group
    container.wait_status = ended < 0 ? 0 : status;
    container.exited.reset();
    if (container.status) read_status(container);
    if (container.timer != 0) loop_->cancel(container.timer);
    container.timer = loop_->run_at(loop_->now() + kOutputPause, [this, id = container.id] {
      with(id, [this](Container& late) { finish(late); });
    });
    finish_if_over(container);
  }

  void finish_if_over(Container& container) {
    if (container.wait_status && !container.output && !container.error) finish(container);
  }

  ExitStatus status_of(const Container& container) const {
    ExitStatus out;
    out.reason = container.reason;
    out.was_stopped = container.is_stopping;
    out.peak_memory_bytes = container.peak_memory_bytes;
    if (!container.wait_status || container.reason.starts_with("CannotStart")) return out;
    const int status = *container.wait_status;
    // The sandbox ends with 128 and the signal's number when a signal has ended what it ran.
    out.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (*out.code > 128 && *out.code <= 128 + SIGRTMAX) out.signal = *out.code - 128;
    return out;
  }

  void finish(Container& container) {
    if (container.timer != 0) loop_->cancel(container.timer);
    const auto found = containers_.find(container.id);
    const std::shared_ptr<Container> kept = found->second;
    containers_.erase(found);
    running_.fetch_sub(1);
    ExitStatus status = status_of(container);
    kept->exited.reset();
    kept->output.reset();
    kept->error.reset();
    kept->status.reset();
    // What is still being prepared removes its folder when it sees that nobody waits for it.
    if (kept->pid > 0 || !kept->is_stopping) remove_later(kept->folder, kept->plan.image);
    kept->pid = -1;
    if (kept->events.on_exit) kept->events.on_exit(std::move(status));
  }

  void remove_later(const std::string& folder, std::shared_ptr<const UnpackedImage> image) {
    work([folder, image = std::move(image)] { remove_tree(folder); });
  }

  Options options_;
  const Sandbox sandbox_;
  bool has_overlay_ = false;
  std::string failure_;
  std::atomic<bool> is_ending_{false};
  std::atomic<size_t> running_{0};
  std::atomic<RunningId> last_id_{0};
  Outstanding outstanding_;
  std::unique_ptr<net::LoopThread> worker_;  ///< if nobody else works for us
  std::unique_ptr<net::LoopThread> thread_;
  std::shared_ptr<net::EventLoop> loop_;  ///< of thread_
  /// The loop's.
  std::map<RunningId, std::shared_ptr<Container>> containers_;
  std::array<char, kReadBytes> buffer_{};
  bool is_looking_ = false;
};

Result<std::unique_ptr<Runner>> Runner::open(Options options) {
  remove_tree(options.folder);
  std::error_code failure;
  options.folder = fs::absolute(options.folder, failure);
  fs::create_directories(options.folder, failure);
  if (failure) return Error(ErrorKind::Io, options.folder + ": " + failure.message());
  return std::unique_ptr<Runner>(new Runner(std::make_unique<Impl>(std::move(options))));
}

Runner::Runner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runner::~Runner() = default;

void Runner::end() { impl_->end(); }

const std::string& Runner::failure() const { return impl_->failure(); }

Result<RunningId> Runner::start(ContainerSpec spec, ContainerEvents events) {
  return impl_->start(std::move(spec), std::move(events));
}

void Runner::stop(RunningId id, int64_t grace_ms) { impl_->stop(id, grace_ms); }

}  // namespace pawl::container
