// SPDX-License-Identifier: Apache-2.0
// SubmitJob. What of a job does not change is its specification, a record that all children of an
// array share: jobQueue, container (properties with all overrides and parameters), retryStrategy,
// timeout, dependsOn, parameters, tags, …, in the words of JobDetail, and arraySize.
#include <set>

#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/container_properties.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kArraySizeMin = 2;
constexpr int64_t kArraySizeMax = 10'000;
constexpr size_t kDependenciesMax = 20;  // API SubmitJob "dependsOn"

ApiResult<void> check_supported(const aws::Request& request) {
  for (const char* member : {"nodeOverrides", "eksPropertiesOverride", "ecsPropertiesOverride",
                             "consumableResourcePropertiesOverride"}) {
    if (has_member(request.input, member)) {
      return refused(request, std::string(member) + " is not supported by this server");
    }
  }
  return {};
}

ApiResult<uint32_t> array_size(const aws::Request& request) {
  if (!has_member(request.input, "arrayProperties")) return 0;
  const int64_t size = integer_member(object_member(request.input, "arrayProperties"), "size");
  if (size < kArraySizeMin || size > kArraySizeMax) {
    return refused(request, "Array job size must be between 2 and 10000");
  }
  return static_cast<uint32_t>(size);
}

/// The dependencies that name a job, and on `job` what those mean that name none.
ApiResult<std::vector<Dependency>> read_dependencies(const aws::Request& request,
                                                     const JobStore& jobs, Job& job) {
  const Value given = array_member(request.input, "dependsOn");
  if (given.size() > kDependenciesMax) {
    return refused(request, "A job can depend upon a maximum of 20 jobs");
  }
  std::vector<Dependency> dependencies;
  std::set<std::string> ids;
  for (const Value& each : given.items()) {
    const std::string id = text_member(each, "jobId");
    const std::string type = text_member(each, "type");
    if (type == "SEQUENTIAL" && id.empty()) {
      if (!job.is_array()) return refused(request, "SEQUENTIAL dependency is for array jobs only");
      job.is_sequential = true;
      continue;
    }
    if (id.empty()) return refused(request, "jobId of dependency is required");
    if (!ids.insert(id).second) return refused(request, "Duplicate dependency " + id);
    const auto on = PAWL_TRY(jobs::of_store(jobs.find(job.scope, id)));
    if (!on) return refused(request, "Dependency job " + id + " does not exist");
    if (type != "N_TO_N") {
      dependencies.push_back({id, DependencyType::Whole});
      continue;
    }
    if (!job.is_array() || on->size != job.size) {
      return refused(request, "N_TO_N dependency needs array jobs of the same size");
    }
    job.waits_by_index = true;
    dependencies.push_back({id, DependencyType::NToN});
  }
  return dependencies;
}

Value merged_objects(const Value& base, const Value& over) {
  Value merged = base;
  for (const json::Member& member : over.members()) {
    merged = merged.with_member(member.name(), member.value);
  }
  return merged;
}

/// What the request says, else the definition.
void set_either(ObjectBuilder& out, const Value& input, const Value& definition,
                std::string_view member) {
  if (const Value& source = has_member(input, member) ? input : definition;
      has_member(source, member)) {
    out.set(member, *source.find(member));
  }
}

