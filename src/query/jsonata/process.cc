// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/process.h"

#include <algorithm>
#include <utility>

namespace pawl::query::jsonata {
namespace {

using Outcome = tl::expected<NodePtr, EvaluationError>;
using Done = tl::expected<void, EvaluationError>;
using Slot = std::shared_ptr<AncestorSlot>;

EvaluationError at(std::string_view code, size_t position) {
  EvaluationError error(code);
  error.position = position;
  return error;
}

NodePtr path_of(NodePtr step) {
  auto path = std::make_unique<Node>(NodeType::Path);
  path->position = step->position;
  path->begin = step->begin;
  path->end = step->end;
  path->children.push_back(std::move(step));
  return path;
}

/// The last step of a path, or the node itself: where predicates and bindings go.
Node& last_step(Node& node) { return node.is(NodeType::Path) ? *node.children.back() : node; }

class Processor {
 public:
  Outcome process(NodePtr node) {
    const bool keep_array = node->keep_array;
    const uint32_t begin = node->begin;
    const uint32_t end = node->end;
    auto result = process_kind(std::move(node));
    if (!result) return result;
    if (keep_array) (*result)->keep_array = true;
    (*result)->begin = std::min((*result)->begin, begin);
    (*result)->end = std::max((*result)->end, end);
    return result;
  }

 private:
  Outcome process_kind(NodePtr node) {
    switch (node->type) {
      case NodeType::Binary: return binary(std::move(node));
      case NodeType::Negate: return negate(std::move(node));
      case NodeType::Array:
      case NodeType::Block: return list(std::move(node));
      case NodeType::Object: {
        if (auto done = process_pairs(node->pairs, node.get()); !done)
          return tl::unexpected(done.error());
        return node;
      }
      case NodeType::Call:
      case NodeType::Partial: return call(std::move(node));
      case NodeType::Lambda: {
        auto body = process(std::move(node->callee));
        if (!body) return body;
        node->callee = std::move(*body);
        mark_tail_calls(*node->callee);
        return node;
      }
      case NodeType::Condition: {
        for (NodePtr& child : node->children) {
          if (auto done = process_child(child, node.get()); !done)
            return tl::unexpected(done.error());
        }
        return node;
      }
      case NodeType::Transform: {
        for (NodePtr& child : node->children) {
          if (auto done = process_child(child, nullptr); !done) return tl::unexpected(done.error());
        }
        return node;
      }
      case NodeType::Name: {
        const bool keep = node->keep_array;
        NodePtr path = path_of(std::move(node));
        path->keep_singleton_array = keep;
        return path;
      }
      case NodeType::Parent:
        node->parent_slot = std::make_shared<AncestorSlot>();
        node->parent_slot->label = "!" + std::to_string(labels_++);
        return node;
      case NodeType::Operator: {
        // "and", "or", "in" where a value is due are names.
        node->type = NodeType::Name;
        node->literal = json::FrozenValue(json::Value(node->text));
        return process(std::move(node));
      }
      case NodeType::End: {
        EvaluationError error = at("S0207", node->position);
        error.token = "(end)";
        return tl::unexpected(std::move(error));
      }
      default: return node;
    }
  }

  /// Processes a child in place and hands the "%" it still seeks to `parent`, if given.
  Done process_child(NodePtr& child, Node* parent) {
    auto processed = process(std::move(child));
    if (!processed) return tl::unexpected(std::move(processed).error());
    child = std::move(*processed);
    if (parent != nullptr) push_ancestry(*parent, *child);
    return {};
  }

  Done process_pairs(std::vector<Pair>& pairs, Node* parent) {
    for (Pair& pair : pairs) {
      if (auto done = process_child(pair.key, parent); !done) return done;
      if (auto done = process_child(pair.value, parent); !done) return done;
    }
    return {};
  }

  Outcome binary(NodePtr node) {
    switch (node->op) {
      case Operator::Dot: return step(std::move(node));
      case Operator::Predicate: return predicate(std::move(node));
      case Operator::Group: return group(std::move(node));
      case Operator::OrderBy: return order_by(std::move(node));
      case Operator::Focus: return focus(std::move(node));
      case Operator::Index: return index(std::move(node));
      case Operator::Assign: {
        node->type = NodeType::Bind;
        if (auto done = process_child(node->children[1], node.get()); !done)
          return tl::unexpected(done.error());
        return node;
      }
      case Operator::Chain: {
        node->type = NodeType::Apply;
        for (NodePtr& child : node->children) {
          if (auto done = process_child(child, nullptr); !done) return tl::unexpected(done.error());
          node->keep_array = node->keep_array || child->keep_array;
        }
        return node;
      }
      default: break;
    }
    for (NodePtr& child : node->children) {
      if (auto done = process_child(child, node.get()); !done) return tl::unexpected(done.error());
    }
    return node;
  }

