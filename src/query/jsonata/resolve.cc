// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/resolve.h"

#include <algorithm>
#include <unordered_map>

#include "query/jsonata/builtins.h"

namespace pawl::query::jsonata {
namespace {

using Names = std::unordered_map<std::string, uint32_t>;

uint32_t add(Names& names, const std::string& name) {
  return names.emplace(name, static_cast<uint32_t>(names.size())).first->second;
}

/// Names bound in the frame that `node` is evaluated in. Blocks and lambdas have frames of their
/// own; of those only what is evaluated outside counts.
void collect_binds(const Node& node, Names& names) {
  if (node.is(NodeType::Bind)) add(names, node.child(0).text);
  for_each_child(node, [&names](const Node& child) {
    if (!child.is(NodeType::Block) && !child.is(NodeType::Lambda)) {
      collect_binds(child, names);
      return;
    }
    // What follows a block is evaluated in the frame around it.
    const auto outside = [&names](const Node& expression) { collect_binds(expression, names); };
    for (const Stage& stage : child.stages) {
      if (stage.expression) outside(*stage.expression);
    }
    for (const Stage& stage : child.predicates) outside(*stage.expression);
  });
}

void collect_tuple_names(const Node& node, Names& names) {
  if (!node.focus.empty()) add(names, node.focus);
  if (!node.index.empty()) add(names, node.index);
  if (node.ancestor) add(names, node.ancestor->label);
  for (const Stage& stage : node.stages) {
    if (stage.kind == Stage::Kind::Index) add(names, stage.name);
  }
  for_each_child(node, [&names](const Node& child) { collect_tuple_names(child, names); });
}

bool is_plain(const Node& node) {
  return node.stages.empty() && node.predicates.empty() && !node.group && !node.keep_array &&
         !node.is_tuple && node.focus.empty() && node.index.empty() && !node.ancestor;
}

/// Most paths: "$v.a.b" or "a.b", nothing else.
bool is_field_path(const Node& path) {
  if (!is_plain(path) || path.keep_singleton_array) return false;
  for (size_t i = 0; i < path.children.size(); ++i) {
    const Node& step = path.child(i);
    const bool is_variable = i == 0 && step.is(NodeType::Variable);
    if (!is_plain(step) || (!step.is(NodeType::Name) && !is_variable)) return false;
  }
  return true;
}

class Resolver {
 public:
  Resolver(Layout& layout, FunctionSet functions) : layout_(layout), functions_(functions) {}

  void run(Node& root) {
    Names tuple = {{"@", 0}};
    collect_tuple_names(root, tuple);
    if (tuple.size() > 1 || has_tuple_step(root)) {
      layout_.tuple_slots = static_cast<uint32_t>(tuple.size());
      tuple_names_ = std::move(tuple);
    }
    Names names;
    if (root.is(NodeType::Bind)) add(names, root.child(0).text);
    if (!root.is(NodeType::Block) && !root.is(NodeType::Lambda)) collect_binds(root, names);
    layout_.root_slots = static_cast<uint32_t>(names.size());
    scopes_.push_back(std::move(names));
    visit(root);
  }

 private:
  static bool has_tuple_step(const Node& node) {
    bool found = node.is_tuple;
    for_each_child(node, [&found](const Node& child) { found = found || has_tuple_step(child); });
    return found;
  }

  /// Visits something that is evaluated inside a tuple's frame, if the expression has tuples.
  void visit_in_tuple(Node& node) {
    if (layout_.tuple_slots != 0) scopes_.push_back(tuple_names_);
    visit(node);
    if (layout_.tuple_slots != 0) scopes_.pop_back();
  }

  void visit_stages(std::vector<Stage>& stages) {
    for (Stage& stage : stages) {
      if (stage.expression) visit_in_tuple(*stage.expression);
      if (stage.kind == Stage::Kind::Index) stage.tuple_slot = tuple_names_.at(stage.name);
    }
  }

  void name_slots(Node& node) {
    if (!node.focus.empty()) node.focus_slot = tuple_names_.at(node.focus);
    if (!node.index.empty()) node.index_slot = tuple_names_.at(node.index);
    if (node.ancestor) node.ancestor_slot = tuple_names_.at(node.ancestor->label);
  }

  void visit(Node& node) {
    name_slots(node);
    visit_value(node);
    visit_stages(node.stages);
  }

  void visit_pairs(std::vector<Pair>& pairs) {
    for (Pair& pair : pairs) {
      visit_in_tuple(*pair.key);
      visit_in_tuple(*pair.value);
    }
  }

