// SPDX-License-Identifier: Apache-2.0
// TestStateRequest: the input of API TestState as plain values that may cross threads.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "asl/execution_error.h"
#include "aws/service/request.h"

namespace pawl::states {

/// INFO: the outcome; DEBUG: the data flow too; TRACE: an HTTP Task's request and response as well.
enum class InspectionLevel : uint8_t { Info, Debug, Trace };

/// API MockInput, fieldValidationMode.
enum class MockValidation : uint8_t { Strict, Present, None };

/// API MockInput: what stands for calling the Resource or running the children.
struct MockInput {
  std::optional<std::string> result;  ///< JSON text
  std::optional<asl::ExecutionError> error_output;
  MockValidation field_validation = MockValidation::Strict;
};

/// API TestStateConfiguration.
struct TestStateConfiguration {
  std::optional<int64_t> retrier_retry_count;
  std::optional<std::string> error_caused_by_state;
  std::optional<int64_t> map_iteration_failure_count;
  std::optional<std::string> map_item_reader_data;
};

struct TestStateRequest {
  std::string definition;  ///< of one state, or with state_name of a whole machine
  std::optional<std::string> state_name;
  std::optional<std::string> role_arn;
  std::string input = "{}";
  std::optional<std::string> variables;  ///< JSON text of an object
  std::optional<std::string> context;    ///< JSON text of the Context Object
  InspectionLevel inspection_level = InspectionLevel::Info;
  bool reveal_secrets = false;
  std::optional<MockInput> mock;
  TestStateConfiguration configuration;
  std::string account = "000000000000";
  std::string region = "us-east-1";
};

/// From a request that the model has validated.
TestStateRequest read_test_state_request(const aws::Request& request);

}  // namespace pawl::states
