// SPDX-License-Identifier: Apache-2.0
// Parameter Store over a store in memory with a virtual clock and a recording caller.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/ssm/secure_string.h"
#include "services/ssm/service.h"
#include "store/memory/memory_store.h"

namespace pawl::ssm {
namespace {

using json::Value;

class SsmTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("ssm");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    service_ = SsmService::open({.store = store_, .loop = loop_, .caller = caller_}).value();
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    EXPECT_NE(request.operation, nullptr) << operation;
    const auto parsed = json::parse(input);
    EXPECT_TRUE(parsed) << input;
    request.input = *parsed;
    request.request_id = "id";
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   last_ = result ? result->value : Value::object();
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    return answer;
  }
  std::string put(const std::string& name, const std::string& value,
                  const std::string& more = R"(, "Type": "String")") {
    return call("PutParameter",
                R"({"Name": ")" + name + R"(", "Value": ")" + value + "\"" + more + "}");
  }
  /// The value, or the error.
  std::string get(const std::string& name, const std::string& more = "") {
    const std::string answer = call("GetParameter", R"({"Name": ")" + name + "\"" + more + "}");
    const Value* parameter = last_.find("Parameter");
    return parameter == nullptr ? answer : std::string(parameter->find("Value")->as_string());
  }
  /// Names in the answer, "a b".
  std::string names() const {
    std::string text;
    for (const Value& each : last_.find("Parameters")->items())
      text += (text.empty() ? "" : " ") + std::string(each.find("Name")->as_string());
    return text;
  }

  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  bool is_key_gone_ = false;
  aws::RecordingCaller caller_{[this](const aws::Call& call) { return answer(call); }};
  Value last_ = Value::object();
  std::unique_ptr<SsmService> service_;
  std::optional<aws::ActionTable> table_;

 private:
  aws::ApiResult<Value> answer(const aws::Call& call) {
    json::ObjectBuilder out;
    if (call.service == "secretsmanager") {
      if (call.input.find("SecretId")->as_string() != "s")
        return aws::ApiError("ResourceNotFoundException", "no");
      out.set("SecretString", Value("from the secret")).set("CreatedDate", Value(1'600'000'000));
      return std::move(out).build();
    }
    if (is_key_gone_) return aws::ApiError("NotFoundException", "Key 'k' does not exist");
    out.set("Plaintext", Value(base::base64_encode(std::string(32, 'k'))));
    if (call.operation == "GenerateDataKey")
      out.set("CiphertextBlob", Value(base::base64_encode("encrypted")));
    return std::move(out).build();
  }
};

TEST_F(SsmTest, VersionsAreNumberedLabelledAndFound) {
  EXPECT_EQ(put("/a/b", "one"), R"({"Version":1,"Tier":"Standard"})");
  EXPECT_TRUE(put("/a/b", "two").starts_with("ParameterAlreadyExists: The parameter already"));
  EXPECT_EQ(put("/a/b", "two", R"(, "Overwrite": true)"), R"({"Version":2,"Tier":"Standard"})");
  EXPECT_EQ(get("/a/b"), "two");
  EXPECT_EQ(get("/a/b:1"), "one");
  EXPECT_EQ(get("arn:aws:ssm:us-east-1:000000000000:parameter/a/b"), "two");
  call("LabelParameterVersion",
       R"({"Name": "/a/b", "ParameterVersion": 1, "Labels": ["good", "1bad", "aws-no"]})");
  EXPECT_EQ(json::write(*last_.find("InvalidLabels")), R"(["1bad","aws-no"])");
  EXPECT_EQ(get("/a/b:good"), "one");
  EXPECT_EQ(get("/a/b:7"),
            "ParameterVersionNotFound: Systems Manager could not find version 7 of /a/b. Verify "
            "the version and try again.");
  EXPECT_EQ(get("/a"), "ParameterNotFound: ");
  call("GetParameterHistory", R"({"Name": "/a/b"})");
  EXPECT_EQ(names(), "/a/b /a/b");
  EXPECT_EQ(call("DeleteParameter", R"({"Name": "/a/b"})"), "{}");
  EXPECT_EQ(get("/a/b:1"), "ParameterNotFound: ");
}

TEST_F(SsmTest, OnlyTheNewestHundredVersionsStay) {
  put("p", "0");
  for (int i = 1; i < 101; ++i) put("p", std::to_string(i), R"(, "Overwrite": true)");
  EXPECT_EQ(get("p"), "100");
  EXPECT_TRUE(get("p:1").starts_with("ParameterVersionNotFound"));
  call("LabelParameterVersion", R"({"Name": "p", "ParameterVersion": 2, "Labels": ["keep"]})");
  EXPECT_TRUE(
      put("p", "x", R"(, "Overwrite": true)").starts_with("ParameterMaxVersionLimitExceeded"));
}

TEST_F(SsmTest, NamesAndSizesHaveTheirErrors) {
  EXPECT_EQ(put("a/b", "x"), "ValidationException: Parameter name must be a fully qualified name");
  EXPECT_EQ(put("/aws/mine", "x"),
            "AccessDeniedException: No access to reserved parameter name: aws/mine.");
  EXPECT_EQ(put("ssm-mine", "x"),
            "ValidationException: Parameter name: can't be prefixed with \"aws\" or \"ssm\" "
            "(case-insensitive).");
  EXPECT_TRUE(put("/a//b", "x").starts_with("ValidationException: Parameter name: can't be"));
  EXPECT_TRUE(put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "x")
                  .starts_with("HierarchyLevelLimitExceededException"));
  EXPECT_EQ(put("p", "x", ""),
            "ValidationException: A parameter type is required when you create a parameter.");
  const std::string large(4097, 'x');
  EXPECT_TRUE(put("p", large).starts_with("ValidationException: Standard tier parameters"));
  EXPECT_EQ(put("p", large, R"(, "Type": "String", "Tier": "Intelligent-Tiering")"),
            R"({"Version":1,"Tier":"Advanced"})");
  EXPECT_TRUE(put("p", "x", R"(, "Overwrite": true, "Tier": "Standard")")
                  .starts_with("ValidationException: This parameter uses the advanced"));
  EXPECT_TRUE(put("q", "abc", R"(, "Type": "String", "AllowedPattern": "^[0-9]+$")")
                  .starts_with("ParameterPatternMismatchException"));
  EXPECT_TRUE(put("q", "abc", R"(, "Type": "String", "AllowedPattern": "(")")
                  .starts_with("InvalidAllowedPatternException"));
}

TEST_F(SsmTest, PathsAreWalkedByLevelAndPage) {
  for (const char* name : {"/app/a", "/app/b", "/app/c/d", "/apple", "plain"}) put(name, "x");
  call("GetParametersByPath", R"({"Path": "/app"})");
  EXPECT_EQ(names(), "/app/a /app/b");
  call("GetParametersByPath", R"({"Path": "/app/", "Recursive": true, "MaxResults": 2})");
  EXPECT_EQ(names(), "/app/a /app/b");
  call("GetParametersByPath", R"({"Path": "/app", "Recursive": true, "NextToken": ")" +
                                  std::string(last_.find("NextToken")->as_string()) + "\"}");
  EXPECT_EQ(names(), "/app/c/d");
  call("GetParametersByPath", R"({"Path": "/", "Recursive": true})");
  EXPECT_EQ(names(), "/app/a /app/b /app/c/d /apple");
  EXPECT_TRUE(call("GetParametersByPath", R"({"Path": "app"})").starts_with("ValidationException"));
  const auto describe = [&](const std::string& filter) {
    call("DescribeParameters", R"({"ParameterFilters": [)" + filter + "]}");
    return names();
  };
  EXPECT_EQ(describe(R"({"Key": "Name", "Option": "Contains", "Values": ["pp"]})"),
            "/app/a /app/b /app/c/d /apple");
  EXPECT_EQ(describe(R"({"Key": "Path", "Option": "OneLevel", "Values": ["/app"]})"),
            "/app/a /app/b");
  EXPECT_TRUE(call("DescribeParameters", R"({"ParameterFilters": [{"Key": "Label"}]})")
                  .starts_with("InvalidFilterKey"));
}

