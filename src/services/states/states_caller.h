// SPDX-License-Identifier: Apache-2.0
// StatesCaller: Step Functions as its own workflows call it (states:startExecution,
// aws-sdk:sfn:…), inside the process.
#pragma once

#include <string>

#include "aws/service/identities.h"
#include "aws/service/service_loop.h"
#include "integration/states_api.h"
#include "services/states/execution_api.h"

namespace pawl::states {

/// Thread-safe. What is started is durable before `done`; `ended` is made anew when a task is
/// dispatched again after a crash.
class StatesCaller final : public integration::StatesApi {
 public:
  /// `api` is set before the first call, for the engine that calls is part of it.
  void connect(ExecutionApi& api, engine::DurableEngine& engine) {
    api_ = &api;
    engine_ = &engine;
  }
  /// Who is asked whether a task may start an execution, with the time of day; null: nobody. Must
  /// outlive this.
  void ask(aws::Authorizer* authorizer, aws::ServiceLoop& loop) {
    authorizer_ = authorizer;
    loop_ = &loop;
  }

  void start_execution(integration::StartExecutionRequest request,
                       Done<integration::StartedExecution> done, Ended ended) override;
  void describe_execution(const std::string& execution_arn,
                          Done<integration::ExecutionDescription> done) override;
  void stop_execution(const std::string& execution_arn) override;
  void send_task_success(const std::string& task_token, const std::string& output,
                         Done<void> done) override;
  void send_task_failure(const std::string& task_token, asl::ExecutionError error,
                         Done<void> done) override;
  void send_task_heartbeat(const std::string& task_token, Done<void> done) override;

 private:
  ExecutionApi* api_ = nullptr;
  engine::DurableEngine* engine_ = nullptr;
  aws::Authorizer* authorizer_ = nullptr;
  aws::ServiceLoop* loop_ = nullptr;
};

}  // namespace pawl::states
