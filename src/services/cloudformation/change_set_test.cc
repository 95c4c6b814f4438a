// SPDX-License-Identifier: Apache-2.0
// What change sets tell: as AWS's answers that were recorded do.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "json/write.h"
#include "services/cloudformation/service_for_test.h"

namespace pawl::cloudformation {
namespace {

using json::Value;

constexpr const char* kChild = R"(Parameters: {Delay: {Type: Number}}
Resources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay}}}
Outputs: {Url: {Value: !Ref Q}}
)";

/// Just enough of other services; one template in a bucket.
class ChangeSets : public testing::Test {
 protected:
  ChangeSets() : service_([this](const aws::Call& call) { return answer(call); }) {}
  void SetUp() override {
    ASSERT_NE(aws::installed_model("cloudformation"), nullptr) << "python3-botocore is missing";
  }

  aws::ApiResult<Value> answer(const aws::Call& call) {
    const std::string name = json::text_member(call.input, "QueueName");
    const std::string url = json::text_member(call.input, "QueueUrl");
    if (call.operation == "GetQueueUrl") return aws::ApiError("QueueDoesNotExist", "no");
    if (call.operation == "CreateQueue") return object("QueueUrl", Value("http://q/" + name));
    if (call.operation == "GetQueueAttributes") {
      const std::string arn = "arn:aws:sqs:us-east-1:000000000000:" + url.substr(9);
      return object("Attributes", object("QueueArn", Value(arn)));
    }
    if (call.operation == "DescribeRepositories") {
      return object("repositories", Value::array(std::vector<Value>{Value::object()}));
    }
    if (call.operation == "GetObject") return object("Body", Value(base::base64_encode(kChild)));
    // Nested stacks are made by calls, too.
    if (call.service == "cloudformation")
      return service_.call(call.operation, json::write(call.input));
    return Value::object();
  }

  static Value object(std::string_view name, Value value) {
    json::ObjectBuilder out;
    out.set(name, std::move(value));
    return std::move(out).build();
  }

  static std::string input(const std::string& text, const std::string& more) {
    const std::string body = json::write(Value(text));
    return R"({"StackName": "s", "TemplateBody": )" + body + (more.empty() ? "" : "," + more) + "}";
  }

  void deploy(const std::string& text, const std::string& more = "") {
    const bool is_there = service_.status("s").ends_with("_COMPLETE");
    const auto made = service_.call(is_there ? "UpdateStack" : "CreateStack", input(text, more));
    ASSERT_TRUE(made) << made.error().message.value_or("");
    service_.loop.run();
    ASSERT_TRUE(service_.status("s").ends_with("E_COMPLETE")) << service_.status("s");
  }

  Value describe(const std::string& text, bool with_values = false) {
    const std::string name = "c" + std::to_string(++change_sets_);
    const auto made =
        service_.call("CreateChangeSet", input(text, R"("ChangeSetName": ")" + name + "\""));
    EXPECT_TRUE(made) << made.error().message.value_or("");
    const auto told =
        service_.call("DescribeChangeSet", R"({"StackName": "s", "ChangeSetName": ")" + name +
                                               R"(", "IncludePropertyValues": )" +
                                               (with_values ? "true}" : "false}"));
    return told ? *told : Value();
  }

  /// A line for each detail: "B Conditional: RedrivePolicy Never Dynamic ResourceAttribute A.Arn".
  std::vector<std::string> details(const std::string& text, bool with_values = false) {
    std::vector<std::string> lines;
    const Value told = describe(text, with_values);
    const Value changes = json::array_member(told, "Changes");
    for (const Value& change : changes.items()) {
      const Value resource = json::object_member(change, "ResourceChange");
      const std::string begin = json::text_member(resource, "LogicalResourceId") + " " +
                                json::text_member(resource, "Replacement") + ":";
      for (const Value& detail : json::items_member(resource, "Details")) {
        const Value target = json::object_member(detail, "Target");
        const std::string entity = json::text_member(detail, "CausingEntity");
        lines.push_back(begin + " " + json::text_member(target, "Name") + " " +
                        json::text_member(target, "RequiresRecreation") + " " +
                        json::text_member(detail, "Evaluation") + " " +
                        json::text_member(detail, "ChangeSource") +
                        (entity.empty() ? "" : " " + entity));
      }
    }
    return lines;
  }

  int change_sets_ = 0;
  ServiceForTest service_;
};

