// SPDX-License-Identifier: Apache-2.0
// Clusters, task definitions and tasks, with a runner that does what the test says and a clock that
// it moves.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "jobs/fake_runner_for_test.h"
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/ecs/service.h"
#include "store/memory/memory_store.h"

namespace pawl::ecs {
namespace {

using jobs::FakeRunner;
using json::Value;

/// The first item of a member that is an array; null if it has none.
Value first_of(const Value& object, std::string_view member) {
  const Value array = array_member(object, member);
  return array.size() == 0 ? Value() : array.items()[0];
}

class EcsTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("ecs");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    restart();
  }
  void restart(jobs::Demand capacity = {}) {
    table_.reset();
    service_.reset();
    loop_ = std::make_unique<aws::VirtualLoop>(now_);
    runner_ = std::make_unique<FakeRunner>(capacity);
    machine_ = std::make_unique<jobs::Machine>(capacity);
    auto opened = EcsService::open({.store = store_,
                                    .loop = *loop_,
                                    .caller = caller_,
                                    .runner = *runner_,
                                    .machine = *machine_,
                                    .endpoint_url = [] { return "http://127.0.0.1:4566"; },
                                    .stop_grace_ms = 5'000});
    ASSERT_TRUE(opened) << opened.error().message;
    service_ = *std::move(opened);
    table_ = std::make_unique<aws::ActionTable>(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
    loop_->run();
  }
  void pass(int64_t ms) {
    loop_->advance_by(ms);
    now_ = loop_->now();
  }

  aws::ActionResult call(std::string_view operation, const std::string& input,
                         bool then_run = true) {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    request.input = *json::parse(input);
    std::optional<aws::ActionResult> answer;
    table_->call(std::move(request),
                 aws::Reply([&answer](aws::ActionResult result) { answer = std::move(result); }));
    if (then_run) loop_->run();
    return *std::move(answer);
  }
  Value ok(std::string_view operation, const std::string& input) {
    aws::ActionResult result = call(operation, input);
    if (result) return result->value;
    ADD_FAILURE() << operation << ": " << result.error().code << " "
                  << result.error().message.value_or("");
    return Value::object();
  }
  std::string refused(std::string_view operation, const std::string& input) {
    const aws::ActionResult result = call(operation, input);
    return result ? "" : result.error().code + ": " + result.error().message.value_or("");
  }

  void make_all() {
    ok("CreateCluster", "{}");
    ok("RegisterTaskDefinition", R"({"family":"f","containerDefinitions":[
        {"name":"main","image":"busybox","memory":128,"cpu":512,"command":["true"],
         "environment":[{"name":"A","value":"1"}],
         "logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/f",
           "awslogs-region":"us-east-1","awslogs-stream-prefix":"p"}}},
        {"name":"side","image":"busybox","memory":64,"essential":false}]})");
  }
  std::string run_task(const std::string& more = "") {
    const Value answer = ok("RunTask", R"({"taskDefinition":"f")" + more + "}");
    const Value tasks = array_member(answer, "tasks");
    return tasks.size() == 0 ? "" : text_member(tasks.items()[0], "taskArn");
  }
  Value task(const std::string& arn) {
    const Value answer = ok("DescribeTasks", R"({"tasks":[")" + arn + R"("]})");
    const Value tasks = array_member(answer, "tasks");
    return tasks.size() == 1 ? tasks.items()[0] : Value::object();
  }
  std::string status(const std::string& arn) { return text_member(task(arn), "lastStatus"); }
  Value container(const std::string& arn, size_t index) {
    const Value containers = array_member(task(arn), "containers");
    return containers.items()[index];
  }
  /// By which the runner knows it.
  std::string runtime(const std::string& arn, size_t index) {
    return text_member(container(arn, index), "runtimeId");
  }
  void start(const std::string& arn, size_t index) {
    runner_->run(runtime(arn, index));
    loop_->run();
  }
  void end(const std::string& arn, size_t index, int code) {
    runner_->exit(runtime(arn, index), code);
    loop_->run();
  }

  base::Timestamp now_{1'700'000'000'000};
  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  aws::RecordingCaller caller_;
  std::unique_ptr<aws::VirtualLoop> loop_;
  std::unique_ptr<FakeRunner> runner_;
  std::unique_ptr<jobs::Machine> machine_;
  std::unique_ptr<EcsService> service_;
  std::unique_ptr<aws::ActionTable> table_;
};

