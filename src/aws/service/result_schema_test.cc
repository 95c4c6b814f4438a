// SPDX-License-Identifier: Apache-2.0
// The recorded TestState mocks.
#include "aws/service/result_schema.h"

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"

namespace pawl::aws {
namespace {

TEST(ResultSchema, AsRecorded) {
  const char* const cases[][4] = {
      {"events", "PutEvents", R"({"Entries":[{"EventId":"a"},{"EventId":["b"]}]})",
       "Field 'EventId' must be a string"},
      {"events", "PutEvents", R"({"Entries":"x"})", "Field 'Entries' must be an array"},
      {"stepfunctions", "StartExecution", "{}", "Required field 'ExecutionArn' is missing"},
      {"stepfunctions", "StartExecution", R"({"ExecutionArn":"a","StartDate":1764103483})",
       "Field 'StartDate' must be a string"},
      {"lambda", "Invoke", R"({"StatusCode":"200"})", "Field 'StatusCode' must be a number"},
      {"dynamodb", "PutItem", R"({"ConsumedCapacity":{"CapacityUnits":"123.45"}})",
       "Field 'CapacityUnits' must be a number"},
      {"s3", "GetObject", R"({"ContentLength":"9000"})", "Field 'ContentLength' must be a number"},
      {"s3", "GetObject", R"({"StorageClass":"Papyrus"})",
       "Field 'StorageClass' is not an expected value"},
      {"kms", "Encrypt", R"({"CiphertextBlob":123})", "Field 'CiphertextBlob' must be a string"},
      {"kms", "Encrypt", R"({"CiphertextBlob":""})",
       "Field 'CiphertextBlob' is smaller than the minimum length"},
      {"lambda", "GetFunction", R"({"Configuration":{"MemorySize":127}})",
       "Field 'MemorySize' is less than the minimum value"},
      {"lambda", "GetFunction", R"({"Configuration":{"MemorySize":10241}})",
       "Field 'MemorySize' exceeds the maximum value"}};
  for (const auto& [service, operation, result, expected] : cases) {
    const ServiceModel* model = installed_model(service);
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    EXPECT_EQ(result_schema_violation(*model->find_operation(operation)->output,
                                      *json::parse(result), SchemaMode::Strict),
              expected)
        << operation;
  }
  const Shape& start = *installed_model("stepfunctions")->find_operation("StartExecution")->output;
  EXPECT_FALSE(result_schema_violation(start, *json::parse("{}"), SchemaMode::Present));
  EXPECT_FALSE(result_schema_violation(
      start, *json::parse(R"({"ExecutionArn":"a","StartDate":"2025-01-01T00:00:00Z"})"),
      SchemaMode::Strict));
}

}  // namespace
}  // namespace pawl::aws
