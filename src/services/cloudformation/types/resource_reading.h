// SPDX-License-Identifier: Apache-2.0
// What properties a resource has now, whoever set them: for drift detection. Types whose properties
// cannot simply be read back have no reader, as types on AWS that do not support it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift-resource-list.html
#pragma once

#include <string_view>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// Answers the properties that can be read, by the schema's names; null where nothing is set.
/// `properties` of the request are what the template says. Errors: the service's; is_gone() tells
/// that nothing is there.
using ResourceReader = aws::ApiResult<json::Value> (*)(StackCalls&, const ResourceRequest&);

/// nullptr: resources of the type are not checked.
ResourceReader find_reader(std::string_view type);

bool is_gone(const aws::ApiError& error);

}  // namespace pawl::cloudformation