TEST_F(SsmTest, SecureStringsAreEncryptedWithKms) {
  EXPECT_EQ(put("secret", "a very secret text", R"(, "Type": "SecureString")"),
            R"({"Version":1,"Tier":"Standard"})");
  EXPECT_EQ(json::write(*caller_.calls.front().input.find("KeyId")), "\"alias/aws/ssm\"");
  EXPECT_EQ(get("secret", R"(, "WithDecryption": true)"), "a very secret text");
  EXPECT_NE(get("secret"), "a very secret text");
  const auto versions = store_.keyspace("ssm/versions", store::Shape::Records).value();
  const auto cursor = store_.cursor(versions, store::Range::all());
  ASSERT_TRUE(cursor->first().value());
  EXPECT_EQ(cursor->value().find("secret text"), std::string_view::npos);
  is_key_gone_ = true;
  EXPECT_EQ(get("secret", R"(, "WithDecryption": true)"),
            "InvalidKeyId: Key 'k' does not exist (Service: AWSKMS; Status Code: 400; Error Code: "
            "NotFoundException; Request ID: id; Proxy: null)");
  EXPECT_TRUE(put("other", "x", R"(, "Type": "SecureString", "KeyId": "alias/x")")
                  .starts_with("InvalidKeyId"));
}

TEST_F(SsmTest, SecretsAndPublicParametersAreFound) {
  put("p", "plain");
  EXPECT_EQ(get("/aws/reference/secretsmanager/s", R"(, "WithDecryption": true)"),
            "from the secret");
  EXPECT_TRUE(get("/aws/reference/secretsmanager/s").starts_with("ValidationException"));
  EXPECT_TRUE(get("/aws/reference/secretsmanager/t", R"(, "WithDecryption": true)")
                  .starts_with("ParameterNotFound: An error occurred"));
  call("GetParameters", R"({"Names": ["p", "/aws/reference/secretsmanager/s", "absent"],
                            "WithDecryption": true})");
  EXPECT_EQ(names(), "p /aws/reference/secretsmanager/s");
  EXPECT_EQ(json::write(*last_.find("InvalidParameters")), R"(["absent"])");
  const std::string image =
      get("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
  EXPECT_TRUE(image.starts_with("ami-")) << image;
  EXPECT_EQ(image.size(), 21U);
  EXPECT_EQ(get("/aws/service/nothing"), "ParameterNotFound: ");
  call("GetParametersByPath", R"({"Path": "/aws/service/ami-amazon-linux-latest"})");
  EXPECT_EQ(last_.find("Parameters")->size(), 10U);
}

