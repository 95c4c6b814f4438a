// SPDX-License-Identifier: Apache-2.0
// What clients do not see of IAM: the data of AWS's policies, the tables of what requests need, the
// identities and the authorizer over a memory store. Clients: tests/clients/test_iam.py.
#include <gtest/gtest.h>

#include <optional>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/iam/iam_authorizer.h"
#include "services/iam/iam_identities.h"
#include "services/iam/identifiers.h"
#include "services/iam/request_access.h"
#include "services/iam/service_linked_role.h"
#include "store/memory/memory_store.h"

namespace pawl::iam {
namespace {

constexpr const char* kAccount = "000000000000";

aws::Request make_request(const aws::ServiceModel& model, const std::string& operation,
                          const std::string& input) {
  aws::Request request;
  request.operation = model.find_operation(operation);
  EXPECT_NE(request.operation, nullptr) << operation;
  const auto parsed = json::parse(input);
  EXPECT_TRUE(parsed) << input;
  request.input = *parsed;
  request.received = {1'700'000'000'000};
  return request;
}

TEST(ManagedPolicies, AllAreThereAndCanBeRead) {
  ManagedPolicies policies;
  EXPECT_GT(policies.list().size(), 1'000U);
  for (const ManagedPolicy& policy : policies.list()) {
    // One of a block is enough for most: unpacking costs some milliseconds.
    if (policy.name.size() % 7 != 0) continue;
    const auto parsed =
        aws::PolicyDocument::parse(policies.document(policy), aws::PolicyKind::Identity);
    EXPECT_TRUE(parsed) << policy.name << ": " << parsed.error().message;
  }
  const ManagedPolicy* basic =
      policies.find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");
  ASSERT_NE(basic, nullptr);
  EXPECT_NE(policies.document(*basic).find("logs:PutLogEvents"), std::string::npos);
  EXPECT_EQ(policies.find("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"), nullptr);
  EXPECT_EQ(policies.find("arn:aws:iam::aws:policy/"), nullptr);
}

TEST(ServiceLinkedRoles, HavePoliciesThatThereAre) {
  ManagedPolicies policies;
  for (const char* service : {"batch.amazonaws.com", "ecs.amazonaws.com", "eks.amazonaws.com"}) {
    const ServiceLinkedRole* role = find_service_linked_role(service);
    ASSERT_NE(role, nullptr) << service;
    EXPECT_NE(
        policies.find("arn:aws:iam::aws:policy/aws-service-role/" + std::string(role->policy)),
        nullptr);
  }
  EXPECT_EQ(find_service_linked_role("batch"), nullptr);
  EXPECT_EQ(find_service_linked_role("nothing.amazonaws.com"), nullptr);
}

TEST(Identifiers, AreInAwssForm) {
  EXPECT_EQ(random_id("AIDA").size(), 21U);
  EXPECT_EQ(make_secret().size(), 40U);
  const std::string id = make_access_key_id("AKIA", "123456789012");
  EXPECT_EQ(id.size(), 20U);
  EXPECT_NE(id, make_access_key_id("AKIA", "123456789012"));
  EXPECT_EQ(url_encoded("a b/{\"~"), "a%20b%2F%7B%22~");
}

struct AccessCase {
  const char* service;
  const char* operation;
  const char* input;
  const char* needed;  ///< "action resource", separated by "; "
};

TEST(RequestAccess, NamesActionsAndResources) {
  const AccessCase kCases[] = {
      {"s3", "GetObject", R"({"Bucket":"b","Key":"k"})", "s3:GetObject arn:aws:s3:::b/k"},
      {"s3", "HeadObject", R"({"Bucket":"b","Key":"k","VersionId":"v"})",
       "s3:GetObjectVersion arn:aws:s3:::b/k"},
      {"s3", "ListObjectsV2", R"({"Bucket":"b"})", "s3:ListBucket arn:aws:s3:::b"},
      {"s3", "ListBuckets", "{}", "s3:ListAllMyBuckets *"},
      {"s3", "CopyObject", R"({"Bucket":"b","Key":"k","CopySource":"c/d?versionId=1"})",
       "s3:PutObject arn:aws:s3:::b/k; s3:GetObject arn:aws:s3:::c/d"},
      {"s3", "DeleteObjects", R"({"Bucket":"b","Delete":{"Objects":[{"Key":"x"},{"Key":"y"}]}})",
       "s3:DeleteObject arn:aws:s3:::b/x; s3:DeleteObject arn:aws:s3:::b/y"},
      {"sqs", "SendMessageBatch",
       R"({"QueueUrl":"http://localhost:4566/111111111111/q","Entries":[]})",
       "sqs:SendMessage arn:aws:sqs:us-east-1:111111111111:q"},
      {"dynamodb", "Query", R"({"TableName":"t","IndexName":"i"})",
       "dynamodb:Query arn:aws:dynamodb:us-east-1:000000000000:table/t/index/i"},
      {"dynamodb", "TransactWriteItems",
       R"({"TransactItems":[{"Put":{"TableName":"t"}},{"ConditionCheck":{"TableName":"u"}}]})",
       "dynamodb:PutItem arn:aws:dynamodb:us-east-1:000000000000:table/t; "
       "dynamodb:ConditionCheckItem arn:aws:dynamodb:us-east-1:000000000000:table/u"},
      {"lambda", "Invoke", R"({"FunctionName":"f"})",
       "lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:f"},
      {"stepfunctions", "StartExecution",
       R"({"stateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m"})",
       "states:StartExecution arn:aws:states:us-east-1:000000000000:stateMachine:m"},
      {"sns", "PublishBatch", R"({"TopicArn":"arn:aws:sns:us-east-1:000000000000:t"})",
       "sns:Publish arn:aws:sns:us-east-1:000000000000:t"},
      {"iam", "AttachRolePolicy",
       R"({"RoleName":"r","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})",
       "iam:AttachRolePolicy arn:aws:iam::000000000000:role/r"},
      {"iam", "AddUserToGroup", R"({"UserName":"u","GroupName":"g"})",
       "iam:AddUserToGroup arn:aws:iam::000000000000:group/g"},
      {"events", "PutEvents", R"({"Entries":[{"EventBusName":"a"},{},{}]})",
       "events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/a; "
       "events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/default"},
      {"cloudwatch", "PutMetricData", "{}", "cloudwatch:PutMetricData *"},
      {"stepfunctions", "CreateStateMachine",
       R"({"name":"m","roleArn":"arn:aws:iam::000000000000:role/r"})",
       "states:CreateStateMachine arn:aws:states:us-east-1:000000000000:stateMachine:m; "
       "iam:PassRole arn:aws:iam::000000000000:role/r"},
      {"events", "PutTargets",
       R"({"Rule":"x","Targets":[{"Id":"1","RoleArn":"arn:aws:iam::000000000000:role/r"}]})",
       "events:PutTargets arn:aws:events:us-east-1:000000000000:rule/x; "
       "iam:PassRole arn:aws:iam::000000000000:role/r"},
      {"apigatewayv2", "GetApi", R"({"ApiId":"abc"})",
       "apigateway:GET arn:aws:apigateway:us-east-1::/v2/apis/{apiId}"},
  };
  for (const AccessCase& each : kCases) {
    const auto* model = aws::installed_model(each.service);
    ASSERT_NE(model, nullptr) << each.service;
    std::string needed;
    for (const Access& access : needed_access(make_request(*model, each.operation, each.input))) {
      needed += (needed.empty() ? "" : "; ") + access.action + " " + access.resource;
    }
    EXPECT_EQ(needed, each.needed) << each.operation;
  }
}

class IamTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("iam");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    directory_ = std::make_shared<Directory>(IamStore::open(store_).value());
    service_ = std::make_unique<IamService>(directory_);
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check()) << table_->check().error().message;
    identities_ = std::make_unique<IamIdentities>(directory_);
    authorizer_ = std::make_unique<IamAuthorizer>(directory_, *identities_);
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input) {
    std::string answer = "(none)";
    table_->call(make_request(*model_, operation, input),
                 aws::Reply([&](const aws::ActionResult& result) {
                   if (result) {
                     last_ = result->value;
                     answer = json::write(result->value);
                   } else {
                     answer = result.error().code + ": " + result.error().message.value_or("");
                   }
                 }));
    return answer;
  }

  bool may(const std::string& arn, const std::string& action, const std::string& key = "") {
    aws::Principal principal;
    principal.arn = arn;
    principal.access_key_id = key;
    return authorizer_->authorize_action(principal, "us-east-1", action, "*", {}).has_value();
  }

  store::MemoryStore store_;
  const aws::ServiceModel* model_ = nullptr;
  std::shared_ptr<Directory> directory_;
  std::unique_ptr<IamService> service_;
  std::optional<aws::ActionTable> table_;
  std::unique_ptr<IamIdentities> identities_;
  std::unique_ptr<IamAuthorizer> authorizer_;
  json::Value last_;
};

