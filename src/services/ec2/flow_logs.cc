// SPDX-License-Identifier: Apache-2.0
// Flow logs: records; there is no traffic to tell of.
#include <utility>

#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr const char* kDefaultFormat =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";
constexpr int64_t kDefaultIntervalSeconds = 600;

Value unsuccessful(const aws::ApiError& error, const std::string& id) {
  ObjectBuilder told;
  told.set("Code", Value(error.code)).set("Message", Value(error.message.value_or("")));
  ObjectBuilder item;
  item.set("Error", std::move(told).build()).set("ResourceId", Value(id));
  return std::move(item).build();
}

const ResourceKind& kind_of_type(const std::string& type) {
  return type == "Subnet" ? kSubnet : kVpc;
}

}  // namespace

// API CreateFlowLogs: one of each VPC or subnet; what is not there is told of.
ActionResult Ec2Service::create_flow_logs(const Request& request) {
  const Value& input = request.input;
  const std::string type = text_member(input, "ResourceType");
  if (type != "VPC" && type != "Subnet") {
    return aws::ApiError("InvalidParameterValue",
                         "This server has no resource of the type " + type + " to log.");
  }
  std::vector<Value> ids;
  std::vector<Value> failed;
  for (const Value& each : items_member(input, "ResourceIds")) {
    const std::string resource(each.as_string());
    const auto found = find(request, kind_of_type(type), resource);
    if (!found) {
      failed.push_back(unsuccessful(found.error(), resource));
      continue;
    }
    const std::string id = new_id("fl");
    ObjectBuilder log;
    log.set("CreationTime", Value(static_cast<double>(request.received.ms) / 1000))
        .set("DeliverLogsStatus", Value("SUCCESS"))
        .set("FlowLogId", Value(id))
        .set("FlowLogStatus", Value("ACTIVE"))
        .set("ResourceId", Value(resource));
    copy_members(input,
                 {"DeliverLogsPermissionArn", "LogGroupName", "TrafficType", "LogDestination",
                  "DestinationOptions"},
                 log);
    const std::string destination = text_member(input, "LogDestinationType");
    const std::string format = text_member(input, "LogFormat");
    log.set("LogDestinationType", Value(destination.empty() ? "cloud-watch-logs" : destination))
        .set("LogFormat", Value(format.empty() ? kDefaultFormat : format))
        .set("MaxAggregationInterval",
             Value(integer_member(input, "MaxAggregationInterval", kDefaultIntervalSeconds)))
        .set("Tags", tags_for(input, kFlowLog));
    PAWL_TRY_VOID(store_record(request, kFlowLog, std::move(log).build()));
    ids.emplace_back(id);
  }
  ObjectBuilder out;
  copy_members(input, {"ClientToken"}, out);
  out.set("FlowLogIds", Value::array(std::move(ids)))
      .set("Unsuccessful", Value::array(std::move(failed)));
  return aws::Output(std::move(out).build());
}

// API DeleteFlowLogs.
ActionResult Ec2Service::delete_flow_logs(const Request& request) {
  std::vector<Value> failed;
  for (const Value& each : items_member(request.input, "FlowLogIds")) {
    const std::string id(each.as_string());
    const auto found = find(request, kFlowLog, id);
    if (!found) {
      failed.push_back(unsuccessful(found.error(), id));
      continue;
    }
    PAWL_TRY_VOID(erase_record(request, kFlowLog, id));
  }
  return aws::Output(Value::object().with_member("Unsuccessful", Value::array(std::move(failed))));
}

}  // namespace pawl::ec2
