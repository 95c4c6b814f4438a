// SPDX-License-Identifier: Apache-2.0
#include "integration/mock/mocking_dispatcher.h"

#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.h"
#include "integration/task_answer.h"
#include "json/payload.h"

namespace pawl::integration {
namespace {

using interpreter::HistoryEvent;
using interpreter::HistoryEventType;

/// A Distributed Map's child runs as MACHINE/LABEL.
std::string_view machine_name(const interpreter::ExecutionInfo& info) {
  const std::string_view name = info.state_machine_name;
  return name.substr(0, name.find('/'));
}

asl::ExecutionError runtime_error(std::string cause) {
  return {.error = std::string(asl::error_name::kRuntime), .cause = std::move(cause)};
}

json::Payload payload_of(const std::string& text) {
  base::Result<json::Payload> payload = json::Payload::from_text(text);
  PAWL_ASSERT(payload.has_value());  // MockConfig has written it
  return *std::move(payload);
}

void answer_mocked(const engine::TaskRequest& request, const TaskAnswer& task,
                   const MockedResponse::Answer& answer) {
  const auto* returned = std::get_if<MockedReturn>(&answer);
  task.started();
  if (request.task_state().resource.pattern != asl::IntegrationPattern::RequestResponse)
    task.submitted(payload_of(returned != nullptr ? returned->output : "{}"));
  if (returned != nullptr) {
    task.succeeded(payload_of(returned->output));
  } else {
    task.failed(std::get<asl::ExecutionError>(answer));
  }
}

/// The state that an event tells of by itself; kEnd if it does not.
asl::StateIndex state_of(const HistoryEvent& event) {
  if (const auto* entered = std::get_if<interpreter::StateEnteredDetails>(&event.details))
    return entered->state;
  using Scheduled = std::shared_ptr<const interpreter::TaskScheduledDetails>;
  if (const auto* scheduled = std::get_if<Scheduled>(&event.details)) return (*scheduled)->state;
  return asl::kEnd;
}

bool is_scheduled(HistoryEventType type) {
  return type == HistoryEventType::TaskScheduled ||
         type == HistoryEventType::LambdaFunctionScheduled;
}

}  // namespace

void MockingDispatcher::dispatch(engine::TaskRequest request, engine::TaskSink& sink) {
  const std::string& test_case = request.info->mock_test_case;
  if (test_case.empty()) {
    real_.dispatch(std::move(request), sink);
    return;
  }
  const TaskAnswer task(request.execution, request.command.task, sink);
  const std::string machine(machine_name(*request.info));
  const MockConfig::TestCase* states = config_->find(machine, test_case);
  if (states == nullptr) {
    task.failed(runtime_error("The mock configuration has no test case '" + test_case +
                              "' of the state machine '" + machine + "'."));
    return;
  }
  const std::string& state = request.state().name;
  const auto response = states->find(state);
  if (response == states->end()) {
    real_.dispatch(std::move(request), sink);
    return;
  }
  if (request.task_state().resource.kind == asl::ResourceKind::Activity) {
    sink.post(request.execution,
              interpreter::TaskFailed{
                  interpreter::TaskFailed::Phase::Schedule, request.command.task,
                  runtime_error("Activity state cannot be mocked. Please remove mocks mapped for "
                                "all activity state in the mock config file.")});
    return;
  }
  const uint64_t number = take_number(request);
  const MockedResponse::Answer* answer = response->second->find(number);
  if (answer == nullptr) {
    task.failed(runtime_error("The mock configuration has no response for invocation " +
                              std::to_string(number) + " of the state '" + state +
                              "' in the test case '" + test_case + "'."));
    return;
  }
  answer_mocked(request, task, *answer);
}

void MockingDispatcher::cancel(engine::ExecutionId execution, interpreter::TaskId task) {
  real_.cancel(execution, task);
}

uint64_t MockingDispatcher::take_number(const engine::TaskRequest& request) {
  const std::lock_guard lock(mutex_);
  Counts& counts = counts_[request.execution];
  if (const auto restored = counts.numbers.find(request.command.task);
      restored != counts.numbers.end()) {
    const uint64_t number = restored->second;
    counts.numbers.erase(restored);
    return number;
  }
  const uint64_t number = counts.scheduled[request.command.state]++;
  bound_locked();
  return number;
}

void MockingDispatcher::bound_locked() {
  constexpr size_t kExecutionsMax = 100'000;
  while (counts_.size() > kExecutionsMax) counts_.erase(counts_.begin());
}

void MockingDispatcher::restore(engine::ExecutionId execution,
                                const interpreter::ExecutionState& state,
                                std::span<const HistoryEvent> history) {
  // What each event's chain of previous events says: the state it is in, and the number that the
  // latest task scheduled there got.
  struct Chain {
    asl::StateIndex state = asl::kEnd;
    uint64_t number = 0;
  };
  std::unordered_map<int64_t, Chain> chains;
  Counts counts;
  for (const HistoryEvent& event : history) {
    Chain chain;
    if (const auto previous = chains.find(event.previous_event_id); previous != chains.end())
      chain = previous->second;
    if (const asl::StateIndex own = state_of(event); own != asl::kEnd) chain.state = own;
    if (is_scheduled(event.type)) chain.number = counts.scheduled[chain.state]++;
    chains[event.id] = chain;
  }
  for (const auto& [id, frame] : state.frames) {
    if (frame->phase != interpreter::Phase::Task || frame->task == 0) continue;
    const auto chain = chains.find(frame->last_event_id);
    if (chain != chains.end()) counts.numbers[{id, frame->task}] = chain->second.number;
  }
  const std::lock_guard lock(mutex_);
  counts_.insert_or_assign(execution, std::move(counts));
  bound_locked();
}

void MockingDispatcher::forget(engine::ExecutionId execution) {
  const std::lock_guard lock(mutex_);
  counts_.erase(execution);
}

size_t MockingDispatcher::execution_count() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace pawl::integration
