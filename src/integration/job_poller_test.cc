// SPDX-License-Identifier: Apache-2.0
#include "integration/job_poller.h"

#include "integration/job_table.h"
#include "integration/optimized_services.h"
#include "integration/service_fixture_for_test.h"

namespace pawl::integration {
namespace {

constexpr const char* kGlue = "glue:startJobRun.sync";
constexpr const char* kGlueInput = R"({"JobName":"j"})";

class JobPollerTest : public ServiceFixture {
 protected:
  std::vector<std::string> operations() const {
    std::vector<std::string> names;
    for (const aws::Call& call : caller_.calls) names.push_back(call.operation);
    return names;
  }
  std::string run_state(const std::string& state) {
    return R"({"JobRun":{"Id":"r","JobRunState":")" + state + R"("}})";
  }
};

TEST_F(JobPollerTest, WaitsForTheJobAndGivesItsDescription) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  answer("GetJobRun", run_state("RUNNING"));
  answer("GetJobRun", run_state("SUCCEEDED"));
  call(kGlue, kGlueInput);
  EXPECT_EQ(operations(), (std::vector<std::string>{"StartJobRun"}));
  const interpreter::TaskSubmitted& submitted = sink_.last<interpreter::TaskSubmitted>();
  EXPECT_TRUE(submitted.output.text().starts_with(R"({"JobRunId":"r","SdkHttpMetadata":)"));
  loop_.advance_by(999);
  EXPECT_EQ(caller_.calls.size(), 1U);
  loop_.advance_by(1);
  EXPECT_EQ(input(1), R"({"JobName":"j","RunId":"r"})");
  EXPECT_EQ(sink_.count<interpreter::TaskSucceeded>(), 0U);
  loop_.advance_by(1'500);
  EXPECT_EQ(json::write(output()), R"({"Id":"r","JobRunState":"SUCCEEDED"})");
  EXPECT_EQ(loop_.timers(), 0U);
}

TEST_F(JobPollerTest, AFailedJobFailsTheTaskWithItsDescription) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  answer("GetJobRun", run_state("TIMEOUT"));
  call(kGlue, kGlueInput);
  loop_.advance_by(60'000);
  EXPECT_EQ(error(), "States.TaskFailed");
  EXPECT_EQ(cause(), R"({"Id":"r","JobRunState":"TIMEOUT"})");
}

TEST_F(JobPollerTest, AsksLessAndLessOften) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  answer("GetJobRun", run_state("RUNNING"));
  call(kGlue, kGlueInput);
  loop_.advance_by(3'600'000);
  // 1 s growing by half to 30 s: 9 times in the first 113 s, then every 30 s.
  EXPECT_GE(caller_.calls.size(), 120U);
  EXPECT_LE(caller_.calls.size(), 130U);
}

TEST_F(JobPollerTest, WhatIsRefusedAtTheStartFailsAtOnce) {
  refuse("StartJobRun", aws::ApiError("EntityNotFoundException", "No job.", 400));
  call(kGlue, kGlueInput);
  EXPECT_EQ(error(), "Glue.EntityNotFoundException");
  EXPECT_EQ(loop_.timers(), 0U);
}

TEST_F(JobPollerTest, PassingTroubleIsAskedThrough) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  refuse("GetJobRun", aws::ApiError("ThrottlingException", "Slow.", 400));
  refuse("GetJobRun", aws::ApiError("InternalServiceException", "Oops.", 500));
  answer("GetJobRun", run_state("SUCCEEDED"));
  call(kGlue, kGlueInput);
  loop_.advance_by(60'000);
  EXPECT_EQ(sink_.count<interpreter::TaskSucceeded>(), 1U);
}

TEST_F(JobPollerTest, LastingTroubleFailsTheTask) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  refuse("GetJobRun", aws::ApiError("ThrottlingException", "Slow.", 400));
  call(kGlue, kGlueInput);
  loop_.advance_by(3'600'000);
  EXPECT_EQ(error(), "Glue.AWSGlueException");
  EXPECT_EQ(caller_.calls.size(), 11U);
}

