// SPDX-License-Identifier: Apache-2.0
// EmbeddedLambdaInvoker: Step Functions' Lambda tasks call the functions of this process.
#pragma once

#include "aws/service/identities.h"
#include "aws/service/service_loop.h"
#include "integration/lambda_invoker.h"
#include "services/lambda/service.h"

namespace pawl::server {

/// Thread-safe; never blocks.
class EmbeddedLambdaInvoker : public integration::LambdaInvoker {
 public:
  /// `authorizer` may be null: then everybody may call. All must outlive it.
  EmbeddedLambdaInvoker(lambda::LambdaService& service, aws::ServiceLoop& loop,
                        aws::Authorizer* authorizer)
      : service_(service), loop_(loop), authorizer_(authorizer) {}

  void invoke(integration::LambdaInvocation invocation, Done done) override;

 private:
  lambda::LambdaService& service_;
  aws::ServiceLoop& loop_;
  aws::Authorizer* authorizer_;
};

}  // namespace pawl::server