TEST_F(EcsTest, ATaskStopsWhenItsEssentialContainerExits) {
  make_all();
  const aws::ActionResult answer = call("RunTask", R"({"taskDefinition":"f"})", false);
  ASSERT_TRUE(answer);
  const Value first = first_of(answer->value, "tasks");
  EXPECT_EQ(text_member(first, "lastStatus"), "PROVISIONING");
  const std::string arn = text_member(first, "taskArn");
  loop_->run();
  EXPECT_EQ(status(arn), "PENDING");
  start(arn, 1);
  EXPECT_EQ(status(arn), "PENDING");
  start(arn, 0);
  EXPECT_EQ(status(arn), "RUNNING");
  runner_->write(runtime(arn, 0), "hello\n");
  end(arn, 0, 3);
  EXPECT_EQ(text_member(task(arn), "desiredStatus"), "STOPPED");
  ASSERT_EQ(runner_->stopped.size(), 1U);
  EXPECT_EQ(runner_->stopped[0], std::pair(runtime(arn, 1), int64_t{5'000}));
  end(arn, 1, 143);
  const Value stopped = task(arn);
  EXPECT_EQ(text_member(stopped, "lastStatus"), "STOPPED");
  EXPECT_EQ(text_member(stopped, "stopCode"), "EssentialContainerExited");
  EXPECT_EQ(text_member(stopped, "stoppedReason"), "Essential container in task exited");
  EXPECT_EQ(integer_member(container(arn, 0), "exitCode"), 3);
  EXPECT_EQ(integer_member(container(arn, 1), "exitCode"), 143);
  EXPECT_TRUE(has_member(stopped, "stoppedAt"));
}

TEST_F(EcsTest, LogsAndEventsLeaveThroughTheCaller) {
  make_all();
  const std::string arn = run_task();
  const std::string id = arn.substr(arn.rfind('/') + 1);
  start(arn, 0);
  start(arn, 1);
  runner_->write(runtime(arn, 0), "hello\n");
  end(arn, 0, 0);
  end(arn, 1, 0);
  std::vector<std::string> states;
  std::string line;
  for (const aws::Call& call : caller_.calls) {
    if (call.operation == "PutLogEvents") {
      EXPECT_EQ(text_member(call.input, "logGroupName"), "/ecs/f");
      EXPECT_EQ(text_member(call.input, "logStreamName"), "p/main/" + id);
      line = text_member(first_of(call.input, "logEvents"), "message");
    }
    if (call.operation != "PutEvents") continue;
    EXPECT_EQ(call.principal.service, "ecs.amazonaws.com");
    const Value entries = array_member(call.input, "Entries");
    for (const Value& entry : entries.items()) {
      const Value detail = *json::parse(text_member(entry, "Detail"));
      states.push_back(text_member(detail, "lastStatus"));
    }
  }
  EXPECT_EQ(line, "hello");
  EXPECT_EQ(states, (std::vector<std::string>{"PROVISIONING", "PENDING", "RUNNING",
                                              "DEPROVISIONING", "STOPPED"}));
}

TEST_F(EcsTest, OverridesReachTheContainer) {
  make_all();
  const std::string arn = run_task(R"(,"overrides":{"containerOverrides":[{"name":"main",
      "command":["echo","x"],"environment":[{"name":"A","value":"2"}],"memory":256}]},
      "startedBy":"me","tags":[{"key":"k","value":"v"}])");
  const jobs::JobSpec spec = runner_->spec(runtime(arn, 0));
  EXPECT_EQ(spec.command, (std::vector<std::string>{"echo", "x"}));
  EXPECT_EQ(FakeRunner::variable(spec, "A"), "2");
  EXPECT_EQ(spec.demand.memory_mib, 256);
  EXPECT_EQ(spec.demand.millicpus, 500);
  const Value mine = ok("ListTasks", R"({"startedBy":"me"})");
  EXPECT_EQ(array_member(mine, "taskArns").size(), 1U);
  EXPECT_EQ(array_member(ok("ListTasks", R"({"startedBy":"you"})"), "taskArns").size(), 0U);
  EXPECT_EQ(refused("RunTask", R"({"taskDefinition":"f",
      "overrides":{"containerOverrides":[{"name":"none"}]}})"),
            "InvalidParameterException: Override for container named none is not a container in "
            "the TaskDefinition.");
}

