// SPDX-License-Identifier: Apache-2.0
// Custom resources: AWS::CloudFormation::CustomResource and Custom::…, which a Lambda function or
// the subscribers of an SNS topic make, change and delete, and answer over HTTP.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/service/service_loop.h"
#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/own_types/response_box.h"

namespace pawl::cloudformation {

bool is_custom_type(std::string_view type);

class CustomResourceHandler final : public ResourceHandler {
 public:
  CustomResourceHandler(const ResponseBox& box, aws::ServiceLoop& loop, std::string type)
      : box_(box), loop_(loop), type_(std::move(type)) {}

  aws::ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) const override;
  aws::ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) const override;
  /// The answer's PhysicalResourceId says whether it was.
  bool replaces(const json::Value&, const json::Value&) const override { return false; }

 private:
  aws::ApiResult<Progress> ask(StackCalls& calls, const ResourceRequest& request,
                               std::string_view kind) const;
  aws::ApiResult<void> send(StackCalls& calls, const ResourceRequest& request,
                            std::string_view kind, const std::string& request_id,
                            const std::string& url) const;
  aws::ApiResult<Progress> read(const ResourceRequest& request, std::string_view kind,
                                const std::string& request_id, const std::string& body) const;

  const ResponseBox& box_;
  aws::ServiceLoop& loop_;
  const std::string type_;
};

}  // namespace pawl::cloudformation
