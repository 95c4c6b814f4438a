// SPDX-License-Identifier: Apache-2.0
// EventPattern::matches. Event and tree of conditions are gone through together, from the root: of
// an object every member on the way must meet what stands below it; of an array the values may be
// any, but of its objects one must meet everything. That is exact as long as no two members of an
// object lead to the same condition ("a.b" beside "a": {"b"}); an event that has such is tried out,
// leaf by leaf, within a bound.
#include <algorithm>
#include <utility>

#include "aws/event/event_pattern.h"

namespace pawl::aws {
namespace {

using json::Value;
using Alternative = EventPattern::Alternative;

/// Choices of leaves that are tried for one event before it counts as no match.
constexpr size_t kTriesMax = 100'000;

class Matcher {
 public:
  explicit Matcher(const Alternative& alternative)
      : nodes_(alternative.nodes), conditions_(alternative.conditions) {}

  bool matches(const Value& event) {
    needed_.assign(nodes_.size(), 0);
    bool looks_for_absence = false;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].condition < 0) continue;
      needed_[i] = 1;
      looks_for_absence = looks_for_absence || condition(i).wants_absence();
    }
    if (looks_for_absence) {
      present_.assign(nodes_.size(), 0);
      mark_present(0, event);
      for (size_t i = 0; i < nodes_.size(); ++i)
        if (needed_[i] != 0 && present_[i] == 0 && condition(i).wants_absence()) needed_[i] = 0;
    }
    // From here on: how many conditions are to be met at a node and below.
    for (size_t i = nodes_.size(); i-- > 0;)
      for (size_t child = i + 1; child < nodes_[i].end; child = nodes_[child].end)
        needed_[i] += needed_[child];
    if (needed_[0] == 0) return true;
    if (is_met(0, event, false)) return true;
    return has_collision_ && can_be_met(event);
  }

 private:
  const EventPattern::Condition& condition(size_t node) const {
    return conditions_[static_cast<size_t>(nodes_[node].condition)];
  }

  bool meets(size_t node, const Value& scalar) const {
    const auto& patterns = condition(node).patterns;
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const ValuePattern& pattern) { return pattern.matches(scalar); });
  }

  uint32_t needed_below(size_t node) const {
    uint32_t needed = 0;
    for (size_t child = node + 1; child < nodes_[node].end; child = nodes_[child].end)
      needed += needed_[child];
    return needed;
  }
  bool is_needed(size_t node) const {
    return nodes_[node].condition >= 0 && needed_[node] > needed_below(node);
  }

  size_t child_of(size_t node, std::string_view name) const {
    for (size_t child = node + 1; child < nodes_[node].end; child = nodes_[child].end)
      if (nodes_[child].name == name) return child;
    return 0;
  }

  /// The node that a member's name leads to; 0 if none.
  size_t walk(size_t node, std::string_view name) const {
    size_t dot = name.find('.');
    while (dot != std::string_view::npos) {
      node = child_of(node, name.substr(0, dot));
      if (node == 0) return 0;
      name.remove_prefix(dot + 1);
      dot = name.find('.');
    }
    return child_of(node, name);
  }

  void mark_present(size_t node, const Value& value) {
    if (value.is_object()) {
      for (const json::Member& member : value.members())
        if (const size_t child = walk(node, member.name())) mark_present(child, member.value);
    } else if (value.is_array()) {
      for (const Value& item : value.items()) mark_present(node, item);
    } else {
      present_[node] = 1;
    }
  }

  /// Whether `value` meets everything that is needed below `node`, and at it unless `is_met_at` it
  /// already.
  bool is_met(size_t node, const Value& value, bool is_met_at) {
    if (value.is_object()) {
      return (is_met_at || !is_needed(node)) && is_object_met(node, value);
    }
    const bool has_below = needed_below(node) != 0;
    if (!value.is_array()) {
      return !has_below && (is_met_at || !is_needed(node) || meets(node, value));
    }
    bool has_containers = false;
    is_met_at = is_met_at || !is_needed(node);
    for (const Value& item : value.items()) {
      if (item.is_container()) {
        has_containers = true;
      } else if (!is_met_at && meets(node, item)) {
        is_met_at = true;
      }
    }
    if (is_met_at && !has_below) return true;
    return has_containers &&
           std::any_of(value.items().begin(), value.items().end(), [&](const Value& item) {
             return item.is_container() && is_met(node, item, is_met_at);
           });
  }

  bool is_object_met(size_t node, const Value& object) {
    std::vector<size_t> reached;
    bool has_dots = false;
    bool fails = false;
    uint32_t met = 0;
    for (const json::Member& member : object.members()) {
      const size_t child = walk(node, member.name());
      if (child == 0 || needed_[child] == 0) continue;
      reached.push_back(child);
      has_dots = has_dots || member.name().find('.') != std::string_view::npos;
      met += needed_[child];
      fails = fails || !is_met(child, member.value, false);
    }
    if (has_dots && collides(reached)) {
      has_collision_ = true;
      return false;
    }
    return !fails && met == needed_below(node);
  }

  /// Whether two of the nodes are the same or one below the other.
  bool collides(std::vector<size_t>& reached) const {
    std::sort(reached.begin(), reached.end());
    for (size_t i = 1; i < reached.size(); ++i)
      if (reached[i] < nodes_[reached[i - 1]].end) return true;
    return false;
  }

  // Trying out.

  /// A value of the event, and the item that was taken in each array of objects on the way.
  struct Leaf {
    size_t node;
    Value value;
    std::vector<std::pair<size_t, size_t>> places;
  };

  void collect(size_t node, const Value& value, std::vector<std::pair<size_t, size_t>>& places) {
    if (value.is_object()) {
      for (const json::Member& member : value.members())
        if (const size_t child = walk(node, member.name())) collect(child, member.value, places);
    } else if (value.is_array()) {
      const size_t array = arrays_++;
      for (size_t i = 0; i < value.size(); ++i) {
        const Value& item = value.items()[i];
        if (item.is_container()) places.emplace_back(array, i);
        collect(node, item, places);
        if (item.is_container()) places.pop_back();
      }
    } else if (is_needed(node) && meets(node, value)) {
      leaves_.push_back({node, value, places});
    }
  }

  static bool agree(const std::vector<std::pair<size_t, size_t>>& a,
                    const std::vector<std::pair<size_t, size_t>>& b) {
    return std::all_of(a.begin(), a.end(), [&](const auto& mine) {
      return std::none_of(b.begin(), b.end(), [&](const auto& theirs) {
        return theirs.first == mine.first && theirs.second != mine.second;
      });
    });
  }

  bool can_be_met(const Value& event) {
    std::vector<std::pair<size_t, size_t>> places;
    collect(0, event, places);
    std::vector<size_t> wanted;
    for (size_t node = 0; node < nodes_.size(); ++node)
      if (is_needed(node)) wanted.push_back(node);
    return choose(wanted, 0, {});
  }

  bool choose(const std::vector<size_t>& wanted, size_t next,
              const std::vector<std::pair<size_t, size_t>>& places) {
    if (next == wanted.size()) return true;
    for (const Leaf& leaf : leaves_) {
      if (leaf.node != wanted[next] || !agree(leaf.places, places)) continue;
      if (++tries_ > kTriesMax) return false;
      std::vector<std::pair<size_t, size_t>> merged = places;
      merged.insert(merged.end(), leaf.places.begin(), leaf.places.end());
      if (choose(wanted, next + 1, merged)) return true;
    }
    return false;
  }

  const std::vector<Alternative::Node>& nodes_;
  const std::vector<EventPattern::Condition>& conditions_;
  std::vector<uint32_t> needed_;
  std::vector<uint8_t> present_;
  bool has_collision_ = false;
  std::vector<Leaf> leaves_;
  size_t arrays_ = 0;
  size_t tries_ = 0;
};

}  // namespace

bool EventPattern::matches(const Value& event) const {
  return event.is_object() && std::any_of(alternatives_.begin(), alternatives_.end(),
                                          [&](const Alternative& alternative) {
                                            return Matcher(alternative).matches(event);
                                          });
}

}  // namespace pawl::aws
