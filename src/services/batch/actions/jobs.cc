// SPDX-License-Identifier: Apache-2.0
// Jobs that are there: looking at them, and ending them.
#include <algorithm>
#include <charconv>
#include <optional>

#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/retry.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using aws::ApiResult;
using jobs::of_store;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kDescribedMax = 100;  // API DescribeJobs
constexpr size_t kListedMax = 100;
/// A page of a filtered list ends here also if it is not full.
constexpr size_t kLookedAtMax = 10'000;

/// "ID" of "arn:…:job/ID".
std::string job_id_of(const std::string& text) {
  const auto arn = aws::Arn::parse(text);
  if (!arn || arn->service != "batch" || !arn->resource.starts_with("job/")) return text;
  return arn->resource.substr(4);
}

/// API ListJobs "filters".
struct Filter {
  std::string name;
  std::vector<std::string> values;
};

ApiResult<std::optional<Filter>> read_filter(const aws::Request& request) {
  const Value filters = array_member(request.input, "filters");
  if (filters.size() == 0) return std::optional<Filter>();
  if (filters.size() > 1) return refused(request, "Only one filter can be used at a time");
  Filter filter{text_member(filters.items()[0], "name"),
                texts_member(filters.items()[0], "values")};
  const bool is_known = filter.name == "JOB_NAME" || filter.name == "JOB_DEFINITION" ||
                        filter.name == "BEFORE_CREATED_AT" || filter.name == "AFTER_CREATED_AT";
  if (!is_known) return refused(request, "Filter " + filter.name + " is not supported");
  if (filter.values.empty()) return refused(request, "Filter values are required");
  return std::optional<Filter>(std::move(filter));
}

/// "name", "name:3" or an ARN, "*" at the end for any rest.
bool is_definition(const std::string& wanted, const std::string& arn) {
  if (wanted.starts_with("arn:")) return wanted == arn;
  const std::string whole = resource_name(ResourceKind::Definition, arn);
  return wanted == whole || wanted == whole.substr(0, whole.rfind(':')) ||
         (wanted.ends_with('*') && matches_exit_pattern(wanted, whole));
}

bool passes(const Filter& filter, const JobStore::Labels& labels) {
  return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& wanted) {
    if (filter.name == "JOB_NAME") return matches_exit_pattern(wanted, labels.name);
    if (filter.name == "JOB_DEFINITION") return is_definition(wanted, labels.definition);
    int64_t time = 0;
    const char* end = wanted.data() + wanted.size();
    const auto read = std::from_chars(wanted.data(), end, time);
    if (read.ec != std::errc() || read.ptr != end) return false;
    return filter.name == "BEFORE_CREATED_AT" ? labels.created_ms < time : labels.created_ms > time;
  });
}

}  // namespace

ActionResult BatchService::describe_jobs(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::vector<std::string> ids = texts_member(request.input, "jobs");
  if (ids.size() > kDescribedMax) {
    return refused(request, "At most 100 jobs can be described at a time");
  }
  std::vector<Value> found;
  for (const std::string& text : ids) {
    const auto job = PAWL_TRY(of_store(jobs_.find(scope, job_id_of(text))));
    if (!job) continue;
    const Value spec = PAWL_TRY(of_store(jobs_.spec(scope, job->spec_id())));
    found.push_back(job_detail(*job, spec));
  }
  return aws::Output(Value::object().with_member("jobs", Value::array(std::move(found))));
}

ActionResult BatchService::list_jobs(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string queue_text = text_member(input, "jobQueue");
  const std::string array = job_id_of(text_member(input, "arrayJobId"));
  if (has_member(input, "multiNodeJobId")) {
    return refused(request, "Multi-node parallel jobs are not supported by this server");
  }
  if (queue_text.empty() == array.empty()) {
    return refused(request, "Exactly one of jobQueue, arrayJobId, multiNodeJobId is required");
  }
  const std::string queue = resource_name(ResourceKind::Queue, queue_text);
  if (array.empty() && !PAWL_TRY(resources_.find(scope, ResourceKind::Queue, queue))) {
    return client_error("JobQueue " + queue_text + " not found.");
  }
  const Page page = PAWL_TRY(read_page(request, kListedMax));
  const std::optional<Filter> filter = PAWL_TRY(read_filter(request));
  // API ListJobs "jobStatus": "If you don't specify a status, only RUNNING jobs are returned."
  const Status status = status_named(text_member(input, "jobStatus")).value_or(Status::Running);
  std::vector<std::string> ids;
  std::string last;
  bool has_more = false;
  const JobStore::Visitor visit = [&](const std::string& place, std::string id) {
    has_more = ids.size() == page.items_max;
    if (has_more) return false;
    ids.push_back(std::move(id));
    last = place;
    return true;
  };
  if (!array.empty()) {
    PAWL_TRY_VOID(of_store(jobs_.list_children(scope, array, status, page.after, visit)));
  } else if (!filter) {
    PAWL_TRY_VOID(of_store(jobs_.list_queue(scope, queue, status, page.after, visit)));
  } else {
    // "… jobStatus is ignored" with a filter.
    size_t looked_at = 0;
    PAWL_TRY_VOID(
        of_store(jobs_.list_all(scope, queue, page.after, [&](const JobStore::Labels& labels) {
          has_more = ids.size() == page.items_max || looked_at == kLookedAtMax;
          if (has_more) return false;
          ++looked_at;
          last = labels.place;
          if (passes(*filter, labels)) ids.push_back(labels.id);
          return true;
        })));
  }
  std::vector<Value> summaries;
  for (const std::string& id : ids) {
    const auto job = PAWL_TRY(of_store(jobs_.find(scope, id)));
    if (job) summaries.push_back(job_summary(*job));
  }
  ObjectBuilder out;
  out.set("jobSummaryList", Value::array(std::move(summaries)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

ActionResult BatchService::cancel_job(const aws::Request& request) {
  const std::string reason = text_member(request.input, "reason");
  if (reason.empty()) return refused(request, "reason is required");
  PAWL_TRY_VOID(dispatcher_.end_by_user(
      jobs::scope_of(request), job_id_of(text_member(request.input, "jobId")), reason, false));
  return aws::Output();
}

ActionResult BatchService::terminate_job(const aws::Request& request) {
  const std::string reason = text_member(request.input, "reason");
  if (reason.empty()) return refused(request, "reason is required");
  PAWL_TRY_VOID(dispatcher_.end_by_user(
      jobs::scope_of(request), job_id_of(text_member(request.input, "jobId")), reason, true));
  return aws::Output();
}

}  // namespace pawl::batch