TEST_F(IamTest, KeysOfUsersAndWhatBecomesOfThem) {
  call("CreateUser", R"({"UserName":"u","Path":"/p/"})");
  call("CreateAccessKey", R"({"UserName":"u"})");
  const std::string id = text_member(*last_.find("AccessKey"), "AccessKeyId");
  const auto found = identities_->find_key(id).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal.arn, "arn:aws:iam::000000000000:user/p/u");
  EXPECT_TRUE(found->is_active);
  call("UpdateAccessKey", R"({"UserName":"u","AccessKeyId":")" + id + R"(","Status":"Inactive"})");
  EXPECT_FALSE(identities_->find_key(id).value()->is_active);
  call("UpdateUser", R"({"UserName":"u","NewUserName":"v"})");
  EXPECT_EQ(identities_->find_key(id).value()->principal.arn, "arn:aws:iam::000000000000:user/p/v");
  call("DeleteAccessKey", R"({"UserName":"v","AccessKeyId":")" + id + R"("})");
  EXPECT_FALSE(identities_->find_key(id).value());
  EXPECT_FALSE(identities_->find_key("AKIAIOSFODNN7EXAMPLE").value());
  EXPECT_FALSE(identities_->find_key("test").value());
}

TEST_F(IamTest, SessionsEndAndAreForgotten) {
  const aws::Session session =
      role_session("arn:aws:iam::000000000000:role/path/r", "AROAX", "run");
  EXPECT_EQ(session.arn, "arn:aws:sts::000000000000:assumed-role/r/run");
  const base::Timestamp now{1'700'000'000'000};
  const aws::AccessKey first = identities_->issue(session, now, 900).value();
  EXPECT_EQ(first.expires.ms, now.ms + 900'000);
  EXPECT_EQ(identities_->find_key(first.id).value()->session->base_arn, session.base_arn);
  // The next session after its end clears it away.
  static_cast<void>(identities_->issue(session, {now.ms + 1'000'000}, 900));
  EXPECT_FALSE(directory_->store.find_key(first.id).value());
}

TEST_F(IamTest, StandingSessionsAreTheSame) {
  const std::string role = "arn:aws:iam::000000000000:role/r";
  const aws::AccessKey first = identities_->standing_session(role, "f").value();
  EXPECT_EQ(identities_->standing_session(role, "f").value().id, first.id);
  EXPECT_NE(identities_->standing_session(role, "g").value().id, first.id);
  // Another role of the same name is another one.
  call("CreateRole", R"({"RoleName":"r","AssumeRolePolicyDocument":)"
                     R"("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",)"
                     R"(\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}}"})");
  EXPECT_NE(identities_->standing_session(role, "f").value().id, first.id);
}

