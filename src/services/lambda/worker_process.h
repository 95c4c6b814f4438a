// SPDX-License-Identifier: Apache-2.0
// WorkerProcess: one process that runs a function's handler, and the pipe its output comes through.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "container/container_plan.h"
#include "services/lambda/function_config.h"

namespace pawl::lambda {

/// What a process ended with, in the words of Runtime.ExitError: "exit status 1", "signal: killed".
/// `in_sandbox`: a status of 128 and more stands for a signal.
std::string describe_exit(int wait_status, bool in_sandbox = false);

/// Owns the process: destroying it kills its whole process group. Not thread-safe.
class WorkerProcess {
 public:
  struct Launch {
    /// Program, absolute or found in PATH, and arguments.
    std::vector<std::string> command;
    std::string api_address;  ///< AWS_LAMBDA_RUNTIME_API
    std::string log_stream;
    std::string endpoint_url = {};  ///< AWS_ENDPOINT_URL; "": none
    /// Where the worker finds them.
    std::string task_folder;
    std::string opt_folder = {};
    std::string runtime_folder;
    bool has_credentials = false;  ///< it is given those of its account, or `credentials`
    std::map<std::string, std::string> credentials = {};  ///< environment variables
  };

  /// Starts it with an environment of its own: what Lambda sets and what the function is given,
  /// nothing of ours. Errors: Io.
  static base::Result<WorkerProcess> start(const FunctionConfig& function, const Launch& launch);

  /// The same in the root directory of the function's image, which it cannot change. Errors:
  /// NotFound if the image has no such program, InvalidSyntax, Io.
  static base::Result<WorkerProcess> start_image(const FunctionConfig& function,
                                                 const Launch& launch,
                                                 const container::Sandbox& sandbox);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  /// Standard output and error of the worker, non-blocking; -1 once closed.
  int output_fd() const { return output_fd_; }
  void close_output();
  /// The most memory it has held (VmHWM of proc(5)), with its children; 0 once it has ended.
  int64_t peak_memory_kb() const;
  /// Whether it and its children hold more now than that: memory of their own, as a limit of
  /// AWS's counts it; the text of programs and files can be dropped at any time.
  bool holds_more_than(int64_t bytes) const;
  /// Kills the process group; reap() then gives the status.
  void kill();
  /// The wait status if the process has ended; does not block.
  std::optional<int> reap();

 private:
  WorkerProcess(pid_t pid, int output_fd) : pid_(pid), output_fd_(output_fd) {}

  pid_t pid_;
  int output_fd_;
};

}  // namespace pawl::lambda