  /// "a.b": one path of all steps.
  Outcome step(NodePtr node) {
    auto left = process(std::move(node->children[0]));
    if (!left) return left;
    const Slot left_parent = (*left)->parent_slot;
    NodePtr path = (*left)->is(NodeType::Path) ? std::move(*left) : path_of(std::move(*left));
    if (left_parent) path->seeking = {left_parent};
    auto right = process(std::move(node->children[1]));
    if (!right) return right;
    if ((*right)->is(NodeType::Path)) {
      for (NodePtr& child : (*right)->children) path->children.push_back(std::move(child));
    } else {
      std::move((*right)->predicates.begin(), (*right)->predicates.end(),
                std::back_inserter((*right)->stages));
      (*right)->predicates.clear();
      path->children.push_back(std::move(*right));
    }
    path->position = node->position;
    for (const NodePtr& child : path->children) {
      if (child->is(NodeType::Number) || child->is(NodeType::Literal)) {
        EvaluationError error = at("S0213", child->position);
        error.value = child->is(NodeType::Number) ? json::Value::number_from_lexeme(child->text)
                                                  : child->literal.value();
        return tl::unexpected(std::move(error));
      }
      if (child->is(NodeType::String)) child->type = NodeType::Name;
      if (child->keep_array) path->keep_singleton_array = true;
    }
    for (Node* end : {path->children.front().get(), path->children.back().get()}) {
      if (end->is(NodeType::Array)) end->is_constructor_step = true;
    }
    if (auto done = resolve_ancestry(*path); !done) return tl::unexpected(done.error());
    return path;
  }

  Outcome predicate(NodePtr node) {
    auto processed = process(std::move(node->children[0]));
    if (!processed) return processed;
    NodePtr result = std::move(*processed);
    Node& step = last_step(*result);
    if (step.group) return tl::unexpected(at("S0209", node->position));
    auto filter = process(std::move(node->children[1]));
    if (!filter) return filter;
    for (const Slot& slot : (*filter)->seeking) {
      if (slot->level == 1) {
        if (auto done = seek_parent(step, slot); !done) return tl::unexpected(done.error());
      } else {
        --slot->level;
      }
    }
    if (!(*filter)->seeking.empty()) push_ancestry(step, **filter);
    Stage stage;
    stage.expression = std::move(*filter);
    stage.position = node->position;
    (result->is(NodeType::Path) ? step.stages : step.predicates).push_back(std::move(stage));
    return result;
  }

  Outcome group(NodePtr node) {
    auto processed = process(std::move(node->children[0]));
    if (!processed) return processed;
    NodePtr result = std::move(*processed);
    if (result->group) return tl::unexpected(at("S0210", node->position));
    if (auto done = process_pairs(node->pairs, nullptr); !done) return tl::unexpected(done.error());
    result->group = std::make_unique<Group>();
    result->group->pairs = std::move(node->pairs);
    result->group->position = node->position;
    return result;
  }

  Outcome order_by(NodePtr node) {
    auto processed = process(std::move(node->children[0]));
    if (!processed) return processed;
    NodePtr path =
        (*processed)->is(NodeType::Path) ? std::move(*processed) : path_of(std::move(*processed));
    auto sort = std::make_unique<Node>(NodeType::Sort);
    sort->position = node->position;
    sort->begin = node->begin;
    sort->end = node->end;
    for (SortTerm& term : node->terms) {
      if (auto done = process_child(term.expression, sort.get()); !done)
        return tl::unexpected(done.error());
    }
    sort->terms = std::move(node->terms);
    path->children.push_back(std::move(sort));
    if (auto done = resolve_ancestry(*path); !done) return tl::unexpected(done.error());
    return path;
  }

  Outcome focus(NodePtr node) {
    auto processed = process(std::move(node->children[0]));
    if (!processed) return processed;
    Node& step = last_step(**processed);
    if (!step.stages.empty() || !step.predicates.empty())
      return tl::unexpected(at("S0215", node->position));
    if (step.is(NodeType::Sort)) return tl::unexpected(at("S0216", node->position));
    if (node->keep_array) step.keep_array = true;
    step.focus = node->children[1]->text;
    step.is_tuple = true;
    return processed;
  }

