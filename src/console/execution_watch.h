// SPDX-License-Identifier: Apache-2.0
// ExecutionWatch: one execution as it moves, pushed to those who look at it: new events, changes of
// its status, progress of its Map Runs, its end. What is sent is read from the store when the
// engine says that something is there, so a slow reader misses nothing and costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "console/event_stream.h"
#include "console/execution_board.h"
#include "engine/execution_store.h"
#include "engine/ports.h"

namespace pawl::console {

/// On the loop's thread, but for add_to() and the handler.
class ExecutionWatch {
 public:
  struct Ports {
    aws::ServiceLoop& loop;
    aws::Caller& caller;  ///< DescribeExecution
    const engine::ExecutionStore& executions;
    engine::RevisionSource& revisions;
    ExecutionBoard& board;
    EventStreams& streams;
  };
  static constexpr int64_t kMessageGapMs = 50;      ///< between two looks of one watcher
  static constexpr int64_t kLookAnywayMs = 10'000;  ///< though nobody has said that it moved
  static constexpr size_t kEventsMax = 2'000;       ///< of one message
  static constexpr size_t kMapRunsMax = 100;        ///< the newest

  explicit ExecutionWatch(const Ports& ports) : ports_(ports) {}

  /// Must outlive the table and the loop's tasks.
  ///
  /// "execution/watch" {"executionArn", "after"?: id of an event}: events "history" (outline_text
  /// of what is behind `after`; the field `id` is its last), "execution" (API DescribeExecution, at
  /// once and at each change of status), "mapRuns" {"mapRuns": [API DescribeMapRun …]} (newest
  /// first; at once if there are some, and as they change), "error" {"__type", "message"}, "gone"
  /// {} (it has been deleted). It ends with "gone", "error", or when all of an ended execution has
  /// been told.
  void add_to(ApiTable& table);
  /// Some executions have moved: ExecutionBoard::take_moved(). Any thread.
  void look_at_moved();

 private:
  struct Watcher;
  using Handle = std::shared_ptr<Watcher>;

  void open(const ApiRequest& request, net::HttpReply reply);
  void begin(const Handle& watcher);
  void end(const Handle& watcher);
  void look_soon(const Handle& watcher);
  void look_at(const Handle& watcher, base::Timestamp due);
  void look(const Handle& watcher);
  bool tell_events(Watcher& watcher, const engine::ExecutionRecord& record);
  bool tell_map_runs(Watcher& watcher);
  void describe(const Handle& watcher, const engine::ExecutionRecord& record);
  void told_description(const Handle& watcher, const aws::ApiResult<json::Value>& answer);
  void fail(const Handle& watcher, const aws::ApiError& error);

  const Ports ports_;
  std::unordered_multimap<engine::ExecutionId, Handle> watchers_;
};

}  // namespace pawl::console