  /// All that belongs to a node but the stages that it has as a step.
  void visit_value(Node& node) {
    node.is_bare = node.predicates.empty() && !node.group;
    visit_kind(node);
    visit_stages(node.predicates);
    if (node.group) visit_pairs(node.group->pairs);
  }

  void visit_kind(Node& node) {
    switch (node.type) {
      case NodeType::Variable: variable(node, node.text); break;
      case NodeType::Parent: places(node, node.parent_slot->label); break;
      case NodeType::Bind:
        visit(*node.children[1]);
        node.slot = slot_in_innermost(node.children[0]->text);
        break;
      case NodeType::Block: {
        Names names;
        for (const NodePtr& child : node.children) collect_in_block(*child, names);
        in_frame(node, std::move(names), [this](Node& block) {
          for (NodePtr& child : block.children) visit(*child);
        });
        break;
      }
      case NodeType::Lambda: {
        Names names;
        for (const NodePtr& parameter : node.children) add(names, parameter->text);
        collect_in_block(*node.callee, names);
        for (const NodePtr& parameter : node.children)
          node.parameter_slots.push_back(names.at(parameter->text));
        in_frame(node, std::move(names), [this](Node& lambda) { visit(*lambda.callee); });
        break;
      }
      case NodeType::Path: path(node); break;
      case NodeType::Sort:
        for (SortTerm& term : node.terms) visit_in_tuple(*term.expression);
        break;
      case NodeType::Object: visit_pairs(node.pairs); break;
      case NodeType::Transform:
        variable(node, "clone");
        for (NodePtr& child : node.children) visit(*child);
        break;
      default:
        for (NodePtr& child : node.children) visit(*child);
        if (!node.callee) return;
        visit(*node.callee);
        // "sum(x)" is a hint that "$sum(x)" was meant, if there is such a function.
        if (node.callee->is(NodeType::Path) && node.callee->child(0).is(NodeType::Name))
          variable(*node.callee->children[0], node.callee->child(0).text);
    }
  }

  static void collect_in_block(const Node& child, Names& names) {
    if (!child.is(NodeType::Block) && !child.is(NodeType::Lambda)) {
      collect_binds(child, names);
      return;
    }
    for (const Stage& stage : child.predicates) collect_binds(*stage.expression, names);
  }

  /// Steps from the first that binds on are each evaluated in the frame of a tuple.
  void path(Node& node) {
    node.is_field_path = is_field_path(node);
    bool in_tuples = false;
    for (size_t i = 0; i < node.children.size(); ++i) {
      Node& step = *node.children[i];
      in_tuples = in_tuples || step.is_tuple;
      const bool is_first_constructor = i == 0 && step.is_constructor_step;
      if (!in_tuples || is_first_constructor || step.is(NodeType::Sort)) {
        visit(step);
        continue;
      }
      name_slots(step);
      scopes_.push_back(tuple_names_);
      visit_value(step);
      scopes_.pop_back();
      // Stages are applied to all tuples of the step, outside of their frames.
      visit_stages(step.stages);
    }
  }

  template <typename Visit>
  void in_frame(Node& node, Names names, Visit&& visit_inside) {
    node.frame_slots = static_cast<uint32_t>(names.size());
    node.makes_frame = node.frame_slots != 0;
    if (node.makes_frame) scopes_.push_back(std::move(names));
    visit_inside(node);
    if (node.makes_frame) scopes_.pop_back();
  }

  uint32_t slot_in_innermost(const std::string& name) {
    // A bind inside a tuple's frame has no place there: the reference forgets it with the frame.
    const auto found = scopes_.back().find(name);
    return found == scopes_.back().end() ? kNoSlot : found->second;
  }

  void places(Node& node, const std::string& name) {
    for (size_t hops = 0; hops < scopes_.size(); ++hops) {
      const Names& names = scopes_[scopes_.size() - 1 - hops];
      const auto found = names.find(name);
      if (found != names.end()) node.places.push_back({static_cast<uint32_t>(hops), found->second});
    }
  }

  void variable(Node& node, const std::string& name) {
    places(node, name);
    node.builtin = find_builtin(name, functions_);
    // "$" and "$$" are the input and never come from outside.
    if (name.empty() || name == "$") return;
    const auto found = std::find(layout_.externals.begin(), layout_.externals.end(), name);
    node.external = static_cast<uint32_t>(found - layout_.externals.begin());
    if (found == layout_.externals.end()) layout_.externals.push_back(name);
  }

  Layout& layout_;
  FunctionSet functions_;
  Names tuple_names_;
  std::vector<Names> scopes_;
};

}  // namespace

Layout resolve(Node& root, FunctionSet functions) {
  Layout layout;
  Resolver(layout, functions).run(root);
  return layout;
}

}  // namespace pawl::query::jsonata