constexpr const char* kAll =
    R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",)"
    R"(\"Resource\":\"*\"}})";

TEST_F(IamTest, WhatChangesIsSeenAtOnce) {
  const std::string user = "arn:aws:iam::000000000000:user/u";
  call("CreateUser", R"({"UserName":"u"})");
  EXPECT_TRUE(may("arn:aws:iam::000000000000:root", "s3:GetObject"));
  EXPECT_FALSE(may(user, "s3:GetObject"));
  call("PutUserPolicy",
       std::string(R"({"UserName":"u","PolicyName":"p","PolicyDocument":")") + kAll + R"("})");
  EXPECT_TRUE(may(user, "s3:GetObject"));
  call("DeleteUserPolicy", R"({"UserName":"u","PolicyName":"p"})");
  EXPECT_FALSE(may(user, "s3:GetObject"));
  EXPECT_FALSE(may("arn:aws:sts::000000000000:assumed-role/nobody/x", "s3:GetObject"));
}

TEST_F(IamTest, AccountsDoNotSeeEachOther) {
  call("CreateUser", R"({"UserName":"u"})");
  aws::Request other = make_request(*model_, "GetUser", R"({"UserName":"u"})");
  other.principal.account_id = "111111111111";
  std::string code;
  table_->call(std::move(other), aws::Reply([&](const aws::ActionResult& result) {
                 code = result ? "found" : result.error().code;
               }));
  EXPECT_EQ(code, "NoSuchEntityException");
  EXPECT_FALSE(directory_->store.find("111111111111", Kind::User, "u").value());
  EXPECT_TRUE(directory_->store.find(kAccount, Kind::User, "U").value());
}

TEST_F(IamTest, OfAServicesRoleTheDescriptionMayBeChanged) {
  call("CreateServiceLinkedRole", R"({"AWSServiceName":"batch.amazonaws.com"})");
  const std::string name = R"({"RoleName":"AWSServiceRoleForBatch")";
  EXPECT_EQ(call("UpdateRole", name + R"(,"Description":"ours"})"), "{}");
  EXPECT_NE(call("GetRole", name + "}").find(R"("Description":"ours")"), std::string::npos);
  EXPECT_TRUE(call("UpdateRole", name + R"(,"MaxSessionDuration":7200})")
                  .starts_with("UnmodifiableEntityException"));
}

}  // namespace
}  // namespace pawl::iam
