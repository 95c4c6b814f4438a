// SPDX-License-Identifier: Apache-2.0
// Scheduling policies: kept and shown. A queue with one runs its jobs by schedulingPriority; shares
// are not weighed.
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kKind = ResourceKind::Policy;

}  // namespace

ActionResult BatchService::create_policy(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string name = text_member(request.input, "name");
  if (!is_name(name)) return refused(request, "name should match valid pattern");
  const std::lock_guard lock(mutex_);
  if (PAWL_TRY(resources_.find(scope, kKind, name))) return client_error("Object already exists");
  ObjectBuilder record;
  record.set("name", Value(name))
      .set("arn", Value(resource_arn(scope, kKind, name)))
      .set("fairsharePolicy", object_member(request.input, "fairsharePolicy"))
      .set("tags", object_member(request.input, "tags"));
  const Value made = std::move(record).build();
  const Value answer =
      Value::object().with_member("name", Value(name)).with_member("arn", *made.find("arn"));
  PAWL_TRY_VOID(put(request, kKind, name, made, answer));
  return aws::Output(answer);
}

ActionResult BatchService::update_policy(const aws::Request& request) {
  const std::string arn = text_member(request.input, "arn");
  const std::string name = resource_name(kKind, arn);
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(resources_.find(jobs::scope_of(request), kKind, name));
  if (!found) return client_error("SchedulingPolicy " + arn + " not found.");
  Value record = *found;
  if (has_member(request.input, "fairsharePolicy")) {
    record = record.with_member("fairsharePolicy", object_member(request.input, "fairsharePolicy"));
  }
  PAWL_TRY_VOID(put(request, kKind, name, record, Value::object()));
  return aws::Output();
}

ActionResult BatchService::delete_policy(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string arn = text_member(request.input, "arn");
  const std::string name = resource_name(kKind, arn);
  const std::lock_guard lock(mutex_);
  if (!PAWL_TRY(resources_.find(scope, kKind, name))) {
    return client_error("SchedulingPolicy " + arn + " not found.");
  }
  bool is_used = false;
  PAWL_TRY_VOID(
      resources_.list(scope, ResourceKind::Queue, "", [&](const std::string&, const Value& queue) {
        is_used = resource_name(kKind, text_member(queue, "schedulingPolicyArn")) == name;
        return !is_used;
      }));
  // API DeleteSchedulingPolicy: "You can't delete a scheduling policy that's used in any job
  // queues."
  if (is_used) return client_error("Cannot delete, found existing JobQueue relationship");
  store::Batch batch;
  resources_.erase(batch, scope, kKind, name);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(jobs::of_store(options_.store.commit(batch, store::Sync::No)));
  return aws::Output();
}

ActionResult BatchService::describe_policies(const aws::Request& request) {
  std::vector<Value> found;
  for (const std::string& arn : texts_member(request.input, "arns")) {
    auto record =
        PAWL_TRY(resources_.find(jobs::scope_of(request), kKind, resource_name(kKind, arn)));
    if (record) found.push_back(*std::move(record));
  }
  return aws::Output(
      Value::object().with_member("schedulingPolicies", Value::array(std::move(found))));
}

ActionResult BatchService::list_policies(const aws::Request& request) {
  const Page page = PAWL_TRY(read_page(request, 100));
  std::vector<Value> found;
  std::string last;
  bool has_more = false;
  PAWL_TRY_VOID(resources_.list(jobs::scope_of(request), kKind, page.after,
                                [&](const std::string& place, const Value& record) {
                                  has_more = found.size() == page.items_max;
                                  if (has_more) return false;
                                  found.push_back(
                                      Value::object().with_member("arn", *record.find("arn")));
                                  last = place;
                                  return true;
                                }));
  ObjectBuilder out;
  out.set("schedulingPolicies", Value::array(std::move(found)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::batch
