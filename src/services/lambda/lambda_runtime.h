// SPDX-License-Identifier: Apache-2.0
// LambdaRuntime: runs functions in worker processes behind the Lambda Runtime API (Developer Guide
// "Using the Lambda runtime API"), with warm reuse, several workers a function, time-outs and AWS's
// words for what goes wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/lambda/function_config.h"

namespace pawl::lambda {

struct InvokeResult {
  /// API Invoke's header X-Amz-Function-Error: `payload` is {"errorMessage", "errorType", …}.
  bool function_error = false;
  /// What the handler returned, JSON text, or the error object.
  std::string payload;
  std::string request_id;
  /// The last 4 KB of what the invocation printed.
  std::string log_tail;
  int64_t duration_us = 0;
  int64_t memory_peak_mb = 0;     ///< of the worker; only if the request asks for it
  std::string content_type = {};  ///< as the worker gave it; "" for errors
};

/// One call of a function.
struct InvokeRequest {
  std::string event = {};           ///< JSON text
  std::string invoked_arn = {};     ///< what the context says; empty: the function's own ARN
  std::string client_context = {};  ///< JSON text; empty: none
  bool measures_memory = false;
  bool may_wait = false;        ///< also if the function refuses when it is busy
  std::string request_id = {};  ///< empty: one is drawn
};

class LambdaRuntime {
 public:
  /// One line that a worker printed to its log stream. Called on a thread of the runtime; must not
  /// block for long and not call the runtime.
  using LogSink = std::function<void(const FunctionConfig& function, const std::string& stream,
                                     std::string_view line)>;
  struct Options {
    LogSink log;  ///< may be empty
    std::string
        python;  ///< empty: environment PAWL_PYTHON, else /usr/bin/python3, else python3 of PATH
    std::string node;  ///< empty: environment PAWL_NODE, else node of PATH
    int64_t init_timeout_ms = 10'000;
    int64_t idle_timeout_ms = 600'000;      ///< after which an unused worker ends
    size_t response_bytes_max = 6'291'556;  ///< "Invocation payload (request and response)": 6 MB
    size_t queued_max = 10'000;             ///< invocations waiting for a worker, of one function
    /// As on AWS: workers are kept apart from the system, where the kernel lets us (sandbox.h), are
    /// ended when they hold more memory than they may, have credentials of their account, and their
    /// logs have the lines START, END and REPORT. Else a worker is a process like others.
    bool is_strict = false;
    /// What a function signs its calls with, as environment variables, if it is_strict; empty, or
    /// none: its account stands for it.
    std::function<std::map<std::string, std::string>(const FunctionConfig&)> credentials = {};
    std::string hidden_folder = {};                  ///< must not be seen by workers
    std::function<std::string()> endpoint_url = {};  ///< AWS_ENDPOINT_URL; empty: none
  };

  explicit LambdaRuntime(Options options);
  /// Kills all workers. Invocations under way end with Runtime.ExitError before this returns.
  ~LambdaRuntime();
  LambdaRuntime(const LambdaRuntime&) = delete;
  LambdaRuntime& operator=(const LambdaRuntime&) = delete;

  /// Defines a function by its key(), or replaces it for later invocations. Workers that run go on
  /// with what they have loaded: other code or another environment is another id. Thread-safe.
  void add(FunctionConfig function);
  bool has(std::string_view key) const;
  /// Takes no more invocations for it; ends its workers when those under way are done. Thread-safe.
  void remove(std::string_view key);

  /// Runs the function. `done` is called once, on a thread of the runtime. Thread-safe.
  /// Errors: NotFound (ResourceNotFoundException), LimitExceeded (TooManyRequestsException); then
  /// `done` is not called.
  base::Result<void> invoke(std::string_view key, InvokeRequest request,
                            std::function<void(InvokeResult)> done);

  /// Why workers are not in a sandbox; "" if they are.
  std::string sandbox_failure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::lambda
