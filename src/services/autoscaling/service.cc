// SPDX-License-Identifier: Apache-2.0
#include "services/autoscaling/service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/value.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::autoscaling {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

struct AutoScalingService::Kind {
  std::string_view prefix;  ///< of records
  std::string_view list;    ///< of descriptions
  std::string_view names;   ///< the input's member that names some
  std::string_view name;    ///< the member that is the name beside the target's; "": none
  std::string_view title;   ///< in errors
};

const AutoScalingService::Kind AutoScalingService::kTargets = {
    "target", "ScalableTargets", "ResourceIds", "", "scalable target"};
const AutoScalingService::Kind AutoScalingService::kPolicies = {
    "policy", "ScalingPolicies", "PolicyNames", "PolicyName", "scaling policy"};
const AutoScalingService::Kind AutoScalingService::kActions = {
    "action", "ScheduledActions", "ScheduledActionNames", "ScheduledActionName",
    "scheduled action"};

namespace {

using json::text_member;

constexpr size_t kPageMax = 50;
constexpr size_t kTagsMax = 50;

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

ApiError as_api_error(const base::Error& error) { return aws::internal_failure(error.message); }

ApiError invalid(std::string message) { return {"ValidationException", std::move(message)}; }

Value seconds(base::Timestamp time) { return Value(static_cast<double>(time.ms) / 1000); }

/// "dynamodb|table/t|dynamodb:table:ReadCapacityUnits": what a target is; "|" is in none of them.
std::string target_name(const Value& input) {
  return text_member(input, "ServiceNamespace") + "|" + text_member(input, "ResourceId") + "|" +
         text_member(input, "ScalableDimension");
}

std::string place_text(const Value& input) {
  return "service namespace: " + text_member(input, "ServiceNamespace") +
         ", resource ID: " + text_member(input, "ResourceId") +
         ", scalable dimension: " + text_member(input, "ScalableDimension");
}

/// The role that AWS makes for each service.
std::string service_role(const Request& request) {
  const std::string space = text_member(request.input, "ServiceNamespace");
  const std::pair<std::string_view, std::string_view> known[] = {
      {"dynamodb", "DynamoDBTable"}, {"ecs", "ECSService"}, {"lambda", "LambdaConcurrency"}};
  std::string name = space;
  for (const auto& [key, role] : known) {
    if (key == space) name = role;
  }
  return "arn:" + std::string(aws::partition_of(request.region)) + ":iam::" + request.account_id() +
         ":role/aws-service-role/" + space +
         ".application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_" + name;
}

std::string new_target_arn(const Request& request) {
  // "0ec5abc…": 34 letters and digits.
  std::string id = "0" + store::random_uuid();
  std::erase(id, '-');
  id += store::random_uuid().substr(0, 1);
  return "arn:" + std::string(aws::partition_of(request.region)) +
         ":application-autoscaling:" + request.region + ":" + request.account_id() +
         ":scalable-target/" + id;
}

/// "arn:aws:autoscaling:REGION:ACCOUNT:scalingPolicy:UUID:resource/dynamodb/table/t:policyName/p".
std::string new_arn(const Request& request, std::string_view kind, std::string_view name_kind,
                    const std::string& name) {
  return "arn:" + std::string(aws::partition_of(request.region)) +
         ":autoscaling:" + request.region + ":" + request.account_id() + ":" + std::string(kind) +
         ":" + store::random_uuid() + ":resource/" +
         text_member(request.input, "ServiceNamespace") + "/" +
         text_member(request.input, "ResourceId") + ":" + std::string(name_kind) + "/" + name;
}

Value with_given(Value record, const Value& input, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const Value* given = json::member_of(input, name))
      record = record.with_member(name, *given);
  }
  return record;
}

Value suspended_state(const Value& input, const Value& before) {
  ObjectBuilder out;
  const Value given = json::object_member(input, "SuspendedState");
  const Value old = json::object_member(before, "SuspendedState");
  for (const char* name :
       {"DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"})
    out.set(name, Value(json::flag_member(given, name, json::flag_member(old, name))));
  return std::move(out).build();
}

bool is_among(const Value& names, const std::string& name) {
  const auto items = names.items();
  return items.empty() || std::any_of(items.begin(), items.end(), [&](const Value& each) {
           return each.is_string() && each.as_string() == name;
         });
}

}  // namespace

base::Result<std::unique_ptr<AutoScalingService>> AutoScalingService::open(store::Store& store) {
  return std::unique_ptr<AutoScalingService>(
      new AutoScalingService(PAWL_TRY(records::RecordTable::open(store, "autoscaling/records"))));
}

