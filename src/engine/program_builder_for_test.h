// SPDX-License-Identifier: Apache-2.0
// For tests: machines built state by state, so that the engine's tests need no definition text, and
// the ports they run with. Not part of the library.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asl/program.h"
#include "engine/local_engine.h"
#include "engine/virtual_clock.h"

namespace pawl::engine {

class ProgramBuilder {
 public:
  /// One scope after the other; scope 0 is the machine. Each is a chain of the states that follow.
  ProgramBuilder& scope() {
    program_.scopes.push_back({static_cast<asl::StateIndex>(program_.states.size())});
    fresh_scope_ = true;
    return *this;
  }
  ProgramBuilder& wait_seconds(int64_t seconds) {
    asl::WaitState wait;
    wait.seconds.literal = seconds;
    return add(asl::StateType::Wait, std::move(wait));
  }
  ProgramBuilder& pass() { return add(asl::StateType::Pass, asl::PassState{}); }
  ProgramBuilder& fail(std::string error) {
    asl::FailState state;
    state.error.literal = std::move(error);
    return add(asl::StateType::Fail, std::move(state));
  }
  ProgramBuilder& task(std::string action, std::optional<int64_t> timeout_seconds = std::nullopt,
                       asl::IntegrationPattern pattern = asl::IntegrationPattern::RequestResponse) {
    asl::TaskState state;
    state.resource.kind = asl::ResourceKind::Integration;
    state.resource.arn = "arn:aws:states:::test:" + action;
    state.resource.service = "test";
    state.resource.action = std::move(action);
    state.resource.pattern = pattern;
    state.timeout_seconds.literal = timeout_seconds;
    return add(asl::StateType::Task, std::move(state));
  }
  ProgramBuilder& distributed_map(asl::ScopeIndex processor,
                                  std::function<void(asl::MapState&)> edit = {}) {
    asl::MapState state;
    state.mode = asl::MapMode::Distributed;
    state.processor = processor;
    if (edit) edit(state);
    return add(asl::StateType::Map, std::move(state));
  }
  ProgramBuilder& parallel(std::vector<asl::ScopeIndex> branches) {
    asl::ParallelState state;
    state.branches = std::move(branches);
    return add(asl::StateType::Parallel, std::move(state));
  }
  ProgramBuilder& timeout_seconds(int64_t seconds) {
    program_.timeout_seconds = seconds;
    return *this;
  }
  std::shared_ptr<const asl::Program> build() {
    return std::make_shared<asl::Program>(std::move(program_));
  }

 private:
  template <typename Detail>
  ProgramBuilder& add(asl::StateType type, Detail detail) {
    const auto index = static_cast<asl::StateIndex>(program_.states.size());
    if (!fresh_scope_) program_.states.back().next = index;
    fresh_scope_ = false;
    asl::State state;
    state.name = "State" + std::to_string(index);
    state.type = type;
    state.scope = static_cast<asl::ScopeIndex>(program_.scopes.size() - 1);
    state.detail = std::move(detail);
    program_.states.push_back(std::move(state));
    return *this;
  }

  asl::Program program_;
  bool fresh_scope_ = true;
};

class CountingEntropy final : public Entropy {
 public:
  uint64_t next() override { return ++last_ * 0x9e3779b97f4a7c15ULL; }

 private:
  uint64_t last_ = 0;
};

/// Keeps what it is asked to call; the test answers, or `on_dispatch` does at once.
class ScriptedDispatcher final : public TaskDispatcher {
 public:
  std::function<void(TaskRequest&, TaskSink&)> on_dispatch;
  std::deque<TaskRequest> requests;
  std::vector<interpreter::TaskId> cancelled;

  void dispatch(TaskRequest request, TaskSink& sink) override {
    requests.push_back(std::move(request));
    if (on_dispatch) on_dispatch(requests.back(), sink);
  }
  void cancel(ExecutionId, interpreter::TaskId task) override { cancelled.push_back(task); }
};

inline interpreter::ExecutionInfo test_info() {
  interpreter::ExecutionInfo info;
  info.execution_arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
  info.execution_name = "run";
  info.state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";
  info.state_machine_name = "machine";
  info.role_arn = "arn:aws:iam::000000000000:role/test";
  return info;
}

inline json::Payload text_payload(std::string text) {
  return json::Payload::from_text(std::move(text)).value();
}

}  // namespace pawl::engine
