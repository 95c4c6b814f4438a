// SPDX-License-Identifier: Apache-2.0
// AutoScalingService: Application Auto Scaling (API 2016-02-06): scalable targets, their policies
// and scheduled actions, as records. Nothing is scaled: what these targets are of (capacity of
// tables, concurrency of functions, tasks of services) has no limit here that more of it would
// lift.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "records/record_table.h"

namespace pawl::autoscaling {

/// Actions may run on any thread at once. The store must outlive the service.
class AutoScalingService final : public aws::Service {
 public:
  static base::Result<std::unique_ptr<AutoScalingService>> open(store::Store& store);

  void bind(aws::ActionTable& table) override;

 private:
  struct Kind;
  static const Kind kTargets;
  static const Kind kPolicies;
  static const Kind kActions;

  explicit AutoScalingService(records::RecordTable records) : records_(records) {}

  aws::ActionResult register_scalable_target(const aws::Request& request);
  aws::ActionResult deregister_scalable_target(const aws::Request& request);
  aws::ActionResult describe_scalable_targets(const aws::Request& request);
  aws::ActionResult put_scaling_policy(const aws::Request& request);
  aws::ActionResult delete_scaling_policy(const aws::Request& request);
  aws::ActionResult describe_scaling_policies(const aws::Request& request);
  aws::ActionResult put_scheduled_action(const aws::Request& request);
  aws::ActionResult delete_scheduled_action(const aws::Request& request);
  aws::ActionResult describe_scheduled_actions(const aws::Request& request);
  aws::ActionResult describe_scaling_activities(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags_for_resource(const aws::Request& request);

  aws::ActionResult describe(const aws::Request& request, const Kind& kind);
  aws::ActionResult remove(const aws::Request& request, const Kind& kind);
  /// What a put finds: the record so far, null if there is none; an error without a target.
  aws::ApiResult<json::Value> of_target(const aws::Request& request, const Kind& kind);
  /// The target of that ARN.
  aws::ApiResult<json::Value> tagged(const aws::Request& request);
  aws::ActionResult store_record(const aws::Request& request, const Kind& kind,
                                 const json::Value& record, const json::Value& answer);

  records::RecordTable records_;
  std::mutex mutex_;  ///< of what is read, changed and written
};

}  // namespace pawl::autoscaling
