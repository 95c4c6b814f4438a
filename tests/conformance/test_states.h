// SPDX-License-Identifier: Apache-2.0
// API TestState for the harness: the action itself behind the model's validation, called and waited
// for.
#pragma once

#include <future>
#include <string>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "functions.h"
#include "integration/integration_dispatcher.h"
#include "services/states/test_state/test_state_action.h"
#include "stand_in_states.h"

namespace pawl::conformance {

class TestStates final : public aws::Service {
 public:
  TestStates(engine::Clock& clock, engine::Entropy& entropy, Functions& functions)
      : models_(search_path()),
        dispatcher_({.clock = clock, .entropy = entropy, .lambda = &functions}),
        action_(
            {.dispatcher = dispatcher_, .clock = clock, .entropy = entropy, .models = models_}) {}

  /// nullopt without installed service models.
  std::optional<ApiResult> call(const json::Value& params) {
    const base::Result<const aws::ServiceModel*> model = models_.find("stepfunctions");
    if (!model) return std::nullopt;
    aws::ActionTable table(*this, **model);
    bind(table);
    aws::Request request;
    request.operation = (*model)->find_operation("TestState");
    request.input = params;
    std::promise<aws::ActionResult> answered;
    table.call(std::move(request), aws::Reply([&answered](aws::ActionResult result) {
                 answered.set_value(std::move(result));
               }));
    aws::ActionResult result = answered.get_future().get();
    if (result) return ApiResult(std::move(result->value));
    return ApiResult(tl::unexpected(
        integration::ServiceError{result.error().code, result.error().message.value_or(""), 400}));
  }

 private:
  static aws::ModelSearchPath search_path() {
    aws::ModelSearchPath path;
    path.directories = aws::botocore_directories({});
    path.overlay_directories.emplace_back(PAWL_SOURCE_DIR "/models");
    return path;
  }
  void bind(aws::ActionTable& table) override { table.on_async("TestState", &TestStates::run); }
  void run(aws::Request request, aws::Reply reply) {
    action_.run(std::move(request), std::move(reply));
  }

  aws::ModelCatalog models_;
  integration::IntegrationDispatcher dispatcher_;
  states::TestStateAction action_;
};

}  // namespace pawl::conformance
