// SPDX-License-Identifier: Apache-2.0
// The whole service on one thread: a virtual clock, a store in memory, and other services that are
// what a test says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/service.h"
#include "store/memory/memory_store.h"

namespace pawl::cloudformation {

/// Tasks run when the loop runs.
class InlineExecutor final : public StackExecutor {
 public:
  explicit InlineExecutor(aws::VirtualLoop& loop) : loop_(loop) {}
  void run(Task task) override {
    if (*is_stopped_) return;
    loop_.post([task = std::move(task), stopped = is_stopped_] {
      if (!*stopped) task();
    });
  }
  void stop() override { *is_stopped_ = true; }

 private:
  aws::VirtualLoop& loop_;
  const std::shared_ptr<bool> is_stopped_ = std::make_shared<bool>(false);
};

class ServiceForTest {
 public:
  explicit ServiceForTest(aws::RecordingCaller::Answers answers)
      : store_(std::make_unique<store::MemoryStore>()), caller(std::move(answers)) {
    restart();
  }

  /// Another process with the same store: what was under way is forgotten.
  void restart() {
    if (service_) service_->stop();
    table_.reset();
    service_.reset();
    service_ = *CloudFormationService::open(
        {.store = *store_,
         .models = aws::installed_models(),
         .loop = loop,
         .caller = caller,
         .endpoint_url = [] { return std::string("http://127.0.0.1:4566"); },
         .after_sync = [](const std::function<void()>& task) { task(); },
         .seed = ++seed_,
         .executor = std::make_unique<InlineExecutor>(loop)});
    table_.emplace(*service_, *aws::installed_model("cloudformation"));
    service_->bind(*table_);
    service_->run();
  }

  /// The process is killed: what comes from now on is lost.
  void kill() { service_->stop(); }
  store::Store& store() { return *store_; }

  /// An action with its input as JSON; runs nothing but what answers it.
  aws::ApiResult<json::Value> call(const std::string& operation, const std::string& input) {
    std::optional<aws::ActionResult> answer;
    aws::Request request;
    request.operation = aws::installed_model("cloudformation")->find_operation(operation);
    request.input = *json::parse(input);
    table_->call(std::move(request), aws::Reply([&answer](aws::ActionResult result) {
                   answer.emplace(std::move(result));
                 }));
    while (!answer && loop.step()) {
    }
    if (!answer) return aws::internal_failure("no answer");
    if (!*answer) return answer->error();
    return (*answer)->value;
  }

  std::string status(const std::string& stack) {
    const auto answer = call("DescribeStacks", R"({"StackName": ")" + stack + R"("})");
    if (!answer) return answer.error().message.value_or(answer.error().code);
    const json::Value stacks = json::array_member(*answer, "Stacks");
    return json::text_member(stacks.items()[0], "StackStatus");
  }

  /// "STATUS LogicalId[: reason]", oldest first.
  std::vector<std::string> events(const std::string& stack) {
    std::vector<std::string> lines;
    const auto answer = call("DescribeStackEvents", R"({"StackName": ")" + stack + R"("})");
    if (!answer) return lines;
    const json::Value events = json::array_member(*answer, "StackEvents");
    for (const json::Value& event : events.items()) {
      const std::string reason = json::text_member(event, "ResourceStatusReason");
      lines.insert(lines.begin(), json::text_member(event, "ResourceStatus") + " " +
                                      json::text_member(event, "LogicalResourceId") +
                                      (reason.empty() ? "" : ": " + reason));
    }
    return lines;
  }

  size_t calls_of(const std::string& operation) const {
    size_t found = 0;
    for (const aws::Call& each : caller.calls) found += each.operation == operation ? 1 : 0;
    return found;
  }

  aws::VirtualLoop loop;

 private:
  const std::unique_ptr<store::Store> store_;

 public:
  aws::RecordingCaller caller;

 private:
  uint64_t seed_ = 0;
  std::unique_ptr<CloudFormationService> service_;
  std::optional<aws::ActionTable> table_;
};

}  // namespace pawl::cloudformation
