// SPDX-License-Identifier: Apache-2.0
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/lifecycle.h"

#include <utility>

namespace pawl::batch {

using base::Result;
using json::Value;

namespace {

constexpr const char* kDependencyFailed = "Dependent Job failed";
constexpr const char* kChildFailed = "Array Child Job failed";

std::string child_id(const std::string& parent, uint32_t index) {
  return parent + ":" + std::to_string(index);
}

}  // namespace

Result<void> Lifecycle::set_status(Job& job, Status status) {
  const Status before = std::exchange(job.status, status);
  if (!job.is_child() || before == status) return {};
  Job* parent = PAWL_TRY(changes_.find(job.scope, job.parent));
  if (parent == nullptr) return {};
  --parent->children[static_cast<size_t>(before)];
  ++parent->children[static_cast<size_t>(status)];
  return {};
}

Result<void> Lifecycle::make_ready(Job& job) {
  if (job.is_array()) return make_children(job);
  return set_status(job, Status::Runnable);
}

/// How many of the jobs with the same index, in arrays that this one waits for index by index, have
/// not succeeded.
Result<uint32_t> Lifecycle::unfinished_counterparts(const Job& parent, uint32_t index,
                                                    bool& has_failed) {
  uint32_t count = 0;
  const Value spec = PAWL_TRY(changes_.spec(parent.scope, parent.id));
  const Value dependencies = array_member(spec, "dependsOn");
  for (const Value& each : dependencies.items()) {
    if (text_member(each, "type") != "N_TO_N") continue;
    const std::string other = text_member(each, "jobId");
    const Job* counterpart = PAWL_TRY(changes_.find(parent.scope, child_id(other, index)));
    if (counterpart == nullptr) {
      // It has no children yet, failed before it had any, or has been forgotten.
      const Job* array = PAWL_TRY(changes_.find(parent.scope, other));
      if (array != nullptr && array->status == Status::Failed) has_failed = true;
      if (array != nullptr && !has_ended(array->status)) ++count;
    } else if (counterpart->status == Status::Failed) {
      has_failed = true;
    } else if (counterpart->status != Status::Succeeded) {
      ++count;
    }
  }
  return count;
}

Result<void> Lifecycle::make_children(Job& parent) {
  parent.status = Status::Pending;
  std::vector<Job*> failed;
  const bool waits_by_index = parent.waits_by_index;
  for (uint32_t i = 0; i < parent.size; ++i) {
    Job child;
    child.scope = parent.scope;
    child.id = child_id(parent.id, i);
    child.parent = parent.id;
    child.index = i;
    child.queue = parent.queue;
    child.name = parent.name;
    child.definition = parent.definition;
    child.order = parent.order;
    child.priority = parent.priority;
    child.demand = parent.demand;
    child.is_sequential = parent.is_sequential;
    child.created_ms = now_ms_;
    bool has_failed = false;
    if (waits_by_index) {
      child.waits_for = PAWL_TRY(unfinished_counterparts(parent, i, has_failed));
    }
    if (parent.is_sequential && i != 0) ++child.waits_for;
    child.status = child.waits_for == 0 ? Status::Runnable : Status::Pending;
    ++parent.children[static_cast<size_t>(child.status)];
    Job& added = changes_.add(std::move(child));
    if (has_failed) failed.push_back(&added);
  }
  for (Job* child : failed) {
    if (!has_ended(child->status)) {
      PAWL_TRY_VOID(finish(*child, Status::Failed, kDependencyFailed));
    }
  }
  return {};
}

void Lifecycle::end(Job& job, Status status, std::string reason) {
  job.status_reason = std::move(reason);
  job.stopped_ms = now_ms_;
  job.is_blocked = false;
  ended_.push_back(&job);
  job.status = status;
}

Result<void> Lifecycle::finish(Job& job, Status status, std::string reason) {
  if (job.is_child()) PAWL_TRY_VOID(set_status(job, status));
  const bool is_settling = !ended_.empty();
  end(job, status, std::move(reason));
  if (is_settling) return {};  // further up the stack
  while (!ended_.empty()) {
    const Job& next = *ended_.front();
    PAWL_TRY_VOID(settle(next));
    ended_.pop_front();
  }
  return {};
}

Result<void> Lifecycle::release(Job& dependent, Status outcome) {
  if (has_ended(dependent.status)) return {};
  if (outcome == Status::Failed) return finish(dependent, Status::Failed, kDependencyFailed);
  if (dependent.waits_for != 0) --dependent.waits_for;
  return dependent.waits_for == 0 ? make_ready(dependent) : Result<void>();
}

Result<void> Lifecycle::settle(const Job& ended) {
  for (const JobStore::Dependent& each : PAWL_TRY(store_.dependents(ended.scope, ended.id))) {
    Job* dependent = PAWL_TRY(changes_.find(ended.scope, each.id));
    if (dependent == nullptr) continue;
    if (each.type == DependencyType::Whole) {
      PAWL_TRY_VOID(release(*dependent, ended.status));
      continue;
    }
    // An array that failed before it had children fails those that wait for them.
    const bool had_children = ended.children[static_cast<size_t>(Status::Succeeded)] +
                                  ended.children[static_cast<size_t>(Status::Failed)] !=
                              0;
    if (had_children || ended.status != Status::Failed) continue;
    for (uint32_t i = 0; i < dependent->size; ++i) {
      Job* child = PAWL_TRY(changes_.find(ended.scope, child_id(each.id, i)));
      if (child != nullptr) PAWL_TRY_VOID(release(*child, Status::Failed));
    }
  }
  return ended.is_child() ? settle_child(ended) : Result<void>();
}

Result<void> Lifecycle::settle_child(const Job& child) {
  for (const JobStore::Dependent& each : PAWL_TRY(store_.dependents(child.scope, child.parent))) {
    if (each.type != DependencyType::NToN) continue;
    Job* counterpart = PAWL_TRY(changes_.find(child.scope, child_id(each.id, child.index)));
    if (counterpart != nullptr) PAWL_TRY_VOID(release(*counterpart, child.status));
  }
  Job* parent = PAWL_TRY(changes_.find(child.scope, child.parent));
  if (parent == nullptr) return {};
  if (child.is_sequential && child.index + 1 < parent->size) {
    Job* next = PAWL_TRY(changes_.find(child.scope, child_id(child.parent, child.index + 1)));
    if (next != nullptr) PAWL_TRY_VOID(release(*next, child.status));
  }
  const uint32_t failed = parent->children[static_cast<size_t>(Status::Failed)];
  const uint32_t succeeded = parent->children[static_cast<size_t>(Status::Succeeded)];
  if (failed + succeeded != parent->size || has_ended(parent->status)) return {};
  return failed == 0 ? finish(*parent, Status::Succeeded, "")
                     : finish(*parent, Status::Failed, kChildFailed);
}

}  // namespace pawl::batch
