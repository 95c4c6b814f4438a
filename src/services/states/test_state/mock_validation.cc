// SPDX-License-Identifier: Apache-2.0
// NOTE: texts are recorded, but for those marked "ours".
#include "services/states/test_state/mock_validation.h"

#include <string>
#include <string_view>

#include "aws/service/result_schema.h"
#include "integration/sdk_names.h"
#include "json/parse.h"
#include "services/states/configuration.h"
#include "services/states/test_state/mocked_operation.h"

namespace pawl::states {
namespace {

using asl::StateType;
using aws::ApiResult;
using aws::validation_exception;

bool has_children(const asl::State& state) {
  return state.type == StateType::Map || state.type == StateType::Parallel;
}

/// stateConfiguration and context say how a mocked state came about.
ApiResult<void> check_what_needs_a_mock(const TestStateRequest& request) {
  const TestStateConfiguration& configuration = request.configuration;
  // The first is recorded; the others are ours, after it.
  const std::pair<bool, std::string_view> members[] = {
      {configuration.map_iteration_failure_count.has_value(), "MapIterationFailureCount"},
      {configuration.retrier_retry_count.has_value(), "RetrierRetryCount"},
      {configuration.error_caused_by_state.has_value(), "ErrorCausedByState"},
      {configuration.map_item_reader_data.has_value(), "MapItemReaderData"},
      {request.context.has_value(), "Context"}};
  for (const auto& [given, name] : members) {
    if (given) {
      return validation_exception("TestState does not support " + std::string(name) +
                                  " when a mock is not specified.");
    }
  }
  return {};
}

ApiResult<void> check_without_mock(const TestStateRequest& request, const asl::State& state) {
  PAWL_TRY_VOID(check_what_needs_a_mock(request));
  if (has_children(state)) {
    return aws::ApiError("InvalidDefinition",
                         "TestState API does not support Map or Parallel states. Supported state "
                         "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
  }
  if (state.type != StateType::Task) return {};
  if (waits_for_callback(std::get<asl::TaskState>(state.detail).resource)) {
    // API TestState: "only supports the following when a mock is specified"; the text is ours.
    return aws::ApiError("InvalidDefinition",
                         "TestState API does not support Activity tasks and the '.sync' and "
                         "'.waitForTaskToken' service integration patterns when a mock is not "
                         "specified.");
  }
  if (!request.role_arn)
    return validation_exception("RoleArn must be specified when testing a Task state");
  return {};
}

ApiResult<void> check_schema(const MockInput& mock, const asl::TaskResource& resource,
                             const json::Value& result, aws::ModelCatalog& models) {
  if (mock.field_validation == MockValidation::None) return {};
  const aws::Shape* output = mocked_output(resource, models);
  if (output == nullptr) return {};
  // Recorded for what is wrong inside; that a result is no object at all is told in our words.
  if (!result.is_object()) return validation_exception("Mocked result must be a JSON object.");
  // lambda:invoke gives back what the function returned, whatever it is, not the API's blob.
  const bool any_payload =
      resource.kind == asl::ResourceKind::Integration && resource.service == "lambda";
  const json::Value checked = any_payload ? result.without_member("Payload") : result;
  const auto mode = mock.field_validation == MockValidation::Strict ? aws::SchemaMode::Strict
                                                                    : aws::SchemaMode::Present;
  const aws::MemberNaming naming = resource.kind == asl::ResourceKind::AwsSdk
                                       ? integration::sdk_member_name
                                       : aws::capitalized_member;
  if (const auto violation = aws::result_schema_violation(*output, checked, mode, naming))
    return validation_exception("Mock result schema validation error: " + *violation);
  return {};
}

ApiResult<void> check_result(const MockInput& mock, const asl::State& state,
                             aws::ModelCatalog& models) {
  const base::Result<json::Value> result = json::parse(*mock.result);
  if (!result) return validation_exception("Mocked result must be valid JSON");
  if (state.type == StateType::Task) {
    return check_schema(mock, std::get<asl::TaskState>(state.detail).resource, *result, models);
  }
  // A ResultWriter leaves an object that says where the results are.
  const auto* map = std::get_if<asl::MapState>(&state.detail);
  const bool writes = map != nullptr && map->result_writer && map->result_writer->resource;
  if (writes && !result->is_object())
    return validation_exception("Mocked result must be a JSON object.");
  if (!writes && !result->is_array())
    return validation_exception("Mocked result must be an array.");
  return {};
}

ApiResult<void> check_context(const std::string& context, const asl::State& state) {
  const std::string prefix = "Invalid Context object provided: ";
  const base::Result<json::Value> object = json::parse(context);
  // The text is ours.
  if (!object || !object->is_object())
    return validation_exception(prefix + "Context object must be a valid JSON object");
  const auto* task = std::get_if<asl::TaskState>(&state.detail);
  const bool waits =
      task != nullptr && task->resource.pattern != asl::IntegrationPattern::RequestResponse;
  if (object->find("Task") != nullptr && !waits) {
    return validation_exception(
        prefix +
        "Context object contains 'Task' when state is not a Task state with a '.sync' or "
        "'.waitForTaskToken' service integration pattern");
  }
  return {};
}

ApiResult<void> check_with_mock(const TestStateRequest& request, const asl::State& state,
                                aws::ModelCatalog& models) {
  if (state.type != StateType::Task && !has_children(state)) {
    return validation_exception("State type '" + std::string(asl::state_type_name(state.type)) +
                                "' is not supported when a mock is specified");
  }
  if (request.reveal_secrets)
    return validation_exception(
        "TestState does not support RevealSecrets when a mock is specified.");
  const MockInput& mock = *request.mock;
  if (mock.result.has_value() == mock.error_output.has_value()) {  // ours
    return validation_exception(
        "A test mock should have only one of the following fields: [result, errorOutput].");
  }
  if (mock.result) PAWL_TRY_VOID(check_result(mock, state, models));
  if (request.context) return check_context(*request.context, state);
  return {};
}

}  // namespace

bool waits_for_callback(const asl::TaskResource& resource) {
  return resource.kind == asl::ResourceKind::Activity ||
         resource.pattern != asl::IntegrationPattern::RequestResponse;
}

ApiResult<void> check_test_state_request(const TestStateRequest& request, const TestedState& tested,
                                         aws::ModelCatalog& models) {
  if (request.role_arn) PAWL_TRY_VOID(check_role_arn(*request.role_arn));
  return request.mock ? check_with_mock(request, tested.state(), models)
                      : check_without_mock(request, tested.state());
}

}  // namespace pawl::states
