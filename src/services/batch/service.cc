// SPDX-License-Identifier: Apache-2.0
// How the service is put together. What it does: actions/, dispatcher.h.
#include "services/batch/service.h"

#include <utility>

#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"

namespace pawl::batch {

using aws::ApiResult;
using jobs::of_store;
using json::Value;

BatchService::BatchService(Options options, JobStore jobs, ResourceStore resources,
                           jobs::OutputPositions positions)
    : options_(std::move(options)),
      jobs_(jobs),
      resources_(resources),
      positions_(positions),
      log_(options_.loop, options_.caller, positions_),
      events_(options_.loop, options_.caller, "aws.batch", "batch.amazonaws.com"),
      dispatcher_({.store = options_.store,
                   .jobs = jobs_,
                   .resources = resources_,
                   .loop = options_.loop,
                   .runner = options_.runner,
                   .machine = options_.machine,
                   .log = log_,
                   .positions = positions_,
                   .events = events_,
                   .endpoint_url = options_.endpoint_url,
                   .credentials = options_.credentials,
                   .stop_grace_ms = options_.stop_grace_ms}) {}

base::Result<std::unique_ptr<BatchService>> BatchService::open(Options options) {
  const JobStore jobs = PAWL_TRY(JobStore::open(options.store));
  const ResourceStore resources = PAWL_TRY(ResourceStore::open(options.store));
  const auto positions = PAWL_TRY(jobs::OutputPositions::open(options.store));
  return std::unique_ptr<BatchService>(
      new BatchService(std::move(options), jobs, resources, positions));
}

void BatchService::run() {
  // The store that cannot be read fails every later commit, which ends the process.
  (void)dispatcher_.run();
}

void BatchService::bind(aws::ActionTable& table) {
  using S = BatchService;
  table.on_write("CreateComputeEnvironment", &S::create_environment);
  table.on_write("UpdateComputeEnvironment", &S::update_environment);
  table.on_write("DeleteComputeEnvironment", &S::delete_environment);
  table.on("DescribeComputeEnvironments", &S::describe_environments);
  table.on_write("CreateJobQueue", &S::create_queue);
  table.on_write("UpdateJobQueue", &S::update_queue);
  table.on_write("DeleteJobQueue", &S::delete_queue);
  table.on("DescribeJobQueues", &S::describe_queues);
  table.on_write("CreateSchedulingPolicy", &S::create_policy);
  table.on_write("UpdateSchedulingPolicy", &S::update_policy);
  table.on_write("DeleteSchedulingPolicy", &S::delete_policy);
  table.on("DescribeSchedulingPolicies", &S::describe_policies);
  table.on("ListSchedulingPolicies", &S::list_policies);
  table.on_write("RegisterJobDefinition", &S::register_definition);
  table.on_write("DeregisterJobDefinition", &S::deregister_definition);
  table.on("DescribeJobDefinitions", &S::describe_definitions);
  table.on_write("SubmitJob", &S::submit_job);
  table.on("DescribeJobs", &S::describe_jobs);
  table.on("ListJobs", &S::list_jobs);
  table.on_write("CancelJob", &S::cancel_job);
  table.on_write("TerminateJob", &S::terminate_job);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags);
}

ApiResult<void> BatchService::put(const aws::Request& request, ResourceKind kind,
                                  const std::string& name, const Value& record, const Value& answer,
                                  uint32_t revision) {
  store::Batch batch;
  resources_.put(batch, jobs::scope_of(request), kind, name, record, revision);
  request.keep_answer(answer);
  return of_store(options_.store.commit(batch, store::Sync::No));
}

aws::ActionResult BatchService::describe(const aws::Request& request, ResourceKind kind,
                                         std::string_view member) {
  const Scope scope = jobs::scope_of(request);
  std::vector<Value> found;
  json::ObjectBuilder out;
  const std::vector<std::string> names = texts_member(request.input, member);
  if (!names.empty()) {
    for (const std::string& name : names) {
      auto record = PAWL_TRY(resources_.find(scope, kind, resource_name(kind, name)));
      if (record) found.push_back(*std::move(record));
    }
  } else {
    const Page page = PAWL_TRY(read_page(request, 100));
    std::string last;
    bool has_more = false;
    PAWL_TRY_VOID(
        resources_.list(scope, kind, page.after, [&](const std::string& place, Value record) {
          has_more = found.size() == page.items_max;
          if (has_more) return false;
          found.push_back(std::move(record));
          last = place;
          return true;
        }));
    if (has_more) out.set("nextToken", next_token(last));
  }
  out.set(member, Value::array(std::move(found)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::batch
