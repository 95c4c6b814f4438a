// SPDX-License-Identifier: Apache-2.0
// AWS::CloudFormation::WaitConditionHandle, an address, and AWS::CloudFormation::WaitCondition,
// which is there when enough has come to it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
#pragma once

#include "aws/service/service_loop.h"
#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/own_types/response_box.h"

namespace pawl::cloudformation {

class WaitConditionHandleHandler final : public ResourceHandler {
 public:
  explicit WaitConditionHandleHandler(const ResponseBox& box) : box_(box) {}

  aws::ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) const override;
  bool replaces(const json::Value&, const json::Value&) const override { return false; }

 private:
  const ResponseBox& box_;
};

class WaitConditionHandler final : public ResourceHandler {
 public:
  WaitConditionHandler(const ResponseBox& box, aws::ServiceLoop& loop) : box_(box), loop_(loop) {}

  aws::ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) const override;
  bool replaces(const json::Value&, const json::Value&) const override { return false; }

 private:
  const ResponseBox& box_;
  aws::ServiceLoop& loop_;
};

}  // namespace pawl::cloudformation
