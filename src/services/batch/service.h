// SPDX-License-Identifier: Apache-2.0
// BatchService: AWS Batch (API reference 2016-08-10): compute environments, job queues, job
// definitions, and jobs that run in containers of this machine or of a Slurm cluster.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "services/batch/dispatcher.h"
#include "services/batch/job_store.h"
#include "services/batch/resource_store.h"

namespace pawl::batch {

/// Actions may run on any thread at once; what changes resources takes a mutex. Differences from
/// AWS: docs/differences.md, "Batch".
class BatchService final : public aws::Service {
 public:
  /// All must outlive the service.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    jobs::JobRunner& runner;
    jobs::Machine& machine;
    std::function<std::string()> endpoint_url;
    jobs::RoleCredentials credentials = {};  ///< of job roles
    int64_t stop_grace_ms = 30'000;
  };

  static base::Result<std::unique_ptr<BatchService>> open(Options options);
  /// Takes up the jobs that an earlier process left. Not before the caller can be used.
  void run();

  void bind(aws::ActionTable& table) override;

 private:
  BatchService(Options options, JobStore jobs, ResourceStore resources,
               jobs::OutputPositions positions);

  // actions/environments.cc
  aws::ActionResult create_environment(const aws::Request& request);
  aws::ActionResult update_environment(const aws::Request& request);
  aws::ActionResult delete_environment(const aws::Request& request);
  aws::ActionResult describe_environments(const aws::Request& request);
  // actions/queues.cc
  aws::ActionResult create_queue(const aws::Request& request);
  aws::ActionResult update_queue(const aws::Request& request);
  aws::ActionResult delete_queue(const aws::Request& request);
  aws::ActionResult describe_queues(const aws::Request& request);
  // actions/policies.cc
  aws::ActionResult create_policy(const aws::Request& request);
  aws::ActionResult update_policy(const aws::Request& request);
  aws::ActionResult delete_policy(const aws::Request& request);
  aws::ActionResult describe_policies(const aws::Request& request);
  aws::ActionResult list_policies(const aws::Request& request);
  // actions/definitions.cc
  aws::ActionResult register_definition(const aws::Request& request);
  aws::ActionResult deregister_definition(const aws::Request& request);
  aws::ActionResult describe_definitions(const aws::Request& request);
  // actions/submit.cc
  aws::ActionResult submit_job(const aws::Request& request);
  // actions/jobs.cc
  aws::ActionResult describe_jobs(const aws::Request& request);
  aws::ActionResult list_jobs(const aws::Request& request);
  aws::ActionResult cancel_job(const aws::Request& request);
  aws::ActionResult terminate_job(const aws::Request& request);
  // actions/tags.cc
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags(const aws::Request& request);

  /// Of names and ARNs that a request lists, or of all: an output with `member`.
  aws::ActionResult describe(const aws::Request& request, ResourceKind kind,
                             std::string_view member);
  aws::ApiResult<void> put(const aws::Request& request, ResourceKind kind, const std::string& name,
                           const json::Value& record, const json::Value& answer,
                           uint32_t revision = 0);
  /// Whether the environments of an order are there and go together.
  aws::ApiResult<void> check_environments(const aws::Request& request, const json::Value& order);
  /// Calls `change` with the tags of whatever the ARN names, and keeps what it returns, if
  /// anything.
  using TagsChange = std::function<std::optional<json::Value>(const json::Value&)>;
  aws::ActionResult change_tags(const aws::Request& request, const TagsChange& change);
  aws::ApiResult<json::Value> definition_of(const aws::Request& request, const std::string& text);

  Options options_;
  JobStore jobs_;
  ResourceStore resources_;
  jobs::OutputPositions positions_;
  jobs::JobLog log_;
  jobs::ServiceEvents events_;
  Dispatcher dispatcher_;
  std::mutex mutex_;  ///< of what changes resources
};

}  // namespace pawl::batch
