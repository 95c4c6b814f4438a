// SPDX-License-Identifier: Apache-2.0
// The tags of a resource that a stack makes: its own, the stack's, CloudFormation's.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

using Tags = std::map<std::string, std::string, std::less<>>;

/// What the resource is to have: the stack's tags, those of `type`'s tag property over them;
/// CloudFormation's own if the type gets them.
Tags desired_tags(std::string_view type, const ResourceRequest& request);

/// Of a list of keys and values, whatever case and prefix their names have ("TagKey"), or a map.
Tags read_tags(const json::Value* tags);

/// [{"Key": …, "Value": …}]
json::Value tag_list(const Tags& tags, std::string_view key_name = "Key",
                     std::string_view value_name = "Value");
/// {key: value}
json::Value tag_map(const Tags& tags);

/// From what a resource has to what it is to have. System tags are neither set nor removed.
struct TagChange {
  Tags set;
  std::vector<std::string> removed;
};
TagChange tag_change(const Tags& current, const Tags& desired);

}  // namespace pawl::cloudformation
