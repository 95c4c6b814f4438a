// SPDX-License-Identifier: Apache-2.0
// TimeTravelApi: `execution/at`: where an execution stood at one of its events, and what every
// expression of its states was worth there.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "console/api_table.h"
#include "engine/blocking_work.h"
#include "engine/execution_store.h"
#include "services/states/engine_revisions.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"
#include "store/store.h"

namespace pawl::console {

/// {"executionArn", "event": id, "line"?: whose expressions alone, "whole"?: JSON pointer of a
/// value that was left out for its size} in; moment_json.h's object, or {"value"} of `whole`, out.
/// Reads the store alone, on threads of its own; those of clients that have gone are left out.
/// Errors: InvalidArn, ExecutionDoesNotExist (also of EXPRESS machines), ValidationException for
/// events that are not there, ThrottlingException if too many wait.
class TimeTravelApi {
 public:
  TimeTravelApi(store::Store& store, const engine::ExecutionStore& executions);
  ~TimeTravelApi() { work_.stop(); }
  TimeTravelApi(const TimeTravelApi&) = delete;
  TimeTravelApi& operator=(const TimeTravelApi&) = delete;

  /// Must outlive the table.
  void add_to(ApiTable& table);

  /// The same without threads; errors are answers.
  aws::ApiResult<json::Value> at(const ApiRequest& request);

 private:
  /// The definitions that executions run; opened when first asked for. The answer shares values
  /// with a Program, which is kept while it is written.
  struct Machines {
    std::unique_ptr<states::MachineStore> store;
    std::unique_ptr<states::MachineRegistry> registry;
    std::unique_ptr<states::EngineRevisions> revisions;
  };
  aws::ApiResult<Machines*> machines();
  net::HttpResponse answer(const ApiRequest& request);
  aws::ApiResult<std::string> text_at(const ApiRequest& request);

  store::Store& store_;
  const engine::ExecutionStore& executions_;
  std::mutex mutex_;
  Machines machines_;  ///< made once, guarded by mutex_
  std::atomic<size_t> waiting_ = 0;
  engine::BlockingWork work_{2};  ///< last: it uses all of the above
};

}  // namespace pawl::console
