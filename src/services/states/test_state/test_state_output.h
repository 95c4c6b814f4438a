// SPDX-License-Identifier: Apache-2.0
// What TestState tells of a run that is over: TestStateOutput with its InspectionData.
#pragma once

#include "engine/http_trace.h"
#include "interpreter/execution_state.h"
#include "interpreter/inspection.h"
#include "json/value.h"
#include "services/states/test_state/test_state_request.h"
#include "services/states/test_state/tested_state.h"

namespace pawl::states {

/// The API's members; JSON documents in it are texts, so the value shares nothing with the run.
json::Value test_state_output(const TestStateRequest& request, const TestedState& tested,
                              const interpreter::ExecutionState& state,
                              const interpreter::Inspection& inspection,
                              const engine::HttpTrace& http_trace);

}  // namespace pawl::states
