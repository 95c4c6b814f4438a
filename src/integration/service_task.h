// SPDX-License-Identifier: Apache-2.0
// ServiceTask: tasks that call one operation of a service and take its answer:
// aws-sdk:SERVICE:ACTION and the optimized integrations without .sync (job_poller.h).
#pragma once

#include <string>
#include <unordered_map>

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/service_call.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// Used on the engine's thread; answers come on the services' loop. Both ports must outlive it.
class ServiceTask {
 public:
  ServiceTask(aws::Caller& caller, aws::ModelCatalog& models) : caller_(caller), models_(models) {}

  /// With .waitForTaskToken the answer is what was submitted.
  void call(const engine::TaskRequest& request, const TaskAnswer& answer, const CallFacts& facts);

 private:
  base::Result<const CalledOperation*> find(const asl::TaskResource& resource);

  aws::Caller& caller_;
  aws::ModelCatalog& models_;
  std::unordered_map<std::string, CalledOperation> found_;  ///< by service and action
};

}  // namespace pawl::integration
