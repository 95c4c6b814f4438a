// SPDX-License-Identifier: Apache-2.0
// Environment: what a template's pseudo parameters stand for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
#pragma once

#include <string>
#include <vector>

namespace pawl::formation {

/// Of one stack. A value; thread-safe as such.
struct Environment {
  std::string account_id = "000000000000";   ///< AWS::AccountId
  std::string region = "us-east-1";          ///< AWS::Region
  std::string partition = "aws";             ///< AWS::Partition
  std::string url_suffix = "amazonaws.com";  ///< AWS::URLSuffix: "localhost:4566" in a server
  std::string stack_name = {};               ///< AWS::StackName
  std::string stack_id = {};                 ///< AWS::StackId, an ARN
  std::vector<std::string> notification_arns = {};  ///< AWS::NotificationARNs
};

}  // namespace pawl::formation
