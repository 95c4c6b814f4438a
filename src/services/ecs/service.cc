// SPDX-License-Identifier: Apache-2.0
// How the service is put together. What it does: actions/, task_engine.h.
#include "services/ecs/service.h"

#include <utility>

#include "jobs/records.h"
#include "json/members.h"
#include "services/ecs/api_input.h"

namespace pawl::ecs {

using aws::ApiResult;
using jobs::of_store;
using json::Value;

EcsService::EcsService(Options options, TaskStore tasks)
    : options_(std::move(options)),
      tasks_(tasks),
      log_(options_.loop, options_.caller),
      events_(options_.loop, options_.caller, "aws.ecs", "ecs.amazonaws.com"),
      engine_({.store = options_.store,
               .tasks = tasks_,
               .loop = options_.loop,
               .runner = options_.runner,
               .machine = options_.machine,
               .log = log_,
               .events = events_,
               .endpoint_url = options_.endpoint_url,
               .credentials = options_.credentials,
               .stop_grace_ms = options_.stop_grace_ms}) {}

base::Result<std::unique_ptr<EcsService>> EcsService::open(Options options) {
  const TaskStore tasks = PAWL_TRY(TaskStore::open(options.store));
  return std::unique_ptr<EcsService>(new EcsService(std::move(options), tasks));
}

void EcsService::run() {
  // The store that cannot be read fails every later commit, which ends the process.
  (void)engine_.run();
}

void EcsService::bind(aws::ActionTable& table) {
  using S = EcsService;
  table.on_write("CreateCluster", &S::create_cluster);
  table.on_write("UpdateCluster", &S::update_cluster);
  table.on_write("UpdateClusterSettings", &S::update_cluster);
  table.on_write("PutClusterCapacityProviders", &S::put_capacity_providers);
  table.on_write("DeleteCluster", &S::delete_cluster);
  table.on("DescribeClusters", &S::describe_clusters);
  table.on("ListClusters", &S::list_clusters);
  table.on_write("RegisterTaskDefinition", &S::register_definition);
  table.on_write("DeregisterTaskDefinition", &S::deregister_definition);
  table.on_write("DeleteTaskDefinitions", &S::delete_definitions);
  table.on("DescribeTaskDefinition", &S::describe_definition);
  table.on("ListTaskDefinitions", &S::list_definitions);
  table.on("ListTaskDefinitionFamilies", &S::list_families);
  table.on_write("RunTask", &S::run_task);
  table.on_write("StopTask", &S::stop_task);
  table.on("DescribeTasks", &S::describe_tasks);
  table.on("ListTasks", &S::list_tasks);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags);
}

ApiResult<void> EcsService::commit(const store::Batch& batch) {
  return of_store(options_.store.commit(batch, store::Sync::No));
}

ApiResult<std::string> EcsService::cluster_of(const aws::Request& request) const {
  const std::string given = text_member(request.input, "cluster");
  const std::string name = given.empty() ? "default" : short_name("cluster", given);
  const auto found = PAWL_TRY(of_store(tasks_.cluster(jobs::scope_of(request), name)));
  if (!found || text_member(*found, "status") != "ACTIVE") {
    return aws::ApiError("ClusterNotFoundException", "Cluster not found.", 400);
  }
  return name;
}

}  // namespace pawl::ecs
