// SPDX-License-Identifier: Apache-2.0
// What `pawl replay` shows, as JSON: of a store that is at hand, in a server or without one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::server {

/// {"executionArn", "status", "events", "until", "event": as in GetExecutionHistory,
///  "stateAt": the event of the stored state it starts from, "lines": [{"line", "parent", "index",
///  "state", "phase", "input": JSON text, "variables": {…}, "retries": […], "waits": […],
///  "lastEventId"}], "check": {"records", "eventsCompared", "notDerivable": [{"event", "why"}],
///  "random": [event ids], "firstDifference": null or {"stored", "replayed"}}}
/// See engine/replay_check.h. Only reads; thread-safe if each call has its own thread.
/// Errors: NotFound (no such execution or event), TypeMismatch (damaged), Io.
base::Result<json::Value> replay_as_json(store::Store& store, std::string_view execution_arn,
                                         int64_t until);

}  // namespace pawl::server
