// SPDX-License-Identifier: Apache-2.0
// A definition's JSON to a Graph. Lenient: what has the wrong type is taken as absent, for the
// picture may be wanted while the definition still is wrong.
#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "asl/task_resource.h"
#include "graph/condition_label.h"
#include "graph/graph.h"
#include "graph/text_metrics.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::graph {
namespace {

using json::Value;

constexpr int kNestingMax = 100;

const Value* member_of_kind(const Value& object, std::string_view key, json::Kind kind) {
  const Value* member = object.find(key);
  return member != nullptr && member->kind() == kind ? member : nullptr;
}

/// The function's name in "NAME", "NAME:QUALIFIER" or "arn:aws:lambda:…:function:NAME:QUALIFIER".
std::string function_name(std::string_view text) {
  constexpr std::string_view kMark = ":function:";
  const size_t mark = text.find(kMark);
  if (mark != std::string_view::npos) text.remove_prefix(mark + kMark.size());
  return std::string(text);
}

std::string task_detail(const Value& state) {
  const std::string resource = text_member(state, "Resource");
  const base::Result<asl::TaskResource> parsed = asl::parse_task_resource(resource);
  if (!parsed) return resource;
  if (parsed->kind == asl::ResourceKind::LambdaFunction) return function_name(resource);
  if (parsed->kind == asl::ResourceKind::Activity)
    return "activity " + resource.substr(resource.rfind(':') + 1);
  if (parsed->service == "lambda" && parsed->action == "invoke") {
    for (const char* arguments : {"Parameters", "Arguments"}) {
      const Value* object = member_of_kind(state, arguments, json::Kind::Object);
      if (object == nullptr) continue;
      for (const char* key : {"FunctionName", "FunctionName.$"}) {
        if (const std::string name = text_member(*object, key); !name.empty()) {
          return function_name(name) + parsed->pattern_suffix;
        }
      }
    }
  }
  return parsed->history_resource_type() + ":" + parsed->history_resource();
}

std::string wait_detail(const Value& state) {
  if (const Value* seconds = state.find("Seconds")) {
    return seconds->is_number() ? seconds->number_text() + " s" : text_member(state, "Seconds");
  }
  if (std::string path = text_member(state, "SecondsPath"); !path.empty()) return path + " s";
  for (const char* key : {"Timestamp", "TimestampPath"}) {
    if (std::string time = text_member(state, key); !time.empty()) return "until " + time;
  }
  return {};
}

std::string state_detail(const Value& state, std::string_view type) {
  if (type == "Task") return task_detail(state);
  if (type == "Wait") return wait_detail(state);
  if (type == "Fail") {
    const std::string error = text_member(state, "Error");
    return error.empty() ? text_member(state, "ErrorPath") : error;
  }
  return {};
}

/// ASL "Retrying After Error": MaxAttempts defaults to 3.
int64_t retry_attempts(const Value& state) {
  const Value* retriers = member_of_kind(state, "Retry", json::Kind::Array);
  if (retriers == nullptr || retriers->size() == 0) return -1;
  int64_t most = 0;
  for (const Value& retrier : retriers->items()) {
    int64_t attempts = 3;
    if (const Value* given = member_of_kind(retrier, "MaxAttempts", json::Kind::Number))
      given->to_int64(attempts);
    most = std::max(most, attempts);
  }
  return most;
}

/// The nested definition of a Map: ItemProcessor or the legacy Iterator.
const Value* map_processor(const Value& state, std::string_view& key) {
  for (const char* name : {"ItemProcessor", "Iterator"}) {
    if (const Value* processor = member_of_kind(state, name, json::Kind::Object)) {
      key = name;
      return processor;
    }
  }
  return nullptr;
}

bool is_distributed(const Value& processor) {
  const Value* config = member_of_kind(processor, "ProcessorConfig", json::Kind::Object);
  return config != nullptr && text_member(*config, "Mode") == "DISTRIBUTED";
}

std::string joined_errors(const Value& catcher) {
  const Value* names = member_of_kind(catcher, "ErrorEquals", json::Kind::Array);
  std::string out;
  if (names == nullptr) return out;
  for (const Value& name : names->items()) {
    if (!name.is_string()) continue;
    if (!out.empty()) out += ", ";
    out += name.as_string();
  }
  return out;
}

class Builder {
 public:
  base::Result<Graph> build(const Value& definition) {
    if (member_of_kind(definition, "States", json::Kind::Object) == nullptr) {
      return base::Error(base::ErrorKind::TypeMismatch,
                         "There is nothing to draw: the definition has no \"States\".");
    }
    const NodeIndex start = add_node({.kind = NodeKind::Start});
    const ScopeEnds ends = PAWL_TRY(add_scope(definition, "", std::nullopt, 0));
    if (ends.start) add_edge(EdgeKind::Next, start, *ends.start, {});
    const NodeIndex end = add_node({.kind = NodeKind::End});
    for (const NodeIndex last : ends.last) add_edge(EdgeKind::Next, last, end, {});
    if (ends.last.empty()) graph_.nodes.pop_back();  // the execution only ends by failing, or never
    if (graph_.edges.size() > kTransitionsMax) {
      return base::Error(base::ErrorKind::LimitExceeded, "The definition has more than " +
                                                             std::to_string(kTransitionsMax) +
                                                             " transitions: too many to draw.");
    }
    return std::move(graph_);
  }

