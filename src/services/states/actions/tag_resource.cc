// SPDX-License-Identifier: Apache-2.0
// API TagResource, UntagResource, ListTagsForResource: of machines and activities.
#include "json/members.h"
#include "services/states/api_errors.h"
#include "services/states/service.h"
#include "services/states/tags.h"

namespace pawl::states {

using json::Value;

namespace {

/// The resource of an ARN with its tags; written back with them changed.
class Tagged {
 public:
  /// Errors: InvalidArn, ResourceNotFound (also for a version, an alias and a Map state).
  static aws::ApiResult<Tagged> read(const MachineStore& machines, const std::string& arn) {
    const aws::Arn parsed = PAWL_TRY(parse_states_arn(arn, {"stateMachine", "activity"}));
    Tagged found;
    if (parsed.resource_type() == "activity") {
      found.key_ = PAWL_TRY(parse_activity_arn(arn));
      found.activity_ = PAWL_TRY(machines.activity(found.key_));
    } else {
      const StateMachineArn machine_arn = PAWL_TRY(parse_state_machine_arn(arn));
      if (machine_arn.is_qualified()) return resource_not_found(arn);
      found.key_ = machine_arn.key;
      found.machine_ = PAWL_TRY(machines.machine(found.key_));
    }
    if (!found.machine_ && !found.activity_) return resource_not_found(arn);
    return found;
  }

  const Value& tags() const { return machine_ ? machine_->tags : activity_->tags; }

  aws::ApiResult<void> write(MachineStore::Change& change, Value tags) {
    if (machine_) {
      machine_->tags = std::move(tags);
      change.put(key_, *machine_);
    } else {
      activity_->tags = std::move(tags);
      change.put_activity(key_, *activity_);
    }
    return change.commit();
  }

 private:
  ResourceKey key_;
  std::optional<MachineRecord> machine_;
  std::optional<ActivityRecord> activity_;
};

}  // namespace

aws::ActionResult StatesService::tag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  MachineStore::Change change(machines_);
  Tagged resource = PAWL_TRY(Tagged::read(machines_, arn));
  Value tags =
      PAWL_TRY(with_tags(resource.tags(), request.input.find("tags"), arn, request.principal));
  PAWL_TRY_VOID(resource.write(change, std::move(tags)));
  return aws::Output();
}

aws::ActionResult StatesService::untag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  MachineStore::Change change(machines_);
  Tagged resource = PAWL_TRY(Tagged::read(machines_, arn));
  Value tags = without_tags(resource.tags(), *request.input.find("tagKeys"));
  PAWL_TRY_VOID(resource.write(change, std::move(tags)));
  return aws::Output();
}

aws::ActionResult StatesService::list_tags_for_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  const Tagged resource = PAWL_TRY(Tagged::read(machines_, arn));
  return aws::Output(Value::object({{"tags", resource.tags()}}));
}

}  // namespace pawl::states
