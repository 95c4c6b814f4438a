// SPDX-License-Identifier: Apache-2.0
// What handlers share, and what functions, machines and secrets have of their own.
#include <gtest/gtest.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/bytes.h"
#include "services/cloudformation/types/inline_code.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/stack_calls_for_test.h"

namespace pawl::cloudformation {
namespace {

std::string called(const std::vector<std::string>& calls, std::string_view operation) {
  for (const std::string& each : calls) {
    if (each.starts_with(std::string(operation) + " ")) return each.substr(operation.size() + 1);
  }
  return "";
}

TEST(ResourceTags, TheResourcesOwnWin) {
  ResourceRequest request = request_for_test(R"({"Tags": [{"Key": "team", "Value": "own"}]})");
  EXPECT_EQ(desired_tags("AWS::SQS::Queue", request), (Tags{{"team", "own"}}));
  EXPECT_EQ(desired_tags("AWS::S3::Bucket", request),
            (Tags{{"aws:cloudformation:stack-name", "stack"}, {"team", "own"}}));
  const TagChange change = tag_change({{"a", "1"}, {"b", "2"}, {"aws:x", "3"}}, {{"b", "9"}});
  EXPECT_EQ(change.set, (Tags{{"b", "9"}}));
  EXPECT_EQ(change.removed, std::vector<std::string>{"a"});
}

TEST(PolicyText, ServicesAreAmazons) {
  const formation::Environment environment = {.url_suffix = "localhost:4566"};
  const auto text = [&](std::string_view document) {
    return policy_text(environment, *json::parse(document));
  };
  EXPECT_EQ(text(R"({"Statement": [{"Principal": {"Service": ["a.localhost:4566", "b.c"]}}]})"),
            R"({"Statement":[{"Principal":{"Service":["a.amazonaws.com","b.c"]}}]})");
  EXPECT_EQ(text(R"({"Statement": [{"Principal": "*", "Action": "a.localhost:4566"}]})"),
            R"({"Statement":[{"Principal":"*","Action":"a.localhost:4566"}]})");
  EXPECT_EQ(text(R"("{\"Statement\": {\"Principal\": {\"Service\": \"s.localhost:4566\"}}}")"),
            R"({"Statement":{"Principal":{"Service":"s.amazonaws.com"}}})");
  EXPECT_EQ(text(R"("not JSON")"), "not JSON");
}

TEST(GeneratedIdentifier, IsTheLogicalIdAndTwelveMore) {
  const ResourceRequest request = request_for_test("{}");
  const std::string name = generated_identifier(request, 80, "CFN-");
  EXPECT_EQ(name.size(), 4 + 5 + 1 + 12);
  EXPECT_TRUE(name.starts_with("CFN-Thing-"));
  EXPECT_EQ(name, generated_identifier(request, 80, "CFN-"));
  EXPECT_EQ(generated_identifier(request, 16).size(), 16U);
}

std::vector<std::pair<std::string, std::string>> unpacked(const std::string& zip) {
  std::vector<std::pair<std::string, std::string>> files;
  archive* reader = archive_read_new();
  archive_read_support_format_zip(reader);
  archive_read_open_memory(reader, zip.data(), zip.size());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    std::string text(static_cast<size_t>(archive_entry_size(entry)), ' ');
    archive_read_data(reader, text.data(), text.size());
    files.emplace_back(archive_entry_pathname(entry), text);
  }
  archive_read_free(reader);
  return files;
}

TEST(InlineCode, IsIndexWithItsModule) {
  const auto python = inline_package("python3.12", "def handler(e, c): pass");
  ASSERT_TRUE(python);
  const auto files = unpacked(*python);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0], std::pair(std::string("index.py"), std::string("def handler(e, c): pass")));
  EXPECT_EQ(files[1].first, "cfnresponse.py");
  EXPECT_EQ(*python, *inline_package("python3.12", "def handler(e, c): pass"));
  const auto node = inline_package("nodejs22.x", "x");
  ASSERT_TRUE(node);
  EXPECT_EQ(unpacked(*node)[0].first, "index.js");
  EXPECT_FALSE(inline_package("java21", "x"));
}

