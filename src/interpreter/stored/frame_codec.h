// SPDX-License-Identifier: Apache-2.0
// The frames section of a step record.
#pragma once

#include <string>

#include "base/error.h"
#include "interpreter/execution_state.h"
#include "interpreter/stored/step_record.h"
#include "interpreter/stored/text_table.h"
#include "base/wire.h"

namespace pawl::interpreter {

void encode_all_frames(const ExecutionState& state, TextTableWriter& texts, std::string& out);

void encode_changed_frames(const ExecutionState& state, const StepDelta& delta,
                           TextTableWriter& texts, std::string& out);

/// Applies a section, of either kind, to the frames and the ready queue of `state`, whose other
/// members are those after the record. Errors: InvalidSyntax.
base::Result<void> apply_frames(base::ByteReader& bytes, TextTableReader& texts,
                                ExecutionState& state);

}  // namespace pawl::interpreter
