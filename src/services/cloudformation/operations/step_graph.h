// SPDX-License-Identifier: Apache-2.0
// StepGraph: which of a stage's steps may begin, given which are over. Knows names only.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace pawl::cloudformation {

/// One thread at a time. Of a graph with a cycle the steps in it never begin: whoever plans has
/// found it before.
class StepGraph {
 public:
  enum class State { Waiting, Running, Done, Failed };

  /// `waits_for`: steps that must be done before; names that are not in the graph at the first
  /// take_ready() do not count.
  void add(const std::string& name, std::vector<std::string> waits_for);
  /// For stages that go backwards: each waits for those that name it in their `depends_on`.
  void add_backwards(const std::string& name, const std::vector<std::string>& depends_on);

  /// The waiting steps that may begin, in the order of adding; from now on they are running. None
  /// after hold().
  std::vector<std::string> take_ready();
  /// A step that was running when the process ended.
  void take(const std::string& name) { state_of(name) = State::Running; }
  void finish(const std::string& name) { state_of(name) = State::Done; }
  /// What waits for it will never begin.
  void fail(const std::string& name) { state_of(name) = State::Failed; }
  /// Nothing more begins: a step has failed.
  void hold() { is_held_ = true; }

  bool is_running(const std::string& name) const;
  std::vector<std::string> running() const { return in_state(State::Running); }
  std::vector<std::string> failed() const { return in_state(State::Failed); }
  std::vector<std::string> in_state(State state) const;

 private:
  struct Node {
    std::string name;
    std::vector<std::string> waits_for;
    State state = State::Waiting;
  };
  State& state_of(const std::string& name);

  std::vector<Node> nodes_;
  std::map<std::string, size_t> index_;
  std::map<std::string, std::vector<std::string>> reversed_;  ///< added backwards: who waits
  bool is_held_ = false;
};

}  // namespace pawl::cloudformation
