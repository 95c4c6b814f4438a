// SPDX-License-Identifier: Apache-2.0
#include "server/lambda_invoker.h"

#include <utility>

#include "aws/arn.h"

namespace pawl::server {
namespace {

integration::LambdaResult result_of(aws::ApiResult<lambda::InvokeOutcome> outcome) {
  integration::LambdaResult result;
  if (!outcome) {
    const aws::ApiError& error = outcome.error();
    result.refusal = {error.code, error.message.value_or(""),
                      error.status != 0 ? error.status : 400};
    return result;
  }
  result.payload = std::move(outcome->payload);
  result.function_error = outcome->function_error;
  result.log_result = std::move(outcome->log_result);
  if (!outcome->executed_version.empty())
    result.executed_version = std::move(outcome->executed_version);
  return result;
}

}  // namespace

void EmbeddedLambdaInvoker::invoke(integration::LambdaInvocation invocation, Done done) {
  if (authorizer_ != nullptr) {
    std::string arn = "arn:" + std::string(aws::partition_of(invocation.region)) +
                      ":lambda:" + invocation.region + ":" + invocation.account +
                      ":function:" + invocation.function_name;
    if (!invocation.qualifier.empty()) arn += ":" + invocation.qualifier;
    auto allowed = authorizer_->authorize_action(invocation.principal, invocation.region,
                                                 "lambda:InvokeFunction", arn, loop_.now());
    if (!allowed) return done(result_of(std::move(allowed).error()));
  }
  lambda::InvokeCall call;
  call.function = {{std::move(invocation.account), std::move(invocation.region),
                    std::move(invocation.function_name)},
                   std::move(invocation.qualifier)};
  call.type = invocation.asynchronous ? lambda::InvocationType::Event
                                      : lambda::InvocationType::RequestResponse;
  call.payload = std::move(invocation.payload);
  call.client_context = std::move(invocation.client_context);
  call.tail_log = invocation.tail_log;
  const bool is_at_home = call.function.key.account == invocation.home_account &&
                          call.function.key.region == invocation.home_region;
  if (is_at_home) {
    service_.invoke(std::move(call), [done = std::move(done)](auto outcome) {
      done(result_of(std::move(outcome)));
    });
    return;
  }
  lambda::InvokeCall at_home = call;
  at_home.function.key.account = std::move(invocation.home_account);
  at_home.function.key.region = std::move(invocation.home_region);
  service_.invoke(std::move(call), [this, at_home = std::move(at_home),
                                    done = std::move(done)](auto outcome) mutable {
    if (outcome || outcome.error().code != "ResourceNotFoundException")
      return done(result_of(std::move(outcome)));
    // Nobody has it there: the definition was written for another account or region. If it is not
    // here either, the error names what was asked for.
    integration::LambdaResult there = result_of(std::move(outcome));
    service_.invoke(std::move(at_home), [there = std::move(there), done](auto found) {
      const bool is_nowhere = !found && found.error().code == "ResourceNotFoundException";
      done(is_nowhere ? there : result_of(std::move(found)));
    });
  });
}

}  // namespace pawl::server
