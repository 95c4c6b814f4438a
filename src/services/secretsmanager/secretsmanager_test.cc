// SPDX-License-Identifier: Apache-2.0
// Secrets Manager over a store in memory with a virtual clock and a recording caller.
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
#include "services/secretsmanager/service.h"
#include "store/memory/memory_store.h"

namespace pawl::secretsmanager {
namespace {

using json::Value;

constexpr int64_t kDayMs = 86'400'000;

class SecretsManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("secretsmanager");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also again: as after a restart.
  void open() {
    table_.reset();
    service_ = SecretsManagerService::open(
                   {.store = store_, .master_key = master_key_, .loop = loop_, .caller = caller_})
                   .value();
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input,
                   const std::string& region = "us-east-1", const std::string& by_service = "") {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    EXPECT_NE(request.operation, nullptr) << operation;
    const auto parsed = json::parse(input);
    EXPECT_TRUE(parsed) << input;
    request.input = *parsed;
    request.region = region;
    request.principal.service = by_service;
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   last_ = result ? result->value : Value::object();
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    loop_.run();
    return answer;
  }
  std::string text(const std::string& member) const {
    const Value* value = last_.find(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(absent)";
  }
  std::string value_of(const std::string& id, const std::string& more = "") {
    const std::string answer = call("GetSecretValue", R"({"SecretId": ")" + id + "\"" + more + "}");
    return text("SecretString") == "(absent)" ? answer : text("SecretString");
  }
  std::string stages(const std::string& id) {
    call("DescribeSecret", R"({"SecretId": ")" + id + "\"}");
    const Value* stages = last_.find("VersionIdsToStages");
    return stages == nullptr ? "" : json::write(*stages);
  }

  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  std::shared_ptr<store::MasterKey> master_key_ = std::make_shared<store::MasterKey>(store_, "");
  aws::VirtualLoop loop_;
  /// KMS encrypts by turning round, Lambda does what `function_` does.
  aws::RecordingCaller caller_{[this](const aws::Call& call) { return answer(call); }};
  std::function<aws::ApiResult<Value>(const std::string& step, const std::string& token)> function_;
  bool is_kms_disabled_ = false;
  Value last_ = Value::object();
  std::unique_ptr<SecretsManagerService> service_;
  std::optional<aws::ActionTable> table_;

 private:
  aws::ApiResult<Value> answer(const aws::Call& call) {
    json::ObjectBuilder out;
    const std::string key(32, 'k');
    if (call.service == "kms") {
      if (is_kms_disabled_) return aws::ApiError("DisabledException", "it is disabled.");
      out.set("KeyId", Value("arn:aws:kms:us-east-1:000000000000:key/1"));
      out.set("Plaintext", Value(base::base64_encode(key)));
      if (call.operation == "GenerateDataKey")
        out.set("CiphertextBlob", Value(base::base64_encode("encrypted")));
    } else if (call.operation == "Invoke") {
      const auto event =
          json::parse(*base::base64_decode(call.input.find("Payload")->as_string())).value();
      if (function_)
        return function_(std::string(event.find("Step")->as_string()),
                         std::string(event.find("ClientRequestToken")->as_string()));
    }
    return std::move(out).build();
  }
};

