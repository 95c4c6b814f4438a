// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_request.h"

#include <string_view>

#include "json/members.h"

namespace pawl::states {
namespace {

InspectionLevel level_of(const std::optional<std::string>& text) {
  if (text == "DEBUG") return InspectionLevel::Debug;
  return text == "TRACE" ? InspectionLevel::Trace : InspectionLevel::Info;
}

MockInput read_mock(const json::Value& object) {
  MockInput mock;
  mock.result = find_text(object, "result");
  const json::Value* error = object.find("errorOutput");
  if (error != nullptr && error->is_object()) {
    mock.error_output = asl::ExecutionError{find_text(*error, "error"), find_text(*error, "cause")};
  }
  const std::optional<std::string> mode = find_text(object, "fieldValidationMode");
  if (mode == "PRESENT") mock.field_validation = MockValidation::Present;
  if (mode == "NONE") mock.field_validation = MockValidation::None;
  return mock;
}

}  // namespace

TestStateRequest read_test_state_request(const aws::Request& request) {
  const json::Value& input = request.input;
  TestStateRequest out;
  out.definition = text_member(input, "definition");
  out.state_name = find_text(input, "stateName");
  out.role_arn = find_text(input, "roleArn");
  out.input = find_text(input, "input").value_or("{}");
  out.variables = find_text(input, "variables");
  out.context = find_text(input, "context");
  out.inspection_level = level_of(find_text(input, "inspectionLevel"));
  const json::Value* reveal = input.find("revealSecrets");
  out.reveal_secrets = reveal != nullptr && reveal->is_boolean() && reveal->as_boolean();
  const json::Value* mock = input.find("mock");
  if (mock != nullptr && mock->is_object()) out.mock = read_mock(*mock);
  const json::Value* configuration = input.find("stateConfiguration");
  if (configuration != nullptr && configuration->is_object()) {
    out.configuration = {
        .retrier_retry_count = find_integer(*configuration, "retrierRetryCount"),
        .error_caused_by_state = find_text(*configuration, "errorCausedByState"),
        .map_iteration_failure_count = find_integer(*configuration, "mapIterationFailureCount"),
        .map_item_reader_data = find_text(*configuration, "mapItemReaderData")};
  }
  out.account = request.account_id();
  out.region = request.region;
  return out;
}

}  // namespace pawl::states
