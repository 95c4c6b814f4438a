// SPDX-License-Identifier: Apache-2.0
// What a picture of an execution says of its states in words, read from its history as
// GetExecutionHistory answers it: retries, items of Maps, Map Runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "json/value.h"

namespace pawl::app {

/// By state name; of states with nothing to say there is nothing.
struct ExecutionNotes {
  std::unordered_map<std::string, std::string> texts;  ///< "retried once", "3 of 5 items, 1 failed"
  std::unordered_map<std::string, int64_t> visits;  ///< how often it was entered, if twice or more
};

/// `events` are ordered by id. `map_runs`: stored_execution.h; they count the items of Distributed
/// Maps, of which a history says only how they ended.
ExecutionNotes execution_notes(std::span<const json::Value> events,
                               std::span<const json::Value> map_runs = {});

}  // namespace pawl::app
