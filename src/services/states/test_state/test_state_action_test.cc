// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_action.h"

#include <future>
#include <vector>

#include "engine/system_ports.h"
#include "services/states/test_state/test_state_for_test.h"

namespace pawl::states {
namespace {

/// Keeps what it is asked to call until the test answers.
class HeldTasks final : public engine::TaskDispatcher {
 public:
  void dispatch(engine::TaskRequest request, engine::TaskSink& sink) override {
    const std::lock_guard lock(mutex_);
    sink_ = &sink;
    calls_.emplace_back(request.execution, request.command.task);
    called_.notify_one();
  }
  void cancel(engine::ExecutionId, interpreter::TaskId) override {}

  void wait_for_calls(size_t count) {
    std::unique_lock lock(mutex_);
    called_.wait(lock, [&] { return calls_.size() >= count; });
  }
  void succeed(size_t index, const char* output) {
    const auto [execution, task] = calls_.at(index);
    sink_->post(execution, interpreter::TaskSucceeded{task, *json::Payload::from_text(output)});
  }

 private:
  std::mutex mutex_;
  std::condition_variable called_;
  engine::TaskSink* sink_ = nullptr;
  std::vector<std::pair<engine::ExecutionId, interpreter::TaskId>> calls_;
};

class TestStateActionTest : public testing::Test {
 protected:
  std::future<std::string> run(const std::string& definition, bool with_role = false) {
    json::ObjectBuilder input;
    input.set("definition", json::Value(definition));
    if (with_role) input.set("roleArn", json::Value(kTestRole));
    aws::Request request;
    request.input = std::move(input).build();
    auto answered = std::make_shared<std::promise<std::string>>();
    action_->run(std::move(request), aws::Reply([answered](aws::ActionResult result) {
                   answered->set_value(result ? json::write(result->value) : shown(result.error()));
                 }));
    return answered->get_future();
  }

  engine::SystemClock clock_;
  engine::SystemEntropy entropy_;
  HeldTasks tasks_;
  std::unique_ptr<TestStateAction> action_ =
      std::make_unique<TestStateAction>(TestStateAction::Ports{.dispatcher = tasks_,
                                                               .clock = clock_,
                                                               .entropy = entropy_,
                                                               .models = aws::installed_models()});
};

constexpr const char* kFunction =
    R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true})";

TEST_F(TestStateActionTest, AnswersAndRefuses) {
  EXPECT_EQ(run(R"({"Type":"Succeed"})").get(), R"({"output":"{}","status":"SUCCEEDED"})");
  EXPECT_EQ(run(kFunction).get(),
            "ValidationException: RoleArn must be specified when testing a Task state");
  EXPECT_EQ(run("[]").get().substr(0, 17), "InvalidDefinition");
}

TEST_F(TestStateActionTest, TestsWaitForTheirTasksAndNotForEachOther) {
  std::future<std::string> first = run(kFunction, true);
  std::future<std::string> second = run(kFunction, true);
  tasks_.wait_for_calls(2);
  EXPECT_EQ(run(R"({"Type":"Succeed"})").get(), R"({"output":"{}","status":"SUCCEEDED"})");
  tasks_.succeed(1, "2");
  EXPECT_EQ(second.get(), R"({"output":"2","status":"SUCCEEDED"})");
  tasks_.succeed(0, "1");
  EXPECT_EQ(first.get(), R"({"output":"1","status":"SUCCEEDED"})");
  tasks_.succeed(0, "3");  // too late: dropped
}

TEST_F(TestStateActionTest, BoundsHowManyTestsAreOpen) {
  std::vector<std::future<std::string>> open;
  for (int i = 0; i < 1'000; ++i) open.push_back(run(kFunction, true));
  EXPECT_EQ(run(kFunction, true).get(), "ThrottlingException: Rate exceeded");
  tasks_.wait_for_calls(open.size());
  tasks_.succeed(0, "1");
  EXPECT_EQ(open[0].get(), R"({"output":"1","status":"SUCCEEDED"})");
}

TEST_F(TestStateActionTest, EndsWithTestsOpen) {
  std::future<std::string> open = run(kFunction, true);
  tasks_.wait_for_calls(1);
  action_->stop();
  EXPECT_EQ(open.get().substr(0, 18), "ServiceUnavailable");
  EXPECT_EQ(run(R"({"Type":"Succeed"})").get().substr(0, 18), "ServiceUnavailable");
}

}  // namespace
}  // namespace pawl::states