TEST_F(EcsTest, StopTaskStopsWhatRuns) {
  make_all();
  const std::string arn = run_task();
  start(arn, 0);
  start(arn, 1);
  const Value answer = ok("StopTask", R"({"task":")" + arn + R"(","reason":"enough"})");
  EXPECT_EQ(text_member(object_member(answer, "task"), "desiredStatus"), "STOPPED");
  EXPECT_EQ(runner_->stopped.size(), 2U);
  end(arn, 0, 143);
  EXPECT_EQ(status(arn), "DEPROVISIONING");
  end(arn, 1, 143);
  EXPECT_EQ(status(arn), "STOPPED");
  EXPECT_EQ(text_member(task(arn), "stopCode"), "UserInitiated");
  EXPECT_EQ(text_member(task(arn), "stoppedReason"), "enough");
  const Value stopped = ok("ListTasks", R"({"desiredStatus":"STOPPED"})");
  EXPECT_EQ(array_member(stopped, "taskArns").size(), 1U);
}

TEST_F(EcsTest, AnImageThatIsNotThereStopsTheTask) {
  make_all();
  const std::string arn = run_task();
  runner_->exit(runtime(arn, 0),
                {jobs::JobExit::Kind::NotStarted, 0, "CannotPullContainerError: gone"});
  loop_->run();
  start(arn, 1);
  end(arn, 1, 143);
  EXPECT_EQ(text_member(task(arn), "stopCode"), "TaskFailedToStart");
  EXPECT_EQ(text_member(task(arn), "stoppedReason"), "CannotPullContainerError: gone");
  EXPECT_FALSE(has_member(container(arn, 0), "exitCode"));
}

TEST_F(EcsTest, ContainersWaitForThoseTheyDependOn) {
  ok("CreateCluster", "{}");
  ok("RegisterTaskDefinition", R"({"family":"f","containerDefinitions":[
      {"name":"main","image":"i","memory":64,
       "dependsOn":[{"containerName":"first","condition":"SUCCESS"}]},
      {"name":"first","image":"i","memory":64,"essential":false}]})");
  const std::string good = run_task();
  EXPECT_EQ(runtime(good, 0), "");
  start(good, 1);
  end(good, 1, 0);
  EXPECT_NE(runtime(good, 0), "");
  const std::string bad = run_task();
  start(bad, 1);
  end(bad, 1, 1);
  EXPECT_EQ(status(bad), "STOPPED");
  EXPECT_EQ(text_member(task(bad), "stopCode"), "TaskFailedToStart");
}

