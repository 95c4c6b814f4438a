// SPDX-License-Identifier: Apache-2.0
// Compute environments, queues, policies, definitions and tags; and what decides about retries.
#include "json/members.h"
#include "services/batch/retry.h"
#include "services/batch/service_for_test.h"

namespace pawl::batch {
namespace {

using json::Value;

TEST_F(BatchTest, AnEnvironmentIsValidAtOnceAndGoesOnlyWhenNothingNeedsIt) {
  make_all();
  const Value shown = array_member(ok("DescribeComputeEnvironments", "{}"), "computeEnvironments");
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(text_member(shown.items()[0], "status"), "VALID");
  EXPECT_EQ(text_member(shown.items()[0], "statusReason"), "ComputeEnvironment Healthy");
  EXPECT_EQ(text_member(shown.items()[0], "computeEnvironmentArn"),
            "arn:aws:batch:us-east-1:000000000000:compute-environment/ce");
  EXPECT_EQ(refused("DeleteComputeEnvironment", R"({"computeEnvironment":"ce"})"),
            "ClientException: Cannot delete, found existing JobQueue relationship");
  EXPECT_NE(refused("DeleteJobQueue", R"({"jobQueue":"q"})"), "");
  ok("UpdateJobQueue", R"({"jobQueue":"q","state":"DISABLED"})");
  ok("DeleteJobQueue", R"({"jobQueue":"q"})");
  EXPECT_NE(refused("DeleteComputeEnvironment", R"({"computeEnvironment":"ce"})"), "");
  ok("UpdateComputeEnvironment", R"({"computeEnvironment":"ce","state":"DISABLED"})");
  ok("DeleteComputeEnvironment",
     R"({"computeEnvironment":"arn:aws:batch:us-east-1:000000000000:compute-environment/ce"})");
  EXPECT_EQ(array_member(ok("DescribeComputeEnvironments", "{}"), "computeEnvironments").size(),
            0U);
}

TEST_F(BatchTest, AQueueWithJobsIsNotDeleted) {
  make_all();
  const std::string id = submit("a");
  ok("UpdateJobQueue", R"({"jobQueue":"q","state":"DISABLED"})");
  EXPECT_EQ(refused("DeleteJobQueue", R"({"jobQueue":"q"})"),
            "ClientException: Cannot delete, resource is being modified.");
  run_and_end(id, 0);
  ok("DeleteJobQueue", R"({"jobQueue":"q"})");
}

TEST_F(BatchTest, BadEnvironmentsAndQueuesAreRefused) {
  make_all();
  const auto environment = [this](const std::string& members) {
    return refused("CreateComputeEnvironment",
                   R"({"computeEnvironmentName":"x","type":"MANAGED")" + members + "}");
  };
  EXPECT_NE(environment(""), "");
  EXPECT_NE(environment(R"(,"computeResources":{"type":"EC2","maxvCpus":4,"subnets":["s"]})"), "");
  EXPECT_NE(environment(R"(,"computeResources":{"type":"EC2","maxvCpus":4,"minvCpus":5,
      "subnets":["s"],"instanceRole":"r"})"),
            "");
  EXPECT_NE(environment(R"(,"computeResources":{"type":"FARGATE","maxvCpus":4,"subnets":["s"],
      "securityGroupIds":["g"],"instanceRole":"r"})"),
            "");
  EXPECT_EQ(environment(R"(,"computeResources":{"type":"FARGATE","maxvCpus":4,"subnets":["s"],
      "securityGroupIds":["g"]})"),
            "");
  EXPECT_EQ(refused("CreateJobQueue", R"({"jobQueueName":"p","priority":1,
      "computeEnvironmentOrder":[{"order":1,"computeEnvironment":"none"}]})"),
            "ClientException: ComputeEnvironment none not found.");
  EXPECT_NE(refused("CreateJobQueue", R"({"jobQueueName":"p","priority":1,
      "computeEnvironmentOrder":[{"order":1,"computeEnvironment":"ce"},
                                 {"order":2,"computeEnvironment":"x"}]})"),
            "");
  EXPECT_EQ(refused("CreateJobQueue", R"({"jobQueueName":"q","priority":1,
      "computeEnvironmentOrder":[{"order":1,"computeEnvironment":"ce"}]})"),
            "ClientException: Object already exists");
}

TEST_F(BatchTest, DefinitionsHaveRevisions) {
  make_definition("d", kContainer);
  make_definition("d", kContainer, R"(,"retryStrategy":{"attempts":2},"tags":{"a":"b"})");
  make_definition("other", kContainer);
  const Value all =
      array_member(ok("DescribeJobDefinitions", R"({"jobDefinitionName":"d"})"), "jobDefinitions");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(integer_member(all.items()[1], "revision"), 2);
  ok("DeregisterJobDefinition", R"({"jobDefinition":"d:2"})");
  const Value active =
      array_member(ok("DescribeJobDefinitions", R"({"status":"ACTIVE"})"), "jobDefinitions");
  EXPECT_EQ(active.size(), 2U);
  make_definition("d", kContainer);
  const Value third =
      array_member(ok("DescribeJobDefinitions", R"({"jobDefinitions":["d:3"]})"), "jobDefinitions");
  ASSERT_EQ(third.size(), 1U);
  EXPECT_EQ(text_member(third.items()[0], "jobDefinitionArn"),
            "arn:aws:batch:us-east-1:000000000000:job-definition/d:3");
}

