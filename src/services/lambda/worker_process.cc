// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "container/process_tree.h"

namespace pawl::lambda {
namespace {

/// Developer Guide "Requirements for container images": whatever user the image names, it is one
/// without privileges.
constexpr const char* kFunctionUser = "993:990";
/// "Lambda quotas": execution processes and threads.
constexpr uint32_t kProcessesMax = 1'024;

/// Where a layer's libraries are looked for (Developer Guide "Layer paths for each Lambda
/// runtime").
void add_search_paths(const FunctionConfig& function, const WorkerProcess::Launch& launch,
                      std::map<std::string, std::string>& out) {
  const std::string& opt = launch.opt_folder;
  const std::string& task = launch.task_folder;
  out["PATH"] = "/usr/local/bin:/usr/bin:/bin";
  out["LD_LIBRARY_PATH"] = task + ":" + task + "/lib";
  if (!opt.empty()) {
    out["PATH"] += ":" + opt + "/bin";
    out["LD_LIBRARY_PATH"] += ":" + opt + "/lib";
  }
  if (function.runtime == Runtime::Python) {
    out["PYTHONDONTWRITEBYTECODE"] = "1";
    if (!opt.empty()) {
      out["PYTHONPATH"] = opt + "/python";
      if (!function.runtime_name.empty()) {
        out["PYTHONPATH"] += ":" + opt + "/python/lib/" + function.runtime_name + "/site-packages";
      }
    }
  }
  if (function.runtime == Runtime::NodeJs) {
    out["NODE_PATH"] = launch.runtime_folder + "/node_modules:" + task;
    if (!opt.empty()) {
      // "nodejs20.x" is node20 there.
      const std::string version =
          function.runtime_name.size() > 6
              ? function.runtime_name.substr(6, function.runtime_name.find('.') - 6)
              : "";
      out["NODE_PATH"] = opt + "/nodejs/node" + version + "/node_modules:" + opt +
                         "/nodejs/node_modules:" + out["NODE_PATH"];
    }
  }
}

/// Lambda Developer Guide "Defined runtime environment variables".
std::map<std::string, std::string> defined_variables(const FunctionConfig& function,
                                                     const WorkerProcess::Launch& launch) {
  std::map<std::string, std::string> out = {
      {"AWS_LAMBDA_RUNTIME_API", launch.api_address},
      {"AWS_LAMBDA_FUNCTION_NAME", function.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", function.version},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(function.memory_mb)},
      {"AWS_LAMBDA_LOG_GROUP_NAME",
       function.log_group.empty() ? "/aws/lambda/" + function.name : function.log_group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", launch.log_stream},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_REGION", function.region},
      {"AWS_DEFAULT_REGION", function.region},
      {"LAMBDA_TASK_ROOT", launch.task_folder},
      {"LAMBDA_RUNTIME_DIR", launch.runtime_folder},
      {"TZ", ":UTC"},
      {"HOME", "/tmp"},
  };
  if (!launch.endpoint_url.empty()) out["AWS_ENDPOINT_URL"] = launch.endpoint_url;
  if (launch.has_credentials) {
    // An access key of twelve digits chooses the account, where any credentials will do.
    out["AWS_ACCESS_KEY_ID"] = function.account;
    out["AWS_SECRET_ACCESS_KEY"] = "function";
    out["AWS_SESSION_TOKEN"] = "function";
  }
  for (const auto& [name, value] : launch.credentials) out[name] = value;
  return out;
}

/// With those of an interpreter, then the function's own.
std::vector<std::string> environment_of(const FunctionConfig& function,
                                        const WorkerProcess::Launch& launch) {
  std::map<std::string, std::string> out = defined_variables(function, launch);
  out["_HANDLER"] = function.handler;
  out["LANG"] = "en_US.UTF-8";
  add_search_paths(function, launch, out);
  if (!function.runtime_name.empty()) {
    out["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + function.runtime_name;
  }
  for (const auto& [name, value] : function.environment) out[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : out) texts.push_back(name + "=" + value);
  return texts;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// Runs in the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_worker(int output, char* const* arguments, char* const* environment,
                                pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Should memory run out, a function is to die and not the server.
  const int score = open("/proc/self/oom_score_adj", O_WRONLY);
  if (score >= 0) {
    [[maybe_unused]] const ssize_t written = write(score, "1000", 4);
    close(score);
  }
  if (getppid() != parent) _exit(127);  // the parent died before the line above
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(output, 1);
  dup2(output, 2);
  close_range(3, ~0U, 0);
  execvpe(arguments[0], arguments, environment);
  _exit(127);
}

}  // namespace

std::string describe_exit(int wait_status, bool in_sandbox) {
  const bool stands_for_signal =
      in_sandbox && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) > 128;
  if (WIFSIGNALED(wait_status) || stands_for_signal) {
    const int number = stands_for_signal ? WEXITSTATUS(wait_status) - 128 : WTERMSIG(wait_status);
    if (number == SIGKILL) return "signal: killed";
    const char* description = sigdescr_np(number);
    std::string text = description != nullptr ? description : std::to_string(number);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return "signal: " + text;
  }
  return "exit status " + std::to_string(WEXITSTATUS(wait_status));
}

base::Result<WorkerProcess> WorkerProcess::start(const FunctionConfig& function,
                                                 const Launch& launch) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
    return base::Error(base::ErrorKind::Io, strerror(errno));
  std::vector<std::string> arguments = launch.command;
  std::vector<std::string> environment = environment_of(function, launch);
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0)
    become_worker(pipe_ends[1], argument_pointers.data(), environment_pointers.data(), parent);
  close(pipe_ends[1]);
  if (pid < 0) {
    close(pipe_ends[0]);
    return base::Error(base::ErrorKind::Io,
                       std::string("cannot start a worker: ") + strerror(errno));
  }
  setpgid(pid, pid);  // also here: kill() may come before the child has run
  fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
  return WorkerProcess(pid, pipe_ends[0]);
}

