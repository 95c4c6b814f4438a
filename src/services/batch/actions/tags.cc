// SPDX-License-Identifier: Apache-2.0
// Tags of environments, queues, policies, definitions and jobs, by ARN.
#include <algorithm>
#include <charconv>

#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using aws::ApiResult;
using jobs::of_store;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

}  // namespace

ActionResult BatchService::change_tags(const aws::Request& request, const TagsChange& change) {
  const Scope scope = jobs::scope_of(request);
  const std::string text = text_member(request.input, "resourceArn");
  const auto not_found = [&] { return client_error("Resource " + text + " not found."); };
  const auto arn = aws::Arn::parse(text);
  if (!arn || arn->service != "batch" || arn->account_id != scope.account ||
      arn->region != scope.region) {
    return not_found();
  }
  const std::lock_guard lock(mutex_);
  if (arn->resource_type() == "job") {
    const std::string id(arn->resource.substr(4));
    const auto job = PAWL_TRY(of_store(jobs_.find(scope, id)));
    if (!job) return not_found();
    const Value spec = PAWL_TRY(of_store(jobs_.spec(scope, job->spec_id())));
    const std::optional<Value> tags = change(object_member(spec, "tags"));
    if (!tags) return aws::Output();
    if (tags->size() > kTagsMax) return refused(request, "Too many tags");
    JobChanges changes(jobs_);
    changes.put_spec(scope, job->spec_id(), spec.with_member("tags", *tags));
    request.keep_answer(Value::object());
    PAWL_TRY_VOID(of_store(options_.store.commit(changes.batch(), store::Sync::No)));
    return aws::Output();
  }
  for (const ResourceKind kind : {ResourceKind::Environment, ResourceKind::Queue,
                                  ResourceKind::Policy, ResourceKind::Definition}) {
    if (arn->resource_type() != arn_word(kind)) continue;
    std::string name = resource_name(kind, text);
    uint32_t revision = 0;
    if (kind == ResourceKind::Definition) {
      const size_t colon = std::min(name.find(':'), name.size());
      std::from_chars(name.data() + std::min(colon + 1, name.size()), name.data() + name.size(),
                      revision);
      name.resize(colon);
    }
    const auto record = PAWL_TRY(resources_.find(scope, kind, name, revision));
    if (!record) return not_found();
    const std::optional<Value> tags = change(object_member(*record, "tags"));
    if (!tags) return aws::Output();
    if (tags->size() > kTagsMax) return refused(request, "Too many tags");
    PAWL_TRY_VOID(
        put(request, kind, name, record->with_member("tags", *tags), Value::object(), revision));
    return aws::Output();
  }
  return not_found();
}

ActionResult BatchService::tag_resource(const aws::Request& request) {
  return change_tags(request, [&](const Value& tags) -> std::optional<Value> {
    Value changed = tags;
    const Value added = object_member(request.input, "tags");
    for (const json::Member& member : added.members()) {
      changed = changed.with_member(member.name(), member.value);
    }
    return changed;
  });
}

ActionResult BatchService::untag_resource(const aws::Request& request) {
  return change_tags(request, [&](const Value& tags) -> std::optional<Value> {
    Value changed = tags;
    for (const std::string& key : texts_member(request.input, "tagKeys")) {
      changed = changed.without_member(key);
    }
    return changed;
  });
}

ActionResult BatchService::list_tags(const aws::Request& request) {
  Value found = Value::object();
  PAWL_TRY_VOID(change_tags(request, [&](const Value& tags) -> std::optional<Value> {
    found = tags;
    return std::nullopt;
  }));
  return aws::Output(Value::object().with_member("tags", found));
}

}  // namespace pawl::batch
