// SPDX-License-Identifier: Apache-2.0
// A dispatcher whose services are played: calls are kept, a test says what they answer, time is
// virtual.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "engine/virtual_clock.h"
#include "integration/integration_dispatcher.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {

class PlayedEntropy final : public engine::Entropy {
 public:
  uint64_t next() override { return 1; }
};

class PlayedSink final : public engine::TaskSink {
 public:
  std::vector<Answer> answers;
  void post(engine::ExecutionId, Answer answer) override { answers.push_back(std::move(answer)); }

  /// The last answer of that kind; a test fails if there is none.
  template <typename T>
  const T& last() const {
    static const T kNone{};
    for (auto each = answers.rbegin(); each != answers.rend(); ++each) {
      if (const T* found = std::get_if<T>(&*each)) return *found;
    }
    ADD_FAILURE() << "no such answer";
    return kNone;
  }
  template <typename T>
  size_t count() const {
    size_t found = 0;
    for (const Answer& each : answers) found += std::holds_alternative<T>(each) ? 1 : 0;
    return found;
  }
};

/// Sends nothing; answers what the test says.
class PlayedTransport final : public aws::HttpTransport {
 public:
  struct Sent {
    std::string origin;
    aws::HttpRequest request;
  };
  std::vector<Sent> sent;
  std::function<base::Result<aws::HttpResponse>(const Sent&)> answer;

  void send(std::string url, aws::HttpRequest request, Receiver receiver) override {
    sent.push_back({std::move(url), std::move(request)});
    receiver(answer(sent.back()));
  }
};

class ServiceFixture : public testing::Test {
 protected:
  using Answers = std::map<std::string, std::vector<aws::ApiResult<std::string>>>;

  static json::Value parse(const std::string& text) {
    auto parsed = json::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *std::move(parsed) : json::Value();
  }

  /// What `operation` answers from now on, one after the other; the last one again and again.
  void answer(const std::string& operation, const std::string& output) {
    answers_[operation].emplace_back(output);
  }
  void refuse(const std::string& operation, aws::ApiError error) {
    answers_[operation].emplace_back(std::move(error));
  }

  engine::TaskRequest task(const std::string& resource, const std::string& parameters) {
    asl::TaskState state;
    state.resource = asl::parse_task_resource("arn:aws:states:::" + resource).value();
    asl::State named;
    named.name = "S";
    named.type = asl::StateType::Task;
    named.detail = std::move(state);
    auto program = std::make_shared<asl::Program>();
    program->states.push_back(std::move(named));
    auto info = std::make_shared<interpreter::ExecutionInfo>();
    info->execution_arn = "arn:aws:states:us-east-1:000000000000:execution:m:e";
    info->execution_name = "e";
    info->state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    info->role_arn = "arn:aws:iam::000000000000:role/path/r";
    engine::TaskRequest request;
    request.execution = 1;
    request.program = std::move(program);
    request.info = std::move(info);
    request.command.task = {0, 1};
    request.command.state = 0;
    request.command.parameters = json::Payload::from_text(parameters).value();
    request.command.task_token = "token";
    return request;
  }

  /// Dispatches and lets the loop run as far as it can without time.
  void run(engine::TaskRequest request) {
    dispatcher_.dispatch(std::move(request), sink_);
    loop_.run();
  }
  void call(const std::string& resource, const std::string& parameters) {
    run(task(resource, parameters));
  }

  json::Value output() const {
    return parse(sink_.last<interpreter::TaskSucceeded>().output.text());
  }
  std::string error() const {
    return sink_.last<interpreter::TaskFailed>().error.error.value_or("");
  }
  std::string cause() const {
    return sink_.last<interpreter::TaskFailed>().error.cause.value_or("");
  }
  std::string input(size_t index) const { return json::write(caller_.calls.at(index).input); }

  engine::VirtualClock clock_{{1'700'000'000'000}};
  PlayedEntropy entropy_;
  aws::VirtualLoop loop_;
  Answers answers_;
  std::map<std::string, size_t> given_;
  aws::RecordingCaller caller_{[this](const aws::Call& call) -> aws::ApiResult<json::Value> {
    const auto found = answers_.find(call.operation);
    if (found == answers_.end()) return json::Value::object();
    size_t& next = given_[call.operation];
    const auto& result = found->second[std::min(next++, found->second.size() - 1)];
    if (!result) return result.error();
    return parse(*result);
  }};
  PlayedTransport transport_;
  PlayedSink sink_;
  IntegrationDispatcher dispatcher_{{.clock = clock_,
                                     .entropy = entropy_,
                                     .caller = &caller_,
                                     .models = &aws::installed_models(),
                                     .service_loop = &loop_,
                                     .transport = &transport_}};
};

}  // namespace pawl::integration
