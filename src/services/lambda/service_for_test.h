// SPDX-License-Identifier: Apache-2.0
// The service in process, over a store that outlives it, with real workers and a clock that stands
// still until it is told to move. What it asks of other services is kept and answered by the test.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/service.h"
#include "services/lambda/threaded_loop_for_test.h"
#include "services/lambda/zip_for_test.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::lambda {

/// Answers on the loop's thread. What was called is text: it is read by another thread.
class LoopCaller final : public aws::Caller {
 public:
  struct Asked {
    std::string service;
    std::string operation;
    std::string input;
  };
  using Answers = std::function<aws::ApiResult<json::Value>(const Asked&)>;

  void call(aws::Call call, Receiver receiver) override {
    Asked asked{call.service, call.operation, json::write(call.input)};
    loop->post([this, asked = std::move(asked), receiver = std::move(receiver)] {
      Answers answers;
      {
        const std::lock_guard lock(mutex_);
        if (asked.service != "logs") asked_.push_back(asked);
        answers = answers_;
      }
      receiver(answers ? answers(asked) : aws::ApiResult<json::Value>(json::Value::object()));
    });
  }

  void answer_with(Answers answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }
  std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  aws::ServiceLoop* loop = nullptr;

 private:
  mutable std::mutex mutex_;
  Answers answers_;
  std::vector<Asked> asked_;
};

class ServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("lambda");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    restart();
  }
  void TearDown() override { end(); }

  void end() {
    if (loop_) loop_->stop();
    table_.reset();
    service_.reset();
    loop_.reset();
  }
  void restart() {
    end();
    loop_ = std::make_unique<ThreadedLoop>();
    caller_.loop = loop_.get();
    LambdaService::Options options;
    options.data_folder = folder_.at("data");
    options.loop = loop_.get();
    options.caller = &caller_;
    auto opened = LambdaService::open(store_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().message;
    service_ = std::move(*opened);
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
  }

  /// The output as JSON text, or "CODE: message".
  std::string call(const std::string& operation, json::Value input) {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    request.input = std::move(input);
    // Whoever answers may still be inside set_value when the answer is taken: it keeps the promise.
    const auto answered = std::make_shared<std::promise<std::string>>();
    table_->call(std::move(request), aws::Reply([answered](aws::ActionResult result) {
                   answered->set_value(result ? json::write(result->value)
                                              : result.error().code + ": " +
                                                    result.error().message.value_or(""));
                 }));
    return answered->get_future().get();
  }
  std::string call(const std::string& operation, const char* input) {
    return call(operation, *json::parse(input));
  }
  static std::string member(const std::string& answer, std::string_view name) {
    const auto parsed = json::parse(answer);
    const json::Value* found = parsed ? parsed->find(name) : nullptr;
    if (found == nullptr) return "absent from " + answer;
    return found->is_string() ? std::string(found->as_string()) : json::write(*found);
  }

  std::string create(const std::string& name, const std::string& code) {
    json::Value input =
        *json::parse(R"({"Runtime":"python3.12","Handler":"index.handler","Timeout":10,
      "Role":"arn:aws:iam::000000000000:role/r","Environment":{"Variables":{"WORD":"one"}}})");
    const std::string zip = base::base64_encode(zip_of({{"index.py", code}}));
    input =
        input.with_member("FunctionName", json::Value(name))
            .with_member("Code", json::Value::object().with_member("ZipFile", json::Value(zip)));
    return call("CreateFunction", input);
  }
  std::string invoke(const std::string& name, const std::string& payload = "1") {
    const json::Value input =
        json::Value::object()
            .with_member("FunctionName", json::Value(name))
            .with_member("Payload", json::Value(base::base64_encode(payload)));
    const std::string answer = call("Invoke", input);
    const auto returned = base::base64_decode(member(answer, "Payload"));
    return returned ? *returned : answer;
  }
  std::string invoke_event(const std::string& name, const std::string& payload) {
    return call("Invoke", json::Value::object()
                              .with_member("FunctionName", json::Value(name))
                              .with_member("InvocationType", json::Value("Event"))
                              .with_member("Payload", json::Value(base::base64_encode(payload))));
  }
  bool has_events() {
    const store::Keyspace events = *store_.keyspace("lambda/events", store::Shape::Queue);
    return *store_.cursor(events, store::Range::all())->first();
  }

  store::MemoryStore store_;
  store::TemporaryFolder folder_;
  const aws::ServiceModel* model_ = nullptr;
  LoopCaller caller_;
  std::unique_ptr<ThreadedLoop> loop_;
  std::unique_ptr<LambdaService> service_;
  std::optional<aws::ActionTable> table_;
};

}  // namespace pawl::lambda