base::Result<WorkerProcess> WorkerProcess::start_image(const FunctionConfig& function,
                                                       const Launch& launch,
                                                       const container::Sandbox& sandbox) {
  const FunctionImage& image = function.image;
  container::ContainerSpec spec;
  spec.entry_point = image.entry_point;
  // ImageConfig's parts are overridden one by one, which those of a container are not.
  spec.command = image.command ? image.command : std::optional(image.files->config.command);
  spec.working_directory = image.working_directory;
  spec.user = kFunctionUser;
  spec.environment = defined_variables(function, launch);
  for (const auto& [name, value] : function.environment) spec.environment[name] = value;
  const container::ImageProcess process = PAWL_TRY(container::process_of(spec, *image.files));
  container::RootView view =
      PAWL_TRY(container::view_of(image.files->root, {}, process, /*is_read_only=*/true));
  view.root = image.files->root;
  view.temporary_bytes = function.temporary_mb << 20;
  view.status_fd = -1;
  container::ContainerLaunch container;
  container.sandbox = sandbox.command(view);
  container.command = process.command;
  container.processes_max = kProcessesMax;
  container.joins_error = true;
  container.tells_status = false;
  container::ContainerProcess started = PAWL_TRY(container::start_container(container));
  return WorkerProcess(started.pid, started.output.release());
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_fd_(std::exchange(other.output_fd_, -1)) {}

WorkerProcess::~WorkerProcess() {
  close_output();
  if (pid_ < 0) return;
  kill();
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void WorkerProcess::close_output() {
  if (output_fd_ >= 0) close(std::exchange(output_fd_, -1));
}

void WorkerProcess::kill() {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

int64_t WorkerProcess::peak_memory_kb() const {
  int64_t sum = 0;
  std::vector<std::string> waiting = {std::to_string(pid_)};
  while (pid_ > 0 && !waiting.empty()) {
    const std::string folder = "/proc/" + waiting.back();
    const std::string pid = std::exchange(waiting.back(), {});
    waiting.pop_back();
    std::ifstream status(folder + "/status");
    for (std::string word; status >> word;) {
      int64_t kb = 0;
      if (word != "VmHWM:" || !(status >> kb)) continue;
      sum += kb;
      break;
    }
    std::ifstream children(folder + "/task/" + pid + "/children");
    for (std::string child; children >> child;) waiting.push_back(child);
  }
  return sum;
}

bool WorkerProcess::holds_more_than(int64_t bytes) const {
  return pid_ > 0 && container::usage_of_tree(pid_, bytes).memory_bytes > bytes;
}

std::optional<int> WorkerProcess::reap() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // whatever it has left behind in its group
  pid_ = -1;
  return status;
}

}  // namespace pawl::lambda
