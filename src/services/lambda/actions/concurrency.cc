// SPDX-License-Identifier: Apache-2.0
// API PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency: reserved
// concurrency, which is the number of workers of a version here; 0 stops the function.
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

namespace {

Value concurrency(const FunctionRecord& record) {
  ObjectBuilder out;
  if (record.reserved_concurrency) {
    out.set("ReservedConcurrentExecutions", Value(*record.reserved_concurrency));
  }
  return std::move(out).build();
}

aws::ApiResult<FunctionKey> whole_function(const aws::Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  if (!reference.qualifier.empty()) {
    return invalid_parameter(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support "
        "this operation. Please specify either a function name or an unqualified function ARN.");
  }
  return reference.key;
}

}  // namespace

aws::ActionResult LambdaService::put_concurrency(const Request& request) {
  const FunctionKey key = PAWL_TRY(whole_function(request));
  int64_t reserved = 0;
  request.input.find("ReservedConcurrentExecutions")->to_int64(reserved);
  constexpr int64_t kAccountMax = 1'000;
  if (reserved > kAccountMax) {
    return invalid_parameter(
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [0].");
  }
  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn(kLatest)));
  record.reserved_concurrency = reserved;
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output(concurrency(record));
}

aws::ActionResult LambdaService::get_concurrency(const Request& request) {
  const FunctionKey key = PAWL_TRY(whole_function(request));
  return aws::Output(concurrency(PAWL_TRY(require_function(key, key.arn()))));
}

aws::ActionResult LambdaService::delete_concurrency(const Request& request) {
  const FunctionKey key = PAWL_TRY(whole_function(request));
  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn(kLatest)));
  record.reserved_concurrency.reset();
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output();
}

}  // namespace pawl::lambda
