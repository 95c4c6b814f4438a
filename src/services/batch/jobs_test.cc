// SPDX-License-Identifier: Apache-2.0
// Jobs from submission to their end: order, dependencies, arrays, retries, time-outs, restarts.
#include "json/members.h"
#include "services/batch/service_for_test.h"

namespace pawl::batch {
namespace {

using jobs::FakeRunner;
using json::Value;

TEST_F(BatchTest, AJobGoesFromRunnableToSucceeded) {
  make_all();
  const std::string id = submit("first");
  EXPECT_EQ(status(id), "STARTING");
  const std::string container = task(id);
  const jobs::JobSpec spec = runner_->spec(container);
  EXPECT_EQ(spec.image, "busybox");
  EXPECT_EQ(spec.command, (std::vector<std::string>{"echo", "hello"}));
  EXPECT_EQ(FakeRunner::variable(spec, "AWS_BATCH_JOB_ID"), id);
  EXPECT_EQ(FakeRunner::variable(spec, "AWS_BATCH_JQ_NAME"), "q");
  EXPECT_EQ(FakeRunner::variable(spec, "AWS_BATCH_CE_NAME"), "ce");
  EXPECT_EQ(FakeRunner::variable(spec, "AWS_BATCH_JOB_ATTEMPT"), "1");
  EXPECT_EQ(FakeRunner::variable(spec, "AWS_ENDPOINT_URL"), "http://127.0.0.1:4566");
  pass(100);
  run_container(id);
  EXPECT_EQ(status(id), "RUNNING");
  EXPECT_EQ(integer_member(job(id), "startedAt"), now_.ms);
  pass(2'000);
  end_container(id, 0);
  const Value ended = job(id);
  EXPECT_EQ(text_member(ended, "status"), "SUCCEEDED");
  EXPECT_EQ(text_member(ended, "statusReason"), "Essential container in task exited");
  EXPECT_EQ(integer_member(object_member(ended, "container"), "exitCode", -1), 0);
  EXPECT_EQ(integer_member(ended, "stoppedAt"), now_.ms);
  EXPECT_EQ(text_member(object_member(ended, "container"), "logStreamName"),
            "d/default/" + container);
  ASSERT_EQ(array_member(ended, "attempts").size(), 1U);
}

TEST_F(BatchTest, WhatItPrintsIsLoggedBeforeItHasEnded) {
  make_all();
  const std::string id = submit("first");
  const std::string container = task(id);
  run_container(id);
  runner_->write(container, "one\ntw");
  runner_->write(container, "o\n\nlast");
  caller_.calls.clear();
  end_container(id, 0);
  std::vector<std::string> operations;
  std::vector<std::string> lines;
  for (const aws::Call& call : caller_.calls) {
    operations.push_back(call.operation);
    const Value events = array_member(call.input, "logEvents");
    for (const Value& event : events.items()) lines.push_back(text_member(event, "message"));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "last"}));
  EXPECT_EQ(operations, (std::vector<std::string>{"PutLogEvents", "PutEvents"}));
  EXPECT_EQ(text_member(caller_.calls[0].input, "logGroupName"), "/aws/batch/job");
  EXPECT_EQ(text_member(caller_.calls[0].input, "logStreamName"), "d/default/" + container);
}

TEST_F(BatchTest, ChangesOfStateAreEventsOfTheService) {
  make_all();
  const std::string id = submit("first");
  run_and_end(id, 3);
  std::vector<std::string> states;
  for (const aws::Call& call : caller_.calls) {
    if (call.operation != "PutEvents") continue;
    EXPECT_EQ(call.principal.service, "batch.amazonaws.com");
    const Value entries = array_member(call.input, "Entries");
    for (const Value& entry : entries.items()) {
      EXPECT_EQ(text_member(entry, "Source"), "aws.batch");
      EXPECT_EQ(text_member(entry, "DetailType"), "Batch Job State Change");
      const Value detail = *json::parse(text_member(entry, "Detail"));
      EXPECT_EQ(text_member(detail, "jobId"), id);
      states.push_back(text_member(detail, "status"));
    }
  }
  EXPECT_EQ(states, (std::vector<std::string>{"RUNNABLE", "STARTING", "RUNNING", "FAILED"}));
}

TEST_F(BatchTest, OverridesAndParametersMakeTheCommand) {
  make_environment("ce", 4);
  make_queue("q", 1, "ce");
  make_definition("d",
                  R"({"image":"i","command":["run","Ref::what","Ref::gone"],
                      "environment":[{"name":"A","value":"1"},{"name":"B","value":"2"}],
                      "resourceRequirements":[{"type":"VCPU","value":"0.5"},
                                              {"type":"MEMORY","value":"64"}]})",
                  R"(,"parameters":{"what":"default"})");
  const std::string plain = submit("plain");
  EXPECT_EQ(runner_->spec(task(plain)).command,
            (std::vector<std::string>{"run", "default", "Ref::gone"}));
  const std::string id = submit("over", R"(,"parameters":{"what":"this"},"containerOverrides":{
        "environment":[{"name":"B","value":"3"},{"name":"C","value":"4"}],
        "resourceRequirements":[{"type":"MEMORY","value":"128"}],"vcpus":2})");
  const jobs::JobSpec spec = runner_->spec(task(id));
  EXPECT_EQ(spec.command, (std::vector<std::string>{"run", "this", "Ref::gone"}));
  EXPECT_EQ(FakeRunner::variable(spec, "A"), "1");
  EXPECT_EQ(FakeRunner::variable(spec, "B"), "3");
  EXPECT_EQ(FakeRunner::variable(spec, "C"), "4");
  EXPECT_EQ(spec.demand.millicpus, 2'000);
  EXPECT_EQ(spec.demand.memory_mib, 128);
}

