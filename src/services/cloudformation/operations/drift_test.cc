// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/drift.h"

#include <gtest/gtest.h>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/types/resource_reading.h"
#include "services/cloudformation/types/stack_calls_for_test.h"

namespace pawl::cloudformation {
namespace {

using json::Value;
using Lines = std::vector<std::string>;

Lines differences(const std::string& type, std::string_view expected, std::string_view actual) {
  Lines lines;
  const auto found = compare_properties(type, *json::parse(expected), *json::parse(actual));
  for (const Value& each : found.differences.items()) {
    lines.push_back(json::text_member(each, "DifferenceType") + " " +
                    json::text_member(each, "PropertyPath") + " " +
                    json::text_member(each, "ExpectedValue") + " -> " +
                    json::text_member(each, "ActualValue"));
  }
  return lines;
}

TEST(Drift, OfAFunctionAsRecordedOnAws) {
  EXPECT_EQ(
      differences("AWS::Lambda::Function",
                  R"({"Description": "function to test lambda function url", "Handler": "h",
                      "Environment": {"Variables": {"ENDPOINT_URL": "aws.amazon.com"}},
                      "Code": {"ZipFile": "x"}, "Runtime": "python3.9"})",
                  R"({"Description": "different description", "Handler": "h", "Timeout": 3,
                      "Environment": {"Variables": {"ENDPOINT_URL": "localhost"}},
                      "Runtime": "python3.8"})"),
      (Lines{"NOT_EQUAL /Description function to test lambda function url -> different description",
             "NOT_EQUAL /Environment/Variables/ENDPOINT_URL aws.amazon.com -> localhost",
             "NOT_EQUAL /Runtime python3.9 -> python3.8"}));
}

TEST(Drift, NumbersAreWhatTheSchemaSays) {
  EXPECT_EQ(differences("AWS::SQS::Queue", R"({"DelaySeconds": 5, "FifoQueue": true})",
                        R"({"DelaySeconds": "5", "FifoQueue": "true"})"),
            Lines());
  EXPECT_EQ(differences("AWS::SQS::Queue", R"({"DelaySeconds": 5})", R"({"DelaySeconds": "0"})"),
            Lines{"NOT_EQUAL /DelaySeconds 5 -> 0"});
}

TEST(Drift, ListsHaveNoOrder) {
  const char* const expected =
      R"({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})";
  EXPECT_EQ(differences("AWS::SQS::Queue", expected,
                        R"({"Tags": [{"Value": "2", "Key": "b"}, {"Key": "a", "Value": "1"}]})"),
            Lines());
  EXPECT_EQ(differences("AWS::SQS::Queue", expected,
                        R"({"Tags": [{"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}]})"),
            (Lines{R"(REMOVE /Tags/0 {"Key":"a","Value":"1"} -> null)",
                   R"(ADD /Tags/2 null -> {"Key":"c","Value":"3"})"}));
  EXPECT_EQ(
      differences("AWS::SQS::Queue", R"({"KmsMasterKeyId": "k"})", R"({"KmsMasterKeyId": null})"),
      Lines{"REMOVE /KmsMasterKeyId k -> null"});
}

class DetectDrift : public testing::Test {
 protected:
  aws::ApiResult<std::optional<DriftRecord>> detect(const std::string& type,
                                                    const std::string& properties,
                                                    const std::string& shown = "") {
    ResourceRecord record;
    record.logical_id = "R";
    record.type = type;
    record.now.id = "id";
    record.now.properties = properties;
    record.now.shown = shown.empty() ? properties : shown;
    return detect_drift(calls_, environment_, record, 7);
  }

  formation::Environment environment_;
  RecordingCalls calls_;
};

TEST_F(DetectDrift, EveryReaderAsksWhatItsServiceKnows) {
  calls_.answer("dynamodb.DescribeTable",
                R"({"Table": {"TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t"}})");
  for (const char* type : {"AWS::DynamoDB::Table", "AWS::IAM::Role", "AWS::Lambda::Function",
                           "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue",
                           "AWS::SSM::Parameter", "AWS::StepFunctions::StateMachine"}) {
    const auto found = detect(type, "{}");
    ASSERT_TRUE(found) << type << ": " << found.error().message.value_or(found.error().code);
    ASSERT_TRUE(*found) << type;
    EXPECT_EQ((*found)->status, "IN_SYNC") << type;
  }
  EXPECT_EQ(calls_.unknown_members, Lines());
  EXPECT_FALSE(*detect("AWS::EC2::VPC", "{}"));
}

TEST_F(DetectDrift, WhatIsGoneIsDeleted) {
  calls_.answer("logs.DescribeLogGroups", R"({"logGroups": [{"logGroupName": "id2"}]})");
  EXPECT_EQ((*detect("AWS::Logs::LogGroup", "{}"))->status, "DELETED");
  calls_.answer("s3.GetBucketVersioning", aws::ApiError("NoSuchBucket", "no"));
  EXPECT_EQ((*detect("AWS::S3::Bucket", "{}"))->status, "DELETED");
  calls_.answer("iam.GetRole", aws::ApiError("AccessDenied", "no"));
  EXPECT_FALSE(detect("AWS::IAM::Role", "{}"));
}

TEST_F(DetectDrift, SecretsAreNotShown) {
  calls_.answer("ssm.GetParameter", R"({"Parameter": {"Type": "String", "Value": "other"}})");
  const auto found = *detect("AWS::SSM::Parameter", R"({"Type": "String", "Value": "secret"})",
                             R"({"Type": "String", "Value": "****"})");
  EXPECT_EQ(found->status, "IN_SYNC");
  EXPECT_EQ(found->expected, R"({"Type":"String"})");
  EXPECT_EQ(found->actual, R"({"Type":"String"})");
}

}  // namespace
}  // namespace pawl::cloudformation
