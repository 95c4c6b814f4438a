// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/resource_schema.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::cloudformation {
namespace {

json::Value parsed(std::string_view text) { return *json::parse(text); }

std::string message(std::string_view type, std::string_view properties) {
  return check_properties(*find_schema(type), parsed(properties)).message("X");
}

std::string converted(std::string_view type, std::string_view properties) {
  return json::write(check_properties(*find_schema(type), parsed(properties)).properties);
}

constexpr std::string_view kFailed = "Properties validation failed for resource X with message: ";

TEST(ResourceSchema, KnowsTheTypesOfTheRegistry) {
  const ResourceSchema* queue = find_schema("AWS::SQS::Queue");
  ASSERT_NE(queue, nullptr);
  EXPECT_EQ(queue->primary_identifier, std::vector<std::string>{"QueueUrl"});
  EXPECT_EQ(queue->tag_property, "Tags");
  EXPECT_FALSE(queue->has_system_tags);
  EXPECT_TRUE(find_schema("AWS::S3::Bucket")->has_system_tags);
  EXPECT_EQ(queue->object.find("QueueName")->replacement, Replacement::Always);
  EXPECT_EQ(queue->object.find("DelaySeconds")->replacement, Replacement::Never);
  EXPECT_EQ(queue->object.find("delaySeconds"), nullptr);
  EXPECT_TRUE(find_schema("AWS::IAM::Role")->object.find("AssumeRolePolicyDocument")->is_required);
  EXPECT_EQ(find_schema("AWS::SQS::Queueue"), nullptr);
  EXPECT_EQ(find_schema("Custom::Thing"), nullptr);
  EXPECT_NE(find_schema("AWS::CDK::Metadata"), nullptr);
}

TEST(ResourceSchema, KnowsTheNamesOfAllTypes) {
  EXPECT_TRUE(is_aws_type("AWS::SQS::Queue"));
  EXPECT_TRUE(is_aws_type("AWS::RDS::DBInstance"));
  EXPECT_EQ(find_schema("AWS::RDS::DBInstance"), nullptr);
  EXPECT_FALSE(is_aws_type("AWS::Serverless::Function"));
  EXPECT_FALSE(is_aws_type("AWS::Foo::Bar"));
  EXPECT_FALSE(is_aws_type("AWS::SQS"));
  EXPECT_FALSE(is_aws_type("AWS"));
}

TEST(ResourceSchema, HasAttributes) {
  const ResourceSchema& function = *find_schema("AWS::Lambda::Function");
  EXPECT_TRUE(function.has_attribute("Arn"));
  EXPECT_TRUE(function.has_attribute("SnapStartResponse.ApplyOn"));
  EXPECT_FALSE(function.has_attribute("arn"));
  EXPECT_FALSE(function.has_attribute("Arn.Foo"));
  EXPECT_TRUE(find_schema("AWS::CloudFormation::Stack")->has_attribute("Outputs.Url"));
}

TEST(CheckProperties, SaysWhatIsMissingOrTooMuch) {
  EXPECT_EQ(message("AWS::DynamoDB::Table", "{}"),
            std::string(kFailed) + "[#: required key [KeySchema] not found]");
  EXPECT_EQ(message("AWS::SQS::Queue", R"({"Foo": 1})"),
            std::string(kFailed) + "[#: extraneous key [Foo] is not permitted]");
  EXPECT_EQ(message("AWS::Lambda::Function", R"({"Code": {"Zip": ""}, "Role": {"a": 1}})"),
            std::string(kFailed) +
                "[#/Code: extraneous key [Zip] is not permitted, "
                "#/Role: expected type: String, found: JSONObject]");
  EXPECT_EQ(message("AWS::SQS::Queue", R"({"Tags": [{"Key": "a"}]})"),
            std::string(kFailed) + "[#/Tags/0: required key [Value] not found]");
  EXPECT_EQ(message("AWS::SQS::Queue", R"({"DelaySeconds": "five", "Tags": "a"})"),
            std::string(kFailed) +
                "[#/DelaySeconds: expected type: Integer, found: String, "
                "#/Tags: expected type: JSONArray, found: String]");
}

TEST(CheckProperties, ConvertsScalars) {
  EXPECT_EQ(converted("AWS::SQS::Queue",
                      R"({"DelaySeconds": "5", "FifoQueue": "true", "QueueName": 12})"),
            R"({"DelaySeconds":5,"FifoQueue":true,"QueueName":"12"})");
  EXPECT_EQ(converted("AWS::SQS::Queue", R"({"DelaySeconds": "007"})"), R"({"DelaySeconds":7})");
  EXPECT_EQ(message("AWS::SQS::Queue", R"({"DelaySeconds": 1.5})"),
            std::string(kFailed) + "[#/DelaySeconds: expected type: Integer, found: BigDecimal]");
  EXPECT_EQ(converted("AWS::SQS::Queue", R"({"RedrivePolicy": {"maxReceiveCount": "5"}})"),
            R"({"RedrivePolicy":{"maxReceiveCount":"5"}})");
}

TEST(CheckProperties, LetsCustomResourcesHaveTheirOwn) {
  EXPECT_EQ(message("AWS::CloudFormation::CustomResource", R"({"ServiceToken": "t", "a": 1})"), "");
}

TEST(ChangedProperties, TellsWhatReplaces) {
  const ResourceSchema& function = *find_schema("AWS::Lambda::Function");
  const auto changes = changed_properties(
      function, parsed(R"({"Timeout": 3, "Code": {"S3Bucket": "b", "S3Key": "old"}})"),
      parsed(R"({"FunctionName": "f", "Timeout": 3, "Code": {"S3Bucket": "b", "S3Key": "new"}})"));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].name, "Code");
  EXPECT_EQ(changes[0].path, "/Properties/Code/S3Key");
  EXPECT_EQ(changes[0].before, json::Value("old"));
  EXPECT_EQ(changes[0].replacement, Replacement::Never);
  EXPECT_EQ(changes[1].name, "FunctionName");
  EXPECT_FALSE(changes[1].before.has_value());
  EXPECT_EQ(replacement_of(changes), Replacement::Always);
}

TEST(ChangedProperties, ComparesListsByPlace) {
  const auto changes =
      changed_properties(*find_schema("AWS::SQS::Queue"),
                         parsed(R"({"Tags": [{"Key": "a", "Value": "1"}], "DelaySeconds": 1})"),
                         parsed(R"({"Tags": [{"Key": "a", "Value": "2"}]})"));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].path, "/Properties/DelaySeconds");
  EXPECT_FALSE(changes[0].after.has_value());
  EXPECT_EQ(changes[1].path, "/Properties/Tags/0/Value");
  EXPECT_EQ(replacement_of(changes), Replacement::Never);
}

}  // namespace
}  // namespace pawl::cloudformation
