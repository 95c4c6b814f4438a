// SPDX-License-Identifier: Apache-2.0
// The recorded cases' functions, run by the real Lambda runtime.
#pragma once

#include "integration/lambda_invoker.h"
#include "json/value.h"

namespace pawl::conformance {

class Functions final : public integration::LambdaInvoker {
 public:
  /// {"name", "path", "handler"}.
  void create(const json::Value&) {}
  void invoke(integration::LambdaInvocation invocation, Done done) override {
    integration::LambdaResult result;
    result.refusal = integration::ServiceError{
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:" + invocation.region + ":" + invocation.account + ":function:" +
            invocation.function_name + ":$LATEST",
        404};
    done(std::move(result));
  }
};

}  // namespace pawl::conformance
