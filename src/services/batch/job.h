// SPDX-License-Identifier: Apache-2.0
// Job: one job of AWS Batch, the parent of an array or a child of one: what changes of it while it
// goes from SUBMITTED to SUCCEEDED or FAILED. What does not change is its specification, JSON text
// that all children of an array share (job_store.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "jobs/job_runner.h"
#include "jobs/scope.h"
#include "json/value.h"

namespace pawl::batch {

using jobs::Demand;
using jobs::Scope;

enum class Status : uint8_t { Submitted, Pending, Runnable, Starting, Running, Succeeded, Failed };
inline constexpr size_t kStatuses = 7;

std::string_view status_name(Status status);
std::optional<Status> status_named(std::string_view name);
inline bool has_ended(Status status) { return status >= Status::Succeeded; }
inline bool is_active(Status status) {
  return status == Status::Starting || status == Status::Running;
}

/// One run of the container that has ended.
struct Attempt {
  std::string task_id;
  std::string environment;  ///< name of the compute environment
  std::string log_stream;   ///< "" if it never ran
  std::string reason;       ///< of the container
  std::string status_reason;
  std::optional<int64_t> exit_code;
  int64_t started_ms = 0;  ///< 0: never
  int64_t stopped_ms = 0;
};

struct Job {
  Scope scope;
  std::string id;      ///< of a child: "PARENT:INDEX"
  std::string parent;  ///< "": no child
  uint32_t index = 0;  ///< of a child
  uint32_t size = 0;   ///< of an array's parent; 0: no array
  std::string queue;   ///< a name
  std::string name;
  std::string definition;  ///< an ARN
  Status status = Status::Submitted;
  std::string status_reason;
  uint64_t order = 0;    ///< of submission; children have their parent's
  int64_t priority = 0;  ///< within the queue; 0 without a scheduling policy
  Demand demand;
  uint32_t waits_for = 0;      ///< jobs that must succeed first
  bool is_sequential = false;  ///< each child of the array waits for the one before
  /// Each child of the array waits for the one with its index in another.
  bool waits_by_index = false;
  int64_t created_ms = 0;
  int64_t started_ms = 0;
  int64_t stopped_ms = 0;
  std::vector<Attempt> attempts;
  // Of the attempt that is under way:
  std::string task_id;
  std::string environment;  ///< name of the compute environment
  std::string handle;       ///< see jobs::JobEvents::on_started
  std::string log_stream;
  /// Somebody has cancelled or terminated it and said why.
  std::string end_reason;
  bool is_ended_by_user = false;
  /// Of an array's parent: its children by status.
  std::array<uint32_t, kStatuses> children = {};
  bool is_blocked = false;  ///< no compute environment can ever take it as things are

  bool is_array() const { return size != 0; }
  bool is_child() const { return !parent.empty(); }
  /// Whose specification it has.
  const std::string& spec_id() const { return is_child() ? parent : id; }
  std::string arn() const { return jobs::arn_of(scope, "batch", "job/" + id); }
};

/// docs/formats/batch.md. Errors: InvalidSyntax, InvalidJson.
std::string encode_job(const Job& job);
base::Result<Job> decode_job(const Scope& scope, std::string id, std::string_view text);

/// DescribeJobs' JobDetail. `spec`: see submit.cc.
json::Value job_detail(const Job& job, const json::Value& spec);
/// ListJobs' JobSummary.
json::Value job_summary(const Job& job);

}  // namespace pawl::batch
