// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/step_graph.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace pawl::cloudformation {

void StepGraph::add(const std::string& name, std::vector<std::string> waits_for) {
  if (!index_.emplace(name, nodes_.size()).second) return;
  nodes_.push_back({name, std::move(waits_for)});
}

void StepGraph::add_backwards(const std::string& name, const std::vector<std::string>& depends_on) {
  add(name, {});
  for (const std::string& needed : depends_on) reversed_[needed].push_back(name);
}

std::vector<std::string> StepGraph::take_ready() {
  std::vector<std::string> ready;
  if (is_held_) return ready;
  const auto is_over = [this](const std::string& name) {
    const auto found = index_.find(name);
    return found == index_.end() || nodes_[found->second].state == State::Done;
  };
  for (Node& node : nodes_) {
    if (node.state != State::Waiting) continue;
    const auto reversed = reversed_.find(node.name);
    const bool may_begin = std::all_of(node.waits_for.begin(), node.waits_for.end(), is_over) &&
                           (reversed == reversed_.end() ||
                            std::all_of(reversed->second.begin(), reversed->second.end(), is_over));
    if (may_begin) ready.push_back(node.name);
  }
  for (const std::string& name : ready) take(name);
  return ready;
}

bool StepGraph::is_running(const std::string& name) const {
  const auto found = index_.find(name);
  return found != index_.end() && nodes_[found->second].state == State::Running;
}

std::vector<std::string> StepGraph::in_state(State state) const {
  std::vector<std::string> names;
  for (const Node& node : nodes_) {
    if (node.state == state) names.push_back(node.name);
  }
  return names;
}

StepGraph::State& StepGraph::state_of(const std::string& name) {
  const auto found = index_.find(name);
  PAWL_ASSERT(found != index_.end());
  return nodes_[found->second].state;
}

}  // namespace pawl::cloudformation
