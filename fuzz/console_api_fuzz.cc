// SPDX-License-Identifier: Apache-2.0
// POST /_pawl/console/api/NAME: the first line is the name, the rest the body. Whatever is asked,
// there is one answer, which is JSON or a stream of events, and never a failure of ours. In the
// store is an execution that has ended and one that waits.
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/task_resource.h"
#include "aws/model/embedded_patches.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/assert.h"
#include "console/console.h"
#include "console/execution_board.h"
#include "engine/partition.h"
#include "engine/program_builder_for_test.h"
#include "json/parse.h"
#include "services/states/engine_revisions.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"
#include "store/memory/memory_store.h"

namespace {

using namespace pawl;

constexpr const char* kDefinition = R"~({"StartAt": "Split", "States": {
  "Split": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"n.$": "$$.Map.Item.Value"},
    "ItemProcessor": {"StartAt": "Which", "States": {
      "Which": {"Type": "Choice", "Default": "No", "Choices": [
        {"And": [{"Variable": "$.n", "IsNumeric": true},
                 {"Variable": "$.n", "NumericGreaterThan": 1}], "Next": "Yes"}]},
      "Yes": {"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($.n, 1)"}, "End": true},
      "No": {"Type": "Succeed"}}}, "ResultPath": "$.made", "Next": "Shape"},
  "Shape": {"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"total": "{% $sum([1, 2]) %}"},
    "Output": {"all": "{% $states.input.made %}", "calls": "{% $states.input.calls %}"},
    "Next": "Ask"},
  "Ask": {"Type": "Choice", "Choices": [
    {"Variable": "$.calls", "BooleanEquals": true, "Next": "Call"}], "Default": "Done"},
  "Call": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
    "Parameters": {"QueueUrl": "q", "MessageBody.$": "$"}, "TimeoutSeconds": 60, "End": true},
  "Done": {"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $total)"}}})~";

/// Its answer may come from another thread.
class Answer final : public net::HttpReply::Channel {
 public:
  void answer(net::HttpResponse response) override {
    const std::lock_guard lock(mutex_);
    PAWL_ASSERT(!response_.has_value());
    response_ = std::move(response);
    has_come_.notify_one();
  }
  net::HttpResponse wait() {
    std::unique_lock lock(mutex_);
    has_come_.wait(lock, [this] { return response_.has_value(); });
    return std::exchange(*response_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable has_come_;
  std::optional<net::HttpResponse> response_;  ///< guarded by mutex_
};

/// Every operation answers what it was given.
class EchoingCaller final : public aws::Caller {
 public:
  void call(aws::Call call, Receiver receiver) override { receiver(std::move(call.input)); }
};

/// Tasks are never answered.
class DeafSink final : public engine::TaskSink {
 public:
  void post(engine::ExecutionId, Answer) override {}
};

class World {
 public:
  World() {
    const uint64_t revision = add_machine();
    engine::VirtualClock clock({1'700'000'000'000});
    engine::ScriptedDispatcher dispatcher;
    DeafSink sink;
    engine::Partition partition({.executions = executions_,
                                 .clock = clock,
                                 .revisions = revisions_,
                                 .dispatcher = dispatcher,
                                 .sink = sink,
                                 .feed = &board_});
    PAWL_ASSERT(partition.recover().has_value());
    start(partition, revision, "ended", R"({"items":[1,2,"x"],"calls":false})");
    start(partition, revision, "waits", R"({"items":[],"calls":true})");
    while (partition.has_work()) PAWL_ASSERT(partition.run().has_value());
    PAWL_ASSERT(dispatcher.requests.size() == 1);
    console_.run();
  }

  void post(std::string_view name, const std::string& body) {
    const auto channel = std::make_shared<Answer>();
    console_.call(name, body, {}, net::HttpReply(channel));
    loop_.run();
    net::HttpResponse answer = channel->wait();
    PAWL_ASSERT(answer.status >= 200 && answer.status < 500);
    if (answer.source == nullptr) {
      PAWL_ASSERT(json::parse(answer.body, {.depth_max = SIZE_MAX}).has_value());
      return;
    }
    loop_.advance_by(1'000);
    while (answer.source->ready_or_call([] {})) {
      char piece[4'096];
      const auto bytes = answer.source->read(piece, sizeof piece);
      PAWL_ASSERT(bytes.has_value());
      if (*bytes == 0) break;
    }
    answer.source = nullptr;  // the client goes
    loop_.advance_by(1'000);
  }

 private:
  uint64_t add_machine() {
    states::MachineStore::Change change(*machines_);
    states::RevisionRecord revision;
    revision.name = "machine";
    revision.state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";
    revision.definition = kDefinition;
    revision.logging = revision.tracing = revision.encryption = json::Value::object();
    states::MachineRecord machine;
    machine.revision = change.add_revision(revision);
    change.add({"000000000000", "us-east-1", "machine"}, machine);
    PAWL_ASSERT(change.commit().has_value());
    return machine.revision;
  }

  void start(engine::Partition& partition, uint64_t revision, std::string name, std::string input) {
    engine::StartMessage message;
    message.record.scope = "us-east-1:000000000000:machine";
    message.record.name = std::move(name);
    message.record.revision = revision;
    message.revision = revisions_.find_revision(revision).value();
    message.input = engine::text_payload(std::move(input));
    partition.post(std::move(message));
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  aws::ModelCatalog models_{aws::installed_search_path()};
  EchoingCaller caller_;
  std::unique_ptr<states::MachineStore> machines_ = states::MachineStore::open(store_).value();
  states::MachineRegistry registry_{*machines_};
  states::EngineRevisions revisions_{registry_};
  engine::ExecutionStore executions_ = engine::ExecutionStore::open(store_).value();
  console::ExecutionBoard board_;
  console::Console console_{{.version = "1",
                             .signs = false,
                             .site = {},
                             .caller = caller_,
                             .models = models_,
                             .loop = loop_,
                             .resources = asl::optimized_integrations(),
                             .store = store_,
                             .executions = executions_,
                             .revisions = revisions_,
                             .board = board_,
                             .totals = [] { return console::ServerTotals(); },
                             .requests = [] { return std::vector<console::ServiceRequests>(); }}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static World world;
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(whole.find('\n'), whole.size());
  world.post(whole.substr(0, line), std::string(whole.substr(std::min(line + 1, size))));
  return 0;
}
