// SPDX-License-Identifier: Apache-2.0
// EvaluateApi: `evaluate`: the playground's expressions.
#pragma once

#include <atomic>
#include <string>

#include "console/api_table.h"
#include "engine/blocking_work.h"

namespace pawl::console {

/// {"language": "JSONPath" | "JSONata", "kind": "path" | "expression" | "template" | "condition",
/// "text", "input"?, "context"?: {}, "variables"?: {}, "states"?: {}} in; evaluation.h's object
/// with "micros", the time that it took, out. On threads of its own; what clients that have gone
/// asked for is left out. Nobody's data is read, so everybody may. Errors: ValidationException,
/// ThrottlingException if too many wait.
class EvaluateApi {
 public:
  EvaluateApi() = default;
  ~EvaluateApi() { work_.stop(); }
  EvaluateApi(const EvaluateApi&) = delete;
  EvaluateApi& operator=(const EvaluateApi&) = delete;

  /// Must outlive the table.
  void add_to(ApiTable& table);

  /// The answer as JSON text.
  static aws::ApiResult<std::string> answer(const ApiRequest& request);

 private:
  std::atomic<size_t> waiting_ = 0;
  engine::BlockingWork work_{2};  ///< last: it uses all of the above
};

}  // namespace pawl::console
