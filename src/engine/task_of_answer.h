// SPDX-License-Identifier: Apache-2.0
// Which task an answer is for.
#pragma once

#include <optional>
#include <variant>

#include "engine/ports.h"

namespace pawl::engine {

/// nullopt for news that is about no task: timers, stops.
inline std::optional<interpreter::TaskId> task_of(const TaskSink::Answer& answer) {
  return std::visit(
      [](const auto& kind) -> std::optional<interpreter::TaskId> {
        if constexpr (requires { kind.task; }) return kind.task;
        return std::nullopt;
      },
      answer);
}

/// Gives the answer the task it is for; does nothing to news about no task.
inline void set_task(TaskSink::Answer& answer, interpreter::TaskId task) {
  std::visit(
      [task](auto& kind) {
        if constexpr (requires { kind.task; }) kind.task = task;
      },
      answer);
}

}  // namespace pawl::engine
