// SPDX-License-Identifier: Apache-2.0
// HistoryApi: an execution's history for those who draw it: outlines of thousands of events at
// once, and whole events by their ids from anywhere. Same rights, errors and events as API
// GetExecutionHistory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "console/api_table.h"
#include "engine/execution_store.h"
#include "engine/ports.h"

namespace pawl::console {

/// {"status": "RUNNING", "last": 7, "types": [names], "events": [[id, previous id, index in types,
/// epoch ms, name of the state | null, number | null] …]}. `last` is the id of the last event in
/// it, `after` if there is none. `number`: index of a MapIteration, items of MapStateStarted,
/// redrives of ExecutionRedriven and MapRunRedriven.
std::string outline_text(interpreter::ExecutionStatus status, int64_t after,
                         std::span<const interpreter::EventOutline> events,
                         const asl::Program& program);

/// The execution of that ARN. Errors: InvalidArn, ExecutionDoesNotExist, InternalFailure.
aws::ApiResult<engine::ExecutionRecord> find_execution(const engine::ExecutionStore& executions,
                                                       const std::string& execution_arn);

/// Reads what is committed. Thread-safe.
class HistoryApi {
 public:
  static constexpr int64_t kOutlinesMax = 10'000;
  static constexpr int64_t kEventsMax = 1'000;

  /// Both must outlive it.
  HistoryApi(const engine::ExecutionStore& executions, engine::RevisionSource& revisions)
      : executions_(executions), revisions_(revisions) {}

  /// Must outlive the table.
  ///
  /// "execution/history" {"executionArn", "after"?: id of an event, "limit"?: at most 10,000}:
  /// outline_text of the events behind it. If there are `limit` of them, ask again from `last` on.
  ///
  /// "execution/events" {"executionArn", "ids": [at most 1,000]} or {"executionArn", "from",
  /// "limit"?: at most 1,000}: {"events": as GetExecutionHistory with data, in id order}. Ids that
  /// are not there are left out; so are the last ones beyond 8 MiB, but never the first.
  void add_to(ApiTable& table);

 private:
  aws::ApiResult<std::string> history(const ApiRequest& request) const;
  aws::ApiResult<std::string> events(const ApiRequest& request) const;
  aws::ApiResult<engine::ExecutionRecord> find(const ApiRequest& request) const;

  const engine::ExecutionStore& executions_;
  engine::RevisionSource& revisions_;
};

}  // namespace pawl::console
