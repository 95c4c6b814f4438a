// SPDX-License-Identifier: Apache-2.0
// Target: whom a rule, a schedule or a pipe calls, and target_call: the operation that the call is
// (EventBridge User Guide "Event bus targets", Scheduler User Guide "Templated targets", Pipes
// "Targets"). It sends nothing: delivery.h does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/caller.h"
#include "base/time.h"

namespace pawl::aws {

/// Texts only, so that it may be kept and cross threads. What a target's kind does not know is not
/// looked at.
struct Target {
  std::string arn;
  std::string role_arn = {};
  std::string payload = {};  ///< what the target gets; for most of them JSON
  /// Of a function and a state machine: its answer is waited for (RequestResponse,
  /// StartSyncExecution).
  bool waits_for_answer = false;
  base::Timestamp time = {};  ///< of the event: log events and events on a bus carry it

  /// Step Functions: the same whenever this is delivered, and never that of another delivery, so
  /// that a STANDARD machine starts once; "": one is drawn.
  std::string execution_name = {};
  std::string message_group_id = {};          ///< SQS FIFO queues, SNS FIFO topics
  std::string message_deduplication_id = {};  ///< SQS FIFO queues, SNS FIFO topics
  std::string partition_key = {};             ///< Kinesis
  std::string event_source = {};              ///< of an event on a bus: "Source"
  std::string event_detail_type = {};         ///< "DetailType"
  std::vector<std::string> event_resources = {};
  std::string log_stream = {};  ///< CloudWatch Logs; "": "pawl"
  /// BatchParameters, EcsParameters, RunCommandParameters or HttpParameters (of Api and
  /// ApiDestination) of the API, as JSON text: members are written as there. ECS and Batch also
  /// take overrides from a payload that is an object.
  std::string parameters = {};
};

/// What the ARN of a target names.
enum class TargetKind {
  Function,
  Queue,
  Topic,
  StateMachine,
  EventBus,
  LogGroup,
  JobQueue,
  EcsCluster,
  KinesisStream,
  DeliveryStream,
  SsmDocument,
  Api,             ///< of API Gateway; called over HTTP, not by an operation
  ApiDestination,  ///< of EventBridge; the same
  SdkOperation,    ///< "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
};

/// nullopt for what cannot be called.
std::optional<TargetKind> target_kind(std::string_view arn);

/// The session that `principal`, a service, has of a role: what it calls in the role's name.
/// `principal` itself if `role_arn` is not one of a role.
Principal in_role(const Principal& principal, std::string_view role_arn);

/// The call of `target` in the name of its role, or of `principal` if it has none, in the target's
/// own region or, if its ARN names none, in `region`. SdkOperation has its service and action in
/// the SDK's spelling (Delivery::Ports::resolve) and the payload as input. Errors:
/// ValidationException for a target that cannot be called in this way, or a payload that it cannot
/// have.
ApiResult<Call> target_call(const Target& target, const Principal& principal,
                            std::string_view region);

/// A call that makes what `target` lacks, so that the call that failed with `error` will do: a log
/// group's stream. nullopt: there is nothing to be made.
std::optional<Call> call_before_retry(const Target& target, const ApiError& error,
                                      const Principal& principal, std::string_view region);

/// "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME" of a queue's ARN.
std::string queue_url(std::string_view queue_arn);

}  // namespace pawl::aws
