// SPDX-License-Identifier: Apache-2.0
// LocalFunctions: the functions given on the command line, as tasks call them.
#pragma once

#include <memory>
#include <string>

#include "integration/lambda_invoker.h"
#include "services/lambda/lambda_runtime.h"

namespace pawl::app {

/// Any region, account, version and alias of a function's name means the one function of that name.
class LocalFunctions final : public integration::LambdaInvoker {
 public:
  explicit LocalFunctions(lambda::LambdaRuntime::Options options);

  void add(lambda::FunctionConfig function) { runtime_->add(std::move(function)); }
  bool has(const std::string& name) const { return runtime_->has(name); }
  void invoke(integration::LambdaInvocation invocation, Done done) override;
  /// Ends all workers; what they were working on is answered before this returns. No invoke after
  /// it.
  void shut_down() { runtime_.reset(); }

 private:
  std::unique_ptr<lambda::LambdaRuntime> runtime_;
};

}  // namespace pawl::app
