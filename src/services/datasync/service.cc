// SPDX-License-Identifier: Apache-2.0
#include "services/datasync/service.h"

#include <random>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/value.h"
#include "services/datasync/members.h"

namespace pawl::datasync {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// All that is wrong is InvalidRequestException here.
aws::ApiError refuse(aws::ApiError error, const Value& /*input*/) {
  return invalid_request(error.message.value_or(""));
}

std::string_view title_of(std::string_view kind) {
  return kind == kAgent      ? "Agent"
         : kind == kLocation ? "Location"
         : kind == kTask     ? "Task"
                             : "Task execution";
}

}  // namespace

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

std::string arn_of(const records::Owner& owner, std::string_view resource) {
  return "arn:" + std::string(aws::partition_of(owner.region)) + ":datasync:" + owner.region + ":" +
         owner.account + ":" + std::string(resource);
}

std::string record_name(const std::string& arn, std::string_view kind) {
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "datasync") return {};
  std::string_view resource = parsed->resource;
  const std::string_view prefix = kind == kExecution ? kTask : kind;
  if (!resource.starts_with(std::string(prefix) + "/")) return {};
  resource.remove_prefix(prefix.size() + 1);
  constexpr std::string_view kInside = "/execution/";
  const size_t inside = resource.find(kInside);
  if ((inside != std::string_view::npos) != (kind == kExecution)) return {};
  if (kind != kExecution) return std::string(resource);
  return std::string(resource.substr(0, inside)) + "/" +
         std::string(resource.substr(inside + kInside.size()));
}

base::Result<std::unique_ptr<DataSyncService>> DataSyncService::open(Options options) {
  const records::RecordTable records =
      PAWL_TRY(records::RecordTable::open(options.store, "datasync/records"));
  return std::unique_ptr<DataSyncService>(new DataSyncService(std::move(options), records));
}

void DataSyncService::bind(aws::ActionTable& table) {
  table.refuse_by(&refuse);
  table.on_write("CreateAgent", &DataSyncService::create_agent);
  table.on("DescribeAgent", &DataSyncService::describe_agent);
  table.on_write("UpdateAgent", &DataSyncService::update_agent);
  table.on_write("DeleteAgent", &DataSyncService::delete_agent);
  table.on("ListAgents", &DataSyncService::list_agents);
  table.on_write("TagResource", &DataSyncService::tag_resource);
  table.on_write("UntagResource", &DataSyncService::untag_resource);
  table.on("ListTagsForResource", &DataSyncService::list_tags_for_resource);
  table.on_async("CreateLocationS3", &DataSyncService::create_location_s3);
  table.on_write("CreateLocationNfs", &DataSyncService::create_location_nfs);
  table.on_write("CreateLocationSmb", &DataSyncService::create_location_smb);
  table.on("DescribeLocationS3", &DataSyncService::describe_location_s3);
  table.on("DescribeLocationNfs", &DataSyncService::describe_location_nfs);
  table.on("DescribeLocationSmb", &DataSyncService::describe_location_smb);
  table.on_write("UpdateLocationS3", &DataSyncService::update_location);
  table.on_write("UpdateLocationNfs", &DataSyncService::update_location);
  table.on_write("UpdateLocationSmb", &DataSyncService::update_location);
  table.on_write("DeleteLocation", &DataSyncService::delete_location);
  table.on("ListLocations", &DataSyncService::list_locations);
  table.on_write("CreateTask", &DataSyncService::create_task);
  table.on("DescribeTask", &DataSyncService::describe_task);
  table.on_write("UpdateTask", &DataSyncService::update_task);
  table.on_write("DeleteTask", &DataSyncService::delete_task);
  table.on("ListTasks", &DataSyncService::list_tasks);
  table.on_write("StartTaskExecution", &DataSyncService::start_task_execution);
  table.on("DescribeTaskExecution", &DataSyncService::describe_task_execution);
  table.on("ListTaskExecutions", &DataSyncService::list_task_executions);
  table.on_write("CancelTaskExecution", &DataSyncService::cancel_task_execution);
  table.on_write("UpdateTaskExecution", &DataSyncService::update_task_execution);
}

void DataSyncService::run() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<records::Owner, std::string>> interrupted;
  std::vector<std::pair<records::Owner, std::string>> waiting;  // tasks
  const auto executions = records_.visit_all(
      kExecution,
      [&](const records::Owner& owner, const std::string& name, const Value& execution) {
        const std::string status = text_member(execution, "Status");
        if (status == "QUEUED") {
          waiting.emplace_back(owner, name.substr(0, name.find('/')));
        } else if (status != "SUCCESS" && status != "ERROR") {
          interrupted.emplace_back(owner, name);
        }
        return true;
      });
  const auto tasks = records_.visit_all(
      kTask, [&](const records::Owner& owner, const std::string& name, const Value& task) {
        schedule(owner, name, task);
        return true;
      });
  (void)executions;  // what cannot be read now cannot be read when it is described
  (void)tasks;
  for (const auto& [owner, name] : interrupted) launch(owner, name);
  for (const auto& [owner, task] : waiting) launch_next(owner, task);
}

aws::ApiResult<Value> DataSyncService::find(const Request& request, std::string_view kind,
                                            const std::string& arn) const {
  const std::string name = record_name(arn, kind);
  const aws::ApiError missing =
      invalid_request(std::string(title_of(kind)) + " " + arn + " is not found.");
  if (name.empty() || !aws::Arn::parse(arn) ||
      aws::Arn::parse(arn)->account_id != request.account_id())
    return missing;
  auto record = records_.get(owner_of(request), kind, name);
  if (!record) return as_api_error(record.error());
  if (!*record) return missing;
  return **std::move(record);
}

ActionResult DataSyncService::list(const Request& request, std::string_view kind,
                                   std::string_view member, std::string_view prefix,
                                   const std::function<Value(const Value& record)>& shown) const {
  constexpr int64_t kDefault = 100;
  const auto start = base::base64_decode(text_member(request.input, "NextToken"));
  if (!start) return invalid_request("NextToken is invalid.");
  const int64_t given = integer_member(request.input, "MaxResults");
  const auto limit = static_cast<size_t>(given > 0 ? given : kDefault);
  const auto found = records_.list(owner_of(request), kind, prefix, *start);
  if (!found) return as_api_error(found.error());
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const auto& record : *found) {
    Value one = shown(record.value);
    if (one.is_null()) continue;
    if (page.size() == limit) {
      out.set("NextToken", Value(base::base64_encode(last)));
      break;
    }
    page.push_back(std::move(one));
    last = record.name;
  }
  out.set(member, Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

std::string DataSyncService::new_id(std::string_view prefix) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string id = std::string(prefix) + "-0";
  for (int i = 0; i < 16; ++i) id += kDigits[device() % 16];
  return id;
}

}  // namespace pawl::datasync