TEST_F(BatchTest, QueuesGoByPriorityAndWithinOneByAge) {
  make_environment("ce", 1);
  make_queue("low", 1, "ce");
  make_queue("high", 9, "ce");
  make_definition("d", kContainer);
  const std::string first = submit("low1", "", "low");
  const std::string second = submit("low2", "", "low");
  const std::string third = submit("low3", "", "low");
  const std::string urgent = submit("high1", "", "high");
  EXPECT_EQ(status(first), "STARTING");
  EXPECT_EQ(status(urgent), "RUNNABLE");
  run_and_end(first, 0);
  EXPECT_EQ(status(urgent), "STARTING");
  EXPECT_EQ(status(second), "RUNNABLE");
  run_and_end(urgent, 0);
  EXPECT_EQ(status(second), "STARTING");
  EXPECT_EQ(status(third), "RUNNABLE");
}

TEST_F(BatchTest, AJobThatWaitsForRoomIsNotOvertakenByLowerQueues) {
  make_environment("ce", 2);
  make_queue("low", 1, "ce");
  make_queue("high", 9, "ce");
  make_definition("d", kContainer);
  const std::string running = submit("small", "", "low");
  const std::string large = submit("large", R"(,"containerOverrides":{"vcpus":2})", "high");
  const std::string small = submit("small2", "", "low");
  EXPECT_EQ(status(large), "RUNNABLE");
  EXPECT_EQ(status(small), "RUNNABLE");
  run_and_end(running, 0);
  EXPECT_EQ(status(large), "STARTING");
  EXPECT_EQ(status(small), "RUNNABLE");
}

TEST_F(BatchTest, TheMachineIsALimitToo) {
  restart({2'000, 1'024});
  make_all();
  const std::string a = submit("a", R"(,"containerOverrides":{"memory":600})");
  const std::string b = submit("b", R"(,"containerOverrides":{"memory":600})");
  EXPECT_EQ(status(a), "STARTING");
  EXPECT_EQ(status(b), "RUNNABLE");
  run_and_end(a, 0);
  EXPECT_EQ(status(b), "STARTING");
  run_and_end(b, 0);
  // More than the machine has: alone.
  const std::string c = submit("c", R"(,"containerOverrides":{"memory":9000})");
  EXPECT_EQ(status(c), "STARTING");
  EXPECT_EQ(status(submit("d")), "RUNNABLE");
}

TEST_F(BatchTest, WhatNeverFitsStandsAsideUntilTheEnvironmentGrows) {
  make_all();
  const std::string large = submit("large", R"(,"containerOverrides":{"vcpus":8})");
  const std::string small = submit("small");
  EXPECT_EQ(status(large), "RUNNABLE");
  EXPECT_TRUE(reason(large).starts_with("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"));
  EXPECT_EQ(status(small), "STARTING");
  ok("UpdateComputeEnvironment",
     R"({"computeEnvironment":"ce","computeResources":{"maxvCpus":16}})");
  EXPECT_EQ(status(large), "STARTING");
}

