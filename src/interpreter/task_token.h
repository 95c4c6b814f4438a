// SPDX-License-Identifier: Apache-2.0
// Task tokens ($$.Task.Token, GetActivityTask): text that names the task it is for, so that an
// answer finds its execution after any restart, without an index. Nobody can make one up: whoever
// takes a token compares it with Frame::task_token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "interpreter/execution_state.h"

namespace pawl::interpreter {

/// Whom a token is for.
struct TaskTokenParts {
  uint64_t execution_id = 0;  ///< ExecutionInfo::execution_id
  TaskId task;
  friend bool operator==(const TaskTokenParts&, const TaskTokenParts&) = default;
};

/// Base64, 112 characters: format (1 byte), execution id (8), frame (4), sequence (4), all
/// little-endian, then 67 bytes of `random`, so that nobody guesses it.
std::string make_task_token(const TaskTokenParts& parts, base::Random& random);

/// The names in a token; nullopt for what make_task_token never gives. Proves nothing: anybody can
/// write the names. O(token).
std::optional<TaskTokenParts> parse_task_token(std::string_view token);

}  // namespace pawl::interpreter