TEST_F(SecretsManagerTest, KeepsVersionsAndTheirLabels) {
  call("CreateSecret", R"({"Name": "s", "SecretString": "one",
      "ClientRequestToken": "11111111-1111-1111-1111-111111111111"})");
  EXPECT_EQ(text("VersionId"), "11111111-1111-1111-1111-111111111111");
  EXPECT_EQ(value_of("s"), "one");
  call("PutSecretValue", R"({"SecretId": "s", "SecretString": "two",
      "ClientRequestToken": "22222222-2222-2222-2222-222222222222"})");
  EXPECT_EQ(value_of("s"), "two");
  EXPECT_EQ(value_of("s", R"(, "VersionStage": "AWSPREVIOUS")"), "one");
  EXPECT_EQ(stages("s"), R"({"11111111-1111-1111-1111-111111111111":["AWSPREVIOUS"],)"
                         R"("22222222-2222-2222-2222-222222222222":["AWSCURRENT"]})");
  // The same once more is the same; something else under the same token is refused.
  call("PutSecretValue", R"({"SecretId": "s", "SecretString": "two",
      "ClientRequestToken": "22222222-2222-2222-2222-222222222222"})");
  EXPECT_EQ(text("VersionId"), "22222222-2222-2222-2222-222222222222");
  EXPECT_TRUE(call("PutSecretValue", R"({"SecretId": "s", "SecretString": "three",
      "ClientRequestToken": "22222222-2222-2222-2222-222222222222"})")
                  .starts_with("ResourceExistsException: You can't use ClientRequestToken 2222"));
  // Back to the first one.
  call("UpdateSecretVersionStage", R"({"SecretId": "s", "VersionStage": "AWSCURRENT",
      "MoveToVersionId": "11111111-1111-1111-1111-111111111111",
      "RemoveFromVersionId": "22222222-2222-2222-2222-222222222222"})");
  EXPECT_EQ(value_of("s"), "one");
  EXPECT_EQ(value_of("s", R"(, "VersionStage": "AWSPREVIOUS")"), "two");
  EXPECT_EQ(call("UpdateSecretVersionStage", R"({"SecretId": "s", "VersionStage": "AWSCURRENT",
      "MoveToVersionId": "22222222-2222-2222-2222-222222222222"})"),
            "InvalidParameterException: The parameter RemoveFromVersionId can't be empty. Staging "
            "label AWSCURRENT is currently attached to version "
            "11111111-1111-1111-1111-111111111111, so you must explicitly reference that version "
            "in RemoveFromVersionId.");
}

