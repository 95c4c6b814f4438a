// SPDX-License-Identifier: Apache-2.0
// Invocation and Worker: the records of LambdaRuntime. Internal to services/lambda.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_server.h"
#include "services/lambda/function_config.h"
#include "services/lambda/lambda_runtime.h"
#include "services/lambda/worker_process.h"

namespace pawl::lambda {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Function;

struct Invocation {
  std::string request_id;
  InvokeRequest request;
  std::function<void(InvokeResult)> done;
  SteadyTime started_at;
  std::string log_tail;
  std::shared_ptr<Function> function = {};  ///< from when a worker has it
  std::string log_stream = {};
};

/// A worker process and what it is doing: starting, idle (it asks for work: `next`), or busy
/// (`current`). `mutex_` of the runtime guards all of it, also what is read from its output.
struct Worker {
  uint64_t id = 0;
  std::shared_ptr<Function> function;
  uint16_t port = 0;
  std::string log_stream;
  int64_t memory_peak_kb = 0;  ///< as last seen
  std::optional<WorkerProcess> process;
  std::optional<net::HttpReply> next;
  std::optional<Invocation> current;
  SteadyTime deadline;               ///< of the start, of `current`, or of being idle
  bool started = false;              ///< has asked for work once
  bool has_told_init_error = false;  ///< which has failed an invocation
  bool ending = false;               ///< killed or gone: gets no work, whatever it still asks
  std::string partial_line;
};

struct Function {
  FunctionConfig config;
  std::deque<Invocation> queue;
  std::vector<std::shared_ptr<Worker>> workers;
  bool removed = false;  ///< takes no more invocations; ends with the last one
};

}  // namespace pawl::lambda
