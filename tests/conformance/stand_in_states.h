// SPDX-License-Identifier: Apache-2.0
// StandInStates: as much of the Step Functions API as recorded cases of the language need, over a
// LocalEngine. For the conformance harness only: the service itself is another layer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/local_engine.h"
#include "engine/ports.h"
#include "integration/states_api.h"
#include "integration/task_tokens.h"
#include "json/value.h"

namespace pawl::conformance {

using ApiResult = integration::ServiceResult<json::Value>;

class StandInStates final : public integration::StatesApi {
 public:
  StandInStates(engine::Clock& clock, engine::Entropy& entropy)
      : clock_(clock), entropy_(entropy) {}
  void connect(engine::LocalEngine& engine, integration::TaskTokens& tokens) {
    engine_ = &engine;
    tokens_ = &tokens;
  }

  /// nullopt: not one of CreateStateMachine, ValidateStateMachineDefinition, StartExecution,
  /// DescribeExecution, GetExecutionHistory.
  std::optional<ApiResult> call(std::string_view operation, const json::Value& input);

  void start_execution(integration::StartExecutionRequest request,
                       Done<integration::StartedExecution> done, Ended ended) override;
  void describe_execution(const std::string& arn,
                          Done<integration::ExecutionDescription> done) override;
  void stop_execution(const std::string& arn) override;
  void send_task_success(const std::string& token, const std::string& output,
                         Done<void> done) override;
  void send_task_failure(const std::string& token, asl::ExecutionError error,
                         Done<void> done) override;
  void send_task_heartbeat(const std::string& token, Done<void> done) override;

 private:
  struct Machine {
    std::string arn;
    std::string name;
    std::string role_arn;
    std::shared_ptr<const asl::Program> program;
  };
  struct Execution {
    engine::ExecutionId id;
    std::string arn;
    std::string name;
    Machine machine;
    std::string input;
    base::Timestamp start_date;
  };

  integration::ServiceResult<integration::StartedExecution> begin_execution(
      integration::StartExecutionRequest request, Ended ended);
  ApiResult create_state_machine(const json::Value& input);
  ApiResult validate(const json::Value& input) const;
  ApiResult start(const json::Value& input);
  ApiResult describe(const json::Value& input);
  ApiResult history(const json::Value& input);
  integration::ServiceResult<const Execution*> find(const std::string& arn) const;
  integration::ExecutionDescription description_of(const Execution& execution) const;

  engine::Clock& clock_;
  engine::Entropy& entropy_;
  engine::LocalEngine* engine_ = nullptr;
  integration::TaskTokens* tokens_ = nullptr;
  std::map<std::string, Machine> machines_;
  std::map<std::string, Execution> executions_;
};

}  // namespace pawl::conformance
