// SPDX-License-Identifier: Apache-2.0
// Tasks that call Lambda functions: the function's own ARN as Resource, and
// arn:aws:states:::lambda:invoke. Parameters to invocation, answer to result or error as recorded
// from AWS. Running functions is LambdaInvoker's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/lambda_invoker.h"
#include "integration/service_error.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// What a FunctionName or function ARN names; empty parts were not given.
struct FunctionName {
  std::string region;
  std::string account;
  std::string name;
  std::string qualifier;
};

/// NAME, NAME:QUALIFIER, ACCOUNT:function:NAME[:QUALIFIER], function:NAME,
/// arn:PARTITION:lambda:REGION:ACCOUNT:function: NAME[:QUALIFIER] (API Invoke, FunctionName).
/// nullopt if it is none of these.
std::optional<FunctionName> parse_function_name(std::string_view text);

/// Calls and answers. One per dispatcher; used on the engine's thread.
class LambdaTask {
 public:
  /// With `refuse_other_regions` a function of another region than the execution's is not found, as
  /// on AWS; without, an ARN's region and account are not looked at, so that a definition written
  /// for any region runs.
  LambdaTask(LambdaInvoker& invoker, bool refuse_other_regions)
      : invoker_(invoker), refuse_other_regions_(refuse_other_regions) {}

  /// Resource is the function's ARN: the task's input is the event, the function's return value the
  /// result.
  void call_function(const engine::TaskRequest& request, TaskAnswer answer, const CallFacts& facts);
  /// lambda:invoke and lambda:invoke.waitForTaskToken.
  void call_invoke(const engine::TaskRequest& request, TaskAnswer answer, const CallFacts& facts);

 private:
  ServiceResult<LambdaInvocation> resolve(const engine::TaskRequest& request,
                                          std::string_view function_name,
                                          std::string_view qualifier) const;

  LambdaInvoker& invoker_;
  bool refuse_other_regions_;
};

}  // namespace pawl::integration
