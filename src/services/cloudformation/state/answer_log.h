// SPDX-License-Identifier: Apache-2.0
// The answers that other services gave to the step under way. They are committed with what the call
// did (server/answer_keeping_store.h), so after a crash the step's handler gets them again instead
// of making, say, a second revision of a task definition.
#pragma once

#include <string>
#include <string_view>

namespace pawl::cloudformation {

inline constexpr std::string_view kAnswersOfStacks = "cloudformation/answers";

/// Where keys of a stack's answers begin.
inline std::string answers_of(std::string_view stack_uuid) {
  return "stack/" + std::string(stack_uuid) + "/";
}

}  // namespace pawl::cloudformation