class Handlers : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(aws::installed_model("lambda"), nullptr) << "python3-botocore is missing";
  }
  RecordingCalls calls_;
};

TEST_F(Handlers, AFunctionWaitsBetweenItsUpdates) {
  const ResourceType& function = *find_type("AWS::Lambda::Function");
  ResourceRequest request = request_for_test(
      R"({"Code": {"ZipFile": "b"}, "Runtime": "python3.12", "Handler": "index.h", "Role": "r"})",
      R"({"Code": {"ZipFile": "a"}, "Runtime": "python3.12", "Handler": "index.h", "Role": "r",
          "Timeout": 9, "Environment": {"Variables": {"AB": "1"}}})");
  request.physical_id = "function";
  calls_.answer("lambda.GetFunctionConfiguration", R"({"LastUpdateStatus": "InProgress"})");
  auto progress = function.update(calls_, request);
  ASSERT_TRUE(progress) << progress.error().message.value_or("");
  EXPECT_FALSE(progress->is_done);
  EXPECT_EQ(called(calls_.take(), "lambda.UpdateFunctionConfiguration"), "");
  calls_.answer("lambda.GetFunctionConfiguration",
                R"({"LastUpdateStatus": "Successful", "FunctionName": "f",
                    "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f"})");
  progress = function.update(calls_, request);
  ASSERT_TRUE(progress) << progress.error().message.value_or("");
  EXPECT_EQ(called(calls_.take(), "lambda.UpdateFunctionConfiguration"),
            R"({"Environment":{"Variables":{}},"Timeout":3,"FunctionName":"function"})");
  request.memory = progress->memory;
  progress = function.update(calls_, request);
  ASSERT_TRUE(progress) << progress.error().message.value_or("");
  const std::string code = called(calls_.take(), "lambda.UpdateFunctionCode");
  EXPECT_NE(code.find(base::base64_encode(*inline_package("python3.12", "b"))), std::string::npos);
  request.memory = progress->memory;
  progress = function.update(calls_, request);
  ASSERT_TRUE(progress) << progress.error().message.value_or("");
  EXPECT_TRUE(progress->is_done);
}

TEST_F(Handlers, AVersionThatIsThereIsNoNewOne) {
  const ResourceType& version = *find_type("AWS::Lambda::Version");
  calls_.answer("lambda.ListVersionsByFunction", R"({"Versions": [{"Version": "1"}]})");
  calls_.answer("lambda.PublishVersion", R"({"Version": "1", "FunctionArn": "arn:f:1"})");
  ResourceRequest request = request_for_test(R"({"FunctionName": "f"})");
  const auto made = version.create(calls_, request);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "A version for this Lambda function exists ( 1 ). Modify the function to create a new "
            "version..");
  request.is_repeated = true;
  EXPECT_TRUE(version.create(calls_, request));
}

