// SPDX-License-Identifier: Apache-2.0
// StatesStack: Step Functions put together: the registry of machines, the durable engine, EXPRESS,
// the calling of tasks, and the service in front of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/identities.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "engine/durable_engine.h"
#include "engine/execution_feed.h"
#include "engine/express_executions.h"
#include "engine/ports.h"
#include "engine/status_watch.h"
#include "integration/lambda_invoker.h"
#include "items/object_store.h"
#include "services/logs/log_store.h"
#include "services/states/token_bucket.h"
#include "store/store.h"

namespace pawl::server {

/// Ended in the order: requests first, then this, then the store.
class StatesStack {
 public:
  struct Options {
    store::Store& store;
    engine::Loop& loop;                            ///< EXPRESS executions run on it
    aws::ModelCatalog& models;                     ///< of the services that tasks call
    aws::Caller& caller;                           ///< calls them
    aws::ServiceLoop& service_loop;                ///< where their answers come
    aws::HttpTransport& transport;                 ///< of HTTP tasks
    integration::LambdaInvoker* lambda = nullptr;  ///< null: functions are not available
    logs::LogStore* logs = nullptr;                ///< null: executions log nothing
    std::string mock_config_file = {};             ///< Step Functions Local's; "" for none
    items::ObjectStore* objects = nullptr;  ///< of ItemReaders and ResultWriters; null: they fail
    engine::StatusWatch* watch = nullptr;   ///< null: nobody is told of executions
    engine::ExecutionFeed* feed = nullptr;  ///< null: nobody looks on
    uint32_t partitions = 1;
    states::TokenBucketSize start_throttle = {};    ///< of StartExecution
    aws::Authorizer* authorizer = nullptr;          ///< of what tasks start here; null: they may
    std::function<void(const base::Error&)> fatal;  ///< engine::DurableEngine::Options
  };

  /// Errors: the store's; a mock file that cannot be read or is not right, with its place.
  static base::Result<std::unique_ptr<StatesStack>> open(const Options& options);
  ~StatesStack();
  StatesStack(const StatesStack&) = delete;
  StatesStack& operator=(const StatesStack&) = delete;

  /// The service for the model "stepfunctions"; it lives as long as this. Once.
  std::unique_ptr<aws::Service> make_service();
  /// Executions begin to move. Once, when requests are answered.
  void run();
  /// Answers the workers that wait for a task of an activity: there is none. Thread-safe.
  void end_polls();
  /// They stop; what waits is in the store.
  void stop();

  const engine::DurableEngine& engine() const;
  const engine::ExpressStatistics& express() const;
  engine::RevisionSource& revisions();

 private:
  class Impl;
  explicit StatesStack(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::server