TEST_F(SecretsManagerTest, FindsByNameWholeAndPartialArn) {
  call("CreateSecret", R"({"Name": "a/b-c", "SecretString": "x"})");
  const std::string arn = text("ARN");
  EXPECT_EQ(arn.size(),
            std::string("arn:aws:secretsmanager:us-east-1:000000000000:secret:a/b-c-").size() + 6);
  EXPECT_EQ(value_of(arn), "x");
  EXPECT_EQ(value_of(arn.substr(0, arn.size() - 7)), "x");
  EXPECT_TRUE(value_of(arn.substr(0, arn.size() - 1) + "?").starts_with("ValidationException"));
  std::string other = arn;
  other.back() = other.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(value_of(other),
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  call("GetSecretValue", R"({"SecretId": "a/b-c"})", "eu-west-1");
  EXPECT_EQ(text("SecretString"), "(absent)");
  EXPECT_TRUE(value_of("arn:aws:secretsmanager:us-east-1:111111111111:secret:a/b-c")
                  .starts_with("AccessDeniedException: User: "));
}

TEST_F(SecretsManagerTest, IsGoneWhenItsWindowIsOver) {
  call("CreateSecret", R"({"Name": "s", "SecretString": "x"})");
  call("DeleteSecret", R"({"SecretId": "s", "RecoveryWindowInDays": 7})");
  EXPECT_TRUE(value_of("s").starts_with("InvalidRequestException: You can't perform this"));
  loop_.advance_by(6 * kDayMs);
  EXPECT_TRUE(call("RestoreSecret", R"({"SecretId": "s"})").starts_with(R"({"ARN":)"));
  EXPECT_EQ(value_of("s"), "x");
  loop_.advance_by(2 * kDayMs);
  EXPECT_EQ(value_of("s"), "x");
  call("DeleteSecret", R"({"SecretId": "s", "RecoveryWindowInDays": 7})");
  open();
  loop_.advance_by(7 * kDayMs);
  EXPECT_TRUE(value_of("s").starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(call("CreateSecret", R"({"Name": "s"})").starts_with(R"({"ARN":)"));
  EXPECT_EQ(call("DeleteSecret", R"({"SecretId": "s", "RecoveryWindowInDays": 6})"),
            "InvalidParameterException: The RecoveryWindowInDays value must be between 7 and 30 "
            "days (inclusive).");
}

TEST_F(SecretsManagerTest, RotatesWithTheFourStepsOnDemandAndWhenDue) {
  std::string steps;
  function_ = [&](const std::string& step, const std::string& token) {
    steps += step + " ";
    const Value answer = last_;
    if (step == "createSecret")
      call("PutSecretValue", R"({"SecretId": "s", "SecretString": "new )" +
                                 std::to_string(steps.size()) + R"(", "ClientRequestToken": ")" +
                                 token + R"(", "VersionStages": ["AWSPENDING"]})");
    if (step == "finishSecret") {
      call("ListSecretVersionIds", R"({"SecretId": "s"})");
      std::string current;
      for (const Value& each : last_.find("Versions")->items())
        if (json::write(*each.find("VersionStages")).find("AWSCURRENT") != std::string::npos)
          current = each.find("VersionId")->as_string();
      call("UpdateSecretVersionStage",
           R"({"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": ")" + token +
               R"(", "RemoveFromVersionId": ")" + current + "\"}");
    }
    last_ = answer;
    return aws::ApiResult<Value>(Value::object());
  };
  call("CreateSecret", R"({"Name": "s", "SecretString": "old"})");
  EXPECT_EQ(call("RotateSecret", R"({"SecretId": "s"})"),
            "InvalidRequestException: No Lambda rotation function ARN is associated with this "
            "secret.");
  call("RotateSecret",
       R"({"SecretId": "s", "RotationLambdaARN": "arn:aws:lambda:us-east-1:000000000000:function:f",
           "RotationRules": {"AutomaticallyAfterDays": 10}})");
  EXPECT_EQ(steps, "createSecret setSecret testSecret finishSecret ");
  EXPECT_TRUE(value_of("s").starts_with("new"));
  EXPECT_EQ(value_of("s", R"(, "VersionStage": "AWSPREVIOUS")"), "old");
  call("DescribeSecret", R"({"SecretId": "s"})");
  EXPECT_EQ(stages("s").find("AWSPENDING"), std::string::npos);
  EXPECT_EQ(caller_.calls.back().principal.service, "secretsmanager.amazonaws.com");
  const std::string first = value_of("s");
  steps.clear();
  loop_.advance_by(11 * kDayMs);
  EXPECT_EQ(steps, "createSecret setSecret testSecret finishSecret ");
  EXPECT_EQ(value_of("s", R"(, "VersionStage": "AWSPREVIOUS")"), first);
  call("CancelRotateSecret", R"({"SecretId": "s"})");
  steps.clear();
  loop_.advance_by(30 * kDayMs);
  EXPECT_EQ(steps, "");
}

TEST_F(SecretsManagerTest, AFailedRotationIsTriedAgainLater) {
  int failures = 0;
  function_ = [&](const std::string&, const std::string&) -> aws::ApiResult<Value> {
    ++failures;
    json::ObjectBuilder out;
    out.set("FunctionError", Value("Unhandled"));
    return std::move(out).build();
  };
  call("CreateSecret", R"({"Name": "s", "SecretString": "old"})");
  call("RotateSecret",
       R"({"SecretId": "s", "RotationLambdaARN": "arn:aws:lambda:us-east-1:000000000000:function:f",
           "RotationRules": {"AutomaticallyAfterDays": 10}})");
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(value_of("s"), "old");
  loop_.advance_by(3'600'000);
  EXPECT_EQ(failures, 2);
}

