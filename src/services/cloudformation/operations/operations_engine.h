// SPDX-License-Identifier: Apache-2.0
// OperationsEngine: carries out what is asked of stacks: creating, updating, deleting, going back.
// Everything that has happened is in the store before anything follows from it, so that a process
// that dies in the middle goes on when it starts again: what was being done is done again under
// the same token. One StackRun (stack_run.h) a stack that is in operation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/cloudformation/operations/blocking_calls.h"
#include "services/cloudformation/operations/resource_handler.h"
#include "services/cloudformation/operations/stack_threads.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

class StackRun;

/// What operations work with. All outlive the engine.
struct EnginePorts {
  StackStore& store;
  aws::ServiceLoop& loop;
  aws::Caller& caller;
  aws::ModelCatalog& models;
  StackExecutor& executor;
  const HandlerRegistry& handlers;
  std::shared_ptr<AnswerGate> gate;
  std::function<std::string()> url_suffix;  ///< AWS::URLSuffix
  /// Told of every event once it is committed; may be empty.
  std::function<void(const StackKey&, const StackRecord&, const EventRecord&)> announce = {};
  /// An operation cannot go on for a reason that is none of its resources'; may be empty.
  std::function<void(const StackKey&, const aws::ApiError&)> failed = {};
};

/// Thread-safe.
class OperationsEngine {
 public:
  explicit OperationsEngine(EnginePorts ports) : ports_(std::move(ports)) {}

  /// Goes on with what the store says is to be done, if anything: after an operation was recorded,
  /// or told to stop, or something that it waits for has happened. Never blocks.
  void go_on(const StackKey& key);
  /// A resource that waits need not wait for its time: an answer has come. "": all of them.
  void wake(const StackKey& key, const std::string& logical_id);
  /// All operations that the last process left. Errors: the store's.
  aws::ApiResult<void> go_on_all();

  const EnginePorts& ports() const { return ports_; }

 private:
  friend class StackRun;
  /// Of a run that has nothing more to do.
  void forget(const StackKey& key, const StackRun* run);

  const EnginePorts ports_;
  std::mutex mutex_;
  std::map<StackKey, std::shared_ptr<StackRun>> runs_;  ///< guarded by mutex_
};

}  // namespace pawl::cloudformation
