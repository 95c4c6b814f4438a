// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/evaluation.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "query/jsonata/builtins.h"
#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {

Evaluation::Evaluation(const CompiledExpression& expression, const EvaluationInput& input)
    : expression_(expression),
      input_(input),
      externals_(expression.layout.externals.size(), Item::unbound()) {
  if (input.input != nullptr) root_ = Item(*input.input);
}

Evaluation::~Evaluation() {
  while (frames_ != nullptr) {
    frames_->is_captured = false;
    leave_frame(frames_);
  }
  while (spare_frame_ != nullptr) {
    Frame* next = spare_frame_->next;
    ::operator delete(spare_frame_);
    spare_frame_ = next;
  }
}

Item Evaluation::run() {
  // Most expressions bind nothing, and need no frame for it.
  if (expression_.layout.root_slots != 0)
    root_frame_ = make_frame(nullptr, expression_.layout.root_slots);
  Item input = root_;
  // An array as input is one thing, not a sequence of its items.
  if (input.is_array()) {
    input = Item(json::Value::array({input.value()}))
                .with_flags(ArrayFlag::kSequence | ArrayFlag::kOuterWrapper);
  }
  Item result = eval(*expression_.root, input, root_frame_);
  if (result.is_tuples()) {
    Collector items(*this);
    for (const Tuple& tuple : result.as_tuples()->tuples) items.push(tuple[0]);
    result = items.array(0);
  }
  return result;
}

// --- errors and bounds ---

Item Evaluation::fail(EvaluationError error) {
  if (!error_) error_ = std::move(error);
  return Item::failure();
}

Item Evaluation::fail_value(std::string_view code, const Item& value) {
  EvaluationError error(code);
  if (!value.is_undefined()) error.value = message_value(value);
  return fail(std::move(error));
}

Item Evaluation::bound_met(std::string_view text) {
  EvaluationError error("U1001");
  error.text = text;
  return fail(std::move(error));
}

bool Evaluation::exceeds_memory(size_t bytes) {
  if (bytes <= limits().bytes) return false;
  bound_met("Expression evaluation memory limit exceeded: Check for excessive memory usage");
  return true;
}

std::optional<bool> Evaluation::truth(const Item& item) {
  if (item.is_boolean()) return item.as_boolean();
  auto result = effective_boolean(item, dialect());
  if (result) return result->value_or(false);
  fail(std::move(result).error());
  return std::nullopt;
}

json::Value Evaluation::store(const Item& item) {
  json::Value value = stored(item);
  if (value.is_null() || value.is_array())
    holds_special_ = holds_special_ || value.annotation() != 0;
  return value;
}

// --- collections ---

void Evaluation::Collector::push(const Item& item) {
  evaluation_.stack_.push_back(evaluation_.store(item));
}

void Evaluation::Collector::push_all(const Item& item) {
  if (!item.is_array()) return push(item);
  const auto items = item.value().items();
  evaluation_.stack_.insert(evaluation_.stack_.end(), items.begin(), items.end());
}

void Evaluation::Collector::clear() { evaluation_.stack_.resize(start_); }

Item Evaluation::Collector::array(uint8_t flags) {
  if (evaluation_.exceeds_memory(size() * 8)) {
    clear();
    return Item::failure();
  }
  Item array(json::Value::array_of(std::span(evaluation_.stack_).subspan(start_)));
  clear();
  return flags == 0 ? array : array.with_flags(flags);
}

Results Evaluation::Collector::results() {
  if (size() == 0) return Results::empty();
  // An array alone in a sequence would be taken for the sequence.
  if (size() == 1 && !at(0).is_array()) {
    Results result = Results::one(at(0));
    clear();
    return result;
  }
  Item sequence = array(ArrayFlag::kSequence);
  return sequence.is_failure() ? Results::failure() : Results::many(std::move(sequence));
}

Item Evaluation::sequence_of(const Results& results, bool keep_array) {
  switch (results.shape) {
    case Results::Shape::Empty: return {};
    case Results::Shape::One:
      if (!keep_array || results.item.is_failure()) return results.item;
      {
        Collector one(*this);
        one.push(results.item);
        return one.array(ArrayFlag::kSequence | ArrayFlag::kKeepSingleton);
      }
    case Results::Shape::Many: {
      const Item& array = results.item;
      if (!array.has_flag(ArrayFlag::kSequence)) return array;
      const uint8_t flags = array.flags() | (keep_array ? ArrayFlag::kKeepSingleton : 0);
      if (array.value().size() == 0) return {};
      if (array.value().size() == 1 && (flags & ArrayFlag::kKeepSingleton) == 0)
        return Item(array.value().items()[0]);
      return array.with_flags(flags);
    }
    case Results::Shape::Tuples: break;
  }
  tuple_streams_.push_front({results.tuples});
  return Item::tuples(&tuple_streams_.front());
}