TEST_F(EcsTest, TasksWaitForTheMachine) {
  restart({1'000, 250});
  make_all();
  const std::string first = run_task();
  const std::string second = run_task();
  EXPECT_EQ(status(first), "PENDING");
  EXPECT_EQ(status(second), "PROVISIONING");
  start(first, 0);
  start(first, 1);
  end(first, 1, 0);  // not essential
  EXPECT_EQ(status(first), "RUNNING");
  end(first, 0, 0);
  EXPECT_EQ(status(first), "STOPPED");
  EXPECT_EQ(status(second), "PENDING");
}

TEST_F(EcsTest, AfterARestartWhatRanHasStoppedAndWhatWaitedBegins) {
  restart({1'000, 250});
  make_all();
  const std::string ran = run_task();
  const std::string waited = run_task();
  start(ran, 0);
  start(ran, 1);
  restart({1'000, 250});
  EXPECT_EQ(status(ran), "STOPPED");
  EXPECT_TRUE(text_member(task(ran), "stoppedReason").starts_with("Host EC2 (instance i-0"));
  EXPECT_EQ(status(waited), "PENDING");
  pass(int64_t{2} * 3'600'000);
  const Value gone = ok("DescribeTasks", R"({"tasks":[")" + ran + R"("]})");
  EXPECT_EQ(text_member(first_of(gone, "failures"), "reason"), "MISSING");
}

TEST_F(EcsTest, ClustersComeAndGo) {
  make_all();
  ok("CreateCluster", R"({"clusterName":"c","tags":[{"key":"a","value":"b"}]})");
  const std::string arn = run_task(R"(,"cluster":"c")");
  EXPECT_EQ(refused("DeleteCluster", R"({"cluster":"c"})"),
            "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active.");
  const Value shown = ok("DescribeClusters", R"({"clusters":["c","none"]})");
  EXPECT_EQ(integer_member(first_of(shown, "clusters"), "pendingTasksCount"), 1);
  EXPECT_EQ(array_member(shown, "failures").size(), 1U);
  EXPECT_EQ(array_member(ok("ListClusters", "{}"), "clusterArns").size(), 2U);
  EXPECT_EQ(refused("RunTask", R"({"taskDefinition":"f","cluster":"none"})"),
            "ClusterNotFoundException: Cluster not found.");
}

TEST_F(EcsTest, DefinitionsHaveFamiliesAndRevisions) {
  make_all();
  make_all();
  EXPECT_EQ(array_member(ok("ListTaskDefinitions", R"({"familyPrefix":"f"})"), "taskDefinitionArns")
                .size(),
            2U);
  ok("DeregisterTaskDefinition", R"({"taskDefinition":"f:2"})");
  const Value newest =
      object_member(ok("DescribeTaskDefinition", R"({"taskDefinition":"f"})"), "taskDefinition");
  EXPECT_EQ(integer_member(newest, "revision"), 1);
  EXPECT_EQ(refused("RunTask", R"({"taskDefinition":"f:2"})"),
            "ClientException: TaskDefinition is inactive");
  EXPECT_EQ(refused("DescribeTaskDefinition", R"({"taskDefinition":"none"})"),
            "ClientException: Unable to describe task definition.");
  EXPECT_EQ(texts_member(ok("ListTaskDefinitionFamilies", "{}"), "families"),
            std::vector<std::string>{"f"});
}

TEST_F(EcsTest, BadDefinitionsAreRefused) {
  const auto with = [this](const std::string& containers) {
    return refused("RegisterTaskDefinition",
                   R"({"family":"f","containerDefinitions":[)" + containers + "]}");
  };
  EXPECT_EQ(with(""), "ClientException: Container list cannot be empty.");
  EXPECT_EQ(with(R"({"image":"i","memory":64})"),
            "ClientException: Container.name should not be null or empty.");
  EXPECT_EQ(with(R"({"name":"a","image":"i"})"),
            "ClientException: Invalid setting for container 'a'. At least one of 'memory' or "
            "'memoryReservation' must be specified.");
  EXPECT_NE(with(R"({"name":"a","image":"i","memory":64,"essential":false})"), "");
  EXPECT_NE(with(R"({"name":"a","image":"i","memory":64,
      "dependsOn":[{"containerName":"a","condition":"START"}]})"),
            "");
}

}  // namespace
}  // namespace pawl::ecs