 private:
  struct ScopeEnds {
    std::optional<NodeIndex> start;
    std::vector<NodeIndex> last;
  };
  /// Where edges to and from a state begin and end: for Parallel and Map its head and the join
  /// below.
  struct Ends {
    NodeIndex in;
    NodeIndex out;
  };
  using Names = std::unordered_map<std::string_view, Ends>;
  /// A state among its neighbours.
  struct Place {
    const Names& names;
    Ends ends;
    std::optional<ClusterIndex> cluster;
  };

  NodeIndex add_node(Node node) {
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.size() - 1;
  }

  ClusterIndex add_cluster(Cluster cluster) {
    graph_.clusters.push_back(std::move(cluster));
    return graph_.clusters.size() - 1;
  }

  /// Several Catchers that lead to the same state share an edge.
  void add_edge(EdgeKind kind, NodeIndex from, NodeIndex to, std::string label,
                std::optional<ClusterIndex> cluster = std::nullopt) {
    if (kind == EdgeKind::Catch) {
      const uint64_t key = (static_cast<uint64_t>(from) << 32) | to;
      const auto [known, added] = catch_edges_.emplace(key, graph_.edges.size());
      if (!added) {
        graph_.edges[known->second].label += ", " + label;
        return;
      }
    }
    graph_.edges.push_back(
        {.kind = kind, .from = from, .to = to, .cluster = cluster, .label = std::move(label)});
  }

  base::Result<ScopeEnds> add_scope(const Value& scope, const std::string& pointer,
                                    std::optional<ClusterIndex> cluster, int nesting) {
    if (nesting > kNestingMax) {
      return base::Error(base::ErrorKind::LimitExceeded, "The definition nests more than " +
                                                             std::to_string(kNestingMax) +
                                                             " Parallel and Map states.");
    }
    ScopeEnds ends;
    const Value* states = member_of_kind(scope, "States", json::Kind::Object);
    if (states == nullptr) return ends;
    const std::string states_pointer = json::pointer_child(pointer, "States");
    Names names;
    for (const json::Member& member : states->members()) {
      if (!member.value.is_object()) continue;
      const std::string state_pointer = json::pointer_child(states_pointer, member.name());
      names.emplace(member.name(), PAWL_TRY(add_state(member, state_pointer, cluster, nesting)));
    }
    for (const json::Member& member : states->members()) {
      if (member.value.is_object())
        add_transitions(member.value, {names, names.at(member.name()), cluster}, ends.last);
    }
    const auto start = names.find(text_member(scope, "StartAt"));
    if (start != names.end()) ends.start = start->second.in;
    return ends;
  }

  base::Result<Ends> add_state(const json::Member& member, const std::string& pointer,
                               std::optional<ClusterIndex> cluster, int nesting) {
    if (++states_ > kStatesMax) {
      return base::Error(base::ErrorKind::LimitExceeded, "The definition has more than " +
                                                             std::to_string(kStatesMax) +
                                                             " states: too many to draw.");
    }
    const Value& state = member.value;
    Node node;
    node.name = member.name();
    node.pointer = pointer;
    node.type = text_member(state, "Type");
    node.detail = state_detail(state, node.type);
    node.retry_attempts = retry_attempts(state);
    node.cluster = cluster;
    if (node.type == "Parallel") return add_parallel(std::move(node), state, nesting);
    if (node.type == "Map") return add_map(std::move(node), state, nesting);
    const NodeIndex index = add_node(std::move(node));
    return Ends{index, index};
  }

