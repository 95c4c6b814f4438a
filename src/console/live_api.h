// SPDX-License-Identifier: Apache-2.0
// LiveApi: the part of the console that shows executions and the server as they move, put together:
// histories and the three watches.
#pragma once

#include <functional>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "console/event_stream.h"
#include "console/execution_board.h"
#include "console/execution_watch.h"
#include "console/executions_watch.h"
#include "console/history_api.h"
#include "console/overview_watch.h"
#include "engine/execution_store.h"
#include "engine/ports.h"
#include "store/store.h"

namespace pawl::console {

/// Everything outlives it.
struct LivePorts {
  aws::ServiceLoop& loop;
  aws::Caller& caller;
  store::Store& store;
  const engine::ExecutionStore& executions;
  engine::RevisionSource& revisions;
  ExecutionBoard& board;  ///< which the engine tells
  std::function<ServerTotals()> totals;
  std::function<std::vector<ServiceRequests>()> requests;
};

/// Thread-safe. Must outlive the loop's tasks and the engine's threads.
class LiveApi {
 public:
  explicit LiveApi(const LivePorts& ports);
  /// Must outlive the table.
  void add_to(ApiTable& table);
  /// Sampling begins. Once.
  void run() { overview_.run(); }

 private:
  EventStreams streams_;
  HistoryApi history_;
  ExecutionWatch execution_;
  ExecutionsWatch executions_;
  OverviewWatch overview_;
};

}  // namespace pawl::console
