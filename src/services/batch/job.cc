// SPDX-License-Identifier: Apache-2.0
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/job.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pawl::batch {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kStatusNames[kStatuses] = {
    "SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"};

void set_text(ObjectBuilder& out, std::string_view member, const std::string& text) {
  if (!text.empty()) out.set(member, Value(text));
}
void set_number(ObjectBuilder& out, std::string_view member, int64_t number) {
  if (number != 0) out.set(member, Value(number));
}

Value encode_attempt(const Attempt& attempt) {
  ObjectBuilder out;
  set_text(out, "task", attempt.task_id);
  set_text(out, "environment", attempt.environment);
  set_text(out, "log", attempt.log_stream);
  set_text(out, "reason", attempt.reason);
  set_text(out, "statusReason", attempt.status_reason);
  if (attempt.exit_code) out.set("exitCode", Value(*attempt.exit_code));
  set_number(out, "started", attempt.started_ms);
  set_number(out, "stopped", attempt.stopped_ms);
  return std::move(out).build();
}

Attempt decode_attempt(const Value& record) {
  Attempt attempt{.task_id = text_member(record, "task"),
                  .environment = text_member(record, "environment"),
                  .log_stream = text_member(record, "log"),
                  .reason = text_member(record, "reason"),
                  .status_reason = text_member(record, "statusReason"),
                  .exit_code = {},
                  .started_ms = integer_member(record, "started"),
                  .stopped_ms = integer_member(record, "stopped")};
  if (has_member(record, "exitCode")) attempt.exit_code = integer_member(record, "exitCode");
  return attempt;
}

Value statuses_value(const Job& job) {
  ObjectBuilder out;
  for (size_t i = 0; i < kStatuses; ++i) {
    out.set(kStatusNames[i], Value(int64_t{job.children[i]}));
  }
  return std::move(out).build();
}

std::string task_arn(const Job& job, const std::string& environment, const std::string& task) {
  return jobs::arn_of(job.scope, "ecs", "task/" + environment + "_Batch/" + task);
}

Value attempt_detail(const Job& job, const Attempt& attempt) {
  ObjectBuilder container;
  if (!attempt.task_id.empty()) {
    container.set("taskArn", Value(task_arn(job, attempt.environment, attempt.task_id)));
  }
  if (attempt.exit_code) container.set("exitCode", Value(*attempt.exit_code));
  set_text(container, "reason", attempt.reason);
  set_text(container, "logStreamName", attempt.log_stream);
  container.set("networkInterfaces", Value::array());
  ObjectBuilder out;
  out.set("container", std::move(container).build());
  set_number(out, "startedAt", attempt.started_ms);
  out.set("stoppedAt", Value(attempt.stopped_ms));
  set_text(out, "statusReason", attempt.status_reason);
  return std::move(out).build();
}

/// What the container is and, while or after it runs, what became of it.
Value container_detail(const Job& job, const Value& spec) {
  ObjectBuilder out;
  const Value container = object_member(spec, "container");
  for (const json::Member& member : container.members()) out.set(member.key, member.value);
  if (is_active(job.status)) {
    out.set("taskArn", Value(task_arn(job, job.environment, job.task_id)));
    set_text(out, "logStreamName", job.log_stream);
  } else if (!job.attempts.empty()) {
    const Attempt& last = job.attempts.back();
    if (last.exit_code) out.set("exitCode", Value(*last.exit_code));
    set_text(out, "reason", last.reason);
    if (!last.task_id.empty()) {
      out.set("taskArn", Value(task_arn(job, last.environment, last.task_id)));
    }
    set_text(out, "logStreamName", last.log_stream);
  }
  return std::move(out).build();
}

void set_array_properties(ObjectBuilder& out, const Job& job, bool in_detail) {
  if (!job.is_array() && !job.is_child()) return;
  ObjectBuilder properties;
  if (job.is_array()) {
    if (in_detail) properties.set("statusSummary", statuses_value(job));
    properties.set("size", Value(int64_t{job.size}));
  } else {
    if (in_detail) properties.set("statusSummary", Value::object());
    properties.set("index", Value(int64_t{job.index}));
  }
  out.set("arrayProperties", std::move(properties).build());
}

}  // namespace

std::string_view status_name(Status status) { return kStatusNames[static_cast<size_t>(status)]; }

std::optional<Status> status_named(std::string_view name) {
  const auto* found = std::find(std::begin(kStatusNames), std::end(kStatusNames), name);
  if (found == std::end(kStatusNames)) return std::nullopt;
  return static_cast<Status>(found - std::begin(kStatusNames));
}

std::string encode_job(const Job& job) {
  ObjectBuilder out;
  set_text(out, "parent", job.parent);
  set_number(out, "index", job.index);
  set_number(out, "size", job.size);
  set_text(out, "queue", job.queue);
  set_text(out, "name", job.name);
  set_text(out, "definition", job.definition);
  out.set("status", Value(status_name(job.status)));
  set_text(out, "statusReason", job.status_reason);
  set_number(out, "order", static_cast<int64_t>(job.order));
  set_number(out, "priority", job.priority);
  set_number(out, "millicpus", job.demand.millicpus);
  set_number(out, "memory", job.demand.memory_mib);
  set_number(out, "waits", job.waits_for);
  if (job.waits_by_index) out.set("byIndex", Value(true));
  if (job.is_sequential) out.set("sequential", Value(true));
  set_number(out, "created", job.created_ms);
  set_number(out, "started", job.started_ms);
  set_number(out, "stopped", job.stopped_ms);
  if (!job.attempts.empty()) {
    std::vector<Value> attempts;
    for (const Attempt& attempt : job.attempts) attempts.push_back(encode_attempt(attempt));
    out.set("attempts", Value::array(std::move(attempts)));
  }
  set_text(out, "task", job.task_id);
  set_text(out, "environment", job.environment);
  set_text(out, "handle", job.handle);
  set_text(out, "log", job.log_stream);
  if (job.is_ended_by_user) out.set("endReason", Value(job.end_reason));
  if (job.is_array()) out.set("children", statuses_value(job));
  if (job.is_blocked) out.set("blocked", Value(true));
  return jobs::encode_record(std::move(out).build());
}