void AutoScalingService::bind(aws::ActionTable& table) {
  using S = AutoScalingService;
  table.on_write("RegisterScalableTarget", &S::register_scalable_target);
  table.on_write("DeregisterScalableTarget", &S::deregister_scalable_target);
  table.on("DescribeScalableTargets", &S::describe_scalable_targets);
  table.on_write("PutScalingPolicy", &S::put_scaling_policy);
  table.on_write("DeleteScalingPolicy", &S::delete_scaling_policy);
  table.on("DescribeScalingPolicies", &S::describe_scaling_policies);
  table.on_write("PutScheduledAction", &S::put_scheduled_action);
  table.on_write("DeleteScheduledAction", &S::delete_scheduled_action);
  table.on("DescribeScheduledActions", &S::describe_scheduled_actions);
  table.on("DescribeScalingActivities", &S::describe_scaling_activities);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags_for_resource);
}

ActionResult AutoScalingService::store_record(const Request& request, const Kind& kind,
                                              const Value& record, const Value& answer) {
  std::string name = target_name(record);
  if (!kind.name.empty()) name += "|" + text_member(record, kind.name);
  request.keep_answer(answer);
  if (const auto put = records_.put(owner_of(request), kind.prefix, name, record); !put)
    return as_api_error(put.error());
  return aws::Output(answer);
}

// API RegisterScalableTarget: a new one needs both bounds; later calls change what they give.
ActionResult AutoScalingService::register_scalable_target(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  const auto found = records_.get(owner_of(request), kTargets.prefix, target_name(input));
  if (!found) return as_api_error(found.error());
  Value target = *found ? **found : Value::object();
  if (!*found) {
    for (const char* bound : {"MinCapacity", "MaxCapacity"}) {
      if (!json::has_member(input, bound))
        return invalid(std::string(bound) + " is required for a new scalable target");
    }
    target = target.with_member("CreationTime", seconds(request.received))
                 .with_member("ScalableTargetARN", Value(new_target_arn(request)))
                 .with_member("RoleARN", Value(service_role(request)));
  }
  target = with_given(std::move(target), input,
                      {"ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity",
                       "MaxCapacity", "RoleARN"});
  if (json::integer_member(target, "MinCapacity") > json::integer_member(target, "MaxCapacity"))
    return invalid("Minimum capacity must be less than or equal to maximum capacity");
  target = target.with_member("SuspendedState", suspended_state(input, target));
  if (!*found && json::has_member(input, "Tags"))
    target = target.with_member("Tags", *input.find("Tags"));
  return store_record(
      request, kTargets, target,
      Value::object().with_member("ScalableTargetARN", *target.find("ScalableTargetARN")));
}