using Lines = std::vector<std::string>;

constexpr const char* kChain = R"(Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: a, DelaySeconds: 1}}
  B: {Type: AWS::SQS::Queue, Properties: {QueueName: b,
      RedrivePolicy: {deadLetterTargetArn: !GetAtt A.Arn, maxReceiveCount: 3}}}
  C: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt B.QueueName}}
  D: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: k, Value: !Ref C}]}}
  E: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: k, Value: !Ref B}]}}
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t place = text.find(from);
  return place == std::string::npos ? text : text.replace(place, from.size(), to);
}

TEST_F(ChangeSets, AttributesOfWhatChangesInPlaceMayChange) {
  deploy(kChain);
  const std::string next = replaced(kChain, "DelaySeconds: 1", "DelaySeconds: 2");
  EXPECT_EQ(details(next),
            (Lines{"A False: DelaySeconds Never Static DirectModification",
                   "B False: RedrivePolicy Never Dynamic ResourceAttribute A.Arn",
                   "C Conditional: QueueName Always Dynamic ResourceAttribute B.QueueName",
                   "D False: Tags Never Dynamic ResourceReference C"}));
  // What is known to stay the same is not told of where values are.
  EXPECT_EQ(details(next, true), (Lines{"A False: DelaySeconds Never Static DirectModification"}));
}

TEST_F(ChangeSets, WhatReferToAReplacedResourceChangesForCertain) {
  deploy(kChain);
  const std::string next = replaced(kChain, "QueueName: b", "QueueName: b2");
  EXPECT_EQ(details(next), (Lines{"B True: QueueName Always Static DirectModification",
                                  "C True: QueueName Always Static ResourceAttribute B.QueueName",
                                  "D False: Tags Never Static ResourceReference C",
                                  "E False: Tags Never Static ResourceReference B"}));
  EXPECT_EQ(details(next, true),
            (Lines{"B True: QueueName Always Static DirectModification",
                   "C True: QueueName Always Dynamic DirectModification",
                   "C True: QueueName Always Static ResourceAttribute B.QueueName",
                   "D False: Tags Never Dynamic DirectModification",
                   "D False: Tags Never Static ResourceReference C",
                   "E False: Tags Never Dynamic DirectModification",
                   "E False: Tags Never Static ResourceReference B"}));
}

TEST_F(ChangeSets, AReferenceToANewResourceIsStatic) {
  deploy(R"(Resources: {B: {Type: AWS::SQS::Queue, Properties: {QueueName: b}}})");
  EXPECT_EQ(details(R"(Resources:
  N: {Type: AWS::SQS::Queue}
  B: {Type: AWS::SQS::Queue, Properties: {QueueName: b,
      RedrivePolicy: {deadLetterTargetArn: !GetAtt N.Arn, maxReceiveCount: 3}}}
)"),
            (Lines{"B False: RedrivePolicy Never Dynamic DirectModification",
                   "B False: RedrivePolicy Never Static ResourceAttribute N.Arn"}));
}

TEST_F(ChangeSets, StackTagsTakenAwayGoFromResourcesToo) {
  const std::string text =
      "Resources: {R: {Type: AWS::ECR::Repository, Properties: {RepositoryName: r}}}";
  deploy(text, R"("Tags": [{"Key": "gone", "Value": "1"}, {"Key": "stays", "Value": "2"}])");
  deploy(text, R"("Tags": [{"Key": "stays", "Value": "2"}])");
  std::vector<std::string> untagged;
  for (const aws::Call& call : service_.caller.calls) {
    if (call.operation == "UntagResource") untagged.push_back(json::write(call.input));
  }
  ASSERT_EQ(untagged.size(), 1u);
  EXPECT_NE(untagged[0].find(R"(["gone"])"), std::string::npos) << untagged[0];
}

