// SPDX-License-Identifier: Apache-2.0
// EventsTest: the API over a memory store, a virtual clock, a recording caller and a recorded web.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/service.h"
#include "store/memory/memory_store.h"

namespace pawl::events {

/// Keeps what is sent and answers with the next of `answers` (status 0: nobody is there), then with
/// 200 and {}.
class RecordingWeb final : public aws::HttpTransport {
 public:
  void send(std::string url, aws::HttpRequest request, Receiver receiver) override {
    sent.emplace_back(std::move(url), std::move(request));
    aws::HttpResponse response;
    response.body = "{}";
    if (!answers.empty()) {
      response.status = answers.front().first;
      response.body = answers.front().second;
      answers.erase(answers.begin());
    }
    if (response.status == 0) return receiver(base::Error{base::ErrorKind::Io, "refused"});
    receiver(std::move(response));
  }

  std::vector<std::pair<std::string, aws::HttpRequest>> sent;
  std::vector<std::pair<int, std::string>> answers;
};

class EventsTest : public testing::Test {
 protected:
  static constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:queue";
  static constexpr const char* kLetters = "arn:aws:sqs:us-east-1:000000000000:letters";

  void SetUp() override {
    model_ = aws::installed_model("events");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also: as a process that finds what another has left.
  void open() {
    table_.reset();
    service_.reset();
    service_ = EventsService::open({.store = store_,
                                    .loop = loop_,
                                    .caller = caller_,
                                    .transport = &web_,
                                    .endpoint_url = [] { return "http://127.0.0.1:4566"; },
                                    .after_sync = [](const std::function<void()>& task) { task(); },
                                    .seed = ++seed_,
                                    .waiting_max = 5'000,
                                    .handed_on_max = 200})
                   .value();
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    const auto checked = table_->check();
    ASSERT_TRUE(checked) << checked.error().message;
    service_->run();
    loop_.run();
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input,
                   const std::string& service_principal = "") {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    EXPECT_NE(request.operation, nullptr) << operation;
    const auto parsed = json::parse(input);
    EXPECT_TRUE(parsed) << input;
    if (parsed) request.input = *parsed;
    request.principal.service = service_principal;
    request.received = loop_.now();
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   if (result) {
                     last_ = result->value;
                     answer = json::write(result->value);
                   } else {
                     answer = result.error().code + ": " + result.error().message.value_or("");
                   }
                 }));
    loop_.run();
    return answer;
  }

  /// A rule on the default bus with targets (JSON of a list).
  void rule(const std::string& name, const std::string& pattern, const std::string& targets) {
    json::ObjectBuilder input;
    input.set("Name", json::Value(name)).set("EventPattern", json::Value(pattern));
    EXPECT_EQ(call("PutRule", json::write(std::move(input).build())),
              R"({"RuleArn":"arn:aws:events:us-east-1:000000000000:rule/)" + name + "\"}");
    EXPECT_EQ(call("PutTargets", R"({"Rule":")" + name + R"(","Targets":)" + targets + "}"),
              R"({"FailedEntryCount":0,"FailedEntries":[]})");
  }

  /// An event of source "s"; its answer.
  std::string put(const std::string& detail = "{}", const std::string& source = "s",
                  const std::string& bus = "default") {
    json::ObjectBuilder entry;
    entry.set("Source", json::Value(source))
        .set("DetailType", json::Value("T"))
        .set("Detail", json::Value(detail))
        .set("EventBusName", json::Value(bus));
    json::ObjectBuilder input;
    input.set("Entries", json::Value::array({std::move(entry).build()}));
    return call("PutEvents", json::write(std::move(input).build()));
  }

  /// What queues got, oldest first.
  std::vector<std::string> sent() const {
    std::vector<std::string> bodies;
    for (const aws::Call& each : caller_.calls)
      if (each.operation == "SendMessage") bodies.push_back(text_member(each.input, "MessageBody"));
    return bodies;
  }
  json::Value last_sent() const {
    const auto bodies = sent();
    const auto parsed = json::parse(bodies.empty() ? "null" : bodies.back());
    return parsed ? *parsed : json::Value();
  }

  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  std::function<aws::ApiResult<json::Value>(const aws::Call&)> answers_;
  aws::RecordingCaller caller_{[this](const aws::Call& each) -> aws::ApiResult<json::Value> {
    if (each.service == "secretsmanager") return secrets(each);
    return answers_ ? answers_(each) : aws::ApiResult<json::Value>(json::Value::object());
  }};
  RecordingWeb web_;
  uint64_t seed_ = 0;
  std::unique_ptr<EventsService> service_;
  std::optional<aws::ActionTable> table_;
  json::Value last_;

 private:
  /// As much of Secrets Manager as connections need.
  aws::ApiResult<json::Value> secrets(const aws::Call& each) {
    json::ObjectBuilder out;
    const std::string id = each.operation == "CreateSecret"
                               ? "arn:aws:secretsmanager:us-east-1:000000000000:secret:" +
                                     text_member(each.input, "Name")
                               : text_member(each.input, "SecretId");
    out.set("ARN", json::Value(id));
    if (each.operation == "DeleteSecret") {
      secrets_.erase(id);
    } else if (each.operation == "GetSecretValue") {
      if (!secrets_.contains(id)) return not_found("no secret");
      out.set("SecretString", json::Value(secrets_[id]));
    } else {
      secrets_[id] = text_member(each.input, "SecretString");
    }
    return std::move(out).build();
  }

 protected:
  std::map<std::string, std::string> secrets_;
};

}  // namespace pawl::events
