// SPDX-License-Identifier: Apache-2.0
// Two threads: the HTTP server's, on which workers ask for work and answer, and the supervisor's,
// which starts workers, reads what they print and ends those that are late. One mutex guards all
// records; callbacks are called without it.
#include "services/lambda/lambda_runtime.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "base/time.h"
#include "container/host_programs.h"
#include "container/sandbox.h"
#include "json/write.h"
#include "services/lambda/bootstrap_scripts.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/node_packages.h"

namespace pawl::lambda {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kLogTailBytes = 4'096;
constexpr size_t kLineBytesMax = 64 * 1024;
constexpr std::string_view kApi = "/2018-06-01/runtime/";
constexpr milliseconds kMemoryPause(100);  ///< between looks at a busy worker's memory

std::string python_of(const std::string& given, const std::string& runtime_name) {
  return given.empty() ? container::find_python(runtime_name) : container::find_program(given);
}

std::string node_of(const std::string& given) {
  return given.empty() ? container::find_node() : container::find_program(given);
}

int64_t epoch_ms_in(milliseconds from_now) {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch() + from_now)
      .count();
}

/// "2024/01/31/[$LATEST]0123456789abcdef0123456789abcdef".
std::string new_log_stream(const std::string& version) {
  const std::string day = base::format_iso8601({epoch_ms_in(milliseconds(0))}).substr(0, 10);
  std::string id = new_uuid();
  std::erase(id, '-');
  return day.substr(0, 4) + "/" + day.substr(5, 2) + "/" + day.substr(8, 2) + "/[" + version + "]" +
         id;
}

std::string error_payload(std::string_view type, std::string_view message) {
  json::ObjectBuilder out;
  out.set("errorType", json::Value(type)).set("errorMessage", json::Value(message));
  return json::write(std::move(out).build());
}

/// "2024-01-01T00:00:00.000Z ID Task timed out after 3.00 seconds" is the log's form; the payload
/// has this one.
std::string timed_out_message(const Invocation& invocation, int64_t timeout_ms) {
  std::array<char, 64> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.2f", static_cast<double>(timeout_ms) / 1000.0);
  return "RequestId: " + invocation.request_id + " Error: Task timed out after " + seconds.data() +
         " seconds";
}

}  // namespace

