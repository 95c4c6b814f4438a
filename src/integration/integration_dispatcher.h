// SPDX-License-Identifier: Apache-2.0
// IntegrationDispatcher: finds the handler of a Task's Resource and calls it. What has no handler
// in this build fails and says so.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "engine/ports.h"
#include "integration/activity_tasks.h"
#include "integration/http_task.h"
#include "integration/job_poller.h"
#include "integration/lambda_task.h"
#include "integration/service_task.h"
#include "integration/states_task.h"
#include "integration/task_answer.h"
#include "integration/task_tokens.h"

namespace pawl::integration {

/// The engine's thread calls it; answers come from anywhere. The ports must outlive it, and
/// whatever still runs behind them must be finished before the engine is destroyed.
class IntegrationDispatcher final : public engine::TaskDispatcher {
 public:
  struct Options {
    engine::Clock& clock;
    engine::Entropy& entropy;
    LambdaInvoker* lambda = nullptr;  ///< null: functions are not available
    StatesApi* states = nullptr;      ///< null: states:… and aws-sdk:sfn:… are not available
    ActivityTasks* activities =
        nullptr;  ///< null: activity tasks stay scheduled until they time out
    bool refuse_other_lambda_regions = false;
    /// All other services: by their models, wherever the caller finds them. Any null: not
    /// available.
    aws::Caller* caller = nullptr;
    aws::ModelCatalog* models = nullptr;
    aws::ServiceLoop* service_loop = nullptr;
    aws::HttpTransport* transport = nullptr;  ///< for http:invoke and apigateway:invoke
    /// The engine finds the task of a token itself (engine/durable_engine.h): none is kept here.
    bool engine_knows_tokens = false;
  };
  /// Starts one call. TaskStarted has been posted already.
  using Handler = std::function<void(const engine::TaskRequest&, TaskAnswer, CallFacts)>;

  explicit IntegrationDispatcher(const Options& options);

  /// `resource`: "lambda:invoke", "aws-sdk:sfn:startExecution": service and action as in the ARN,
  /// for all patterns.
  void add_handler(const std::string& resource, Handler handler);
  /// True if tasks with this Resource can be called.
  bool is_available(const asl::TaskResource& resource) const;
  /// The tokens of tasks that wait for a callback.
  TaskTokens& tokens() { return tokens_; }

  void dispatch(engine::TaskRequest request, engine::TaskSink& sink) override;
  void cancel(engine::ExecutionId execution, interpreter::TaskId task) override;
  /// From now on no answer reaches a sink: the engine may go. Any thread but the sinks' own.
  void close() { gate_->close(); }

 private:
  const Handler* find_handler(const asl::TaskResource& resource) const;
  void add_services();
  const Handler* find_service_handler(const asl::TaskResource& resource) const;
  void schedule_activity(const engine::TaskRequest& request, const TaskAnswer& answer);
  CallFacts draw_facts();

  Options options_;
  TaskTokens tokens_;
  std::unique_ptr<LambdaTask> lambda_;
  std::unique_ptr<StatesTask> states_;
  std::unique_ptr<ServiceTask> services_;
  std::unique_ptr<JobPoller> jobs_;
  std::unique_ptr<HttpTask> http_;
  std::shared_ptr<AnswerGate> gate_ = std::make_shared<AnswerGate>();
  Handler function_handler_;  ///< for function ARNs
  Handler service_handler_;   ///< for operations of other services
  Handler job_handler_;       ///< and their jobs
  std::unordered_map<std::string, Handler> handlers_;
};

}  // namespace pawl::integration