  base::Result<Ends> add_parallel(Node node, const Value& state, int nesting) {
    const Value* branches = member_of_kind(state, "Branches", json::Kind::Array);
    const size_t count = branches == nullptr ? 0 : branches->size();
    node.detail = count == 1 ? "1 branch" : std::to_string(count) + " branches";
    const ClusterIndex cluster =
        add_cluster({.kind = ClusterKind::Parallel, .name = node.name, .parent = node.cluster});
    const std::string pointer = json::pointer_child(node.pointer, "Branches");
    node.cluster = cluster;
    const NodeIndex head = add_node(std::move(node));
    std::vector<NodeIndex> last;
    for (size_t index = 0; index < count; ++index) {
      const ClusterIndex branch = add_cluster({.kind = ClusterKind::Branch,
                                               .name = "Branch " + std::to_string(index + 1),
                                               .parent = cluster});
      const ScopeEnds ends = PAWL_TRY(add_scope(
          branches->items()[index], json::pointer_child(pointer, index), branch, nesting + 1));
      if (ends.start) add_edge(EdgeKind::Next, head, *ends.start, {});
      last.insert(last.end(), ends.last.begin(), ends.last.end());
    }
    return Ends{head, add_join(head, last, cluster)};
  }

  base::Result<Ends> add_map(Node node, const Value& state, int nesting) {
    std::string_view key;
    const Value* processor = map_processor(state, key);
    const bool distributed = processor != nullptr && is_distributed(*processor);
    node.detail = distributed ? "distributed" : "for each item";
    const ClusterIndex cluster = add_cluster({.kind = ClusterKind::Map,
                                              .name = node.name,
                                              .distributed = distributed,
                                              .parent = node.cluster});
    const std::string pointer = json::pointer_child(node.pointer, key);
    node.cluster = cluster;
    const NodeIndex head = add_node(std::move(node));
    if (processor == nullptr) return Ends{head, head};
    const ScopeEnds ends = PAWL_TRY(add_scope(*processor, pointer, cluster, nesting + 1));
    if (ends.start) add_edge(EdgeKind::Next, head, *ends.start, {});
    return Ends{head, add_join(head, ends.last, cluster)};
  }

  /// Without an end inside, the state itself is where it goes on.
  NodeIndex add_join(NodeIndex head, const std::vector<NodeIndex>& last, ClusterIndex cluster) {
    if (last.empty()) return head;
    const NodeIndex join = add_node({.kind = NodeKind::Join, .cluster = cluster});
    for (const NodeIndex node : last) add_edge(EdgeKind::Next, node, join, {});
    return join;
  }

  void add_transition(EdgeKind kind, const Place& place, const std::string& target,
                      std::string label) {
    const auto found = place.names.find(target);
    if (found == place.names.end()) return;
    // A Parallel or Map is left below, but its errors leave at its head, whatever failed inside.
    const NodeIndex from = kind == EdgeKind::Catch ? place.ends.in : place.ends.out;
    add_edge(kind, from, found->second.in, std::move(label), place.cluster);
  }

  void add_transitions(const Value& state, const Place& place, std::vector<NodeIndex>& last) {
    const std::string type = text_member(state, "Type");
    if (type == "Choice") {
      if (const Value* choices = member_of_kind(state, "Choices", json::Kind::Array)) {
        for (const Value& choice : choices->items()) {
          add_transition(EdgeKind::Choice, place, text_member(choice, "Next"),
                         condition_label(choice));
        }
      }
      add_transition(EdgeKind::Default, place, text_member(state, "Default"), "Default");
      return;
    }
    if (type == "Succeed" || (flag_member(state, "End") && type != "Fail")) {
      last.push_back(place.ends.out);
    } else if (type != "Fail") {
      add_transition(EdgeKind::Next, place, text_member(state, "Next"), {});
    }
    if (const Value* catchers = member_of_kind(state, "Catch", json::Kind::Array)) {
      for (const Value& catcher : catchers->items()) {
        add_transition(EdgeKind::Catch, place, text_member(catcher, "Next"),
                       joined_errors(catcher));
      }
    }
  }

  Graph graph_;
  size_t states_ = 0;
  std::unordered_map<uint64_t, size_t> catch_edges_;
};

}  // namespace

base::Result<Graph> build_graph(const Value& definition) { return Builder().build(definition); }

}  // namespace pawl::graph