TEST_F(SecretsManagerTest, RotatesByAScheduleThatIsOne) {
  int rotations = 0;
  function_ = [&](const std::string& step, const std::string&) {
    if (step == "finishSecret") ++rotations;
    return aws::ApiResult<Value>(Value::object());
  };
  call("CreateSecret", R"({"Name": "s", "SecretString": "old"})");
  const auto rotate = [&](const std::string& schedule) {
    return call("RotateSecret",
                R"({"SecretId": "s", "RotateImmediately": false, "RotationLambdaARN":)"
                R"( "arn:aws:lambda:us-east-1:000000000000:function:f",)"
                R"( "RotationRules": {"ScheduleExpression": ")" +
                    schedule + R"("}})");
  };
  EXPECT_TRUE(rotate("rate(1 hour)").starts_with("InvalidParameterException"));
  EXPECT_TRUE(rotate("now and then").starts_with("InvalidParameterException"));
  EXPECT_TRUE(rotate("cron(0 8 1 * ? *)").starts_with(R"({"ARN":)"));
  EXPECT_TRUE(rotate("rate(10 days)").starts_with(R"({"ARN":)"));
  loop_.advance_by(10 * kDayMs - 1);
  EXPECT_EQ(rotations, 0);
  loop_.advance_by(1);
  EXPECT_EQ(rotations, 1);
}

TEST_F(SecretsManagerTest, ValuesUnderAKmsKeyNeedThatKey) {
  call("CreateSecret", R"({"Name": "s", "SecretString": "x", "KmsKeyId": "alias/mine"})");
  EXPECT_EQ(caller_.calls.size(), 1U);
  EXPECT_EQ(value_of("s"), "x");
  is_kms_disabled_ = true;
  EXPECT_TRUE(value_of("s").starts_with("DecryptionFailure: "));
  EXPECT_TRUE(call("PutSecretValue", R"({"SecretId": "s", "SecretString": "y"})")
                  .starts_with("EncryptionFailure: "));
  call("BatchGetSecretValue", R"({"SecretIdList": ["s", "absent"]})");
  EXPECT_EQ(last_.find("Errors")->size(), 2U);
}

TEST_F(SecretsManagerTest, NoValueStandsInTheStoreInTheClear) {
  call("CreateSecret", R"({"Name": "s", "SecretString": "a very secret text"})");
  const auto values = store_.keyspace("secretsmanager/values", store::Shape::Records).value();
  const auto cursor = store_.cursor(values, store::Range::all());
  ASSERT_TRUE(cursor->first().value());
  EXPECT_EQ(cursor->value().find("secret text"), std::string_view::npos);
}

TEST_F(SecretsManagerTest, ListsWithFiltersOrderAndPages) {
  for (const char* name : {"app/one", "app/two", "web"}) {
    call("CreateSecret", R"({"Name": ")" + std::string(name) +
                             R"(", "Tags": [{"Key": "k", "Value": ")" + name + R"("}]})");
    loop_.advance_by(1000);
  }
  const auto names = [&](const std::string& input) {
    call("ListSecrets", input);
    std::string text;
    for (const Value& each : last_.find("SecretList")->items())
      text += std::string(each.find("Name")->as_string()) + " ";
    return text;
  };
  EXPECT_EQ(names("{}"), "app/one app/two web ");
  EXPECT_EQ(names(R"({"SortOrder": "desc"})"), "web app/two app/one ");
  EXPECT_EQ(names(R"({"Filters": [{"Key": "name", "Values": ["app"]}]})"), "app/one app/two ");
  EXPECT_EQ(names(R"({"Filters": [{"Key": "name", "Values": ["!app"]}]})"), "web ");
  EXPECT_EQ(names(R"({"Filters": [{"Key": "tag-value", "Values": ["web"]}]})"), "web ");
  EXPECT_EQ(names(R"({"Filters": [{"Key": "all", "Values": ["TWO"]}]})"), "app/two ");
  EXPECT_EQ(names(R"({"MaxResults": 2})"), "app/one app/two ");
  EXPECT_EQ(names(R"({"NextToken": ")" + text("NextToken") + "\"}"), "web ");
}

