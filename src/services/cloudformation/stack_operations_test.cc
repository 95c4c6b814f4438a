// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "json/write.h"
#include "services/cloudformation/operations/iso_duration.h"
#include "services/cloudformation/operations/stack_policy.h"
#include "services/cloudformation/operations/step_graph.h"
#include "services/cloudformation/operations/template_location.h"
#include "services/cloudformation/service_for_test.h"
#include "services/cloudformation/state/answer_log.h"

namespace pawl::cloudformation {
namespace {

using json::Value;
using Lines = std::vector<std::string>;

/// Just enough of SQS and Lambda.
class World {
 public:
  std::set<std::string> queues;
  std::set<std::string> refused;    ///< names that cannot be made or changed
  std::set<std::string> not_yet;    ///< names that cannot be made now
  std::vector<std::string> events;  ///< what functions were invoked with

  aws::ApiResult<Value> operator()(const aws::Call& call) {
    const std::string name = json::text_member(call.input, "QueueName");
    const std::string url = json::text_member(call.input, "QueueUrl");
    const std::string of_url = url.substr(url.rfind('/') + 1);
    if (call.operation == "GetQueueUrl") {
      if (!queues.contains(name)) return aws::ApiError("QueueDoesNotExist", "no");
      return object("QueueUrl", "http://q/" + name);
    }
    if (call.operation == "CreateQueue") {
      if (refused.contains(name)) return aws::ApiError("InvalidParameterValue", "not that name");
      if (not_yet.contains(name)) return aws::ApiError("QueueDeletedRecently", "wait");
      queues.insert(name);
      return object("QueueUrl", "http://q/" + name);
    }
    if (call.operation == "SetQueueAttributes" && refused.contains(of_url)) {
      return aws::ApiError("InvalidAttributeValue", "not that value");
    }
    if (call.operation == "DeleteQueue") queues.erase(of_url);
    if (call.operation == "Invoke") events.push_back(json::text_member(call.input, "Payload"));
    return Value::object();
  }

 private:
  static Value object(std::string_view name, const std::string& text) {
    json::ObjectBuilder out;
    out.set(name, Value(text));
    return std::move(out).build();
  }
};

constexpr const char* kTwo = R"(Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: a, DelaySeconds: 1}}
  B: {Type: AWS::SQS::Queue, DependsOn: A, Properties: {QueueName: b, DelaySeconds: 1}}
)";

std::string with_template(const std::string& stack, const std::string& text,
                          const std::string& more = "") {
  json::ObjectBuilder input;
  input.set("StackName", Value(stack)).set("TemplateBody", Value(text));
  std::string out = json::write(std::move(input).build());
  out.pop_back();
  return out + (more.empty() ? "" : "," + more) + "}";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t place = text.find(from);
  return place == std::string::npos ? text : text.replace(place, from.size(), to);
}

class StackOperations : public testing::Test {
 protected:
  StackOperations() : service_([this](const aws::Call& call) { return world_(call); }) {}
  void SetUp() override {
    ASSERT_NE(aws::installed_model("cloudformation"), nullptr) << "python3-botocore is missing";
  }
  std::string create(const std::string& text, const std::string& more = "") {
    const auto made = service_.call("CreateStack", with_template("s", text, more));
    if (!made) return made.error().message.value_or(made.error().code);
    return json::text_member(*made, "StackId");
  }
  std::string update(const std::string& text) {
    const auto made = service_.call("UpdateStack", with_template("s", text));
    return made ? "" : made.error().message.value_or(made.error().code);
  }

