// SPDX-License-Identifier: Apache-2.0
// Dashboards, kept and not drawn; tags of alarms and dashboards.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/parse.h"
#include "json/value.h"
#include "services/cloudwatch/members.h"
#include "services/cloudwatch/service.h"

namespace pawl::cloudwatch {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

aws::ApiError no_dashboard(const std::string& name) {
  return {"DashboardNotFoundError", "Dashboard " + name + " does not exist"};
}

}  // namespace

// API PutDashboard.
ActionResult CloudWatchService::put_dashboard(const Request& request) {
  const std::string name = text_member(request.input, "DashboardName");
  const std::string body = text_member(request.input, "DashboardBody");
  const auto parsed = json::parse(body);
  if (!parsed || !parsed->is_object()) {
    aws::ApiError error("DashboardInvalidInputError",
                        "The field DashboardBody must be a valid JSON object");
    return error;
  }
  ObjectBuilder dashboard;
  dashboard.set("DashboardName", Value(name))
      .set("DashboardArn", Value("arn:" + std::string(aws::partition_of(request.region)) +
                                 ":cloudwatch::" + request.account_id() + ":dashboard/" + name))
      .set("DashboardBody", Value(body))
      .set("LastModified", seconds(request.received.ms))
      .set("Size", Value(static_cast<int64_t>(body.size())));
  copy_members(request.input, {"Tags"}, dashboard);
  const auto put = records_.put(owner_of(request), kDashboard, name, std::move(dashboard).build());
  if (!put) return as_api_error(put.error());
  return aws::Output(Value::object().with_member("DashboardValidationMessages", Value::array()));
}

// API GetDashboard.
ActionResult CloudWatchService::get_dashboard(const Request& request) {
  const std::string name = text_member(request.input, "DashboardName");
  auto dashboard = records_.get(owner_of(request), kDashboard, name);
  if (!dashboard) return as_api_error(dashboard.error());
  if (!*dashboard) return no_dashboard(name);
  return aws::Output(**std::move(dashboard));
}

// API ListDashboards.
ActionResult CloudWatchService::list_dashboards(const Request& request) {
  const auto found = records_.list(owner_of(request), kDashboard,
                                   text_member(request.input, "DashboardNamePrefix"));
  if (!found) return as_api_error(found.error());
  std::vector<Value> entries;
  for (const auto& dashboard : *found) entries.push_back(dashboard.value);
  return aws::Output(
      Value::object().with_member("DashboardEntries", Value::array(std::move(entries))));
}

// API DeleteDashboards: all of them or none.
ActionResult CloudWatchService::delete_dashboards(const Request& request) {
  store::Batch batch;
  const std::lock_guard lock(mutex_);
  for (const Value& each : items_member(request.input, "DashboardNames")) {
    const std::string name(each.as_string());
    const auto dashboard = records_.get(owner_of(request), kDashboard, name);
    if (!dashboard) return as_api_error(dashboard.error());
    if (!*dashboard) return no_dashboard(name);
    records_.erase(batch, owner_of(request), kDashboard, name);
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

ActionResult CloudWatchService::change_tags(const Request& request, const Value* added,
                                            const Value* removed) {
  const std::string arn = text_member(request.input, "ResourceARN");
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  const bool is_alarm = parsed && parsed->resource_type() == "alarm";
  const std::string_view kind = is_alarm ? kAlarm : kDashboard;
  const std::string name = parsed ? std::string(parsed->resource_id()) : "";
  const std::lock_guard lock(mutex_);
  const auto record = records_.get(owner_of(request), kind, name);
  if (!record) return as_api_error(record.error());
  if (!*record) {
    return aws::ApiError("ResourceNotFoundException", "Resource " + arn + " does not exist", 404);
  }
  std::vector<Value> tags;
  for (const Value& tag : items_member(**record, "Tags")) tags.push_back(tag);
  if (added == nullptr && removed == nullptr)
    return aws::Output(Value::object().with_member("Tags", Value::array(std::move(tags))));
  const auto drop = [&](std::string_view key) {
    std::erase_if(tags, [&](const Value& tag) { return text_member(tag, "Key") == key; });
  };
  if (added != nullptr) {
    for (const Value& tag : added->items()) {
      drop(text_member(tag, "Key"));
      tags.push_back(tag);
    }
  }
  if (removed != nullptr) {
    for (const Value& key : removed->items()) drop(key.as_string());
  }
  const auto put = records_.put(owner_of(request), kind, name,
                                (*record)->with_member("Tags", Value::array(std::move(tags))));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API TagResource, UntagResource, ListTagsForResource.
ActionResult CloudWatchService::tag_resource(const Request& request) {
  return change_tags(request, request.input.find("Tags"), nullptr);
}
ActionResult CloudWatchService::untag_resource(const Request& request) {
  return change_tags(request, nullptr, request.input.find("TagKeys"));
}
ActionResult CloudWatchService::list_tags_for_resource(const Request& request) {
  return change_tags(request, nullptr, nullptr);
}

}  // namespace pawl::cloudwatch
