// SPDX-License-Identifier: Apache-2.0
#include "server/lambda_invoker.h"

#include <utility>

namespace pawl::server {

void EmbeddedLambdaInvoker::invoke(integration::LambdaInvocation invocation, Done done) {
  lambda::InvokeCall call;
  call.function = {{std::move(invocation.account), std::move(invocation.region),
                    std::move(invocation.function_name)},
                   std::move(invocation.qualifier)};
  call.type = invocation.asynchronous ? lambda::InvocationType::Event
                                      : lambda::InvocationType::RequestResponse;
  call.payload = std::move(invocation.payload);
  call.client_context = std::move(invocation.client_context);
  call.tail_log = invocation.tail_log;
  service_.invoke(std::move(call),
                  [done = std::move(done)](aws::ApiResult<lambda::InvokeOutcome> outcome) {
                    integration::LambdaResult result;
                    if (outcome) {
                      result.payload = std::move(outcome->payload);
                      result.function_error = outcome->function_error;
                      result.log_result = std::move(outcome->log_result);
                      if (!outcome->executed_version.empty()) {
                        result.executed_version = std::move(outcome->executed_version);
                      }
                    } else {
                      const aws::ApiError& error = outcome.error();
                      result.refusal = {error.code, error.message.value_or(""),
                                        error.status != 0 ? error.status : 400};
                    }
                    done(std::move(result));
                  });
}

}  // namespace pawl::server