Value spec_of(const Value& input, const Value& definition, const Value& queue,
              const Value& container, const Value& parameters) {
  ObjectBuilder spec;
  spec.set("jobQueue", Value(text_member(queue, "jobQueueArn")));
  if (has_member(input, "shareIdentifier")) {
    spec.set("shareIdentifier", *input.find("shareIdentifier"));
  }
  if (has_member(input, "schedulingPriorityOverride")) {
    spec.set("schedulingPriority", *input.find("schedulingPriorityOverride"));
  } else if (has_member(definition, "schedulingPriority")) {
    spec.set("schedulingPriority", *definition.find("schedulingPriority"));
  }
  const Value strategy = has_member(input, "retryStrategy")
                             ? object_member(input, "retryStrategy")
                             : object_member(definition, "retryStrategy");
  spec.set("retryStrategy",
           Value::object()
               .with_member("attempts", Value(integer_member(strategy, "attempts", 1)))
               .with_member("evaluateOnExit", array_member(strategy, "evaluateOnExit")))
      .set("dependsOn", array_member(input, "dependsOn"))
      .set("parameters", parameters)
      .set("container", container);
  set_either(spec, input, definition, "timeout");
  const bool propagates = has_member(input, "propagateTags")
                              ? flag_member(input, "propagateTags")
                              : flag_member(definition, "propagateTags");
  spec.set("tags", object_member(input, "tags"))
      .set("propagateTags", Value(propagates))
      .set("platformCapabilities", array_member(definition, "platformCapabilities"))
      .set("arraySize", Value(integer_member(object_member(input, "arrayProperties"), "size")));
  return std::move(spec).build();
}

/// A queue's policy and a job's share go together.
ApiResult<void> check_share(const aws::Request& request, const Value& queue) {
  const bool is_shared = has_member(queue, "schedulingPolicyArn");
  const bool has_share = has_member(request.input, "shareIdentifier");
  if (is_shared && !has_share) {
    return refused(request,
                   "shareIdentifier must be specified for a job queue with a "
                   "fair-share scheduling policy");
  }
  if (!is_shared && has_share) {
    return refused(request,
                   "shareIdentifier can not be specified for a job queue without a "
                   "fair-share scheduling policy");
  }
  return {};
}

}  // namespace

ActionResult BatchService::submit_job(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  Job job;
  job.scope = scope;
  job.name = text_member(input, "jobName");
  if (!is_name(job.name)) return refused(request, "Job name should match valid pattern");
  PAWL_TRY_VOID(check_supported(request));
  PAWL_TRY_VOID(check_retry_and_timeout(request));
  const std::string queue_text = text_member(input, "jobQueue");
  job.queue = resource_name(ResourceKind::Queue, queue_text);
  const auto queue = PAWL_TRY(resources_.find(scope, ResourceKind::Queue, job.queue));
  if (!queue) return client_error("JobQueue " + queue_text + " not found.");
  const Value definition = PAWL_TRY(definition_of(request, text_member(input, "jobDefinition")));
  // AWS Batch User Guide, "Job queue parameters": a disabled queue takes no jobs.
  if (text_member(*queue, "state") != "ENABLED") {
    return client_error("Job Queue " + text_member(*queue, "jobQueueArn") + " is not ENABLED.");
  }
  PAWL_TRY_VOID(check_share(request, *queue));
  job.size = PAWL_TRY(array_size(request));
  const std::vector<Dependency> dependencies = PAWL_TRY(read_dependencies(request, jobs_, job));
  const Value parameters =
      merged_objects(object_member(definition, "parameters"), object_member(input, "parameters"));
  const Value container =
      with_parameters(with_overrides(object_member(definition, "containerProperties"),
                                     object_member(input, "containerOverrides")),
                      parameters);
  const base::Result<jobs::Demand> demand = demand_of(container);
  if (!demand) return refused(request, demand.error().message);
  const Value spec = spec_of(input, definition, *queue, container, parameters);
  job.demand = *demand;
  job.definition = text_member(definition, "jobDefinitionArn");
  job.id = jobs::new_uuid();
  job.order = dispatcher_.next_order();
  job.created_ms = options_.loop.now().ms;
  if (has_member(*queue, "schedulingPolicyArn"))
    job.priority = integer_member(spec, "schedulingPriority");
  ObjectBuilder out;
  out.set("jobArn", Value(job.arn())).set("jobName", Value(job.name)).set("jobId", Value(job.id));
  const Value answer = std::move(out).build();
  PAWL_TRY_VOID(
      dispatcher_.submit(std::move(job), spec, dependencies, [&] { request.keep_answer(answer); }));
  return aws::Output(answer);
}

}  // namespace pawl::batch
