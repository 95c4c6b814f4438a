// SPDX-License-Identifier: Apache-2.0
// GraphApi: `graph`: a definition's picture with positions, and what is wrong with it, as one
// types.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "asl/program.h"
#include "asl/task_resource.h"
#include "aws/service/service_loop.h"
#include "console/api_table.h"
#include "services/states/bounded_cache.h"

namespace pawl::console {

/// {"definition": text, "type": "STANDARD" | "EXPRESS"} in; {"result": "OK" | "FAIL",
/// "diagnostics":
/// [{"severity", "code", "message", "location", "pointer", "line", "column", "endLine",
/// "endColumn"} …], "truncated", "graph": graph::to_json | null, "graphError": why it is null} out.
/// What cannot be told is absent. Lines and columns count from 1, columns as editors do (UTF-16). A
/// definition with mistakes has the graph of what can be understood. Layouts are made one after the
/// other on a worker thread, those of clients that have gone are left out; the last ones are kept.
/// Errors: ValidationException above 1 MiB, Throttling if too many wait.
class GraphApi {
 public:
  GraphApi(aws::ServiceLoop& loop, const asl::ResourceCatalog& resources);

  /// Must outlive the table, and the work of the loop.
  void add_to(ApiTable& table);

 private:
  struct Job {
    std::string key;  ///< of the cache
    std::string definition;
    asl::StateMachineType type;
    std::shared_ptr<net::HttpReply> reply;
  };

  void graph(const ApiRequest& request, net::HttpReply reply);
  void take(Job job);
  void work_off();
  void answer(Job job);

  aws::ServiceLoop& loop_;
  const asl::ResourceCatalog& resources_;
  states::BoundedCache<std::string, std::string, states::TextHash> answers_;
  std::mutex mutex_;
  std::deque<Job> waiting_;  ///< guarded by mutex_
  bool is_working_ = false;  ///< guarded by mutex_
};

}  // namespace pawl::console
