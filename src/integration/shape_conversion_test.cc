// SPDX-License-Identifier: Apache-2.0
#include "integration/shape_conversion.h"

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

const aws::OperationModel& operation(std::string_view service, std::string_view name) {
  return *aws::installed_model(service)->find_operation(name);
}

std::string in(const aws::OperationModel& called, const std::string& parameters,
               SdkDialect dialect = SdkDialect::Java2) {
  const auto input = to_api_input(json::parse(parameters).value(), *called.input, dialect);
  return input ? json::write(*input) : input.error().message;
}

std::string out(const aws::OperationModel& called, const std::string& output,
                SdkDialect dialect = SdkDialect::Java2) {
  return json::write(from_api_output(json::parse(output).value(), *called.output, dialect));
}

TEST(ApiInput, NamesMatchInBothDialectsAndInAnyCase) {
  const auto& describe = operation("rds", "DescribeDBInstances");
  EXPECT_EQ(in(describe, R"({"DbInstanceIdentifier":"d"})"), R"({"DBInstanceIdentifier":"d"})");
  EXPECT_EQ(in(describe, R"({"DBInstanceIdentifier":"d"})"), R"({"DBInstanceIdentifier":"d"})");
  EXPECT_EQ(in(operation("ecs", "UpdateService"), R"({"Service":"s","DesiredCount":3})"),
            R"({"service":"s","desiredCount":3})");
  EXPECT_EQ(
      in(operation("dynamodb", "PutItem"),
         R"({"TableName":"t","Item":{"Id":{"Nul":true},"x":{"Ss":["a"]},"y":{"BOOL":false}}})"),
      R"({"TableName":"t","Item":{"Id":{"NULL":true},"x":{"SS":["a"]},"y":{"BOOL":false}}})");
}

TEST(ApiInput, ScalarsAreTakenAsJacksonTakesThem) {
  const auto& list = operation("s3", "ListObjectsV2");
  EXPECT_EQ(in(list, R"({"Bucket":5,"MaxKeys":"7","FetchOwner":"true"})"),
            R"({"Bucket":"5","MaxKeys":7,"FetchOwner":true})");
  EXPECT_EQ(in(list, R"({"MaxKeys":"many"})"),
            "The value for the field 'MaxKeys' must be a NUMBER");
  EXPECT_EQ(in(list, R"({"FetchOwner":1})"),
            "The value for the field 'FetchOwner' must be a BOOLEAN");
}

TEST(ApiInput, JsonIsTextWhereTheApiWantsText) {
  EXPECT_EQ(in(operation("stepfunctions", "StartExecution"),
               R"({"StateMachineArn":"a","Input":{"b":[1, 2]}})"),
            R"({"stateMachineArn":"a","input":"{\"b\":[1,2]}"})");
}

TEST(ApiInput, BlobsAreTheTextOrBase64ByDialect) {
  const auto& encrypt = operation("kms", "Encrypt");
  EXPECT_EQ(in(encrypt, R"({"KeyId":"k","Plaintext":"text"})"),
            R"({"KeyId":"k","Plaintext":"dGV4dA=="})");
  EXPECT_EQ(in(encrypt, R"({"KeyId":"k","Plaintext":"dGV4dA=="})", SdkDialect::Java1),
            R"({"KeyId":"k","Plaintext":"dGV4dA=="})");
}

TEST(ApiInput, WhatStreamsIsJson) {
  const auto& put = operation("s3", "PutObject");
  EXPECT_EQ(in(put, R"({"Body":"text data"})"), R"({"Body":"InRleHQgZGF0YSI="})");  // with quotes
  EXPECT_EQ(in(put, R"({"Body":0})"), R"({"Body":"MA=="})");
}

TEST(ApiInput, TimestampsAreIsoTexts) {
  const auto& filter = operation("logs", "CreateExportTask");
  EXPECT_EQ(in(filter, R"({"From":1700000000000})"), R"({"from":1700000000000})");
  const auto& metrics = operation("cloudwatch", "GetMetricStatistics");
  EXPECT_EQ(in(metrics, R"({"StartTime":"2023-11-14T22:13:20Z"})"), R"({"StartTime":1700000000})");
  EXPECT_EQ(in(metrics, R"({"StartTime":"soon"})"),
            "The value for the field 'StartTime' must be an ISO-8601 timestamp");
}

TEST(ApiInput, NullsAreAbsentAndStrangersRefused) {
  const auto& list = operation("s3", "ListObjectsV2");
  EXPECT_EQ(in(list, R"({"Bucket":"b","Prefix":null})"), R"({"Bucket":"b"})");
  EXPECT_EQ(in(list, R"({"Buckets":"b"})"),
            R"(The field "Buckets" is not supported by Step Functions)");
  EXPECT_EQ(in(list, "[]"), "The value for the field 'Parameters' must be an object");
}

TEST(ApiOutput, MembersAreNamedAndSortedByDialect) {
  const auto& describe = operation("rds", "DescribeDBInstances");
  EXPECT_EQ(out(describe, R"({"Marker":"m","DBInstances":[{"DBInstanceArn":"a"}]})"),
            R"({"DbInstances":[{"DbInstanceArn":"a"}],"Marker":"m"})");
  EXPECT_EQ(out(describe, R"({"DBInstances":[{"DBInstanceArn":"a"}]})", SdkDialect::Java1),
            R"({"DBInstances":[{"DBInstanceArn":"a"}]})");
}

TEST(ApiOutput, KeysOfMapsStayAndEmptyThingsToo) {
  EXPECT_EQ(out(operation("dynamodb", "Query"),
                R"({"Count":1,"Items":[{"z":{"S":"1"},"a":{"L":[]}}],"Unknown":1})"),
            R"({"Count":1,"Items":[{"z":{"S":"1"},"a":{"L":[]}}]})");
  EXPECT_EQ(out(operation("secretsmanager", "ListSecrets"), R"({"SecretList":[]})"),
            R"({"SecretList":[]})");
}

TEST(ApiOutput, TimestampsAndBlobsByDialect) {
  const auto& start = operation("stepfunctions", "StartExecution");
  EXPECT_EQ(out(start, R"({"startDate":1700000000.123})"),
            R"({"StartDate":"2023-11-14T22:13:20.123Z"})");
  EXPECT_EQ(out(start, R"({"startDate":1700000000.123})", SdkDialect::Java1),
            R"({"StartDate":1700000000123})");
  const auto& decrypt = operation("kms", "Decrypt");
  EXPECT_EQ(out(decrypt, R"({"Plaintext":"dGV4dA=="})"), R"({"Plaintext":"text"})");
  EXPECT_EQ(out(decrypt, R"({"Plaintext":"/w=="})"), R"({"Plaintext":"/w=="})");  // no UTF-8
}

TEST(IsUtf8, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"", "a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"\x80", "\xC0\x80", "\xC3", "\xED\xA0\x80", "\xE0\x80\x80",
                           "\xF5\x80\x80\x80", "\xF4\x90\x80\x80"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

}  // namespace
}  // namespace pawl::integration
