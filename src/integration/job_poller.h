// SPDX-License-Identifier: Apache-2.0
// JobPoller: tasks that run a job (.sync) of a service of job_table.h: starts it, asks how it
// stands until it has ended, stops it when nobody waits for it any more.
#pragma once

#include <memory>

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// What is known of a started job is kept by TaskSubmitted::continuation: dispatched again after a
/// crash it is asked for, not started again. Between start and TaskSubmitted only the service's own
/// idempotency tokens help. Asks after 1 second, then less and less often, every 30 seconds at
/// last. Thread-safe; the ports must outlive the loop's last task.
class JobPoller {
 public:
  JobPoller(aws::Caller& caller, aws::ModelCatalog& models, aws::ServiceLoop& loop);
  ~JobPoller();
  JobPoller(const JobPoller&) = delete;
  JobPoller& operator=(const JobPoller&) = delete;

  /// On the engine's thread. A Resource whose job is not known fails and says so.
  void run(const engine::TaskRequest& request, const TaskAnswer& answer, const CallFacts& facts);
  void cancel(engine::ExecutionId execution, interpreter::TaskId task);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
  aws::ModelCatalog& models_;
};

}  // namespace pawl::integration