TEST_F(BatchTest, ADisabledEnvironmentRunsNothing) {
  make_all();
  ok("UpdateComputeEnvironment", R"({"computeEnvironment":"ce","state":"DISABLED"})");
  const std::string id = submit("a");
  EXPECT_EQ(status(id), "RUNNABLE");
  EXPECT_EQ(reason(id), "");
  ok("UpdateComputeEnvironment", R"({"computeEnvironment":"ce","state":"ENABLED"})");
  EXPECT_EQ(status(id), "STARTING");
}

TEST_F(BatchTest, DependentsWaitForAllAndFailWithOne) {
  make_all();
  const std::string a = submit("a");
  const std::string b = submit("b");
  const std::string both =
      submit("both", R"(,"dependsOn":[{"jobId":")" + a + R"("},{"jobId":")" + b + R"("}])");
  const std::string last = submit("last", R"(,"dependsOn":[{"jobId":")" + both + R"("}])");
  EXPECT_EQ(status(both), "PENDING");
  run_and_end(a, 0);
  EXPECT_EQ(status(both), "PENDING");
  run_and_end(b, 1);
  EXPECT_EQ(status(both), "FAILED");
  EXPECT_EQ(reason(both), "Dependent Job failed");
  EXPECT_EQ(status(last), "FAILED");
  // On one that has ended already.
  const std::string late = submit("late", R"(,"dependsOn":[{"jobId":")" + a + R"("}])");
  EXPECT_EQ(status(late), "STARTING");
  const std::string lost = submit("lost", R"(,"dependsOn":[{"jobId":")" + b + R"("}])");
  EXPECT_EQ(status(lost), "FAILED");
}

TEST_F(BatchTest, AnArrayHasChildrenAndTheirSum) {
  make_all();
  const std::string id = submit("array", R"(,"arrayProperties":{"size":3})");
  EXPECT_EQ(status(id), "PENDING");
  EXPECT_EQ(status(id + ":2"), "STARTING");
  EXPECT_EQ(FakeRunner::variable(runner_->spec(task(id + ":2")), "AWS_BATCH_JOB_ARRAY_INDEX"), "2");
  run_and_end(id + ":0", 0);
  run_and_end(id + ":1", 7);
  const Value properties = object_member(job(id), "arrayProperties");
  const Value summary = object_member(properties, "statusSummary");
  EXPECT_EQ(integer_member(summary, "SUCCEEDED"), 1);
  EXPECT_EQ(integer_member(summary, "FAILED"), 1);
  EXPECT_EQ(integer_member(summary, "STARTING"), 1);
  EXPECT_EQ(integer_member(properties, "size"), 3);
  const Value failed = ok("ListJobs", R"({"arrayJobId":")" + id + R"(","jobStatus":"FAILED"})");
  ASSERT_EQ(array_member(failed, "jobSummaryList").size(), 1U);
  run_and_end(id + ":2", 0);
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(reason(id), "Array Child Job failed");
}

TEST_F(BatchTest, ASequentialArrayRunsOneAfterTheOther) {
  make_all();
  const std::string id =
      submit("array", R"(,"arrayProperties":{"size":3},"dependsOn":[{"type":"SEQUENTIAL"}])");
  EXPECT_EQ(status(id + ":0"), "STARTING");
  EXPECT_EQ(status(id + ":1"), "PENDING");
  run_and_end(id + ":0", 0);
  EXPECT_EQ(status(id + ":1"), "STARTING");
  run_and_end(id + ":1", 1);
  EXPECT_EQ(status(id + ":2"), "FAILED");
  EXPECT_EQ(reason(id + ":2"), "Dependent Job failed");
  EXPECT_EQ(status(id), "FAILED");
}

