// SPDX-License-Identifier: Apache-2.0
// ReplayLines: where each line of an execution stands at one event: the frames of a stored state,
// moved on by the events that follow in the same record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/replay_check.h"
#include "json/value.h"

namespace pawl::engine {

struct ReplayLine {
  std::string name;    ///< the frame's number
  std::string parent;  ///< "" for the machine itself
  std::string state;   ///< "": it has not entered one
  std::string phase;   ///< for people: "waits for a task"
  std::string input;   ///< JSON text: the raw input of `state`, after it the output
  std::vector<std::pair<std::string, json::Value>> variables;  ///< its own, without outer ones
  std::vector<uint32_t> retries;                               ///< by Retrier of `state`
  std::vector<std::string> waits;                              ///< timers with their time, tokens
  int64_t last_event = 0;
  uint32_t index = 0;  ///< of the branch or iteration
};

/// All lines that have not ended, outer ones first. Moves `replay.state` on to the event.
std::vector<ReplayLine> lines_of(Replay& replay);

}  // namespace pawl::engine
