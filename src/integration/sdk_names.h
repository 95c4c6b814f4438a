// SPDX-License-Identifier: Apache-2.0
// How aws-sdk integrations name things: as the AWS SDK for Java 2 does, in Pascal case (Developer
// Guide "AWS SDK service integrations"; the rules are those of the SDK's code generator).
#pragma once

#include <string>
#include <string_view>

namespace pawl::integration {

/// A service's name in errors, from the model's serviceId: "DynamoDB" is "DynamoDb", "Cost and
/// Usage Report Service" is "CostAndUsageReport". In lower case it is the name in Resources.
std::string sdk_service_class(std::string_view service_id);

/// A member of parameters and results: "dbInstanceIdentifier" of the SDK with a capital, so
/// "DBInstanceIdentifier" is "DbInstanceIdentifier", "ETag" stays, "equals" is "EqualsValue".
std::string sdk_member_name(std::string_view model_member);

/// The exception class of an error shape: "NoSuchKey" is "NoSuchKeyException", "EC2Fault"
/// "Ec2Exception".
std::string sdk_exception_name(std::string_view shape);

/// The action in a Resource: "DescribeDBInstances" is "describeDBInstances".
std::string sdk_action_name(std::string_view operation);

}  // namespace pawl::integration