TEST_F(BatchTest, BadDefinitionsAreRefused) {
  const auto with = [this](const std::string& members) {
    return refused("RegisterJobDefinition",
                   R"({"jobDefinitionName":"d","type":"container")" + members + "}");
  };
  EXPECT_NE(with(""), "");
  EXPECT_NE(with(R"(,"containerProperties":{"vcpus":1,"memory":10})"), "");
  EXPECT_NE(with(R"(,"containerProperties":{"image":"i","vcpus":1})"), "");
  EXPECT_NE(with(R"(,"containerProperties":{"image":"i","vcpus":1,"memory":2})"), "");
  EXPECT_NE(with(R"(,"containerProperties":{"image":"i","memory":10,
      "resourceRequirements":[{"type":"VCPU","value":"many"}]})"),
            "");
  EXPECT_NE(with(R"(,"containerProperties":{"image":"i","vcpus":1,"memory":10},
      "retryStrategy":{"attempts":11})"),
            "");
  EXPECT_NE(with(R"(,"eksProperties":{})"), "");
  EXPECT_NE(refused("RegisterJobDefinition", R"({"jobDefinitionName":"d","type":"multinode",
      "nodeProperties":{"numNodes":1,"mainNode":0,"nodeRangeProperties":[]}})"),
            "");
}

TEST_F(BatchTest, AQueueWithAPolicyRunsByPriority) {
  make_environment("ce", 1);
  const std::string arn =
      text_member(ok("CreateSchedulingPolicy", R"({"name":"fair","fairsharePolicy":{}})"), "arn");
  ok("CreateJobQueue",
     R"({"jobQueueName":"q","priority":1,"schedulingPolicyArn":")" + arn +
         R"(","computeEnvironmentOrder":[{"order":1,"computeEnvironment":"ce"}]})");
  make_definition("d", kContainer, R"(,"schedulingPriority":5)");
  EXPECT_NE(refused("SubmitJob", R"({"jobName":"a","jobQueue":"q","jobDefinition":"d"})"), "");
  const std::string first = submit("a", R"(,"shareIdentifier":"s")");
  const std::string low = submit("b", R"(,"shareIdentifier":"s","schedulingPriorityOverride":1)");
  const std::string high = submit("c", R"(,"shareIdentifier":"s","schedulingPriorityOverride":9)");
  run_and_end(first, 0);
  EXPECT_EQ(status(high), "STARTING");
  EXPECT_EQ(status(low), "RUNNABLE");
  EXPECT_EQ(refused("DeleteSchedulingPolicy", R"({"arn":")" + arn + "\"}"),
            "ClientException: Cannot delete, found existing JobQueue relationship");
}

TEST_F(BatchTest, TagsOfAll) {
  make_all();
  const std::string id = submit("a", R"(,"tags":{"x":"1"})");
  const std::string front = "arn:aws:batch:us-east-1:000000000000:";
  for (const std::string& arn : {front + "compute-environment/ce", front + "job-queue/q",
                                 front + "job-definition/d:1", front + "job/" + id}) {
    ok("TagResource", R"({"resourceArn":")" + arn + R"(","tags":{"y":"2","z":"3"}})");
    ok("UntagResource", R"({"resourceArn":")" + arn + R"(","tagKeys":["z"]})");
    const Value tags =
        object_member(ok("ListTagsForResource", R"({"resourceArn":")" + arn + "\"}"), "tags");
    EXPECT_EQ(text_member(tags, "y"), "2");
    EXPECT_FALSE(has_member(tags, "z"));
  }
  EXPECT_NE(refused("ListTagsForResource", R"({"resourceArn":")" + front + R"(job-queue/none"})"),
            "");
}

TEST_F(BatchTest, AllIsThereAfterARestart) {
  make_all();
  const std::string id = submit("a");
  restart();
  EXPECT_EQ(status(id), "STARTING");
  EXPECT_EQ(array_member(ok("DescribeJobQueues", R"({"jobQueues":["q"]})"), "jobQueues").size(),
            1U);
}

TEST(ExitPattern, EndsWithAStarForAnyRest) {
  EXPECT_TRUE(matches_exit_pattern("host ec2*", "Host EC2 (instance i-1) terminated."));
  EXPECT_TRUE(matches_exit_pattern("*", ""));
  EXPECT_TRUE(matches_exit_pattern("137", "137"));
  EXPECT_FALSE(matches_exit_pattern("13", "137"));
  EXPECT_FALSE(matches_exit_pattern("", "x"));
}

}  // namespace
}  // namespace pawl::batch
