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
#include <string>
#include <utility>
#include <vector>

namespace pawl::lambda {
namespace {

/// Lambda Developer Guide "Defined runtime environment variables", then the function's own.
std::vector<std::string> environment_of(const FunctionConfig& function,
                                        const WorkerProcess::Launch& launch) {
  std::vector<std::string> out = {
      "AWS_LAMBDA_RUNTIME_API=" + launch.api_address,
      "AWS_LAMBDA_FUNCTION_NAME=" + function.name,
      "AWS_LAMBDA_FUNCTION_VERSION=" + function.version,
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + std::to_string(function.memory_mb),
      "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + function.name,
      "AWS_LAMBDA_LOG_STREAM_NAME=" + launch.log_stream,
      "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
      "AWS_REGION=" + function.region,
      "AWS_DEFAULT_REGION=" + function.region,
      "LAMBDA_TASK_ROOT=" + function.folder,
      "_HANDLER=" + function.handler,
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LANG=en_US.UTF-8",
      "TZ=:UTC",
      "HOME=/tmp",
      "PYTHONDONTWRITEBYTECODE=1",
  };
  for (const auto& [name, value] : function.environment) out.push_back(name + "=" + value);
  return out;
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

std::string describe_exit(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int number = WTERMSIG(wait_status);
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
  std::vector<std::string> arguments = {launch.interpreter};
  if (function.runtime == Runtime::Python) arguments.emplace_back("-u");
  arguments.push_back(launch.bootstrap_file);
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
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string word; status >> word;) {
    int64_t peak = 0;
    if (word == "VmHWM:" && status >> peak) return peak;
  }
  return 0;
}

std::optional<int> WorkerProcess::reap() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // whatever it has left behind in its group
  pid_ = -1;
  return status;
}

}  // namespace pawl::lambda
