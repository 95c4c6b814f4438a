// SPDX-License-Identifier: Apache-2.0
// EcsService: Amazon ECS (API reference 2014-11-13) as far as tasks go: clusters, task definitions,
// and tasks that run in containers of this machine. No services, no container instances.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "services/ecs/task_engine.h"
#include "services/ecs/task_store.h"

namespace pawl::ecs {

/// Actions may run on any thread at once; what changes clusters and definitions takes a mutex.
/// Differences from AWS: docs/differences.md, "ECS".
class EcsService final : public aws::Service {
 public:
  /// All must outlive the service.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    jobs::JobRunner& runner;
    jobs::Machine& machine;
    std::function<std::string()> endpoint_url;
    jobs::RoleCredentials credentials = {};  ///< of task roles
    int64_t stop_grace_ms = 30'000;
  };

  static base::Result<std::unique_ptr<EcsService>> open(Options options);
  /// Takes up the tasks that an earlier process left. Not before the caller can be used.
  void run();

  void bind(aws::ActionTable& table) override;

 private:
  EcsService(Options options, TaskStore tasks);

  // actions/clusters.cc
  aws::ActionResult create_cluster(const aws::Request& request);
  aws::ActionResult update_cluster(const aws::Request& request);
  aws::ActionResult put_capacity_providers(const aws::Request& request);
  aws::ActionResult delete_cluster(const aws::Request& request);
  aws::ActionResult describe_clusters(const aws::Request& request);
  aws::ActionResult list_clusters(const aws::Request& request);
  // actions/definitions.cc
  aws::ActionResult register_definition(const aws::Request& request);
  aws::ActionResult deregister_definition(const aws::Request& request);
  aws::ActionResult delete_definitions(const aws::Request& request);
  aws::ActionResult describe_definition(const aws::Request& request);
  aws::ActionResult list_definitions(const aws::Request& request);
  aws::ActionResult list_families(const aws::Request& request);
  // actions/tasks.cc
  aws::ActionResult run_task(const aws::Request& request);
  aws::ActionResult stop_task(const aws::Request& request);
  aws::ActionResult describe_tasks(const aws::Request& request);
  aws::ActionResult list_tasks(const aws::Request& request);
  // actions/tags.cc
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags(const aws::Request& request);

  /// The name of the cluster that the request means. Errors: ClusterNotFoundException.
  aws::ApiResult<std::string> cluster_of(const aws::Request& request) const;
  aws::ApiResult<json::Value> cluster_detail(const Scope& scope, const json::Value& record) const;
  /// Changes the record of a cluster, and answers it.
  aws::ActionResult change_cluster(const aws::Request& request,
                                   const std::function<json::Value(json::Value)>& change);
  struct DefinitionName {
    std::string family;
    uint32_t revision = 0;
  };
  /// By "family", "family:revision" or ARN. nullopt if there is none.
  aws::ApiResult<std::optional<json::Value>> find_definition(const Scope& scope,
                                                             const std::string& text) const;
  aws::ApiResult<void> commit(const store::Batch& batch);
  /// Calls `change` with the tags of whatever the ARN names, and keeps what it returns, if
  /// anything.
  using TagsChange = std::function<std::optional<json::Value>(const json::Value&)>;
  aws::ActionResult change_tags(const aws::Request& request, const TagsChange& change);

  Options options_;
  TaskStore tasks_;
  jobs::JobLog log_;
  jobs::ServiceEvents events_;
  TaskEngine engine_;
  std::mutex mutex_;  ///< of what changes clusters and definitions
};

}  // namespace pawl::ecs