TEST_F(SecretsManagerTest, AReplicaReadsTheOriginalUntilItStandsAlone) {
  call("CreateSecret", R"({"Name": "s", "SecretString": "x",
                           "AddReplicaRegions": [{"Region": "eu-west-1"}]})");
  call("GetSecretValue", R"({"SecretId": "s"})", "eu-west-1");
  EXPECT_EQ(text("SecretString"), "x");
  EXPECT_TRUE(text("ARN").starts_with("arn:aws:secretsmanager:eu-west-1:"));
  EXPECT_TRUE(call("PutSecretValue", R"({"SecretId": "s", "SecretString": "y"})", "eu-west-1")
                  .starts_with("InvalidRequestException"));
  call("StopReplicationToReplica", R"({"SecretId": "s"})", "eu-west-1");
  call("PutSecretValue", R"({"SecretId": "s", "SecretString": "y"})");
  call("GetSecretValue", R"({"SecretId": "s"})", "eu-west-1");
  EXPECT_EQ(text("SecretString"), "x");
}

TEST_F(SecretsManagerTest, AServicesSecretIsItsOwn) {
  call("CreateSecret", R"({"Name": "events!connection/c/1", "SecretString": "x"})", "us-east-1",
       "events.amazonaws.com");
  call("DescribeSecret", R"({"SecretId": "events!connection/c/1"})");
  EXPECT_EQ(text("OwningService"), "events");
  const std::string put = R"({"SecretId": "events!connection/c/1", "SecretString": "y"})";
  EXPECT_TRUE(call("PutSecretValue", put).starts_with("InvalidRequestException"));
  EXPECT_TRUE(
      call("PutSecretValue", put, "us-east-1", "events.amazonaws.com").starts_with(R"({"ARN":)"));
  EXPECT_TRUE(call("DeleteSecret", R"({"SecretId": "events!connection/c/1",
                                       "ForceDeleteWithoutRecovery": true})")
                  .starts_with("InvalidRequestException"));
}

TEST_F(SecretsManagerTest, PasswordsAreMadeOfWhatIsWanted) {
  for (int i = 0; i < 50; ++i) {
    call("GetRandomPassword", R"({"PasswordLength": 4})");
    const std::string password = text("RandomPassword");
    EXPECT_EQ(password.size(), 4U);
    EXPECT_NE(password.find_first_of("0123456789"), std::string::npos);
  }
  call("GetRandomPassword", R"({"PasswordLength": 4096, "ExcludePunctuation": true,
      "ExcludeNumbers": true, "ExcludeUppercase": true, "ExcludeCharacters": "bcdefghijklmnop"})");
  EXPECT_EQ(text("RandomPassword").find_first_not_of("aqrstuvwxyz"), std::string::npos);
  EXPECT_EQ(text("RandomPassword").size(), 4096U);
  EXPECT_TRUE(call("GetRandomPassword", R"({"PasswordLength": 3})")
                  .starts_with("InvalidParameterException"));
}

TEST_F(SecretsManagerTest, PoliciesAreCheckedInForm) {
  call("CreateSecret", R"({"Name": "s"})");
  EXPECT_TRUE(call("PutResourcePolicy", R"({"SecretId": "s", "ResourcePolicy": "{"})")
                  .starts_with("MalformedPolicyDocumentException"));
  const std::string everybody =
      R"({"SecretId": "s", "ResourcePolicy": "{\"Statement\": [{\"Effect\": \"Allow\",)"
      R"( \"Principal\": \"*\", \"Action\": \"secretsmanager:*\", \"Resource\": \"*\"}]}")";
  EXPECT_TRUE(call("PutResourcePolicy", everybody + R"(, "BlockPublicPolicy": true})")
                  .starts_with("PublicPolicyException"));
  EXPECT_TRUE(call("PutResourcePolicy", everybody + "}").starts_with(R"({"ARN":)"));
}

}  // namespace
}  // namespace pawl::secretsmanager