TEST_F(BatchTest, ArraysWaitIndexByIndex) {
  make_all();
  const std::string a = submit("a", R"(,"arrayProperties":{"size":2})");
  run_and_end(a + ":1", 0);
  const std::string b = submit("b", R"(,"arrayProperties":{"size":2},"dependsOn":[{"jobId":")" + a +
                                        R"(","type":"N_TO_N"}])");
  EXPECT_EQ(status(b + ":0"), "PENDING");
  EXPECT_EQ(status(b + ":1"), "STARTING");
  run_and_end(a + ":0", 1);
  EXPECT_EQ(status(b + ":0"), "FAILED");
  run_and_end(b + ":1", 0);
  EXPECT_EQ(status(b), "FAILED");
}

TEST_F(BatchTest, TenThousandChildrenAreMadeAndCancelled) {
  make_all();
  const std::string id = submit("array", R"(,"arrayProperties":{"size":10000},
      "dependsOn":[{"type":"SEQUENTIAL"}])");
  EXPECT_EQ(status(id + ":9999"), "PENDING");
  run_and_end(id + ":0", 1);  // each fails the next
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(
      integer_member(object_member(object_member(job(id), "arrayProperties"), "statusSummary"),
                     "FAILED"),
      10'000);
}

TEST_F(BatchTest, AFailedJobIsTriedAgainAsOftenAsItsStrategySays) {
  make_all();
  const std::string id = submit("a", R"(,"retryStrategy":{"attempts":3,"evaluateOnExit":[
      {"onExitCode":"4*","action":"RETRY"},{"onReason":"*","action":"exit"}]})");
  run_and_end(id, 42);
  EXPECT_EQ(status(id), "STARTING");
  EXPECT_EQ(FakeRunner::variable(runner_->spec(task(id)), "AWS_BATCH_JOB_ATTEMPT"), "2");
  run_and_end(id, 1);
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(array_member(job(id), "attempts").size(), 2U);
  const std::string other = submit("b", R"(,"retryStrategy":{"attempts":2})");
  run_and_end(other, 1);
  run_and_end(other, 1);
  EXPECT_EQ(status(other), "FAILED");
}

