// SPDX-License-Identifier: Apache-2.0
// The service as a client sees it, in process: JSON text in, JSON text or an error out, through the
// codec and the model, over a store in memory and a virtual clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/service/service_endpoint.h"
#include "engine/virtual_clock.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/states/service.h"
#include "store/memory/memory_store.h"

namespace pawl::states {

class CountingEntropy final : public engine::Entropy {
 public:
  uint64_t next() override { return ++count_; }

 private:
  uint64_t count_ = 0;
};

/// Executions that a test says are running.
class ToldExecutions final : public RunningExecutions {
 public:
  bool any(std::string_view) override { return are_running; }
  bool are_running = false;
};

class ApiTest : public testing::Test {
 protected:
  static constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/r";
  static constexpr std::string_view kMachines =
      "arn:aws:states:us-east-1:000000000000:stateMachine:";

  void SetUp() override {
    model_ = aws::installed_model("stepfunctions");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    restart();
  }

  /// The process ends and another one opens the same store.
  void restart(const StatesLimits& limits = {}) {
    table_.reset();
    service_.reset();
    registry_.reset();
    machines_ = MachineStore::open(store_).value();
    registry_ = std::make_unique<MachineRegistry>(*machines_);
    registry_->watch(running_);
    service_ = std::make_unique<StatesService>(
        StatesPorts{*machines_, *registry_, clock_, entropy_}, limits);
    table_ = std::make_unique<aws::ActionTable>(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The answer's body; of an error it begins with its code in `__type`.
  std::string call(std::string_view operation, std::string body) {
    aws::HttpRequest http;
    http.method = "POST";
    http.path = "/";
    http.headers.set("Content-Type", "application/x-amz-json-1.0");
    http.body = std::move(body);
    aws::Request request;
    request.operation = model_->find_operation(operation);
    request.region = region_;
    request.request_id = "r";
    std::string answer;
    aws::ServiceEndpoint(*table_).handle(
        aws::Protocol::Json, http, std::move(request), "",
        [&](aws::HttpResponse response, aws::ServiceEndpoint::Release) {
          answer = std::move(response.body);
        });
    return answer;
  }

  json::Value value(std::string_view operation, std::string body) {
    const std::string answer = call(operation, std::move(body));
    auto parsed = json::parse(answer);
    EXPECT_TRUE(parsed) << answer;
    return parsed ? *parsed : json::Value::object();
  }

  /// "Code: message" of an error; "" of a success.
  std::string error(std::string_view operation, std::string body) {
    const json::Value answer = value(operation, std::move(body));
    const json::Value* type = answer.find("__type");
    if (type == nullptr) return "";
    const json::Value* message = answer.find("message");
    if (message == nullptr) message = answer.find("Message");
    return std::string(aws::bare_error_code(type->as_string())) + ": " +
           (message == nullptr ? "" : std::string(message->as_string()));
  }

  std::string text(std::string_view operation, std::string body, std::string_view member) {
    const json::Value answer = value(operation, std::move(body));
    const json::Value* found = answer.find(member);
    if (found == nullptr || !found->is_string()) return "";
    return std::string(found->as_string());
  }

  /// Members of a JSON object, as text, that make machine `name` whose state passes `result` on.
  static std::string machine(std::string_view name, std::string_view result = "1",
                             std::string_view more = "") {
    json::ObjectBuilder input;
    input.set("name", json::Value(name));
    input.set("definition", json::Value(definition(result)));
    input.set("roleArn", json::Value(kRole));
    std::string out = json::write(std::move(input).build());
    out.insert(out.size() - 1, more);
    return out;
  }
  static std::string definition(std::string_view result) {
    return R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":)" + std::string(result) +
           R"(,"End":true}}})";
  }
  /// {"stateMachineArn":"…NAME", more}
  static std::string of(std::string_view name, std::string_view more = "") {
    return R"({"stateMachineArn":")" + arn(name) + "\"" + std::string(more) + "}";
  }
  static std::string arn(std::string_view name) {
    return std::string(kMachines) + std::string(name);
  }
  /// `,"definition":"…"` for an update.
  static std::string with_definition(std::string_view result) {
    return ",\"definition\":" + json::write(json::Value(definition(result)));
  }

  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  engine::VirtualClock clock_{base::Timestamp{1'700'000'000'000}};
  CountingEntropy entropy_;
  ToldExecutions running_;
  std::string region_ = "us-east-1";
  std::unique_ptr<MachineStore> machines_;
  std::unique_ptr<MachineRegistry> registry_;
  std::unique_ptr<StatesService> service_;
  std::unique_ptr<aws::ActionTable> table_;
};

}  // namespace pawl::states
