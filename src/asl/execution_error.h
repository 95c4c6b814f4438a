// SPDX-License-Identifier: Apache-2.0
// ExecutionError: what goes wrong inside a workflow. It is data, matched by Retriers and Catchers
// (ASL "Errors"), never a C++ failure. The names of ASL Appendix A stand here once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::asl {

namespace error_name {
inline constexpr std::string_view kAll = "States.ALL";
inline constexpr std::string_view kTaskFailed = "States.TaskFailed";
inline constexpr std::string_view kTimeout = "States.Timeout";
inline constexpr std::string_view kHeartbeatTimeout = "States.HeartbeatTimeout";
inline constexpr std::string_view kRuntime = "States.Runtime";
inline constexpr std::string_view kPermissions = "States.Permissions";
inline constexpr std::string_view kDataLimitExceeded = "States.DataLimitExceeded";
inline constexpr std::string_view kResultPathMatchFailure = "States.ResultPathMatchFailure";
inline constexpr std::string_view kParameterPathFailure = "States.ParameterPathFailure";
inline constexpr std::string_view kBranchFailed = "States.BranchFailed";
inline constexpr std::string_view kNoChoiceMatched = "States.NoChoiceMatched";
inline constexpr std::string_view kIntrinsicFailure = "States.IntrinsicFailure";
inline constexpr std::string_view kExceedToleratedFailureThreshold =
    "States.ExceedToleratedFailureThreshold";
inline constexpr std::string_view kItemReaderFailed = "States.ItemReaderFailed";
inline constexpr std::string_view kResultWriterFailed = "States.ResultWriterFailed";
inline constexpr std::string_view kQueryEvaluationError = "States.QueryEvaluationError";
}  // namespace error_name

/// Both members may be absent: a Fail state need not name an error, StopExecution need not give a
/// cause.
struct ExecutionError {
  std::optional<std::string> error;
  std::optional<std::string> cause;
};

}  // namespace pawl::asl