TEST_F(BatchTest, AnAttemptThatLastsTooLongIsStoppedAndNotTriedAgain) {
  make_all();
  const std::string id =
      submit("a", R"(,"timeout":{"attemptDurationSeconds":60},"retryStrategy":{"attempts":3})");
  run_container(id);
  pass(59'999);
  EXPECT_TRUE(runner_->stopped.empty());
  pass(1);
  ASSERT_EQ(runner_->stopped.size(), 1U);
  EXPECT_EQ(runner_->stopped[0], std::pair(task(id), int64_t{5'000}));
  end_container(id, 137);
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(reason(id), "Job attempt duration exceeded timeout");
  EXPECT_EQ(integer_member(object_member(job(id), "container"), "exitCode"), 137);
}

TEST_F(BatchTest, AnImageThatIsNotThereFailsTheJob) {
  make_all();
  const std::string id = submit("a");
  runner_->exit(task(id), {jobs::JobExit::Kind::NotStarted, 0, "CannotPullContainerError: gone"});
  loop_->run();
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(reason(id), "Task failed to start");
  EXPECT_EQ(text_member(object_member(job(id), "container"), "reason"),
            "CannotPullContainerError: gone");
}

TEST_F(BatchTest, CancelEndsWhatWaitsAndTerminateWhatRuns) {
  make_environment("ce", 1);
  make_queue("q", 1, "ce");
  make_definition("d", kContainer);
  const std::string runs = submit("runs");
  const std::string waits = submit("waits");
  run_container(runs);
  ok("CancelJob", R"({"jobId":")" + waits + R"(","reason":"not needed"})");
  EXPECT_EQ(status(waits), "FAILED");
  EXPECT_EQ(reason(waits), "not needed");
  ok("CancelJob", R"({"jobId":")" + runs + R"(","reason":"not needed"})");
  EXPECT_TRUE(runner_->stopped.empty());
  ok("TerminateJob", R"({"jobId":")" + runs + R"(","reason":"enough"})");
  ASSERT_EQ(runner_->stopped.size(), 1U);
  EXPECT_EQ(status(runs), "RUNNING");
  end_container(runs, 0);
  EXPECT_EQ(status(runs), "FAILED");
  EXPECT_EQ(reason(runs), "enough");
  EXPECT_EQ(refused("CancelJob", R"({"jobId":"nothing","reason":"r"})"),
            "ClientException: Job nothing does not exist");
}

TEST_F(BatchTest, TerminatingAnArrayEndsItsChildren) {
  make_environment("ce", 1);
  make_queue("q", 1, "ce");
  make_definition("d", kContainer);
  const std::string id = submit("array", R"(,"arrayProperties":{"size":3})");
  run_container(id + ":0");
  ok("TerminateJob", R"({"jobId":")" + id + R"(","reason":"enough"})");
  EXPECT_EQ(status(id + ":2"), "FAILED");
  EXPECT_EQ(status(id), "PENDING");
  end_container(id + ":0", 143);
  EXPECT_EQ(status(id), "FAILED");
  EXPECT_EQ(reason(id + ":0"), "enough");
}

TEST_F(BatchTest, AfterARestartWhatRanIsTriedAgainOrLost) {
  make_all();
  const std::string once = submit("once");
  const std::string twice = submit("twice", R"(,"retryStrategy":{"attempts":2})");
  const std::string starting = submit("starting");
  const std::string waits = submit("waits", R"(,"dependsOn":[{"jobId":")" + starting + R"("}])");
  run_container(once);
  run_container(twice);
  restart();
  EXPECT_EQ(status(once), "FAILED");
  EXPECT_TRUE(reason(once).starts_with("Host EC2 (instance i-0")) << reason(once);
  EXPECT_EQ(status(twice), "STARTING");
  EXPECT_EQ(FakeRunner::variable(runner_->spec(task(twice)), "AWS_BATCH_JOB_ATTEMPT"), "2");
  EXPECT_EQ(status(starting), "STARTING");
  EXPECT_EQ(FakeRunner::variable(runner_->spec(task(starting)), "AWS_BATCH_JOB_ATTEMPT"), "1");
  run_and_end(starting, 0);
  EXPECT_EQ(status(waits), "STARTING");
}

TEST_F(BatchTest, WhatARunnerKeepsIsFoundAgain) {
  make_environment("ce", 1);
  make_queue("q", 1, "ce");
  make_definition("d", kContainer);
  const std::string id = submit("a", R"(,"timeout":{"attemptDurationSeconds":60})");
  const std::string waits = submit("waits");
  run_container(id, "slurm 17");
  const int64_t started = integer_member(job(id), "startedAt");
  restart();
  EXPECT_EQ(runner_->adopted, (std::vector<std::string>{"slurm 17"}));
  EXPECT_EQ(status(waits), "RUNNABLE");  // the vCPU is taken
  pass(1'000);
  run_container(id, "slurm 17");  // seen to run: its beginning stays
  EXPECT_EQ(integer_member(job(id), "startedAt"), started);
  pass(59'000);
  EXPECT_EQ(runner_->stopped.size(), 1U);
  end_container(id, 0);
  EXPECT_EQ(reason(id), "Job attempt duration exceeded timeout");
  EXPECT_EQ(status(waits), "STARTING");
}

TEST_F(BatchTest, TheOutputOfWhatIsFoundAgainGoesOnWhereItsLogEnds) {
  make_all();
  const std::string id = submit("a");
  runner_->is_lasting = true;
  run_container(id, "17");
  runner_->write(task(id), "one\ntw");
  pass(1'000);
  restart();
  EXPECT_EQ(runner_->read_before, (std::vector<uint64_t>{4}));
  const std::string container = task(id);
  end_container(id, 0);
  const auto keyspace =
      *store_.keyspace(jobs::OutputPositions::kKeyspace, jobs::OutputPositions::kShape);
  EXPECT_EQ(*store_.get(keyspace, "output/" + container), std::nullopt) << "it has ended";
}

TEST_F(BatchTest, JobsThatHaveEndedAreForgottenAfterSevenDays) {
  make_all();
  const std::string id = submit("a");
  const std::string array = submit("array", R"(,"arrayProperties":{"size":2})");
  run_and_end(id, 0);
  run_and_end(array + ":0", 0);
  run_and_end(array + ":1", 0);
  const std::string waits = submit("b");
  pass(int64_t{6} * 24 * 3'600'000);
  EXPECT_EQ(status(id), "SUCCEEDED");
  pass(int64_t{25} * 3'600'000);
  EXPECT_EQ(status(id), "");
  EXPECT_EQ(status(array), "");
  EXPECT_EQ(status(array + ":1"), "");
  EXPECT_EQ(status(waits), "STARTING");
}

TEST_F(BatchTest, JobsAreListedByStatusNewestFirstAndInPages) {
  make_environment("ce", 1);
  make_queue("q", 1, "ce");
  make_definition("d", kContainer);
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(submit("job" + std::to_string(i)));
  const auto names = [](const Value& answer) {
    std::vector<std::string> found;
    const Value list = array_member(answer, "jobSummaryList");
    for (const Value& each : list.items()) found.push_back(text_member(each, "jobName"));
    return found;
  };
  const Value first = ok("ListJobs", R"({"jobQueue":"q","jobStatus":"RUNNABLE","maxResults":2})");
  EXPECT_EQ(names(first), (std::vector<std::string>{"job3", "job2"}));
  const Value second = ok("ListJobs", R"({"jobQueue":"q","jobStatus":"RUNNABLE","nextToken":")" +
                                          text_member(first, "nextToken") + "\"}");
  EXPECT_EQ(names(second), (std::vector<std::string>{"job1"}));
  EXPECT_FALSE(has_member(second, "nextToken"));
  const Value filtered = ok(
      "ListJobs", R"({"jobQueue":"q","filters":[{"name":"JOB_NAME","values":["JOB0","job3"]}]})");
  EXPECT_EQ(names(filtered), (std::vector<std::string>{"job3", "job0"}));
  EXPECT_EQ(names(ok("ListJobs", R"({"jobQueue":"q"})")), std::vector<std::string>{});
}

TEST_F(BatchTest, BadSubmissionsAreRefused) {
  make_all();
  const std::string id = submit("a");
  const auto with = [this](const std::string& members) {
    return refused("SubmitJob", "{" + members + "}");
  };
  const std::string front = "ClientException: Error executing request, Exception : ";
  EXPECT_EQ(with(R"("jobName":"a b","jobQueue":"q","jobDefinition":"d")"),
            front + "Job name should match valid pattern, RequestId: R");
  EXPECT_EQ(with(R"("jobName":"a","jobQueue":"none","jobDefinition":"d")"),
            "ClientException: JobQueue none not found.");
  EXPECT_EQ(with(R"("jobName":"a","jobQueue":"q","jobDefinition":"none")"),
            "ClientException: JobDefinition name none does not exist or is not in ACTIVE status");
  EXPECT_EQ(with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d:7")"),
            "ClientException: JobDefinition name d:7 does not exist or is not in ACTIVE status");
  for (const char* size : {"1", "10001", "0", "-3"}) {
    EXPECT_EQ(
        with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d","arrayProperties":{"size":)" +
             std::string(size) + "}"),
        front + "Array job size must be between 2 and 10000, RequestId: R");
  }
  EXPECT_EQ(
      with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d","dependsOn":[{"jobId":"gone"}])"),
      front + "Dependency job gone does not exist, RequestId: R");
  EXPECT_EQ(with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d","arrayProperties":{"size":2},
      "dependsOn":[{"type":"N_TO_N","jobId":")" +
                 id + "\"}]"),
            front + "N_TO_N dependency needs array jobs of the same size, RequestId: R");
  EXPECT_EQ(with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d",
      "timeout":{"attemptDurationSeconds":5})"),
            front + "attemptDurationSeconds must be greater than or equal to 60, RequestId: R");
  ok("UpdateJobQueue", R"({"jobQueue":"q","state":"DISABLED"})");
  EXPECT_NE(with(R"("jobName":"a","jobQueue":"q","jobDefinition":"d")"), "");
}

TEST_F(BatchTest, AnotherAccountSeesNothing) {
  make_all();
  const std::string id = submit("a");
  const aws::ActionResult jobs =
      call("DescribeJobs", R"({"jobs":[")" + id + R"("]})", "111111111111");
  EXPECT_EQ(array_member(jobs->value, "jobs").size(), 0U);
  const aws::ActionResult queues = call("DescribeJobQueues", "{}", "111111111111");
  EXPECT_EQ(array_member(queues->value, "jobQueues").size(), 0U);
}

}  // namespace
}  // namespace pawl::batch
