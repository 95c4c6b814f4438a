// SPDX-License-Identifier: Apache-2.0
// TaskResource: what the Resource of a Task, ItemReader or ResultWriter names, parsed;
// ResourceCatalog: the port that knows which exist. Calling them is the integration layer's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::asl {

/// How a Task waits (Developer Guide "Service integration patterns").
enum class IntegrationPattern : uint8_t {
  RequestResponse,
  RunJob /* .sync, .sync:2 */,
  WaitForTaskToken
};

enum class ResourceKind : uint8_t {
  LambdaFunction,  ///< the function's own ARN: LambdaFunction* events
  Activity,        ///< arn:…:activity:NAME: Activity* events
  Integration,     ///< arn:aws:states:::SERVICE:ACTION[.sync…]: Task* events, optimized
  AwsSdk,          ///< arn:aws:states:::aws-sdk:SERVICE:ACTION: Task* events
  Other,  ///< not AWS's; compiles with a warning where the options say so, and fails when it is run
};

struct TaskResource {
  ResourceKind kind = ResourceKind::LambdaFunction;
  std::string arn;  ///< as written
  std::string partition = "aws";
  std::string service;  ///< "lambda"; for AwsSdk "s3"; empty for LambdaFunction and Activity
  std::string action;   ///< "invoke", without pattern suffix
  IntegrationPattern pattern = IntegrationPattern::RequestResponse;
  std::string pattern_suffix;  ///< ".sync", ".sync:2", ".waitForTaskToken" or ""

  /// taskScheduledEventDetails.resourceType: "lambda", "aws-sdk:s3".
  std::string history_resource_type() const;
  /// taskScheduledEventDetails.resource: "invoke", "invoke.waitForTaskToken".
  std::string history_resource() const;
};

/// Splits a Resource. Errors: InvalidSyntax if it is no ARN of the four kinds.
base::Result<TaskResource> parse_task_resource(std::string_view arn);

/// Which integrations exist. Thread-safe.
class ResourceCatalog {
 public:
  virtual ~ResourceCatalog() = default;
  /// True if AWS would accept this Resource. LambdaFunction and Activity ARNs are not asked for.
  virtual bool exists(const TaskResource& resource) const = 0;
};

/// The optimized integrations of the Developer Guide with their actions and patterns; every aws-sdk
/// service name and action of plausible form is accepted until service models are at hand.
const ResourceCatalog& optimized_integrations();

}  // namespace pawl::asl