TEST_F(JobPollerTest, ACancelledTaskStopsItsJob) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  answer("GetJobRun", run_state("RUNNING"));
  call(kGlue, kGlueInput);
  dispatcher_.cancel(1, {0, 1});
  loop_.run();
  EXPECT_EQ(operations(), (std::vector<std::string>{"StartJobRun", "BatchStopJobRun"}));
  EXPECT_EQ(input(1), R"({"JobName":"j","JobRunIds":["r"]})");
  loop_.advance_by(3'600'000);
  EXPECT_EQ(caller_.calls.size(), 2U);
  EXPECT_EQ(sink_.count<interpreter::TaskFailed>(), 0U);
}

TEST_F(JobPollerTest, AfterACrashItAsksForTheJobInsteadOfStartingAnother) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  call(kGlue, kGlueInput);
  engine::TaskRequest again = task(kGlue, kGlueInput);
  again.continuation = sink_.last<interpreter::TaskSubmitted>().continuation;
  ASSERT_FALSE(again.continuation.empty());

  aws::VirtualLoop loop;
  PlayedSink sink;
  aws::RecordingCaller caller([this](const aws::Call&) -> aws::ApiResult<json::Value> {
    return parse(run_state("SUCCEEDED"));
  });
  IntegrationDispatcher restarted({.clock = clock_,
                                   .entropy = entropy_,
                                   .caller = &caller,
                                   .models = &aws::installed_models(),
                                   .service_loop = &loop});
  restarted.dispatch(std::move(again), sink);
  loop.run();
  ASSERT_EQ(caller.calls.size(), 1U);
  EXPECT_EQ(caller.calls[0].operation, "GetJobRun");
  EXPECT_EQ(json::write(caller.calls[0].input), R"({"JobName":"j","RunId":"r"})");
  EXPECT_EQ(sink.count<interpreter::TaskSucceeded>(), 1U);
}

TEST_F(JobPollerTest, CancelAfterACrashStopsTheJobToo) {
  answer("StartJobRun", R"({"JobRunId":"r"})");
  answer("GetJobRun", run_state("RUNNING"));
  engine::TaskRequest again = task(kGlue, kGlueInput);
  again.continuation =
      R"({"describe":{"JobName":"j","RunId":"q"},"stop":{"JobName":"j","JobRunIds":["q"]},"added":{}})";
  run(std::move(again));
  dispatcher_.cancel(1, {0, 1});
  loop_.run();
  EXPECT_EQ(operations(), (std::vector<std::string>{"GetJobRun", "BatchStopJobRun"}));
  EXPECT_EQ(input(1), R"({"JobName":"j","JobRunIds":["q"]})");
}