base::Result<Job> decode_job(const Scope& scope, std::string id, std::string_view text) {
  const Value record = PAWL_TRY(jobs::decode_record(text));
  const std::optional<Status> status = status_named(text_member(record, "status"));
  if (!status) return base::Error(base::ErrorKind::InvalidSyntax, "stored job: no status");
  Job job;
  job.scope = scope;
  job.id = std::move(id);
  job.parent = text_member(record, "parent");
  job.index = static_cast<uint32_t>(integer_member(record, "index"));
  job.size = static_cast<uint32_t>(integer_member(record, "size"));
  job.queue = text_member(record, "queue");
  job.name = text_member(record, "name");
  job.definition = text_member(record, "definition");
  job.status = *status;
  job.status_reason = text_member(record, "statusReason");
  job.order = static_cast<uint64_t>(integer_member(record, "order"));
  job.priority = integer_member(record, "priority");
  job.demand = {integer_member(record, "millicpus"), integer_member(record, "memory")};
  job.waits_for = static_cast<uint32_t>(integer_member(record, "waits"));
  job.waits_by_index = flag_member(record, "byIndex");
  job.is_sequential = flag_member(record, "sequential");
  job.created_ms = integer_member(record, "created");
  job.started_ms = integer_member(record, "started");
  job.stopped_ms = integer_member(record, "stopped");
  const Value attempts = array_member(record, "attempts");
  for (const Value& attempt : attempts.items()) job.attempts.push_back(decode_attempt(attempt));
  job.task_id = text_member(record, "task");
  job.environment = text_member(record, "environment");
  job.handle = text_member(record, "handle");
  job.log_stream = text_member(record, "log");
  job.is_ended_by_user = has_member(record, "endReason");
  job.end_reason = text_member(record, "endReason");
  const Value children = object_member(record, "children");
  for (size_t i = 0; i < kStatuses; ++i) {
    job.children[i] = static_cast<uint32_t>(integer_member(children, kStatusNames[i]));
  }
  job.is_blocked = flag_member(record, "blocked");
  return job;
}

Value job_detail(const Job& job, const Value& spec) {
  ObjectBuilder out;
  out.set("jobArn", Value(job.arn()))
      .set("jobName", Value(job.name))
      .set("jobId", Value(job.id))
      .set("jobQueue", Value(text_member(spec, "jobQueue")))
      .set("status", Value(status_name(job.status)));
  set_text(out, "shareIdentifier", text_member(spec, "shareIdentifier"));
  if (has_member(spec, "schedulingPriority")) {
    out.set("schedulingPriority", Value(integer_member(spec, "schedulingPriority")));
  }
  std::vector<Value> attempts;
  for (const Attempt& attempt : job.attempts) attempts.push_back(attempt_detail(job, attempt));
  out.set("attempts", Value::array(std::move(attempts)));
  set_text(out, "statusReason", job.status_reason);
  out.set("createdAt", Value(job.created_ms))
      .set("retryStrategy", object_member(spec, "retryStrategy"));
  if (job.started_ms != 0) out.set("startedAt", Value(job.started_ms));
  set_number(out, "stoppedAt", job.stopped_ms);
  out.set("dependsOn", array_member(spec, "dependsOn"))
      .set("jobDefinition", Value(job.definition))
      .set("parameters", object_member(spec, "parameters"))
      .set("container", container_detail(job, spec));
  set_array_properties(out, job, true);
  if (has_member(spec, "timeout")) out.set("timeout", object_member(spec, "timeout"));
  out.set("tags", object_member(spec, "tags"))
      .set("propagateTags", Value(flag_member(spec, "propagateTags")))
      .set("platformCapabilities", array_member(spec, "platformCapabilities"));
  if (job.is_ended_by_user) {
    out.set("isCancelled", Value(job.attempts.empty()))
        .set("isTerminated", Value(!job.attempts.empty()));
  }
  return std::move(out).build();
}

Value job_summary(const Job& job) {
  ObjectBuilder out;
  out.set("jobArn", Value(job.arn()))
      .set("jobId", Value(job.id))
      .set("jobName", Value(job.name))
      .set("createdAt", Value(job.created_ms))
      .set("status", Value(status_name(job.status)));
  set_text(out, "statusReason", job.status_reason);
  set_number(out, "startedAt", job.started_ms);
  set_number(out, "stoppedAt", job.stopped_ms);
  ObjectBuilder container;
  if (!job.attempts.empty()) {
    const Attempt& last = job.attempts.back();
    if (last.exit_code) container.set("exitCode", Value(*last.exit_code));
    set_text(container, "reason", last.reason);
  }
  out.set("container", std::move(container).build());
  set_array_properties(out, job, false);
  out.set("jobDefinition", Value(job.definition));
  return std::move(out).build();
}

}  // namespace pawl::batch