  Outcome index(NodePtr node) {
    auto processed = process(std::move(node->children[0]));
    if (!processed) return processed;
    NodePtr path = std::move(*processed);
    if (!path->is(NodeType::Path)) {
      std::move(path->predicates.begin(), path->predicates.end(), std::back_inserter(path->stages));
      path->predicates.clear();
      path = path_of(std::move(path));
    }
    Node& step = *path->children.back();
    if (step.stages.empty()) {
      step.index = node->children[1]->text;
    } else {
      Stage stage;
      stage.kind = Stage::Kind::Index;
      stage.name = node->children[1]->text;
      stage.position = node->position;
      step.stages.push_back(std::move(stage));
    }
    step.is_tuple = true;
    return path;
  }

  Outcome negate(NodePtr node) {
    auto operand = process(std::move(node->children[0]));
    if (!operand) return operand;
    if ((*operand)->is(NodeType::Number)) {
      (*operand)->number = -(*operand)->number;
      const std::string& text = (*operand)->text;
      (*operand)->text = text.starts_with('-') ? text.substr(1) : "-" + text;
      return operand;
    }
    push_ancestry(*node, **operand);
    node->children[0] = std::move(*operand);
    return node;
  }

  Outcome list(NodePtr node) {
    for (NodePtr& child : node->children) {
      if (auto done = process_child(child, node.get()); !done) return tl::unexpected(done.error());
      const bool starts_with_constructor =
          child->is_constructor_step ||
          (child->is(NodeType::Path) && child->child(0).is_constructor_step);
      if (node->is(NodeType::Block) && starts_with_constructor) node->is_constructor_step = true;
    }
    return node;
  }

  Outcome call(NodePtr node) {
    for (NodePtr& argument : node->children) {
      if (argument->is(NodeType::Placeholder)) continue;
      if (auto done = process_child(argument, node.get()); !done)
        return tl::unexpected(done.error());
    }
    auto callee = process(std::move(node->callee));
    if (!callee) return callee;
    node->callee = std::move(*callee);
    return node;
  }

  /// parser.js "tailCallOptimize".
  static void mark_tail_calls(Node& node) {
    if (!node.predicates.empty() || node.group) return;
    if (node.is(NodeType::Call)) {
      node.is_tail_call = true;
    } else if (node.is(NodeType::Condition)) {
      for (size_t i = 1; i < node.children.size(); ++i) mark_tail_calls(*node.children[i]);
    } else if (node.is(NodeType::Block) && !node.children.empty()) {
      mark_tail_calls(*node.children.back());
    }
  }

  static void push_ancestry(Node& result, const Node& value) {
    result.seeking.insert(result.seeking.end(), value.seeking.begin(), value.seeking.end());
    if (value.is(NodeType::Parent)) result.seeking.push_back(value.parent_slot);
  }

  Done seek_parent(Node& node, const Slot& slot) {
    switch (node.type) {
      case NodeType::Name:
      case NodeType::Wildcard:
        if (--slot->level == 0) {
          if (node.ancestor) slot->label = node.ancestor->label;
          node.ancestor = slot;
          node.is_tuple = true;
        }
        return {};
      case NodeType::Parent: ++slot->level; return {};
      case NodeType::Block:
        if (node.children.empty()) return {};
        node.is_tuple = true;
        return seek_parent(*node.children.back(), slot);
      case NodeType::Path: {
        node.is_tuple = true;
        size_t i = node.children.size();
        do {
          if (auto done = seek_parent(*node.children[--i], slot); !done) return done;
        } while (slot->level > 0 && i > 0);
        return {};
      }
      default: return tl::unexpected(at("S0217", node.position));
    }
  }

  Done resolve_ancestry(Node& path) {
    const Node& last = *path.children.back();
    std::vector<Slot> slots = last.seeking;
    if (last.is(NodeType::Parent)) slots.push_back(last.parent_slot);
    for (const Slot& slot : slots) {
      size_t i = path.children.size() - 1;
      while (slot->level > 0) {
        if (i == 0) {
          path.seeking.push_back(slot);
          break;
        }
        Node* step = path.children[--i].get();
        // Steps in a row that bind a focus stand on the same context: all but the first are passed.
        while (i > 0 && !step->focus.empty() && !path.children[i - 1]->focus.empty())
          step = path.children[--i].get();
        if (auto done = seek_parent(*step, slot); !done) return done;
      }
    }
    return {};
  }

  size_t labels_ = 0;
};

}  // namespace

tl::expected<NodePtr, EvaluationError> process(NodePtr root) {
  auto processed = Processor().process(std::move(root));
  if (!processed) return processed;
  const Node& node = **processed;
  // Nobody is left to be the parent.
  if (node.is(NodeType::Parent) || !node.seeking.empty())
    return tl::unexpected(at("S0217", node.position));
  return processed;
}

}  // namespace pawl::query::jsonata