TEST_F(JobPollerTest, EcsTasksFailByTheirContainersExitCodes) {
  const std::string started = R"({"tasks":[{"taskArn":"t","clusterArn":"c"}],"failures":[]})";
  const auto stopped = [](const std::string& code) {
    return R"({"tasks":[{"taskArn":"t","lastStatus":"STOPPED","containers":[{"exitCode":)" + code +
           "}]}]}";
  };
  answer("RunTask", started);
  answer("DescribeTasks", stopped("0"));
  answer("DescribeTasks", stopped("1"));
  call("ecs:runTask.sync", R"({"Cluster":"c","TaskDefinition":"d"})");
  loop_.advance_by(2'000);
  EXPECT_EQ(input(1), R"({"cluster":"c","tasks":["t"]})");
  EXPECT_EQ(json::write(output()),
            R"({"Containers":[{"ExitCode":0}],"LastStatus":"STOPPED","TaskArn":"t"})");
  call("ecs:runTask.sync", R"({"Cluster":"c","TaskDefinition":"d"})");
  loop_.advance_by(2'000);
  EXPECT_EQ(error(), "States.TaskFailed");
}

TEST_F(JobPollerTest, AStartThatBeganNothingFails) {
  answer("RunTask", R"({"tasks":[],"failures":[{"reason":"RESOURCE:MEMORY"}]})");
  call("ecs:runTask.sync", R"({"Cluster":"c","TaskDefinition":"d"})");
  EXPECT_EQ(error(), "States.TaskFailed");
  EXPECT_NE(cause().find("RESOURCE:MEMORY"), std::string::npos);
  EXPECT_EQ(sink_.count<interpreter::TaskSubmitted>(), 0U);
}

TEST_F(JobPollerTest, WhatIsToBeDeletedIsDoneWhenItIsGone) {
  answer("DescribeCluster", R"({"cluster":{"name":"n","status":"DELETING"}})");
  refuse("DescribeCluster", aws::ApiError("ResourceNotFoundException", "No cluster.", 404));
  call("eks:deleteCluster.sync", R"({"Name":"n"})");
  loop_.advance_by(10'000);
  EXPECT_EQ(json::write(output()), R"({"Cluster":{"Name":"n","Status":"DELETING"}})");
}

TEST_F(JobPollerTest, NamesWhatItCannotWaitFor) {
  call("eks:runJob.sync", "{}");
  EXPECT_EQ(error(), "States.TaskFailed");
  EXPECT_NE(cause().find("eks:runJob.sync"), std::string::npos);
}

/// The shape that a path leads to; null if nowhere.
const aws::Shape* shape_of(const aws::Shape* shape, std::string_view path) {
  while (!path.empty() && shape != nullptr) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    const aws::Member* member = shape->find(name);
    shape = shape->type == aws::ShapeType::List ? shape->item.shape
            : member == nullptr                 ? nullptr
                                                : member->shape;
  }
  return shape;
}

/// Every binding leads from a member that is there to one that is.
void check_bindings(std::string_view bindings, const aws::OperationModel& started,
                    const aws::Shape& target) {
  while (!bindings.empty()) {
    const size_t end = std::min(bindings.find(';'), bindings.size());
    const std::string binding(bindings.substr(0, end));
    bindings.remove_prefix(std::min(end + 1, bindings.size()));
    const size_t equals = binding.find('=');
    const size_t colon = binding.find(':');
    std::string member = binding.substr(0, equals);
    if (member.ends_with("[]")) member.resize(member.size() - 2);
    EXPECT_NE(target.find(member), nullptr) << started.name << ": " << binding;
    const std::string source = binding.substr(equals + 1, colon - equals - 1);
    const std::string path = binding.substr(colon + 1);
    if (source != "text")
      EXPECT_NE(shape_of(source == "in" ? started.input : started.output, path), nullptr)
          << started.name << ": " << binding;
  }
}

void check_words(std::string_view words, const aws::Shape& enumeration) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    const std::string word(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    const auto& all = enumeration.enumeration;
    EXPECT_NE(std::find(all.begin(), all.end(), word), all.end()) << enumeration.name << word;
  }
}

TEST(JobTable, SaysNothingThatTheModelsDoNot) {
  aws::ModelCatalog& models = aws::installed_models();
  size_t checked = 0;
  for (const JobKind& kind : job_kinds()) {
    const OptimizedService* service = find_optimized_service(kind.service);
    ASSERT_NE(service, nullptr) << kind.service;
    // Newer than the models of an old system.
    if (aws::installed_model(service->model) == nullptr) continue;
    ++checked;
    const auto started = find_optimized_operation(*service, kind.action, models);
    ASSERT_TRUE(started) << kind.service << ":" << kind.action;
    const aws::ServiceModel& model = *(*started)->service;
    const aws::OperationModel* describe = model.find_operation(kind.describe_operation);
    ASSERT_NE(describe, nullptr) << kind.describe_operation;
    check_bindings(kind.describe_input, **started, *describe->input);
    EXPECT_NE(shape_of(describe->output, kind.result), nullptr) << kind.action;
    const aws::Shape* status = shape_of(describe->output, kind.status);
    ASSERT_NE(status, nullptr) << kind.action << " " << kind.status;
    // Old models lack failures that came later.
    if (!status->enumeration.empty()) check_words(kind.successes, *status);
    if (kind.stop_operation.empty()) continue;
    const aws::OperationModel* stop = model.find_operation(kind.stop_operation);
    ASSERT_NE(stop, nullptr) << kind.stop_operation;
    check_bindings(kind.stop_input, **started, *stop->input);
  }
  EXPECT_GT(checked, 25U);
}

TEST(JobTable, HasEveryJobThatTheGuideHas) {
  // asl/resource_catalog.cc accepts more: what runs in Kubernetes is not ours, states has its own.
  for (const JobKind& kind : job_kinds()) {
    EXPECT_TRUE(asl::optimized_integrations().exists(
        asl::parse_task_resource("arn:aws:states:::" + std::string(kind.service) + ":" +
                                 std::string(kind.action) + ".sync")
            .value()))
        << kind.service << ":" << kind.action;
  }
}

}  // namespace
}  // namespace pawl::integration
