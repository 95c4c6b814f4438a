// SPDX-License-Identifier: Apache-2.0
// ExecutionsWatch: how many executions have which status, and which have just changed, pushed to
// those who look at a list of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "console/event_stream.h"
#include "console/execution_board.h"

namespace pawl::console {

/// On the loop's thread, but for add_to(), the handler and tell_soon().
class ExecutionsWatch {
 public:
  struct Ports {
    aws::ServiceLoop& loop;
    ExecutionBoard& board;
    EventStreams& streams;
  };
  static constexpr int64_t kMessageGapMs = 250;
  static constexpr size_t kChangesMax = 200;  ///< of one message

  explicit ExecutionsWatch(const Ports& ports) : ports_(ports) {}

  /// Must outlive the table and the loop's tasks.
  ///
  /// "executions/watch" {"stateMachineArn"?, "after"?}: of STANDARD executions of that machine, or
  /// of all in the caller's account and region, children of Map Runs left out; at most four times a
  /// second: event "counts" {"RUNNING": 1, "SUCCEEDED": 2, "FAILED": 0, "TIMED_OUT": 0, "ABORTED":
  /// 0, "PENDING_REDRIVE": 0, "isComplete": false while an older store is still being counted,
  /// "change"} at once and as they change; event "changed" {"executions": [{"executionArn",
  /// "stateMachineArn", "name", "status", "startDate", "stopDate"?} …], "isIncomplete", "change"}:
  /// each execution once as it stands now, the one that changed last behind the others.
  /// Status "DELETED": it is no more. `isIncomplete`: more have changed than could be said, so ask
  /// for the list again. Who comes again says the last `change` as `after`, and is told what
  /// happened meanwhile, or, of another run of the server, that it is incomplete.
  ///
  /// "executions/counts" {"stateMachineArns": [at most 1,000]}: {"counts": [the data of "counts"
  /// for each, in their order]}: what a list of machines shows.
  void add_to(ApiTable& table);
  /// The board has changed. Any thread.
  void tell_soon();

 private:
  struct Watcher;

  void open(const ApiRequest& request, net::HttpReply reply);
  aws::ApiResult<json::Value> counts(const ApiRequest& request) const;
  void tell_all();
  bool tell(Watcher& watcher);

  const Ports ports_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  base::Timestamp told_at_;
  bool is_due_ = false;  ///< tell_all() comes
};

}  // namespace pawl::console
