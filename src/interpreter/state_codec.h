// SPDX-License-Identifier: Apache-2.0
// ExecutionState to JSON and back: what a store keeps between steps, format 1
// (docs/formats/execution-state.md). Payloads are kept as text, so that input passes through a
// restart as it was written.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "interpreter/execution_state.h"
#include "json/value.h"

namespace pawl::interpreter {

/// The whole state between two steps. Equal states give equal bytes: members stand in a fixed
/// order, frames by id.
json::Value encode_state(const ExecutionState& state);

/// The inverse. `info` is kept apart, as it never changes.
/// Errors: TypeMismatch naming the member that is absent or of a wrong type, InvalidJson inside a
/// payload, Unsupported for another format number.
base::Result<ExecutionState> decode_state(const json::Value& stored,
                                          std::shared_ptr<const ExecutionInfo> info);

}  // namespace pawl::interpreter
