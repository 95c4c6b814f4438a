// SPDX-License-Identifier: Apache-2.0
// IntegrationDispatcher: finds the handler of a Task's Resource and calls it. What has no handler
// in this build fails and says so.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/ports.h"
#include "integration/activity_tasks.h"
#include "integration/lambda_task.h"
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

 private:
  const Handler* find_handler(const asl::TaskResource& resource) const;
  void schedule_activity(const engine::TaskRequest& request, const TaskAnswer& answer);
  CallFacts draw_facts();

  Options options_;
  TaskTokens tokens_;
  std::unique_ptr<LambdaTask> lambda_;
  std::unique_ptr<StatesTask> states_;
  Handler function_handler_;  ///< for function ARNs
  std::unordered_map<std::string, Handler> handlers_;
};

}  // namespace pawl::integration
