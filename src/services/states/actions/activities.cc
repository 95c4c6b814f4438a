// SPDX-License-Identifier: Apache-2.0
// API CreateActivity, DescribeActivity, DeleteActivity, ListActivities. Not the tasks that workers
// poll for.
#include "aws/protocol/timestamp_text.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/configuration.h"
#include "services/states/service.h"
#include "services/states/tags.h"

namespace pawl::states {

using json::Value;

namespace {

aws::ActionResult created_answer(const ResourceKey& key, const ActivityRecord& activity) {
  return aws::Output(
      Value::object({{"activityArn", Value(activity_arn(key))},
                     {"creationDate", aws::timestamp_value(activity.creation_date)}}));
}

}  // namespace

/// "CreateActivity's idempotency check is based on the activity name. If a following request has
/// different tags values, Step Functions will ignore these differences". A different encryption is
/// ActivityAlreadyExists.
aws::ActionResult StatesService::create_activity(const Request& request) {
  const ResourceKey key{request.account_id(), request.region, text_member(request.input, "name")};
  const std::string arn = activity_arn(key);
  if (!is_valid_resource_name(key.name)) return invalid_name(key.name);
  ActivityRecord activity;
  activity.encryption =
      PAWL_TRY(complete_encryption_configuration(request.input.find("encryptionConfiguration")));
  activity.tags =
      PAWL_TRY(with_tags(Value::array(), request.input.find("tags"), arn, request.principal));
  MachineStore::Change change(machines_);
  if (const auto present = PAWL_TRY(machines_.activity(key))) {
    if (!(present->encryption == activity.encryption)) return activity_already_exists(arn);
    return created_answer(key, *present);
  }
  if (PAWL_TRY(change.count_activities(key)) >= limits_.activities_max) {
    return activity_limit_exceeded(limits_.activities_max);
  }
  activity.creation_date = clock_.now();
  change.add_activity(key, activity);
  PAWL_TRY_VOID(change.commit());
  return created_answer(key, activity);
}

aws::ActionResult StatesService::describe_activity(const Request& request) {
  const std::string arn = text_member(request.input, "activityArn");
  const ResourceKey key = PAWL_TRY(parse_activity_arn(arn));
  const auto activity = PAWL_TRY(machines_.activity(key));
  if (!activity) return activity_does_not_exist(arn);
  json::ObjectBuilder out;
  out.set("activityArn", Value(activity_arn(key)));
  out.set("name", Value(key.name));
  out.set("creationDate", aws::timestamp_value(activity->creation_date));
  out.set("encryptionConfiguration", activity->encryption);
  return aws::Output(std::move(out).build());
}

/// An activity that is not there is no error (recorded).
aws::ActionResult StatesService::delete_activity(const Request& request) {
  const ResourceKey key = PAWL_TRY(parse_activity_arn(text_member(request.input, "activityArn")));
  MachineStore::Change change(machines_);
  const auto activity = PAWL_TRY(machines_.activity(key));
  if (!activity) return aws::Output();
  change.erase_activity(key, *activity);
  PAWL_TRY_VOID(change.commit());
  return aws::Output();
}

aws::ActionResult StatesService::list_activities(const Request& request) {
  const ResourceKey place{request.account_id(), request.region, ""};
  const std::vector<std::string> parameters{place.account_id, place.region};
  const auto after = PAWL_TRY(list_position(request, parameters));
  const size_t count = page_size(request.input);
  auto found = PAWL_TRY(machines_.activities(place, after, count + 1));
  json::ObjectBuilder out;
  if (found.size() > count) {
    found.pop_back();
    out.set("nextToken", Value(next_token(request, parameters, found.back().position)));
  }
  std::vector<Value> items;
  for (const Listed<ActivityRecord>& each : found) {
    const ResourceKey key{place.account_id, place.region, each.position.name};
    items.push_back(
        Value::object({{"activityArn", Value(activity_arn(key))},
                       {"name", Value(key.name)},
                       {"creationDate", aws::timestamp_value(each.record.creation_date)}}));
  }
  out.set("activities", Value::array(std::move(items)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
