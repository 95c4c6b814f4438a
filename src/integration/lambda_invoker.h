// SPDX-License-Identifier: Apache-2.0
// LambdaInvoker: the port through which tasks call functions (API Lambda Invoke). Implemented by
// the embedded Lambda service, or by whatever else can run a function.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "aws/service/request.h"
#include "integration/service_error.h"

namespace pawl::integration {

struct LambdaInvocation {
  std::string function_name;  ///< the bare name
  std::string qualifier;      ///< version or alias; empty: $LATEST
  std::string region;         ///< where the caller looks for it
  std::string account;
  std::string home_region;  ///< the execution's own: where a definition written for another account
  std::string home_account;       ///< or region finds its function, if it is not there
  std::string payload;            ///< the event, JSON text
  std::string client_context;     ///< API ClientContext, base64; empty: none
  bool tail_log = false;          ///< API LogType "Tail"
  aws::Principal principal = {};  ///< who calls
  bool asynchronous = false;      ///< API InvocationType "Event": answer as soon as it is accepted
};

/// What Invoke answers. With `refusal` nothing ran.
struct LambdaResult {
  std::optional<ServiceError> refusal;
  std::string payload;  ///< what the function returned, or its error object; usually JSON text
  bool function_error = false;  ///< header X-Amz-Function-Error is there
  std::string executed_version = "$LATEST";
  std::string log_result;  ///< base64, with tail_log
};

class LambdaInvoker {
 public:
  virtual ~LambdaInvoker() = default;
  using Done = std::function<void(LambdaResult)>;
  /// Called on the engine's thread; must not block. `done` is called once, from any thread, also
  /// from inside invoke(). A function whose task has timed out runs on, as on AWS; its answer is
  /// dropped.
  virtual void invoke(LambdaInvocation invocation, Done done) = 0;
};

}  // namespace pawl::integration