TEST_F(SsmTest, ChangesAreToldToEventBridge) {
  put("p", "x");
  put("p", "y", R"(, "Overwrite": true)");
  call("DeleteParameters", R"({"Names": ["p", "absent"]})");
  std::string told;
  for (const aws::Call& each : caller_.calls) {
    EXPECT_EQ(each.service + "." + each.operation, "events.PutEvents");
    EXPECT_EQ(each.principal.service, "ssm.amazonaws.com");
    told += std::string(each.input.find("Entries")->items()[0].find("Detail")->as_string());
  }
  EXPECT_EQ(told, R"({"operation":"Create","name":"p","type":"String"})"
                  R"({"operation":"Update","name":"p","type":"String"})"
                  R"({"operation":"Delete","name":"p","type":"String"})");
}

TEST_F(SsmTest, TagsAreTheParameters) {
  put("p", "x", R"(, "Type": "String", "Tags": [{"Key": "a", "Value": "1"}])");
  call("AddTagsToResource",
       R"({"ResourceType": "Parameter", "ResourceId": "p", "Tags": [{"Key": "b", "Value": "2"}]})");
  call("RemoveTagsFromResource",
       R"({"ResourceType": "Parameter", "ResourceId": "p", "TagKeys": ["a"]})");
  EXPECT_EQ(call("ListTagsForResource", R"({"ResourceType": "Parameter", "ResourceId": "p"})"),
            R"({"TagList":[{"Key":"b","Value":"2"}]})");
  EXPECT_EQ(call("ListTagsForResource", R"({"ResourceType": "Parameter", "ResourceId": "q"})"),
            "InvalidResourceId: ");
}

TEST(Envelope, ReadsWhatItWroteAndNothingElse) {
  const std::string key(32, 'k');
  const std::string closed = close_envelope(key, "encrypted", "value", "arn");
  const auto envelope = read_envelope(closed);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(open_envelope(key, *envelope, "arn"), "value");
  EXPECT_FALSE(open_envelope(key, *envelope, "another arn"));
  for (size_t size = 0; size < closed.size(); ++size)
    EXPECT_FALSE(read_envelope(closed.substr(0, size)));
}

}  // namespace
}  // namespace pawl::ssm
