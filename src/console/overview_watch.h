// SPDX-License-Identifier: Apache-2.0
// OverviewWatch: how the server does, once a second, for those who look at the overview:
// throughput, the slowest machines, failures, the store, the process, requests by service.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "console/event_stream.h"
#include "console/execution_board.h"
#include "console/overview_sampler.h"
#include "store/store.h"

namespace pawl::console {

/// Of one service, since the server began.
struct ServiceRequests {
  std::string service;  ///< the model's name
  uint64_t requests = 0;
  uint64_t errors = 0;
  uint64_t us = 0;  ///< all of them together
};

/// On the loop's thread, but for add_to() and the handler.
class OverviewWatch {
 public:
  struct Ports {
    aws::ServiceLoop& loop;
    ExecutionBoard& board;
    EventStreams& streams;
    const store::Store& store;
    std::function<ServerTotals()> totals;                    ///< once a second, always: cheap
    std::function<std::vector<ServiceRequests>()> requests;  ///< while somebody looks
  };
  static constexpr size_t kMachinesMax = 10;  ///< of each list

  explicit OverviewWatch(Ports ports) : ports_(std::move(ports)) {}

  /// Must outlive the table and the loop's tasks.
  ///
  /// "overview/watch" {}: event "overview" once a second, the first at once:
  /// - "series" (only in the first): OverviewSampler::series; "sample" (in the others): ::last.
  /// - "running": executions now, "totals": {"started", "succeeded", "failed", "transitions",
  ///   "requests"} since the server began, "now": epoch ms, "openSince": epoch ms.
  /// - "counts": executions in the caller's account and region by status (STANDARD).
  /// - "slowest", "failing": [{"stateMachineArn", "name", "type", "count", "p50", "p95", "max":
  ///   ms, "failures", "lastError"?, "lastFailedExecutionArn"? (STANDARD only), "lastFailedAt"?:
  ///   epoch ms} …], of the last 7 to 15 minutes: by p95, and by failures where there are any.
  /// - "store": {"isDurable", "diskBytes", "memtableBytes", "cacheBytes", "pendingCompactionBytes",
  ///   "logBytes", "bytesWritten", "commits", "syncs", "syncP50Us", "syncP99Us", "writesStopped",
  ///   "failed"}; the percentiles of the syncs since the last message, if there were any, else of
  ///   all.
  /// - "process": {"residentBytes", "cpuPercent": of one core, "threads", "openFiles"}.
  /// - "services": [{"service", "requests", "errors", "requestsPerSecond", "errorsPerSecond",
  ///   "averageUs"} …], those that were called at all, the busiest first.
  void add_to(ApiTable& table);
  /// Sampling begins. Once; any thread.
  void run();

 private:
  struct Watcher;
  struct Process {
    uint64_t cpu_us = 0;
    base::Timestamp at;
  };

  void open(const ApiRequest& request, net::HttpReply reply);
  void tick();
  void tell_all();
  json::Value common();
  json::Value store_health();
  json::Value process_health(base::Timestamp now);
  json::Value services(base::Timestamp now);
  void set_machines(json::ObjectBuilder& out) const;
  json::Value totals() const;

  const Ports ports_;
  OverviewSampler sampler_;
  ServerTotals totals_;
  base::Timestamp open_since_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  store::Statistics store_before_;
  Process process_before_;
  std::vector<ServiceRequests> services_before_;
  base::Timestamp services_at_;
};

}  // namespace pawl::console