constexpr const char* kParent = R"(Parameters: {Delay: {Type: String, Default: "1"}}
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {
      TemplateURL: "https://s3.us-east-1.amazonaws.com/b/child", Parameters: {Delay: !Ref Delay}}}
  User: {Type: AWS::SQS::Queue, Properties: {QueueName: user,
      Tags: [{Key: k, Value: !GetAtt Child.Outputs.Url}]}}
)";

TEST_F(ChangeSets, NestedStacksHaveTheirOwn) {
  const auto nested_of = [this](const std::string& more) {
    const auto made = service_.call(
        "CreateChangeSet",
        input(kParent, R"("ChangeSetName": "n", "IncludeNestedStacks": true)" + more));
    EXPECT_TRUE(made) << made.error().message.value_or("");
    return *service_.call("DescribeChangeSet", R"({"StackName": "s", "ChangeSetName": "n"})");
  };
  const auto change = [](const Value& told, size_t index) {
    const Value changes = json::array_member(told, "Changes");
    return index < changes.size() ? json::object_member(changes.items()[index], "ResourceChange")
                                  : Value::object();
  };
  const auto describe = [this](const std::string& id) {
    return *service_.call("DescribeChangeSet", R"({"ChangeSetName": ")" + id + "\"}");
  };

  Value root = nested_of(R"(, "ChangeSetType": "CREATE")");
  EXPECT_EQ(json::text_member(root, "Status"), "CREATE_COMPLETE")
      << json::text_member(root, "StatusReason");
  std::string id = json::text_member(change(root, 0), "ChangeSetId");
  Value nested = describe(id);
  EXPECT_EQ(json::text_member(nested, "ParentChangeSetId"), json::text_member(root, "ChangeSetId"));
  EXPECT_EQ(json::text_member(nested, "RootChangeSetId"), json::text_member(root, "ChangeSetId"));
  EXPECT_EQ(json::text_member(nested, "ExecutionStatus"), "UNAVAILABLE");
  EXPECT_EQ(json::text_member(change(nested, 0), "LogicalResourceId"), "Q");
  EXPECT_FALSE(service_.call("ExecuteChangeSet", R"({"ChangeSetName": ")" + id + "\"}"));
  EXPECT_FALSE(service_.call("DeleteChangeSet", R"({"ChangeSetName": ")" + id + "\"}"));
  ASSERT_TRUE(service_.call("ExecuteChangeSet", R"({"StackName": "s", "ChangeSetName": "n"})"));
  service_.loop.advance_by(2'000);
  ASSERT_EQ(service_.status("s"), "CREATE_COMPLETE");
  EXPECT_EQ(json::text_member(describe(id), "ExecutionStatus"), "EXECUTE_COMPLETE");
  ASSERT_TRUE(service_.call("DeleteChangeSet", R"({"StackName": "s", "ChangeSetName": "n"})"));
  EXPECT_FALSE(service_.call("DescribeChangeSet", R"({"ChangeSetName": ")" + id + "\"}"));

  // Nothing has changed, neither here nor there.
  root = nested_of("");
  EXPECT_EQ(json::text_member(root, "Status"), "FAILED");
  EXPECT_EQ(json::array_member(root, "Changes").size(), 0u);
  ASSERT_TRUE(service_.call("DeleteChangeSet", R"({"StackName": "s", "ChangeSetName": "n"})"));

  root = nested_of(R"(, "Parameters": [{"ParameterKey": "Delay", "ParameterValue": "2"}])");
  EXPECT_EQ(json::text_member(change(root, 0), "Action"), "Modify");
  id = json::text_member(change(root, 0), "ChangeSetId");
  const Value queue = change(describe(id), 0);
  EXPECT_EQ(json::text_member(queue, "Action"), "Modify");
  const Value details = json::array_member(queue, "Details");
  ASSERT_EQ(details.size(), 2u);
  EXPECT_EQ(json::text_member(details.items()[0], "CausingEntity"), "Delay");
  // What uses an output may change.
  EXPECT_EQ(json::text_member(change(root, 1), "LogicalResourceId"), "User");
}

}  // namespace
}  // namespace pawl::cloudformation
