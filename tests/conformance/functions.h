// SPDX-License-Identifier: Apache-2.0
// The recorded cases' functions, run by the real Lambda runtime.
#pragma once

#include "integration/lambda_invoker.h"
#include "json/value.h"
#include "services/lambda/lambda_runtime.h"

namespace pawl::conformance {

class Functions final : public integration::LambdaInvoker {
 public:
  Functions() : runtime_(lambda::LambdaRuntime::Options()) {}
  /// {"name", "path", "handler"}: a Python file and the function in it.
  void create(const json::Value& params);
  void invoke(integration::LambdaInvocation invocation, Done done) override;

 private:
  lambda::LambdaRuntime runtime_;
};

}  // namespace pawl::conformance
