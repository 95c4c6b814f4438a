// SPDX-License-Identifier: Apache-2.0
// What parameters of types such as AWS::EC2::Subnet::Id name: whether it is there, and its
// attributes for the rule function Fn::ValueOf. Asked of EC2 as the stack's principal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

/// False only if the service says that there is no such network, subnet or security group; other
/// types are not looked up. Blocks.
bool names_something(StackCalls& calls, std::string_view aws_type, std::string_view id);

/// "VpcId", "AvailabilityZone" or "Tags.KEY" of it; nullopt: not known. Blocks.
std::optional<std::string> attribute_of(StackCalls& calls, std::string_view aws_type,
                                        std::string_view id, std::string_view attribute);

}  // namespace pawl::cloudformation
