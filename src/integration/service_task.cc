// SPDX-License-Identifier: Apache-2.0
#include "integration/service_task.h"

#include <utility>

#include "integration/service_call.h"

namespace pawl::integration {

/// The names of a model are searched once for each action: as many as the models have.
base::Result<const CalledOperation*> ServiceTask::find(const asl::TaskResource& resource) {
  const std::string key = resource.history_resource_type() + ":" + resource.action;
  const auto known = found_.find(key);
  if (known != found_.end()) return &known->second;
  const CalledOperation called = PAWL_TRY(find_called_operation(resource, models_));
  return &found_.emplace(key, called).first->second;
}

void ServiceTask::call(const engine::TaskRequest& request, const TaskAnswer& answer,
                       const CallFacts& facts) {
  const asl::TaskResource& resource = request.task_state().resource;
  const base::Result<const CalledOperation*> called = find(resource);
  if (!called) {
    answer.failed({.error = std::string(asl::error_name::kTaskFailed),
                   .cause = "The integration " + resource.arn +
                            " cannot be called: " + called.error().message + "."});
    return;
  }
  auto call = make_service_call(**called, request, facts);
  if (!call) return answer.failed(std::move(call).error());
  const bool waits = resource.pattern == asl::IntegrationPattern::WaitForTaskToken;
  caller_.call(*std::move(call), [called = **called, answer, facts,
                                  waits](const aws::ApiResult<json::Value>& output) {
    if (!output) return answer.failed(service_failure(called, output.error(), facts));
    const json::Value result = service_result(called, *output, facts);
    if (auto failure = failed_entries(called, result)) return answer.failed(*std::move(failure));
    if (waits) {
      answer.submitted(text_payload(result));
    } else {
      answer.succeeded(text_payload(result));
    }
  });
}

}  // namespace pawl::integration
