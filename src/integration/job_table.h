// SPDX-License-Identifier: Apache-2.0
// The jobs that .sync waits for, as a table: how a job is started, looked at, judged and stopped
// (Developer Guide, the page of each optimized integration). job_poller.h does it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "json/value.h"

namespace pawl::integration {

/// How the description of a finished job is judged beyond its status.
enum class JobCheck : uint8_t {
  None,
  EcsExitCodes,  ///< a container that ended with another code than 0 fails the task
};

/// One row. Operations and members have the model's names; several are divided by spaces.
///
/// Bindings "TARGET=SOURCE:PATH", divided by ";": TARGET is a member, of a list if it ends in "[]".
/// SOURCE is `in` (the input that started the job), `out` (what that answered) or `text` (the PATH
/// itself). PATH has "/" between member names and list indexes; where it leads nowhere, the member
/// is left out.
struct JobKind {
  std::string_view service;  ///< in Resources
  std::string_view action;
  std::string_view describe_operation;
  std::string_view describe_input;
  std::string_view result = {};  ///< path of the result in the description; "": all of it
  std::string_view result_member =
      {};                       ///< "Build": the result is a member of this name; "": it is all
  std::string_view added = {};  ///< bindings of more members of the result
  std::string_view status;      ///< path of the status in the description
  std::string_view successes;
  std::string_view failures;             ///< all else is still running
  std::string_view stop_operation = {};  ///< "": the job runs on when nobody waits any more
  std::string_view stop_input = {};
  /// The description's error that says that the job has succeeded: what was deleted is gone.
  std::string_view gone_error = {};
  JobCheck check = JobCheck::None;
};

/// nullptr if there is no such job.
const JobKind* find_job_kind(std::string_view service, std::string_view action);

std::span<const JobKind> job_kinds();

/// `text` is one of the words of `words`.
bool is_one_of(std::string_view text, std::string_view words);

/// What `path` leads to; nullptr if nowhere.
const json::Value* value_at(const json::Value& value, std::string_view path);

/// The object that `bindings` make. It shares nodes with both.
json::Value bind_members(std::string_view bindings, const json::Value& input,
                         const json::Value& output);

}  // namespace pawl::integration