  World world_;
  ServiceForTest service_;
};

TEST_F(StackOperations, MakesInOrderAndDeletesBackwards) {
  const std::string id = create(kTwo);
  EXPECT_EQ(service_.status("s"), "CREATE_IN_PROGRESS");
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_COMPLETE");
  EXPECT_EQ(world_.queues, (std::set<std::string>{"a", "b"}));
  ASSERT_TRUE(service_.call("DeleteStack", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status(id), "DELETE_COMPLETE");
  EXPECT_TRUE(world_.queues.empty());
  const Lines events = service_.events(id);
  EXPECT_EQ(
      Lines(events.begin() + 8, events.end()),
      (Lines{"DELETE_IN_PROGRESS s: User Initiated", "DELETE_IN_PROGRESS B", "DELETE_COMPLETE B",
             "DELETE_IN_PROGRESS A", "DELETE_COMPLETE A", "DELETE_COMPLETE s"}));
}

TEST_F(StackOperations, AFailureTakesBackWhatWasMade) {
  world_.refused.insert("b");
  create(kTwo);
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "ROLLBACK_COMPLETE");
  EXPECT_TRUE(world_.queues.empty());
  const Lines events = service_.events("s");
  EXPECT_NE(events[5].find("CREATE_FAILED B: Resource handler returned message: \"not that name"),
            std::string::npos)
      << events[5];
  EXPECT_EQ(Lines(events.begin() + 6, events.end()),
            (Lines{"ROLLBACK_IN_PROGRESS s: The following resource(s) failed to create: [B]. "
                   "Rollback requested by user.",
                   "DELETE_IN_PROGRESS A", "DELETE_COMPLETE B", "DELETE_COMPLETE A",
                   "ROLLBACK_COMPLETE s"}));
}

TEST_F(StackOperations, GoesOnWhereTheLastProcessEnded) {
  world_.not_yet.insert("b");
  create(kTwo);
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_IN_PROGRESS");
  service_.restart();
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_IN_PROGRESS");
  world_.not_yet.clear();
  service_.restart();
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_COMPLETE");
  EXPECT_EQ(world_.queues, (std::set<std::string>{"a", "b"}));
  const Lines events = service_.events("s");
  EXPECT_EQ(std::count(events.begin(), events.end(), "CREATE_COMPLETE A"), 1);
  EXPECT_EQ(std::count(events.begin(), events.end(), "CREATE_IN_PROGRESS B"), 1);
}

TEST_F(StackOperations, ARestartAtEveryMomentMakesNothingTwice) {
  // However many tasks run before the process ends, what it left is enough to go on.
  for (int tasks = 1; tasks < 30; ++tasks) {
    World world;
    ServiceForTest service([&world](const aws::Call& call) { return world(call); });
    ASSERT_TRUE(service.call("CreateStack", with_template("s", kTwo)));
    for (int i = 0; i < tasks && service.loop.step(); ++i) {
    }
    service.restart();
    service.loop.run();
    EXPECT_EQ(service.status("s"), "CREATE_COMPLETE") << tasks;
    const Lines events = service.events("s");
    EXPECT_EQ(events.size(), 8u) << tasks;
    EXPECT_EQ(std::set<std::string>(events.begin(), events.end()).size(), 8u) << tasks;
  }
}

TEST(StackAnswers, ACallThatWasAnsweredBeforeAKillIsNotMadeAgain) {
  ASSERT_NE(aws::installed_model("cloudformation"), nullptr) << "python3-botocore is missing";
  int revisions = 0;
  ServiceForTest* self = nullptr;
  ServiceForTest service([&](const aws::Call& call) -> aws::ApiResult<Value> {
    if (call.operation != "RegisterTaskDefinition") return Value::object();
    // As the server does: an answer that was kept is given again, another is kept with the effect.
    if (!call.completed.empty()) return *json::parse(call.completed);
    ++revisions;
    const Value answer = *json::parse(R"({"taskDefinition": {"taskDefinitionArn": "arn:f:1"}})");
    store::Batch batch;
    batch.put(*self->store().keyspace(kAnswersOfStacks, store::Shape::Queue), call.completion_key,
              json::write(answer));
    EXPECT_TRUE(self->store().commit(batch, store::Sync::No));
    if (revisions == 1) self->kill();
    return answer;
  });
  self = &service;
  const std::string definition =
      "Resources: {A: {Type: AWS::ECS::TaskDefinition, Properties: {Family: f}}}";
  ASSERT_TRUE(service.call("CreateStack", with_template("s", definition)));
  service.loop.run();
  EXPECT_EQ(revisions, 1);
  service.restart();
  service.loop.run();
  EXPECT_EQ(service.status("s"), "CREATE_COMPLETE");
  EXPECT_EQ(revisions, 1);
  const auto left = service.store().cursor(
      *service.store().keyspace(kAnswersOfStacks, store::Shape::Queue), store::Range::all());
  EXPECT_FALSE(*left->first());
}

TEST_F(StackOperations, AnUpdateThatFailsGoesBack) {
  create(kTwo);
  service_.loop.run();
  world_.refused.insert("b");
  // A is replaced, C is new, B fails.
  const std::string next =
      replaced(replaced(kTwo, "QueueName: a", "QueueName: a2"), "QueueName: b, DelaySeconds: 1",
               "QueueName: b, DelaySeconds: 2") +
      "  C: {Type: AWS::SQS::Queue, Properties: {QueueName: c}}\n";
  ASSERT_EQ(update(next), "");
  service_.loop.run();
  // Going back fails, too: SQS refuses B's old value.
  EXPECT_EQ(service_.status("s"), "UPDATE_ROLLBACK_FAILED");
  service_.loop.advance_by(1'000);
  ASSERT_TRUE(service_.call("ContinueUpdateRollback", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "UPDATE_ROLLBACK_FAILED");
  service_.loop.advance_by(1'000);
  world_.refused.clear();
  ASSERT_TRUE(service_.call("ContinueUpdateRollback", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(world_.queues, (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(update(kTwo), "No updates are to be performed.");
}

TEST_F(StackOperations, GoesBackWithoutWhatIsSkipped) {
  create(kTwo);
  service_.loop.run();
  world_.refused.insert("b");
  ASSERT_EQ(
      update(replaced(kTwo, "QueueName: b, DelaySeconds: 1", "QueueName: b, DelaySeconds: 2")), "");
  service_.loop.run();
  service_.loop.advance_by(1'000);
  ASSERT_TRUE(
      service_.call("ContinueUpdateRollback", R"({"StackName": "s", "ResourcesToSkip": ["B"]})"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "UPDATE_ROLLBACK_COMPLETE");
  const Lines events = service_.events("s");
  EXPECT_EQ(std::count(events.begin(), events.end(),
                       "UPDATE_COMPLETE B: Resource skipped during UpdateRollback"),
            1);
}

TEST_F(StackOperations, ATransformThatFailsLeavesAStackThatIsRolledBack) {
  const std::string text =
      "Transform: Nowhere\nResources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}}";
  const std::string id = create(text, R"("Capabilities": ["CAPABILITY_AUTO_EXPAND"])");
  ASSERT_TRUE(id.starts_with("arn:")) << id;
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "ROLLBACK_COMPLETE");
  const Lines events = service_.events("s");
  ASSERT_EQ(events.size(), 3u);
  EXPECT_NE(events[1].find("Rollback requested by user."), std::string::npos) << events[1];
  ASSERT_TRUE(service_.call("DeleteStack", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status(id), "DELETE_COMPLETE");
}

TEST_F(StackOperations, GoingBackIsAnOperationOfItsOwn) {
  world_.refused.insert("b");
  create(kTwo);
  service_.loop.run();
  std::set<std::string> forth;
  std::set<std::string> back;
  const auto answer = service_.call("DescribeStackEvents", R"({"StackName": "s"})");
  const Value events = json::array_member(*answer, "StackEvents");
  for (const Value& event : events.items()) {
    const std::string status = json::text_member(event, "ResourceStatus");
    const bool is_back = status.starts_with("ROLLBACK") || status.starts_with("DELETE");
    (is_back ? back : forth).insert(json::text_member(event, "OperationId"));
  }
  EXPECT_EQ(forth.size(), 1u);
  EXPECT_EQ(back.size(), 1u);
  EXPECT_NE(forth, back);
}

TEST_F(StackOperations, TellsTopicsAndTheEventBus) {
  create("Resources: {A: {Type: AWS::SQS::Queue}}",
         R"("NotificationARNs": ["arn:aws:sns:us-east-1:000000000000:t"])");
  service_.loop.run();
  const size_t events = service_.events("s").size();
  EXPECT_EQ(service_.calls_of("Publish"), events);
  EXPECT_EQ(service_.calls_of("PutEvents"), events);
}

TEST_F(StackOperations, ReplacesAndCleansUp) {
  create(kTwo);
  service_.loop.run();
  ASSERT_EQ(update("Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: a2}}}"), "");
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "UPDATE_COMPLETE");
  EXPECT_EQ(world_.queues, (std::set<std::string>{"a2"}));
}

TEST_F(StackOperations, DeletedWhileItIsMade) {
  world_.not_yet.insert("b");
  const std::string id = create(kTwo);
  service_.loop.run();
  ASSERT_TRUE(service_.call("DeleteStack", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status(id), "DELETE_COMPLETE");
  EXPECT_TRUE(world_.queues.empty());
}

TEST_F(StackOperations, TimeIsUp) {
  world_.not_yet.insert("b");
  create(kTwo, R"("TimeoutInMinutes": 1)");
  service_.loop.advance_by(61'000);
  EXPECT_EQ(service_.status("s"), "ROLLBACK_COMPLETE");
  EXPECT_TRUE(world_.queues.empty());
}

TEST_F(StackOperations, AnUpdateIsCancelled) {
  create(kTwo);
  service_.loop.run();
  world_.not_yet.insert("c");
  ASSERT_EQ(
      update(std::string(kTwo) + "  C: {Type: AWS::SQS::Queue, Properties: {QueueName: c}}\n"), "");
  service_.loop.run();
  ASSERT_TRUE(service_.call("CancelUpdateStack", R"({"StackName": "s"})"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(world_.queues, (std::set<std::string>{"a", "b"}));
}

TEST_F(StackOperations, WaitsForSignals) {
  const std::string text = R"(Resources:
  A:
    Type: AWS::SQS::Queue
    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT1M}}
)";
  create(text);
  service_.loop.run();
  const std::string signal = R"({"StackName": "s", "LogicalResourceId": "A", "Status": "SUCCESS",
                                 "UniqueId": ")";
  ASSERT_TRUE(service_.call("SignalResource", signal + "1\"}"));
  ASSERT_TRUE(service_.call("SignalResource", signal + "1\"}"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_IN_PROGRESS");
  service_.restart();
  service_.loop.run();
  ASSERT_TRUE(service_.call("SignalResource", signal + "2\"}"));
  service_.loop.run();
  EXPECT_EQ(service_.status("s"), "CREATE_COMPLETE");
  EXPECT_EQ(service_.calls_of("CreateQueue"), 1u);
}

TEST_F(StackOperations, SignalsThatDoNotCome) {
  create(R"(Resources: {A: {Type: AWS::SQS::Queue,
                            CreationPolicy: {ResourceSignal: {Timeout: PT1M}}}})");
  service_.loop.advance_by(61'000);
  EXPECT_EQ(service_.status("s"), "ROLLBACK_COMPLETE");
  const Lines events = service_.events("s");
  EXPECT_EQ(events[3],
            "CREATE_FAILED A: Failed to receive 1 resource signal(s) within the specified "
            "duration");
}

TEST_F(StackOperations, ACustomResourceHasAnHour) {
  create(R"(Resources: {A: {Type: Custom::A, Properties: {
      ServiceToken: "arn:aws:lambda:us-east-1:000000000000:function:f", On: true}}})");
  service_.loop.run();
  ASSERT_EQ(world_.events.size(), 1u);
  service_.restart();
  service_.loop.run();
  EXPECT_EQ(world_.events.size(), 1u);  // what is recorded as sent is not sent again
  service_.loop.advance_by(3'601'000);
  const Lines events = service_.events("s");
  EXPECT_EQ(events[2].find("CREATE_FAILED A: CloudFormation did not receive a response"), 0u)
      << events[2];
}

TEST(StepGraph, BeginsWhatNeedsNothingMore) {
  StepGraph graph;
  graph.add("c", {"a", "b", "elsewhere"});
  graph.add("a", {});
  graph.add("b", {});
  EXPECT_EQ(graph.take_ready(), (Lines{"a", "b"}));
  graph.finish("a");
  EXPECT_EQ(graph.take_ready(), Lines{});
  graph.finish("b");
  EXPECT_EQ(graph.take_ready(), Lines{"c"});
}

TEST(StepGraph, BackwardsTheLastIsTheFirst) {
  StepGraph graph;
  graph.add_backwards("a", {});
  graph.add_backwards("b", {"a"});
  EXPECT_EQ(graph.take_ready(), Lines{"b"});
  graph.fail("b");
  EXPECT_EQ(graph.take_ready(), Lines{});
}

TEST(TemplateLocation, ReadsEveryFormOfAnAddress) {
  const auto at = [](std::string_view url) {
    const auto found = template_location(url);
    return found ? found->bucket + " " + found->key : std::string("none");
  };
  EXPECT_EQ(at("https://s3.eu-west-1.amazonaws.com/b/k/t.yml"), "b k/t.yml");
  EXPECT_EQ(at("https://s3-eu-west-1.amazonaws.com/b/k"), "b k");
  EXPECT_EQ(at("https://b.c.s3.eu-west-1.amazonaws.com/k%20l"), "b.c k l");
  EXPECT_EQ(at("http://127.0.0.1:4566/b/k"), "b k");
  EXPECT_EQ(at("http://localhost:4566/b/k"), "b k");
  EXPECT_EQ(at("http://b.s3.localhost:4566/k"), "b k");
  EXPECT_EQ(at("https://example.com/b/k"), "none");
  EXPECT_EQ(at("https://s3.amazonaws.com/b"), "none");
  EXPECT_EQ(at("ftp://s3.amazonaws.com/b/k"), "none");
}

TEST(IsoDuration, ReadsWhatCreationPoliciesHave) {
  EXPECT_EQ(parse_iso_duration("PT5M"), 300'000);
  EXPECT_EQ(parse_iso_duration("PT1H1M1S"), 3'661'000);
  EXPECT_EQ(parse_iso_duration("P1DT1S"), 86'401'000);
  for (const char* bad : {"", "P", "PT", "5M", "PT5", "PTM", "PT-1M", "PT5X"}) {
    EXPECT_EQ(parse_iso_duration(bad), std::nullopt) << bad;
  }
}

TEST(StackPolicy, DeniesWhatItDoesNotAllow) {
  const std::string policy = R"({"Statement": [
      {"Effect": "Allow", "Principal": "*", "Action": "Update:Modify", "Resource": "*"},
      {"Effect": "Deny", "Principal": "*", "Action": "Update:*", "Resource": "*",
       "Condition": {"StringEquals": {"ResourceType": ["AWS::SQS::*"]}}}]})";
  EXPECT_EQ(stack_policy_refusal("", "A", "AWS::SNS::Topic", "Update:Replace"), "");
  EXPECT_EQ(stack_policy_refusal(policy, "A", "AWS::SNS::Topic", "Update:Modify"), "");
  EXPECT_NE(stack_policy_refusal(policy, "A", "AWS::SNS::Topic", "Update:Replace"), "");
  EXPECT_EQ(stack_policy_refusal(policy, "A", "AWS::SQS::Queue", "Update:Modify"),
            "Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for "
            "resource [LogicalResourceId/A]");
  EXPECT_FALSE(check_stack_policy("{}"));
  EXPECT_TRUE(check_stack_policy(policy));
}

}  // namespace
}  // namespace pawl::cloudformation
