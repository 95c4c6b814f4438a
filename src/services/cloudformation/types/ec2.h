// SPDX-License-Identifier: Apache-2.0
// What types of EC2 share: tags of what is made, and of what is there.
#pragma once

#include <string>
#include <string_view>

#include "services/cloudformation/types/handler_steps.h"

namespace pawl::cloudformation {

inline constexpr std::string_view kEc2 = "ec2";

/// `input` with the tags of the request as TagSpecifications; `noun`: "vpc".
json::Value with_tag_specification(std::string_view type, json::Value input,
                                   const ResourceRequest& request, std::string_view noun);
/// Of an update: CreateTags and DeleteTags.
aws::ApiResult<void> change_ec2_tags(StackCalls& calls, std::string_view type,
                                     const ResourceRequest& request, std::string_view id);
/// One of what an operation lists, by its id; null if it is not there.
aws::ApiResult<json::Value> described(StackCalls& calls, std::string_view operation,
                                      std::string_view ids, std::string_view list,
                                      std::string_view id);
/// The first of what an operation lists whose filters match; null if there is none.
aws::ApiResult<json::Value> first_where(
    StackCalls& calls, std::string_view operation, std::string_view list,
    std::initializer_list<std::pair<std::string_view, std::string_view>> filters);

/// Of a creation that is repeated after a crash: the id of what the earlier call made, by the tags
/// that CloudFormation gives; "" if there is nothing, or if it might be what is to be replaced.
aws::ApiResult<std::string> made_before(StackCalls& calls, const ResourceRequest& request,
                                        std::string_view operation, std::string_view list,
                                        std::string_view id);

}  // namespace pawl::cloudformation