class LambdaRuntime::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {
    if (options_.is_strict) sandbox_.emplace();
    std::string folder = (std::filesystem::temp_directory_path() / "pawl-lambda-XXXXXX").string();
    PAWL_ASSERT(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    std::ofstream(folder_ / "bootstrap.py") << kPythonBootstrap;
    std::ofstream(folder_ / "bootstrap.mjs") << kNodeBootstrap;
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    show_node_packages();
    wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    PAWL_ASSERT(wake_fd_ >= 0);
    net::HttpLimits limits;
    limits.body_bytes_max =
        options_.response_bytes_max * 2;  // so that a result that is too large gets its own error
    limits.idle_timeout = std::chrono::hours(24);  // a busy or idle worker keeps its connection
    server_ = std::make_unique<net::HttpServer>(limits);
    supervisor_ = std::thread([this] { supervise(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    supervisor_.join();
    server_.reset();
    close(wake_fd_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void add(FunctionConfig config) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Function>& function = functions_[config.key()];
    if (!function) function = std::make_shared<Function>();
    function->config = std::move(config);
  }

  bool has(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    return functions_.find(key) != functions_.end();
  }

  void remove(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto found = functions_.find(key);
    if (found == functions_.end()) return;
    found->second->removed = true;
    removed_.push_back(std::move(found->second));
    functions_.erase(found);
    wake();
  }

  base::Result<void> invoke(std::string_view key, InvokeRequest request,
                            std::function<void(InvokeResult)> done) {
    const std::lock_guard lock(mutex_);
    const auto found = functions_.find(key);
    if (found == functions_.end()) {
      return base::Error(base::ErrorKind::NotFound, "Function not found: " + std::string(key));
    }
    Function& function = *found->second;
    if (function.queue.size() >= options_.queued_max ||
        (function.config.refuses_when_busy && !request.may_wait && is_busy(function))) {
      return base::Error(base::ErrorKind::LimitExceeded, "Rate Exceeded.");
    }
    std::string id = request.request_id.empty() ? new_uuid() : request.request_id;
    function.queue.push_back(
        {std::move(id), std::move(request), std::move(done), steady_clock::now(), {}});
    hand_out(function);
    if (!function.queue.empty()) wake();  // a worker must be started
    return {};
  }

  std::string sandbox_failure() const {
    if (!sandbox_) return "workers are plain processes";
    return sandbox_->reason();
  }

 private:
  using Finished = std::pair<Invocation, InvokeResult>;

  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
  }

  static bool is_busy(const Function& function) {
    size_t busy = function.queue.size();
    for (const auto& worker : function.workers) busy += worker->current.has_value();
    return busy >= static_cast<size_t>(function.config.concurrency_max);
  }

  // ---- work to workers; the mutex is held ----

  void hand_out(Function& function) {
    for (const auto& worker : function.workers) {
      if (function.queue.empty()) return;
      if (worker->next) give(*worker);
    }
  }

  void give(Worker& worker) {
    Function& function = *worker.function;
    Invocation invocation = std::move(function.queue.front());
    function.queue.pop_front();
    const milliseconds timeout(function.config.timeout_ms);
    net::HttpResponse response;
    response.headers = {
        {"Content-Type", "application/json"},
        {"Lambda-Runtime-Aws-Request-Id", invocation.request_id},
        {"Lambda-Runtime-Deadline-Ms", std::to_string(epoch_ms_in(timeout))},
        {"Lambda-Runtime-Invoked-Function-Arn", invocation.request.invoked_arn.empty()
                                                    ? function.config.arn()
                                                    : invocation.request.invoked_arn},
        {"Lambda-Runtime-Trace-Id", "Root=1-" + invocation.request_id.substr(0, 8) + "-" +
                                        "000000000000000000000000;Sampled=0"}};
    if (!invocation.request.client_context.empty()) {
      response.headers.emplace_back("Lambda-Runtime-Client-Context",
                                    invocation.request.client_context);
    }
    response.body = std::move(invocation.request.event);
    invocation.started_at = steady_clock::now();
    invocation.function = worker.function;
    invocation.log_stream = worker.log_stream;
    print_platform(function.config, worker.log_stream,
                   start_line(invocation.request_id, function.config.version));
    worker.deadline = invocation.started_at + timeout;
    worker.current = std::move(invocation);
    // Also to look at its memory, if nobody else's is looked at anyway.
    const SteadyTime look = worker.current->started_at + kMemoryPause;
    if (worker.deadline < asleep_until_ || (options_.is_strict && look < asleep_until_)) wake();
    std::exchange(worker.next, std::nullopt)->send(std::move(response));
  }

  static Finished finish(Worker& worker, bool function_error, std::string payload) {
    Invocation invocation = *std::exchange(worker.current, std::nullopt);
    InvokeResult result;
    result.function_error = function_error;
    result.payload = std::move(payload);
    result.request_id = invocation.request_id;
    result.log_tail = invocation.log_tail;
    result.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(
                             steady_clock::now() - invocation.started_at)
                             .count();
    // A look costs a tenth of a millisecond: once for each worker, and whenever somebody asks.
    if (worker.process && (invocation.request.measures_memory || worker.memory_peak_kb == 0)) {
      worker.memory_peak_kb = worker.process->peak_memory_kb();
    }
    result.memory_peak_mb = (worker.memory_peak_kb + 1023) / 1024;
    return {std::move(invocation), std::move(result)};
  }

  void deliver(std::vector<Finished> finished) const {
    for (auto& [invocation, result] : finished) {
      if (invocation.function != nullptr) {
        const FunctionConfig& config = invocation.function->config;
        print_platform(config, invocation.log_stream, end_line(result.request_id));
        print_platform(config, invocation.log_stream, report_line(result, config.memory_mb));
      }
      invocation.done(std::move(result));
    }
  }

  void print_platform(const FunctionConfig& config, const std::string& stream,
                      const std::string& line) const {
    if (options_.log && options_.is_strict) options_.log(config, stream, line);
  }

  // ---- the Runtime API, on the server's thread ----

  void on_request(const std::weak_ptr<Worker>& weak, net::HttpRequest request,
                  net::HttpReply reply) {
    const std::shared_ptr<Worker> worker = weak.lock();
    if (!worker || !request.target.starts_with(kApi))
      return reply.send({.status = 404, .headers = {}, .body = {}});
    const std::string_view path = std::string_view(request.target).substr(kApi.size());
    std::vector<Finished> finished;
    std::vector<std::string> lines;
    int status = 202;
    {
      const std::lock_guard lock(mutex_);
      if (worker->ending) return;
      if (request.method == "GET" && path == "invocation/next") {
        ask_for_work(*worker, std::move(reply));
        return;
      }
      // What the handler has printed lies in the pipe: it belongs to this invocation's log.
      while (read_output(*worker, lines) > 0) {
      }
      if (request.method == "POST" && path == "init/error") {
        worker->has_told_init_error = true;
        fail_start(*worker, std::move(request.body), finished);
      } else if (request.method == "POST" && worker->current &&
                 path == "invocation/" + worker->current->request_id + "/response") {
        finished.push_back(finish_response(*worker, request, status));
      } else if (request.method == "POST" && worker->current &&
                 path == "invocation/" + worker->current->request_id + "/error") {
        finished.push_back(finish(*worker, true, std::move(request.body)));
      } else {
        status = 403;
      }
    }
    reply.send({.status = status, .headers = {}, .body = {}});
    print(*worker, lines);
    deliver(std::move(finished));
  }

  void ask_for_work(Worker& worker, net::HttpReply reply) {
    if (!std::exchange(worker.started, true)) wake();  // another may start
    worker.next = std::move(reply);
    worker.deadline = steady_clock::now() + milliseconds(options_.idle_timeout_ms);
    if (!worker.function->queue.empty()) {
      give(worker);
    } else if (worker.function->removed) {
      wake();
    }
  }

  Finished finish_response(Worker& worker, net::HttpRequest& request, int& status) const {
    if (request.body.size() <= options_.response_bytes_max) {
      std::string content_type(request.header("Content-Type"));
      Finished finished = finish(worker, false, std::move(request.body));
      finished.second.content_type = std::move(content_type);
      return finished;
    }
    status = 413;
    return finish(worker, true,
                  error_payload("Function.ResponseSizeTooLarge",
                                "Response payload size exceeded maximum allowed payload size (" +
                                    std::to_string(options_.response_bytes_max) + " bytes)."));
  }

  /// A worker that cannot start fails the invocation that it was started for.
  static void fail_start(Worker& worker, std::string payload, std::vector<Finished>& finished) {
    std::deque<Invocation>& queue = worker.function->queue;
    if (queue.empty()) return;
    worker.current = std::move(queue.front());
    queue.pop_front();
    finished.push_back(finish(worker, true, std::move(payload)));
  }

  // ---- the supervisor's thread ----

  void supervise() {
    for (;;) {
      std::vector<Finished> finished;
      std::vector<std::shared_ptr<Worker>> watched;
      milliseconds pause(60'000);
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) break;
        count_starting();
        // A look at a process costs more than a short invocation.
        const SteadyTime now = steady_clock::now();
        const bool looks_at_memory = options_.is_strict && now >= memory_look_due_;
        if (looks_at_memory) memory_look_due_ = now + kMemoryPause;
        const auto look_after = [&](const std::shared_ptr<Function>& function) {
          start_workers(function, finished);
          end_late_workers(*function, finished);
          if (looks_at_memory) end_large_workers(*function);
          for (const auto& worker : function->workers) {
            watched.push_back(worker);
            pause = std::min(pause, pause_until_due(*worker));
          }
        };
        for (const auto& [key, function] : functions_) look_after(function);
        for (const auto& function : removed_) look_after(function);
        std::erase_if(removed_, [](const std::shared_ptr<Function>& function) {
          return function->workers.empty() && function->queue.empty();
        });
        asleep_until_ = steady_clock::now() + pause;
      }
      for (const uint16_t port : std::exchange(unused_ports_, {})) server_->close(port);
      deliver(std::move(finished));
      watch(watched, pause);
    }
    stop_all();
  }

  milliseconds pause_until_due(const Worker& worker) const {
    if (worker.ending) return milliseconds(60'000);  // the end of its output wakes us
    if (options_.is_strict && worker.current) return kMemoryPause;
    const auto left = std::chrono::ceil<milliseconds>(worker.deadline - steady_clock::now());
    return std::max(left, milliseconds(0));
  }

  void count_starting() {
    starting_ = 0;
    const auto count = [this](const Function& function) {
      for (const auto& worker : function.workers) starting_ += !worker->started && !worker->ending;
    };
    for (const auto& [key, function] : functions_) count(*function);
    for (const auto& function : removed_) count(*function);
  }

  void start_workers(const std::shared_ptr<Function>& function, std::vector<Finished>& finished) {
    size_t starting = 0;
    for (const auto& worker : function->workers) starting += !worker->started && !worker->ending;
    while (function->queue.size() > starting && starting_ < starting_max_ &&
           function->workers.size() < static_cast<size_t>(function->config.concurrency_max)) {
      auto worker = std::make_shared<Worker>();
      worker->id = ++last_worker_id_;
      worker->function = function;
      // "Lambda execution environment lifecycle", Init: what does not load within ten seconds is
      // loaded again within the invocation, whose own time then counts. Here it goes on loading.
      worker->deadline = steady_clock::now() +
                         milliseconds(options_.init_timeout_ms + function->config.timeout_ms);
      base::Result<void> started = start_worker(*worker, worker);
      if (!started) {
        const bool is_missing = started.error().kind == base::ErrorKind::NotFound;
        fail_start(*worker,
                   error_payload(is_missing ? "Runtime.InvalidEntrypoint" : "Runtime.ExitError",
                                 started.error().message),
                   finished);
        unused_ports_.push_back(worker->port);
        return;
      }
      function->workers.push_back(std::move(worker));
      ++starting;
      ++starting_;
    }
  }

  base::Result<void> start_worker(Worker& worker, const std::weak_ptr<Worker>& weak) {
    worker.port =
        PAWL_TRY(server_->listen([this, weak](net::HttpRequest request, net::HttpReply reply) {
          on_request(weak, std::move(request), std::move(reply));
        }));
    const FunctionConfig& config = worker.function->config;
    worker.log_stream = new_log_stream(config.version);
    WorkerProcess::Launch launch;
    launch.api_address = "127.0.0.1:" + std::to_string(worker.port);
    launch.log_stream = worker.log_stream;
    launch.has_credentials = options_.is_strict;
    if (options_.is_strict && options_.credentials)
      launch.credentials = options_.credentials(config);
    if (options_.endpoint_url) launch.endpoint_url = options_.endpoint_url();
    const bool in_sandbox = sandbox_ && sandbox_->works();
    launch.task_folder = in_sandbox ? "/var/task" : config.folder;
    launch.runtime_folder = in_sandbox ? "/var/runtime" : folder_.string();
    if (config.image.files) {
      if (!in_sandbox) {
        return base::Error(base::ErrorKind::Unsupported,
                           "images need a sandbox: " + sandbox_failure());
      }
      worker.process.emplace(PAWL_TRY(WorkerProcess::start_image(config, launch, *sandbox_)));
      return {};
    }
    if (!config.opt_folder.empty()) launch.opt_folder = in_sandbox ? "/opt" : config.opt_folder;
    const std::vector<std::string> command = PAWL_TRY(command_of(config, launch));
    if (in_sandbox) {
      launch.command =
          sandbox_->command(container::SystemView{.task_folder = config.folder,
                                                  .opt_folder = config.opt_folder,
                                                  .runtime_folder = folder_.string(),
                                                  .packages_folder = packages_of(config),
                                                  .interpreter = interpreter_of(config, command),
                                                  .interpreter_names = names_of(config),
                                                  .hidden_folder = options_.hidden_folder,
                                                  .temporary_bytes = config.temporary_mb << 20});
    }
    launch.command.insert(launch.command.end(), command.begin(), command.end());
    worker.process.emplace(PAWL_TRY(WorkerProcess::start(config, launch)));
    return {};
  }

  /// LAMBDA_RUNTIME_DIR/node_modules: of plain processes a link, in a sandbox what is mounted on.
  void show_node_packages() {
    node_packages_ = find_node_packages();
    if (node_packages_.empty()) return;
    std::error_code failure;  // then functions say which package they miss
    if (sandbox_ && sandbox_->works()) {
      std::filesystem::create_directory(folder_ / "node_modules", failure);
    } else {
      std::filesystem::create_directory_symlink(node_packages_, folder_ / "node_modules", failure);
    }
  }

  std::string packages_of(const FunctionConfig& config) const {
    return config.runtime == Runtime::NodeJs ? node_packages_ : std::string();
  }

  /// What must be shown to the worker besides the system; a bootstrap is part of its code.
  static std::string interpreter_of(const FunctionConfig& config,
                                    const std::vector<std::string>& command) {
    return config.runtime == Runtime::Provided ? std::string() : command.front();
  }

  /// Of the interpreter, where AWS has it: the AWS CLI in CDK's layer begins with such a line.
  static std::vector<std::string> names_of(const FunctionConfig& config) {
    if (config.runtime == Runtime::NodeJs) return {"node"};
    if (config.runtime != Runtime::Python) return {};
    std::vector<std::string> names = {"python", "python3"};
    if (config.runtime_name.starts_with("python3.")) names.push_back(config.runtime_name);
    return names;
  }

  /// What runs the function, as the worker sees it. Errors: NotFound if the machine has no such
  /// runtime, or the package no bootstrap.
  base::Result<std::vector<std::string>> command_of(const FunctionConfig& config,
                                                    const WorkerProcess::Launch& launch) const {
    if (config.runtime == Runtime::Provided) {
      for (const auto& [here, there] : {std::pair(config.folder, launch.task_folder),
                                        std::pair(config.opt_folder, launch.opt_folder)}) {
        if (here.empty() || access((here + "/bootstrap").c_str(), X_OK) != 0) continue;
        return std::vector<std::string>{there + "/bootstrap"};
      }
      return base::Error(base::ErrorKind::NotFound,
                         "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    }
    const bool is_python = config.runtime == Runtime::Python;
    const std::string interpreter =
        is_python ? python_of(options_.python, config.runtime_name) : node_of(options_.node);
    if (interpreter.empty()) {
      return base::Error(
          base::ErrorKind::NotFound,
          "The runtime " +
              (config.runtime_name.empty() ? std::string(is_python ? "python" : "node")
                                           : config.runtime_name) +
              " is not installed on this machine: there is no " + (is_python ? "python3" : "node") +
              " in PATH.");
    }
    std::vector<std::string> command = {std::filesystem::absolute(interpreter).string()};
    if (is_python) command.emplace_back("-u");
    command.push_back(launch.runtime_folder + (is_python ? "/bootstrap.py" : "/bootstrap.mjs"));
    return command;
  }

  void end_late_workers(Function& function, std::vector<Finished>& finished) {
    const SteadyTime now = steady_clock::now();
    for (const auto& worker : function.workers) {
      const bool is_idle = worker->started && !worker->current;
      const bool is_unneeded = function.removed && function.queue.empty() && !worker->current;
      if (worker->ending || (worker->deadline > now && !is_unneeded)) continue;
      if (worker->current) {
        std::string message = timed_out_message(*worker->current, function.config.timeout_ms);
        finished.push_back(finish(*worker, true, error_payload("Sandbox.Timedout", message)));
      } else if (!is_idle) {
        const std::string message =
            function.queue.empty()
                ? ""
                : timed_out_message(function.queue.front(), function.config.timeout_ms);
        fail_start(*worker, error_payload("Sandbox.Timedout", message), finished);
      }
      worker->ending = true;
      worker->next.reset();
      worker->process->kill();
    }
  }

  /// What it has held between two looks is not seen: memory that is taken for a moment goes
  /// unpunished.
  static void end_large_workers(const Function& function) {
    for (const auto& worker : function.workers) {
      if (!worker->current || worker->ending) continue;
      if (!worker->process->holds_more_than(function.config.memory_mb << 20)) continue;
      worker->process->kill();  // its end fails the invocation
    }
  }

  /// Sleeps until a worker prints or ends, somebody wakes us, or the pause is over.
  void watch(const std::vector<std::shared_ptr<Worker>>& workers, milliseconds pause) {
    std::vector<pollfd> places = {{wake_fd_, POLLIN, 0}};
    for (const auto& worker : workers) places.push_back({worker->process->output_fd(), POLLIN, 0});
    if (poll(places.data(), places.size(), static_cast<int>(pause.count())) <= 0) return;
    uint64_t ignored = 0;
    [[maybe_unused]] const ssize_t drained = read(wake_fd_, &ignored, sizeof ignored);
    for (size_t i = 0; i < workers.size(); ++i) {
      if (places[i + 1].revents == 0) continue;
      std::vector<std::string> lines;
      ssize_t count = 0;
      {
        const std::lock_guard lock(mutex_);
        count = read_output(*workers[i], lines);
      }
      print(*workers[i], lines);
      if (count == 0) worker_ended(workers[i]);
    }
  }

  /// Reads some of what the worker has printed; appends whole lines. 0 at the end, negative if
  /// there is nothing now. The mutex is held.
  ssize_t read_output(Worker& worker, std::vector<std::string>& lines) const {
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = read(worker.process->output_fd(), buffer.data(), buffer.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR ? -1 : 0;
    const std::string_view text(buffer.data(), static_cast<size_t>(count));
    if (worker.current) {
      std::string& tail = worker.current->log_tail;
      tail += text;
      if (tail.size() > kLogTailBytes) tail.erase(0, tail.size() - kLogTailBytes);
    }
    if (!options_.log) return count;
    worker.partial_line += text;
    size_t start = 0;
    for (;;) {
      const size_t end = worker.partial_line.find('\n', start);
      if (end == std::string::npos && worker.partial_line.size() - start <= kLineBytesMax) break;
      const size_t length = std::min(end - start, kLineBytesMax);
      lines.push_back(worker.partial_line.substr(start, length));
      start += length + (end - start == length ? 1 : 0);
    }
    worker.partial_line.erase(0, start);
    return count;
  }

  void print(const Worker& worker, const std::vector<std::string>& lines) const {
    for (const std::string& line : lines) {
      options_.log(worker.function->config, worker.log_stream, line);
    }
  }

  /// Its output is closed: it has ended, or closed its output and is as good as ended.
  void worker_ended(const std::shared_ptr<Worker>& worker) {
    worker->process->kill();
    std::optional<int> status;
    while (!(status = worker->process->reap())) std::this_thread::yield();
    if (!worker->partial_line.empty()) print(*worker, {worker->partial_line});
    server_->close(worker->port);
    std::vector<Finished> finished;
    {
      const std::lock_guard lock(mutex_);
      const bool was_ended = std::exchange(worker->ending, true);
      worker->process->close_output();
      std::erase(worker->function->workers, worker);
      const std::string how = *status == 0
                                  ? "Runtime exited without providing a reason"
                                  : "Runtime exited with error: " +
                                        describe_exit(*status, sandbox_ && sandbox_->works());
      if (worker->current) {
        const std::string message = "RequestId: " + worker->current->request_id + " Error: " + how;
        finished.push_back(finish(*worker, true, error_payload("Runtime.ExitError", message)));
      } else if (!worker->started && !was_ended && !worker->has_told_init_error) {
        fail_start(*worker, error_payload("Runtime.ExitError", how), finished);
      }
    }
    deliver(std::move(finished));
  }

  void stop_all() {
    std::vector<Finished> finished;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, function] : functions_) removed_.push_back(std::move(function));
      functions_.clear();
      for (const auto& function : removed_) {
        for (const auto& worker : function->workers) {
          worker->ending = true;
          if (!worker->current) continue;
          finished.push_back(
              finish(*worker, true, error_payload("Runtime.ExitError", "the runtime is stopping")));
        }
        for (; !function->queue.empty(); function->queue.pop_front()) {
          Worker none;
          none.current = std::move(function->queue.front());
          finished.push_back(
              finish(none, true, error_payload("Runtime.ExitError", "the runtime is stopping")));
        }
        function->workers.clear();  // kills
      }
    }
    deliver(std::move(finished));
  }

  Options options_;
  std::filesystem::path folder_;
  std::string node_packages_;  ///< "": none on this machine
  int wake_fd_ = -1;
  std::unique_ptr<net::HttpServer> server_;
  std::thread supervisor_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Function>, std::less<>> functions_;
  std::vector<std::shared_ptr<Function>> removed_;  ///< until their last invocation is done
  SteadyTime asleep_until_;
  SteadyTime memory_look_due_;  ///< the supervisor's
  std::optional<container::Sandbox> sandbox_;
  std::vector<uint16_t> unused_ports_;  ///< to be closed without the mutex; the supervisor's
  uint64_t last_worker_id_ = 0;
  /// Workers that start at once slow each other down until none is in time. Those that start later
  /// are often not needed any more: the first have done the work.
  size_t starting_ = 0;
  const size_t starting_max_ = std::max(4U, 2 * std::thread::hardware_concurrency());
  bool stopping_ = false;
};

LambdaRuntime::LambdaRuntime(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
LambdaRuntime::~LambdaRuntime() = default;

void LambdaRuntime::add(FunctionConfig function) { impl_->add(std::move(function)); }

bool LambdaRuntime::has(std::string_view key) const { return impl_->has(key); }

void LambdaRuntime::remove(std::string_view key) { impl_->remove(key); }

std::string LambdaRuntime::sandbox_failure() const { return impl_->sandbox_failure(); }

base::Result<void> LambdaRuntime::invoke(std::string_view key, InvokeRequest request,
                                         std::function<void(InvokeResult)> done) {
  return impl_->invoke(key, std::move(request), std::move(done));
}

}  // namespace pawl::lambda