// --- frames ---

Frame* Evaluation::make_frame(Frame* parent, uint32_t slots) {
  void* memory = nullptr;
  if (slots <= Frame::kPooledSlots && spare_frame_ != nullptr) {
    memory = std::exchange(spare_frame_, spare_frame_->next);
  } else {
    memory = ::operator new(sizeof(Frame) + std::max(slots, Frame::kPooledSlots) * sizeof(Item));
  }
  auto* frame = new (memory) Frame();
  frame->parent = parent;
  frame->size = slots;
  frame->next = frames_;
  if (frames_ != nullptr) frames_->previous = frame;
  frames_ = frame;
  for (uint32_t i = 0; i < slots; ++i) new (frame->slots() + i) Item(Item::unbound());
  return frame;
}

void Evaluation::leave_frame(Frame* frame) {
  if (frame->is_captured) {
    captured_bytes_ += sizeof(Frame) + frame->size * sizeof(Item);
    return;
  }
  (frame->previous != nullptr ? frame->previous->next : frames_) = frame->next;
  if (frame->next != nullptr) frame->next->previous = frame->previous;
  for (uint32_t i = 0; i < frame->size; ++i) frame->slots()[i].~Item();
  if (frame->size > Frame::kPooledSlots) {
    ::operator delete(frame);
    return;
  }
  frame->next = spare_frame_;
  spare_frame_ = frame;
}

void Evaluation::capture(Frame* frame) {
  for (; frame != nullptr && !frame->is_captured; frame = frame->parent) frame->is_captured = true;
}

Frame* Evaluation::make_tuple_frame(Frame* parent, const Tuple* tuple) {
  Frame* frame = make_frame(parent, expression_.layout.tuple_slots);
  for (uint32_t i = 0; tuple != nullptr && i < frame->size; ++i) frame->slots()[i] = (*tuple)[i];
  return frame;
}

Function* Evaluation::new_function(Function::Kind kind) {
  captured_bytes_ += sizeof(Function);
  return &function_store_.emplace_front(kind);
}

// --- nodes ---

// jsonata.js "evaluate": the node, then its predicates, its grouping, and the singleton rule.
Item Evaluation::eval(const Node& node, const Item& input, Frame* frame) {
  if (node.is_field_path && input_.observer == nullptr) {
    Item value;
    if (eval_field_path(node, input, frame, value)) return value;
  }
  if (++steps_ > limits().steps)
    return bound_met("Expression evaluation timeout: Check for infinite loop");
  if (depth_ >= limits().depth)
    return bound_met(
        "Stack overflow error: Check for non-terminating recursive function. Consider rewriting "
        "as tail-recursive");
  ++depth_;
  Item result = eval_kind(node, input, frame);
  if (!node.is_bare && !node.predicates.empty() && !result.is_failure()) {
    Results results = Results::of(std::move(result));
    for (const Stage& stage : node.predicates) {
      results = eval_filter(*stage.expression, std::move(results), frame);
      if (results.is_failure()) break;
    }
    result = sequence_of(results, node.keep_array);
  }
  if (!node.is_bare && node.group && !node.is(NodeType::Path) && !result.is_failure()) {
    result = eval_group(node.group->pairs, node.group->position,
                        result.is_undefined() ? Results::one(Item()) : Results::of(result), frame);
  }
  --depth_;
  if (result.has_flag(ArrayFlag::kSequence))
    result = sequence_of(Results::many(std::move(result)), node.keep_array);
  if (input_.observer != nullptr && !result.is_failure()) {
    const json::Value shown = cleaned(stored(result));
    input_.observer->evaluated(node.begin, node.end, depth_,
                               result.is_undefined() ? nullptr : &shown);
  }
  return result;
}

Item Evaluation::eval_kind(const Node& node, const Item& input, Frame* frame) {
  switch (node.type) {
    case NodeType::String:
    case NodeType::Literal: return Item(node.literal.value());
    case NodeType::Number: return Item::number(node.number);
    case NodeType::Name: return eval_name(node, input);
    case NodeType::Variable: return eval_variable(node, input, frame);
    case NodeType::Parent: return look_up(node, frame);
    case NodeType::Wildcard: return eval_wildcard(input);
    case NodeType::Descendant: return eval_descendants(input);
    case NodeType::Path: return eval_path(node, input, frame);
    case NodeType::Binary: return eval_binary(node, input, frame);
    case NodeType::Negate: return eval_negate(node, input, frame);
    case NodeType::Array: return eval_array(node, input, frame);
    case NodeType::Object: return eval_object(node, input, frame);
    case NodeType::Block: return eval_block(node, input, frame);
    case NodeType::Condition: return eval_condition(node, input, frame);
    case NodeType::Bind: return eval_bind(node, input, frame);
    case NodeType::Call: return eval_call(node, input, frame, nullptr);
    case NodeType::Partial: return eval_partial(node, input, frame);
    case NodeType::Lambda: return eval_lambda(node, input, frame);
    case NodeType::Apply: return eval_apply(node, input, frame);
    case NodeType::Regex: {
      Function* matcher = new_function(Function::Kind::Matcher);
      matcher->node = &node;
      return Item::function(matcher);
    }
    case NodeType::Transform: {
      Function* transform = new_function(Function::Kind::Transform);
      transform->node = &node;
      transform->frame = frame;
      capture(frame);
      return Item::function(transform);
    }
    case NodeType::Sort:
    case NodeType::Placeholder:
    case NodeType::Operator:
    case NodeType::End: break;
  }
  PAWL_ASSERT(false);
}

