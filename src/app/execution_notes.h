// SPDX-License-Identifier: Apache-2.0
// What a picture of an execution says of its states in words, read from its history as
// GetExecutionHistory answers it: retries, items of Maps, Map Runs.
#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "json/value.h"

namespace pawl::app {

/// By state name: "retried 2 times", "3 of 5 items, 1 failed", "visited 4 times". Of states with
/// nothing to say there is nothing. `events` are ordered by id. `map_runs`: stored_execution.h;
/// they count the items of Distributed Maps, of which a history says only how they ended.
std::unordered_map<std::string, std::string> execution_notes(
    std::span<const json::Value> events, std::span<const json::Value> map_runs = {});

}  // namespace pawl::app
