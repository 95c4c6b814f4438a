// SPDX-License-Identifier: Apache-2.0
// Renders history events as API GetExecutionHistory does.
#pragma once

#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "json/value.h"

namespace pawl::interpreter {

struct HistoryRendering {
  bool include_execution_data = true;  ///< API parameter includeExecutionData
  bool iso8601_timestamps = false;     ///< for people; the API has seconds with three decimals
};

/// {"timestamp", "type", "id", "previousEventId", "…EventDetails"}. Input and output are JSON as
/// text, as in the API.
json::Value render(const HistoryEvent& event, const asl::Program& program,
                   const ExecutionInfo& info, const HistoryRendering& rendering = {});

}  // namespace pawl::interpreter