Item Evaluation::eval_variable(const Node& node, const Item& input, Frame* frame) {
  if (node.text.empty() && input.has_flag(ArrayFlag::kOuterWrapper))
    return Item(input.value().items()[0]);
  const Item* found = find_variable(node, input, frame);
  if (found != nullptr) return *found;
  return node.builtin == kNoSlot ? Item() : Item::function(builtin_function(node.builtin));
}

Item Evaluation::look_up(const Node& node, Frame* frame) {
  return eval_variable(node, Item(), frame);
}

/// The variable's value where it stands, or null: then it may be built in.
const Item* Evaluation::find_variable(const Node& node, const Item& input, Frame* frame) {
  uint32_t hops = 0;
  for (const VariablePlace& place : node.places) {
    for (; hops < place.hops; ++hops) frame = frame->parent;
    const Item& value = frame->slots()[place.slot];
    if (!value.is_unbound()) return &value;
  }
  if (node.external != kNoSlot) {
    const Item& value = external(node.external);
    return value.is_undefined() ? nullptr : &value;
  }
  if (!node.is(NodeType::Variable)) return nullptr;
  if (node.text.empty()) return &input;
  return node.text == "$" ? &root_ : nullptr;
}

const Item& Evaluation::external(uint32_t index) {
  Item& known = externals_[index];
  if (known.is_unbound()) {
    const json::Value* value = input_.variables == nullptr
                                   ? nullptr
                                   : input_.variables->find(expression_.layout.externals[index]);
    known = value == nullptr ? Item() : Item(*value);
  }
  return known;
}

Item Evaluation::eval_negate(const Node& node, const Item& input, Frame* frame) {
  Item operand = eval(node.child(0), input, frame);
  if (operand.is_failure() || operand.is_undefined()) return operand;
  if (operand.is_number()) {
    const double number = operand.as_number();
    if (std::isinf(number)) return fail_value("D1001", operand);
    if (!std::isnan(number)) return Item::number(-number);
  }
  EvaluationError error("D1002");
  error.position = node.position;
  error.token = "-";
  error.value = message_value(operand);
  return fail(std::move(error));
}

Item Evaluation::eval_array(const Node& node, const Item& input, Frame* frame) {
  Collector items(*this);
  for (const NodePtr& child : node.children) {
    Item value = eval(*child, input, frame);
    if (value.is_failure()) return value;
    if (value.is_undefined()) continue;
    if (child->is(NodeType::Array)) {
      items.push(value);
    } else {
      items.push_all(value);
    }
  }
  return items.array(node.is_constructor_step ? ArrayFlag::kConstructed : 0);
}

Item Evaluation::eval_block(const Node& node, const Item& input, Frame* frame) {
  Frame* inside = node.makes_frame ? make_frame(frame, node.frame_slots) : frame;
  Item result;
  for (const NodePtr& child : node.children) {
    result = eval(*child, input, inside);
    if (result.is_failure()) break;
  }
  // The arguments of a pending tail call still need the frame; apply_lambda() leaves it then.
  if (inside != frame && tail_.node == nullptr) leave_frame(inside);
  return result;
}

Item Evaluation::eval_condition(const Node& node, const Item& input, Frame* frame) {
  const Item condition = eval(node.child(0), input, frame);
  if (condition.is_failure()) return condition;
  const auto is_true = truth(condition);
  if (!is_true) return Item::failure();
  if (*is_true) return eval(node.child(1), input, frame);
  return node.children.size() > 2 ? eval(node.child(2), input, frame) : Item();
}

Item Evaluation::eval_bind(const Node& node, const Item& input, Frame* frame) {
  Item value = eval(node.child(1), input, frame);
  if (!value.is_failure() && node.slot != kNoSlot) frame->slots()[node.slot] = value;
  return value;
}

}  // namespace pawl::query::jsonata
