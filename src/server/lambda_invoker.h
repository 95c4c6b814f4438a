// SPDX-License-Identifier: Apache-2.0
// EmbeddedLambdaInvoker: Step Functions' Lambda tasks call the functions of this process.
#pragma once

#include "integration/lambda_invoker.h"
#include "services/lambda/service.h"

namespace pawl::server {

/// Thread-safe; never blocks. The service must outlive it.
class EmbeddedLambdaInvoker : public integration::LambdaInvoker {
 public:
  explicit EmbeddedLambdaInvoker(lambda::LambdaService& service) : service_(service) {}

  void invoke(integration::LambdaInvocation invocation, Done done) override;

 private:
  lambda::LambdaService& service_;
};

}  // namespace pawl::server