TEST_F(Handlers, AMachinesDefinitionComesFromAnywhere) {
  const ResourceType& machine = *find_type("AWS::StepFunctions::StateMachine");
  const auto definition = [&](std::string_view properties) {
    bool is_made = false;
    calls_.answer("stepfunctions.CreateStateMachine", [&](const json::Value&) {
      is_made = true;
      return json::Value::object();
    });
    calls_.answer("stepfunctions.DescribeStateMachine",
                  [&](const json::Value&) -> aws::ApiResult<json::Value> {
                    if (!is_made) return aws::ApiError("StateMachineDoesNotExist", "no");
                    return json::Value::object();
                  });
    EXPECT_TRUE(machine.create(calls_, request_for_test(properties)));
    const std::string input = called(calls_.take(), "stepfunctions.CreateStateMachine");
    return std::string(json::parse(input)->find("definition")->as_string());
  };
  EXPECT_EQ(definition(R"({"RoleArn": "arn:aws:iam::000000000000:role/r",
                           "Definition": {"StartAt": "${A}"},
                           "DefinitionSubstitutions": {"A": "x", "B": 1}})"),
            R"({"StartAt":"x"})");
  EXPECT_EQ(definition(R"({"RoleArn": "arn:aws:iam::000000000000:role/r",
                           "DefinitionString": "${B} ${C} ${",
                           "DefinitionSubstitutions": {"B": 1}})"),
            "1 ${C} ${");
  calls_.answer("s3.GetObject", R"({"Body": "eyJhIjoxfQ=="})");
  EXPECT_EQ(definition(R"({"RoleArn": "arn:aws:iam::000000000000:role/r",
                           "DefinitionS3Location": {"Bucket": "bucket", "Key": "k"}})"),
            R"({"a":1})");
  calls_.answer("s3.GetObject", R"({"Body": "YTogMQpiOiBbYywgZF0K"})");  // a: 1, b: [c, d]
  EXPECT_EQ(definition(R"({"RoleArn": "arn:aws:iam::000000000000:role/r",
                           "DefinitionS3Location": {"Bucket": "bucket", "Key": "k"}})"),
            R"({"a":1,"b":["c","d"]})");
}

TEST_F(Handlers, AnAliasShiftsItsTraffic) {
  const ResourceType& alias = *find_type("AWS::StepFunctions::StateMachineAlias");
  const std::string base = "arn:aws:states:us-east-1:000000000000:stateMachine:m:";
  const auto properties = [&](std::string_view version) {
    return R"({"DeploymentPreference": {"Type": "LINEAR", "Percentage": 60, "Interval": 2,
               "StateMachineVersionArn": ")" +
           base + std::string(version) + "\"}}";
  };
  ResourceRequest request = request_for_test(properties("2"), properties("1"));
  request.physical_id = base + "live";
  auto progress = alias.update(calls_, request);
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->again_ms, 120'000U);
  EXPECT_NE(calls_.take().back().find(R"(:2","weight":60},{"stateMachineVersionArn":")" + base +
                                      R"(1","weight":40}])"),
            std::string::npos);
  request.memory = progress->memory;
  progress = alias.update(calls_, request);
  ASSERT_TRUE(progress);
  EXPECT_TRUE(progress->is_done);
}

TEST_F(Handlers, ASecretsPasswordGoesIntoItsTemplate) {
  const ResourceType& secret = *find_type("AWS::SecretsManager::Secret");
  calls_.answer("secretsmanager.GetRandomPassword", R"({"RandomPassword": "abc"})");
  ASSERT_TRUE(secret.create(calls_, request_for_test(R"({"Name": "s", "GenerateSecretString":
      {"SecretStringTemplate": "{\"user\":\"u\"}", "GenerateStringKey": "password",
       "PasswordLength": 20}})")));
  const std::vector<std::string> calls = calls_.take();
  EXPECT_EQ(called(calls, "secretsmanager.GetRandomPassword"), R"({"PasswordLength":20})");
  EXPECT_NE(called(calls, "secretsmanager.CreateSecret")
                .find(R"("SecretString":"{\"user\":\"u\",\"password\":\"abc\"}")"),
            std::string::npos);
}

TEST_F(Handlers, ARoleIsKnownBeforeItsPolicies) {
  const ResourceType& role = *find_type("AWS::IAM::Role");
  calls_.answer("iam.PutRolePolicy", aws::ApiError("MalformedPolicyDocument", "bad"));
  ResourceRequest request = request_for_test(
      R"({"RoleName": "r", "AssumeRolePolicyDocument": {}, "Policies":
          [{"PolicyName": "p", "PolicyDocument": {}}]})");
  const auto first = role.create(calls_, request);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->physical_id, "r");
  request.physical_id = "r";
  EXPECT_FALSE(role.create(calls_, request));
}

}  // namespace
}  // namespace pawl::cloudformation
