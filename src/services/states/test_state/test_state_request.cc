// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_request.h"

#include <string_view>

namespace pawl::states {
namespace {

std::optional<std::string> text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

std::optional<int64_t> integer_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  int64_t integer = 0;
  if (value == nullptr || !value->is_number() || !value->to_int64(integer)) return std::nullopt;
  return integer;
}

InspectionLevel level_of(const std::optional<std::string>& text) {
  if (text == "DEBUG") return InspectionLevel::Debug;
  return text == "TRACE" ? InspectionLevel::Trace : InspectionLevel::Info;
}

MockInput read_mock(const json::Value& object) {
  MockInput mock;
  mock.result = text_of(object, "result");
  const json::Value* error = object.find("errorOutput");
  if (error != nullptr && error->is_object()) {
    mock.error_output = asl::ExecutionError{text_of(*error, "error"), text_of(*error, "cause")};
  }
  const std::optional<std::string> mode = text_of(object, "fieldValidationMode");
  if (mode == "PRESENT") mock.field_validation = MockValidation::Present;
  if (mode == "NONE") mock.field_validation = MockValidation::None;
  return mock;
}

}  // namespace

TestStateRequest read_test_state_request(const aws::Request& request) {
  const json::Value& input = request.input;
  TestStateRequest out;
  out.definition = text_of(input, "definition").value_or("");
  out.state_name = text_of(input, "stateName");
  out.role_arn = text_of(input, "roleArn");
  out.input = text_of(input, "input").value_or("{}");
  out.variables = text_of(input, "variables");
  out.context = text_of(input, "context");
  out.inspection_level = level_of(text_of(input, "inspectionLevel"));
  const json::Value* reveal = input.find("revealSecrets");
  out.reveal_secrets = reveal != nullptr && reveal->is_boolean() && reveal->as_boolean();
  const json::Value* mock = input.find("mock");
  if (mock != nullptr && mock->is_object()) out.mock = read_mock(*mock);
  const json::Value* configuration = input.find("stateConfiguration");
  if (configuration != nullptr && configuration->is_object()) {
    out.configuration = {
        .retrier_retry_count = integer_of(*configuration, "retrierRetryCount"),
        .error_caused_by_state = text_of(*configuration, "errorCausedByState"),
        .map_iteration_failure_count = integer_of(*configuration, "mapIterationFailureCount"),
        .map_item_reader_data = text_of(*configuration, "mapItemReaderData")};
  }
  out.account = request.account_id();
  out.region = request.region;
  return out;
}

}  // namespace pawl::states