ActionResult AutoScalingService::remove(const Request& request, const Kind& kind) {
  std::string name = target_name(request.input);
  if (!kind.name.empty()) name += "|" + text_member(request.input, kind.name);
  const std::lock_guard lock(mutex_);
  const auto found = records_.get(owner_of(request), kind.prefix, name);
  if (!found) return as_api_error(found.error());
  if (!*found) {
    std::string text = "No " + std::string(kind.title) + " found for " + place_text(request.input);
    if (!kind.name.empty()) text += ", name: " + text_member(request.input, kind.name);
    return ApiError("ObjectNotFoundException", text);
  }
  store::Batch batch;
  records_.erase(batch, owner_of(request), kind.prefix, name);
  if (kind.name.empty()) {  // a target takes along what is of it
    records_.erase_all(batch, owner_of(request), kPolicies.prefix, name + "|");
    records_.erase_all(batch, owner_of(request), kActions.prefix, name + "|");
  }
  request.keep_answer(Value::object());
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

ActionResult AutoScalingService::deregister_scalable_target(const Request& request) {
  return remove(request, kTargets);
}
ActionResult AutoScalingService::delete_scaling_policy(const Request& request) {
  return remove(request, kPolicies);
}
ActionResult AutoScalingService::delete_scheduled_action(const Request& request) {
  return remove(request, kActions);
}

ApiResult<Value> AutoScalingService::of_target(const Request& request, const Kind& kind) {
  const std::string name = target_name(request.input);
  const auto target = records_.get(owner_of(request), kTargets.prefix, name);
  if (!target) return as_api_error(target.error());
  if (!*target) {
    return ApiError("ObjectNotFoundException",
                    "No scalable target registered for " + place_text(request.input));
  }
  const auto found = records_.get(owner_of(request), kind.prefix,
                                  name + "|" + text_member(request.input, kind.name));
  if (!found) return as_api_error(found.error());
  return *found ? **found : Value();
}

// API PutScalingPolicy: of a type that stays; the alarms that AWS makes are not there.
ActionResult AutoScalingService::put_scaling_policy(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Value policy = PAWL_TRY(of_target(request, kPolicies));
  const std::string given = text_member(input, "PolicyType");
  std::string type = policy.is_null() ? "StepScaling" : text_member(policy, "PolicyType");
  if (!policy.is_null() && !given.empty() && given != type)
    return invalid("The type of a scaling policy cannot be changed");
  if (!given.empty()) type = given;
  const std::string member = type + "PolicyConfiguration";
  if (policy.is_null()) {
    if (!json::has_member(input, member))
      return invalid("A policy of type " + type + " needs a " + member);
    policy = Value::object()
                 .with_member("PolicyARN", Value(new_arn(request, "scalingPolicy", "policyName",
                                                         text_member(input, "PolicyName"))))
                 .with_member("CreationTime", seconds(request.received))
                 .with_member("Alarms", Value::array());
  }
  policy = with_given(std::move(policy), input,
                      {"PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension",
                       member.c_str()})
               .with_member("PolicyType", Value(type));
  ObjectBuilder out;
  out.set("PolicyARN", *policy.find("PolicyARN")).set("Alarms", Value::array());
  return store_record(request, kPolicies, policy, std::move(out).build());
}

// API PutScheduledAction.
ActionResult AutoScalingService::put_scheduled_action(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Value action = PAWL_TRY(of_target(request, kActions));
  if (action.is_null()) {
    if (!json::has_member(input, "Schedule"))
      return invalid("A new scheduled action needs a Schedule");
    action = Value::object()
                 .with_member("ScheduledActionARN",
                              Value(new_arn(request, "scheduledAction", "scheduledActionName",
                                            text_member(input, "ScheduledActionName"))))
                 .with_member("CreationTime", seconds(request.received));
  }
  action =
      with_given(std::move(action), input,
                 {"ScheduledActionName", "ServiceNamespace", "Schedule", "Timezone", "ResourceId",
                  "ScalableDimension", "StartTime", "EndTime", "ScalableTargetAction"});
  return store_record(request, kActions, action, Value::object());
}

// Lists are of one namespace, and say which records they want.
ActionResult AutoScalingService::describe(const Request& request, const Kind& kind) {
  const Value& input = request.input;
  const size_t most =
      std::min<size_t>(kPageMax, static_cast<size_t>(std::max<int64_t>(
                                     1, json::integer_member(input, "MaxResults", kPageMax))));
  const auto after = base::base64_decode(text_member(input, "NextToken"));
  if (!after) return ApiError("InvalidNextTokenException", "The next token is not one of ours");
  const auto all = records_.list(owner_of(request), kind.prefix,
                                 text_member(input, "ServiceNamespace") + "|", *after);
  if (!all) return as_api_error(all.error());
  const Value names = json::array_member(input, kind.names);
  std::vector<Value> page;
  ObjectBuilder out;
  std::string last;
  for (const auto& record : *all) {
    const Value& value = record.value;
    const auto fits = [&](const char* member) {
      const std::string wanted = text_member(input, member);
      return wanted.empty() || wanted == text_member(value, member);
    };
    const std::string name = text_member(value, kind.name.empty() ? "ResourceId" : kind.name);
    if (!fits("ResourceId") || !fits("ScalableDimension") || !is_among(names, name)) continue;
    if (page.size() == most) {
      out.set("NextToken", Value(base::base64_encode(last)));
      break;
    }
    page.push_back(value.find("Tags") == nullptr ? value : value.without_member("Tags"));
    last = record.name;
  }
  out.set(kind.list, Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

ActionResult AutoScalingService::describe_scalable_targets(const Request& request) {
  return describe(request, kTargets);
}
ActionResult AutoScalingService::describe_scaling_policies(const Request& request) {
  return describe(request, kPolicies);
}
ActionResult AutoScalingService::describe_scheduled_actions(const Request& request) {
  return describe(request, kActions);
}

// API DescribeScalingActivities: there have been none.
ActionResult AutoScalingService::describe_scaling_activities(const Request& /*request*/) {
  return aws::Output(Value::object().with_member("ScalingActivities", Value::array()));
}

ApiResult<Value> AutoScalingService::tagged(const Request& request) {
  const std::string arn = text_member(request.input, "ResourceARN");
  const auto all = records_.list(owner_of(request), kTargets.prefix);
  if (!all) return as_api_error(all.error());
  for (const auto& record : *all) {
    if (text_member(record.value, "ScalableTargetARN") == arn) return record.value;
  }
  return ApiError("ResourceNotFoundException", "The resource " + arn + " does not exist");
}

ActionResult AutoScalingService::tag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Value target = PAWL_TRY(tagged(request));
  Value tags = json::object_member(target, "Tags");
  const Value given = json::object_member(request.input, "Tags");
  for (const json::Member& each : given.members()) tags = tags.with_member(each.name(), each.value);
  if (tags.size() > kTagsMax)
    return ApiError("TooManyTagsException", "A scalable target may have 50 tags");
  return store_record(request, kTargets, target.with_member("Tags", tags), Value::object());
}

ActionResult AutoScalingService::untag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Value target = PAWL_TRY(tagged(request));
  Value tags = json::object_member(target, "Tags");
  for (const std::string& key : json::texts_member(request.input, "TagKeys")) {
    if (tags.find(key) != nullptr) tags = tags.without_member(key);
  }
  return store_record(request, kTargets, target.with_member("Tags", tags), Value::object());
}

ActionResult AutoScalingService::list_tags_for_resource(const Request& request) {
  return aws::Output(
      Value::object().with_member("Tags", json::object_member(PAWL_TRY(tagged(request)), "Tags")));
}

}  // namespace pawl::autoscaling
