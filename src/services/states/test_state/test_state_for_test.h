// SPDX-License-Identifier: Apache-2.0
// For tests: requests of API TestState as JSON, run in virtual time. Not part of the library.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/states/test_state/mock_validation.h"
#include "services/states/test_state/test_state_run.h"

namespace pawl::states {

inline constexpr base::Timestamp kTestStart{1'700'000'000'000};
inline constexpr const char* kTestRole = "arn:aws:iam::000000000000:role/tester";

/// Text members may be written as JSON: definition, input, context, variables, mock.result, …
inline TestStateRequest request_of(std::string_view text) {
  const base::Result<json::Value> object = json::parse(text);
  if (!object) ADD_FAILURE() << object.error().message << ": " << text;
  const auto as_text = [](const json::Value& value) {
    return value.is_container() ? json::Value(json::write(value)) : value;
  };
  json::Value input = json::Value::object();
  for (const json::Member& member : object->members()) {
    json::Value value = member.value;
    if (member.name() == "mock" || member.name() == "stateConfiguration") {
      for (const json::Member& part : member.value.members()) {
        if (part.name() != "errorOutput") {
          value = value.with_member(part.name(), as_text(part.value));
        }
      }
    } else {
      value = as_text(value);
    }
    input = input.with_member(member.name(), std::move(value));
  }
  aws::Request request;
  request.input = std::move(input);
  return read_test_state_request(request);
}

inline std::string shown(const aws::ApiError& error) {
  return error.code + ": " + error.message.value_or("(none)");
}

/// Compiled, checked and not yet started, or null with the error in `refused`.
inline std::unique_ptr<TestStateRun> make_run(std::string_view text, std::string& refused) {
  TestStateRequest request = request_of(text);
  aws::ApiResult<TestedState> tested = compile_tested_state(request.definition, request.state_name);
  if (!tested) {
    refused = shown(tested.error());
    return nullptr;
  }
  const aws::ApiResult<void> checked =
      check_test_state_request(request, *tested, aws::installed_models());
  if (!checked) {
    refused = shown(checked.error());
    return nullptr;
  }
  return std::make_unique<TestStateRun>(std::move(request), *std::move(tested), kTestStart, 1);
}

/// TestStateOutput as compact text, or "Code: message".
inline std::string result_text(TestStateRun& run) {
  if (!run.is_over()) return "(runs)";
  const TestStateRun::Result result = run.take_result();
  return result ? json::write(*result) : shown(result.error());
}

/// The whole test of a state that calls nothing.
inline std::string test_state(std::string_view text) {
  std::string refused;
  const std::unique_ptr<TestStateRun> run = make_run(text, refused);
  if (!run) return refused;
  run->start(kTestStart);
  return result_text(*run);
}

/// One text member of inspectionData, or of the output if it is not there; "(none)" if in neither.
inline std::string member_of(const std::string& result, std::string_view name) {
  const json::Value object = json::parse(result).value_or(json::Value());
  const json::Value* data = object.find("inspectionData");
  const json::Value* member = data != nullptr ? data->find(name) : nullptr;
  if (member == nullptr) member = object.find(name);
  if (member == nullptr) return "(none)";
  return member->is_string() ? std::string(member->as_string()) : json::write(*member);
}

}  // namespace pawl::states
