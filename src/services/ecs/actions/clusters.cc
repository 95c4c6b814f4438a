// SPDX-License-Identifier: Apache-2.0
// Clusters: names under which tasks run.
#include "jobs/records.h"
#include "json/members.h"
#include "services/ecs/api_input.h"
#include "services/ecs/service.h"

namespace pawl::ecs {

using aws::ActionResult;
using aws::ApiResult;
using jobs::of_store;
using json::ObjectBuilder;
using json::Value;

namespace {

/// Counted to here; AWS has quotas below.
constexpr size_t kCountedMax = 10'000;

Value without_tags(const Value& cluster, const Value& input) {
  for (const std::string& each : texts_member(input, "include")) {
    if (each == "TAGS") return cluster;
  }
  return cluster.with_member("tags", Value::array());
}

}  // namespace

ActionResult EcsService::create_cluster(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  std::string name = text_member(input, "clusterName");
  if (name.empty()) name = "default";
  if (!is_name(name)) return invalid_parameter("Identifier has invalid characters: " + name);
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(of_store(tasks_.cluster(scope, name)));
  ObjectBuilder out;
  // API CreateCluster gives the cluster that is there.
  if (found && text_member(*found, "status") == "ACTIVE") {
    out.set("cluster", PAWL_TRY(cluster_detail(scope, *found)));
    return aws::Output(std::move(out).build());
  }
  ObjectBuilder record;
  record.set("clusterArn", Value(jobs::arn_of(scope, "ecs", "cluster/" + name)))
      .set("clusterName", Value(name));
  if (has_member(input, "configuration")) record.set("configuration", *input.find("configuration"));
  record.set("status", Value("ACTIVE")).set("tags", array_member(input, "tags"));
  Value settings = array_member(input, "settings");
  if (settings.size() == 0) {
    settings = Value::array({Value::object()
                                 .with_member("name", Value("containerInsights"))
                                 .with_member("value", Value("disabled"))});
  }
  record.set("settings", settings)
      .set("capacityProviders", array_member(input, "capacityProviders"))
      .set("defaultCapacityProviderStrategy",
           array_member(input, "defaultCapacityProviderStrategy"));
  if (has_member(input, "serviceConnectDefaults")) {
    record.set("serviceConnectDefaults", *input.find("serviceConnectDefaults"));
  }
  const Value made = std::move(record).build();
  out.set("cluster", PAWL_TRY(cluster_detail(scope, made)));
  const Value answer = std::move(out).build();
  store::Batch batch;
  tasks_.put_cluster(batch, scope, name, made);
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ApiResult<Value> EcsService::cluster_detail(const Scope& scope, const Value& record) const {
  size_t running = 0;
  size_t pending = 0;
  PAWL_TRY_VOID(of_store(tasks_.list_tasks(
      scope, text_member(record, "clusterName"), "RUNNING", "",
      [&](const TaskStore::Labels& labels) {
        const auto task = tasks_.task(scope, text_member(record, "clusterName"), labels.id);
        if (task && *task) ++((*task)->last_status == "RUNNING" ? running : pending);
        return running + pending < kCountedMax;
      })));
  return record.with_member("registeredContainerInstancesCount", Value(0))
      .with_member("runningTasksCount", Value(static_cast<int64_t>(running)))
      .with_member("pendingTasksCount", Value(static_cast<int64_t>(pending)))
      .with_member("activeServicesCount", Value(0))
      .with_member("statistics", Value::array());
}

ActionResult EcsService::change_cluster(const aws::Request& request,
                                        const std::function<Value(Value)>& change) {
  const Scope scope = jobs::scope_of(request);
  const std::lock_guard lock(mutex_);
  const std::string name = PAWL_TRY(cluster_of(request));
  const auto found = PAWL_TRY(of_store(tasks_.cluster(scope, name)));
  const Value changed = change(*found);
  const Value answer =
      Value::object().with_member("cluster", PAWL_TRY(cluster_detail(scope, changed)));
  store::Batch batch;
  tasks_.put_cluster(batch, scope, name, changed);
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ActionResult EcsService::update_cluster(const aws::Request& request) {
  return change_cluster(request, [&](Value record) {
    for (const char* member : {"settings", "configuration", "serviceConnectDefaults"}) {
      if (has_member(request.input, member)) {
        record = record.with_member(member, *request.input.find(member));
      }
    }
    return record;
  });
}

ActionResult EcsService::put_capacity_providers(const aws::Request& request) {
  return change_cluster(request, [&](const Value& record) {
    return record.with_member("capacityProviders", array_member(request.input, "capacityProviders"))
        .with_member("defaultCapacityProviderStrategy",
                     array_member(request.input, "defaultCapacityProviderStrategy"));
  });
}

ActionResult EcsService::delete_cluster(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::lock_guard lock(mutex_);
  const std::string name = PAWL_TRY(cluster_of(request));
  if (PAWL_TRY(of_store(tasks_.count_tasks(scope, name, 1))) != 0) {
    return aws::ApiError("ClusterContainsTasksException",
                         "The Cluster cannot be deleted while Tasks are active.", 400);
  }
  const auto found = PAWL_TRY(of_store(tasks_.cluster(scope, name)));
  const Value changed = found->with_member("status", Value("INACTIVE"));
  const Value answer =
      Value::object().with_member("cluster", PAWL_TRY(cluster_detail(scope, changed)));
  store::Batch batch;
  tasks_.put_cluster(batch, scope, name, changed);
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ActionResult EcsService::describe_clusters(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  std::vector<std::string> names = texts_member(request.input, "clusters");
  if (names.empty()) names.emplace_back("default");
  std::vector<Value> clusters;
  std::vector<Value> failures;
  for (const std::string& text : names) {
    const std::string name = short_name("cluster", text);
    const auto found = PAWL_TRY(of_store(tasks_.cluster(scope, name)));
    if (found) {
      clusters.push_back(without_tags(PAWL_TRY(cluster_detail(scope, *found)), request.input));
      continue;
    }
    failures.push_back(Value::object()
                           .with_member("arn", Value(jobs::arn_of(scope, "ecs", "cluster/" + name)))
                           .with_member("reason", Value("MISSING")));
  }
  ObjectBuilder out;
  out.set("clusters", Value::array(std::move(clusters)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcsService::list_clusters(const aws::Request& request) {
  const Page page = PAWL_TRY(read_page(request));
  std::vector<Value> arns;
  std::string last;
  bool has_more = false;
  PAWL_TRY_VOID(of_store(tasks_.list_clusters(
      jobs::scope_of(request), page.after, [&](const std::string& place, const Value& record) {
        if (text_member(record, "status") != "ACTIVE") return true;
        has_more = arns.size() == page.items_max;
        if (has_more) return false;
        arns.emplace_back(text_member(record, "clusterArn"));
        last = place;
        return true;
      })));
  ObjectBuilder out;
  out.set("clusterArns", Value::array(std::move(arns)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecs
