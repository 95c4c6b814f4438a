// SPDX-License-Identifier: Apache-2.0
// WorkerProcess: one process that runs a function's handler, and the pipe its output comes through.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "services/lambda/function_config.h"

namespace pawl::lambda {

/// What a process ended with, in the words of Runtime.ExitError: "exit status 1", "signal: killed".
std::string describe_exit(int wait_status);

/// Owns the process: destroying it kills its whole process group. Not thread-safe.
class WorkerProcess {
 public:
  struct Launch {
    std::string interpreter;  ///< absolute, or found in PATH
    std::string bootstrap_file;
    std::string api_address;  ///< AWS_LAMBDA_RUNTIME_API
    std::string log_stream;
  };

  /// Starts it with an environment of its own: what Lambda sets and what the function is given,
  /// nothing of ours. Errors: Io.
  static base::Result<WorkerProcess> start(const FunctionConfig& function, const Launch& launch);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  /// Standard output and error of the worker, non-blocking; -1 once closed.
  int output_fd() const { return output_fd_; }
  void close_output();
  /// The most memory it has held (VmHWM of proc(5)); 0 once it has ended.
  int64_t peak_memory_kb() const;
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
