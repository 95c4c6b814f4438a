// SPDX-License-Identifier: Apache-2.0
// Tags of clusters and task definitions. Those of a task are given when it is run.
#include <algorithm>

#include "aws/arn.h"
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/ecs/api_input.h"
#include "services/ecs/service.h"

namespace pawl::ecs {

using aws::ActionResult;
using jobs::of_store;
using json::Value;

ActionResult EcsService::change_tags(const aws::Request& request, const TagsChange& change) {
  const Scope scope = jobs::scope_of(request);
  const std::string text = text_member(request.input, "resourceArn");
  const auto arn = aws::Arn::parse(text);
  if (!arn || arn->service != "ecs" || arn->account_id != scope.account ||
      arn->region != scope.region) {
    return invalid_parameter("The ARN provided is invalid.");
  }
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  if (arn->resource_type() == "cluster") {
    const std::string name = short_name("cluster", text);
    const auto found = PAWL_TRY(of_store(tasks_.cluster(scope, name)));
    if (!found || text_member(*found, "status") != "ACTIVE") {
      return aws::ApiError("ClusterNotFoundException", "Cluster not found.", 400);
    }
    const auto tags = change(array_member(*found, "tags"));
    if (!tags) return aws::Output();
    tasks_.put_cluster(batch, scope, name, found->with_member("tags", *tags));
  } else if (arn->resource_type() == "task-definition") {
    const auto found = PAWL_TRY(find_definition(scope, text));
    if (!found) return invalid_parameter("The specified task definition does not exist.");
    const auto tags = change(array_member(*found, "tags"));
    if (!tags) return aws::Output();
    tasks_.put_definition(batch, scope, text_member(*found, "family"),
                          static_cast<uint32_t>(integer_member(*found, "revision")),
                          found->with_member("tags", *tags));
  } else {
    return invalid_parameter("Tags of " + std::string(arn->resource_type()) +
                             " resources cannot be changed on this server");
  }
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult EcsService::tag_resource(const aws::Request& request) {
  return change_tags(request, [&](const Value& tags) -> std::optional<Value> {
    const Value added = array_member(request.input, "tags");
    std::vector<Value> changed;
    for (const Value& each : tags.items()) {
      const bool is_replaced =
          std::any_of(added.items().begin(), added.items().end(), [&each](const Value& other) {
            return text_member(other, "key") == text_member(each, "key");
          });
      if (!is_replaced) changed.push_back(each);
    }
    changed.insert(changed.end(), added.items().begin(), added.items().end());
    return Value::array(std::move(changed));
  });
}

ActionResult EcsService::untag_resource(const aws::Request& request) {
  return change_tags(request, [&](const Value& tags) -> std::optional<Value> {
    const std::vector<std::string> keys = texts_member(request.input, "tagKeys");
    std::vector<Value> changed;
    for (const Value& each : tags.items()) {
      if (std::find(keys.begin(), keys.end(), text_member(each, "key")) == keys.end()) {
        changed.push_back(each);
      }
    }
    return Value::array(std::move(changed));
  });
}

ActionResult EcsService::list_tags(const aws::Request& request) {
  const std::string text = text_member(request.input, "resourceArn");
  Value found = Value::array();
  const auto arn = aws::Arn::parse(text);
  if (arn && arn->service == "ecs" && arn->resource.starts_with("task/")) {
    const std::vector<std::string_view> parts = arn->resource_parts('/');
    const Scope scope = jobs::scope_of(request);
    const auto task = PAWL_TRY(of_store(tasks_.task(
        scope, parts.size() > 1 ? std::string(parts[1]) : "", short_name("task", text))));
    if (!task) return invalid_parameter("The specified task does not exist.");
    const base::Result<Value> tags = json::parse(task->tags);
    if (tags) found = *tags;
  } else {
    PAWL_TRY_VOID(change_tags(request, [&](const Value& tags) -> std::optional<Value> {
      found = tags;
      return std::nullopt;
    }));
  }
  return aws::Output(Value::object().with_member("tags", found));
}

}  // namespace pawl::ecs
