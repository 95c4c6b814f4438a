// SPDX-License-Identifier: Apache-2.0
// Location paths: steps, wildcards, and the tuples that "@", "#" and "%" carry along.
#include "json/value.h"
#include "query/jsonata/evaluation.h"

namespace pawl::query::jsonata {
namespace {

/// The items that a step is applied to.
std::span<const json::Value> inputs_of(const Results& results) {
  if (results.shape == Results::Shape::Many) return results.item.value().items();
  if (results.shape == Results::Shape::One) return {&results.item.value(), 1};
  return {};
}

}  // namespace

/// Where a path of plain fields over objects alone leads; null: nowhere. Not `is_plain`: it has to
/// be evaluated by the rules for sequences.
const json::Value* Evaluation::field_path_value(const Node& node, const Item& input, Frame* frame,
                                                bool& is_plain) {
  const Node& first = node.child(0);
  const bool has_variable = first.is(NodeType::Variable);
  const Item* start = has_variable ? find_variable(first, input, frame) : &input;
  is_plain = start != nullptr && !start->has_flag(ArrayFlag::kOuterWrapper);
  if (!is_plain) return nullptr;
  ++steps_;
  const json::Value* at = &start->value();
  const size_t steps = node.children.size();
  for (size_t i = has_variable ? 1 : 0; i < steps; ++i) {
    const json::Value* member = at->find_key(node.child(i).literal.value());
    if (member == nullptr) {
      // Of an array, all items have to be asked.
      is_plain = !at->is_array();
      return nullptr;
    }
    at = member;
  }
  is_plain = !at->is_array() || at->annotation() == 0;
  return at;
}

bool Evaluation::eval_field_path(const Node& node, const Item& input, Frame* frame, Item& value) {
  bool is_plain = false;
  const json::Value* found = field_path_value(node, input, frame, is_plain);
  if (is_plain && found != nullptr) value = Item(*found);
  return is_plain;
}

Item Evaluation::eval_path(const Node& node, const Item& input, Frame* frame) {
  Results results = path_results(node, input, frame);
  if (results.is_failure()) return Item::failure();
  if (node.group) {
    if (results.shape == Results::Shape::Empty) results = Results::one(Item());
    return eval_group(node.group->pairs, node.group->position, results, frame);
  }
  if (results.is_tuples() && !node.is_tuple) {
    Collector items(*this);
    for (const Tuple& tuple : results.tuples) items.push(tuple[0]);
    results = items.results();
  }
  if (!node.keep_singleton_array) return sequence_of(results, node.keep_array);
  // An array constructor alone is an item of the array that "[]" asks for.
  const bool is_constructed = results.shape == Results::Shape::Many &&
                              results.item.has_flag(ArrayFlag::kConstructed) &&
                              !results.item.has_flag(ArrayFlag::kSequence);
  return sequence_of(is_constructed ? Results::one(results.item) : results, true);
}

// jsonata.js "evaluatePath".
Results Evaluation::path_results(const Node& node, const Item& input, Frame* frame) {
  // A path that begins with a variable does not go through the items of the context.
  Results results = input.is_array() && !node.child(0).is(NodeType::Variable) ? Results::many(input)
                                                                              : Results::one(input);
  bool in_tuples = false;
  const size_t steps = node.children.size();
  for (size_t i = 0; i < steps; ++i) {
    const Node& step = node.child(i);
    in_tuples = in_tuples || step.is_tuple;
    if (i == 0 && step.is_constructor_step) {
      // An array constructor sees the whole context at once.
      Item whole = results.item;
      if (results.shape == Results::Shape::One) {
        Collector one(*this);
        one.push(results.item);
        whole = one.array(ArrayFlag::kSequence);
      }
      Item constructed = eval(step, whole, frame);
      if (constructed.is_failure()) return Results::failure();
      results = constructed.is_undefined() ? Results::empty() : Results::of(std::move(constructed));
    } else if (in_tuples) {
      results = eval_tuple_step(step, results, frame);
    } else {
      results = eval_step(step, results, frame, i + 1 == steps);
    }
    if (results.is_failure() || (!results.is_tuples() && results.size() == 0)) break;
  }
  return results;
}

// jsonata.js "evaluateStep".
Results Evaluation::eval_step(const Node& step, const Results& input, Frame* frame, bool is_last) {
  if (step.is(NodeType::Sort)) return sort_step(step, input, frame, false);
  if (step.is(NodeType::Name) && step.stages.empty() && !step.group && step.predicates.empty() &&
      input_.observer == nullptr)
    return name_step(step, input, is_last);
  return step_over(step, inputs_of(input), frame, is_last);
}

/// A field name over one object or many, without the detour over eval().
Results Evaluation::name_step(const Node& step, const Results& input, bool is_last) {
  ++steps_;
  const json::Value& key = step.literal.value();
  if (input.shape == Results::Shape::One && !input.item.is_array()) {
    const json::Value* found = input.item.value().find_key(key);
    if (found == nullptr) return Results::empty();
    // On the way, an array stands for its items.
    if (!is_last && found->is_array())
      return Results::many(Item(*found).with_flags(ArrayFlag::kSequence));
    return Results::of(Item(*found));
  }
  Collector out(*this);
  Item first;
  size_t found = 0;
  for (const json::Value& value : inputs_of(input)) {
    const json::Value* member = value.find_key(key);
    if (member != nullptr && !member->is_array()) {
      ++found;
      out.push_json(*member);
      continue;
    }
    Item result = member != nullptr ? Item(*member) : eval_name(step, Item::view(value));
    if (result.is_undefined()) continue;
    if (++found == 1) first = result;
    add_flat(result, out);
  }
  return flattened(out, found, first, is_last);
}

void Evaluation::add_flat(const Item& result, Collector& out) {
  if (!result.is_array() || result.has_flag(ArrayFlag::kConstructed)) {
    out.push(result);
  } else {
    out.push_all(result);
  }
}

/// The sequence of all results of a step; one array as the only result of the last step stays it.
Results Evaluation::flattened(Collector& out, size_t found, const Item& first, bool is_last) {
  if (is_last && found == 1 && first.is_array() && !first.has_flag(ArrayFlag::kSequence))
    return Results::many(first);
  return out.results();
}

/// Any step, item by item; results that are arrays are flattened into the sequence.
Results Evaluation::step_over(const Node& step, std::span<const json::Value> inputs, Frame* frame,
                              bool is_last) {
  Collector out(*this);
  Item first;
  size_t found = 0;
  // `inputs` may point into a value that only the caller holds: it does so while the step runs.
  for (const json::Value& value : inputs) {
    Item result = step_value(step, Item::view(value), frame);
    if (result.is_failure()) return Results::failure();
    if (result.is_undefined()) continue;
    if (++found == 1) first = result;
    add_flat(result, out);
  }
  return flattened(out, found, first, is_last);
}

/// The value of a step for one item, its predicates applied. An array with the sequence flag is
/// flattened by the caller, so none need be taken apart here.
Item Evaluation::step_value(const Node& step, const Item& input, Frame* frame) {
  Item value = eval(step, input, frame);
  if (step.stages.empty() || value.is_failure()) return value;
  Results results = apply_stages(step.stages, Results::of(std::move(value)), frame);
  switch (results.shape) {
    case Results::Shape::Empty: return {};
    case Results::Shape::Tuples: return sequence_of(results, false);
    default: return std::move(results.item);
  }
}

// jsonata.js "evaluateStages".
Results Evaluation::apply_stages(const std::vector<Stage>& stages, Results input, Frame* frame) {
  for (const Stage& stage : stages) {
    if (stage.kind == Stage::Kind::Filter) {
      input = eval_filter(*stage.expression, std::move(input), frame);
      if (input.is_failure()) return input;
      continue;
    }
    for (size_t i = 0; i < input.tuples.size(); ++i)
      input.tuples[i][stage.tuple_slot] = Item::number(static_cast<double>(i));
  }
  return input;
}

// functions.lookup: the member, or those of all items of an array, flattened.
void Evaluation::look_up_member(const json::Value& input, const json::Value& key, Collector& out) {
  if (input.is_object()) {
    if (const json::Value* found = input.find_key(key)) {
      if (found->is_array()) {
        out.push_all(Item(*found));
      } else {
        out.push_json(*found);
      }
    }
  } else if (input.is_array()) {
    for (const json::Value& item : input.items()) look_up_member(item, key, out);
  }
}

Item Evaluation::eval_name(const Node& node, const Item& input) {
  const json::Value& key = node.literal.value();
  if (const json::Value* found = input.value().find_key(key)) return Item(*found);
  if (!input.is_array()) return {};
  Collector out(*this);
  look_up_member(input.value(), key, out);
  return sequence_of(out.results(), node.keep_array);
}

namespace {

void flatten(const json::Value& value, Evaluation::Collector& out) {
  if (!value.is_array()) return out.push_json(value);
  for (const json::Value& item : value.items()) flatten(item, out);
}

void collect_descendants(const json::Value& value, Evaluation::Collector& out) {
  if (!value.is_array()) out.push_json(value);
  if (value.is_array()) {
    for (const json::Value& item : value.items()) collect_descendants(item, out);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) collect_descendants(member.value, out);
  }
}

}  // namespace

Item Evaluation::eval_wildcard(const Item& input) {
  const json::Value* value = &input.value();
  if (input.has_flag(ArrayFlag::kOuterWrapper)) value = &value->items()[0];
  Collector out(*this);
  bool has_array = false;
  const auto add = [&out, &has_array](const json::Value& member) {
    has_array = has_array || member.is_array();
    flatten(member, out);
  };
  if (value->is_object()) {
    for (const json::Member& member : value->members()) add(member.value);
  } else if (value->is_array()) {
    for (const json::Value& item : value->items()) add(item);
  }
  // functions.append makes a plain array, in which one item does not stand for itself.
  if (has_array) return out.array(0);
  return sequence_of(out.results(), false);
}

Item Evaluation::eval_descendants(const Item& input) {
  if (input.is_undefined()) return {};
  Collector out(*this);
  collect_descendants(input.value(), out);
  return sequence_of(out.results(), false);
}

// jsonata.js "evaluateTupleStep".
Results Evaluation::eval_tuple_step(const Node& step, const Results& input, Frame* frame) {
  const uint32_t slots = expression_.layout.tuple_slots;
  if (step.is(NodeType::Sort)) {
    Results sorted = sort_step(step, input, frame, true);
    return sorted.is_failure() ? sorted : apply_stages(step.stages, std::move(sorted), frame);
  }
  std::vector<Tuple> tuples;
  if (input.is_tuples()) {
    tuples = input.tuples;
  } else {
    for (const json::Value& value : inputs_of(input)) {
      Tuple tuple(slots, Item::unbound());
      tuple[0] = Item(value);
      tuples.push_back(std::move(tuple));
    }
  }
  std::vector<Tuple> out;
  for (const Tuple& tuple : tuples) {
    Frame* inside = make_tuple_frame(frame, &tuple);
    Item value = eval(step, tuple[0], inside);
    leave_frame(inside);
    if (value.is_failure()) return Results::failure();
    if (value.is_undefined()) continue;
    if (!add_tuples(step, tuple, Results::of(std::move(value)), out)) return Results::failure();
  }
  return apply_stages(step.stages, Results::of_tuples(std::move(out)), frame);
}

/// A tuple for each result of a step: the bindings so far, and the new ones.
bool Evaluation::add_tuples(const Node& step, const Tuple& tuple, Results results,
                            std::vector<Tuple>& out) {
  for (Tuple& inner : results.tuples) {
    for (size_t i = 0; i < inner.size(); ++i) {
      if (inner[i].is_unbound()) inner[i] = tuple[i];
    }
    out.push_back(std::move(inner));
  }
  size_t index = 0;
  for (const json::Value& value : inputs_of(results)) {
    Tuple& next = out.emplace_back(tuple);
    if (step.focus_slot != kNoSlot) {
      next[step.focus_slot] = Item(value);
    } else {
      next[0] = Item(value);
    }
    if (step.index_slot != kNoSlot)
      next[step.index_slot] = Item::number(static_cast<double>(index++));
    if (step.ancestor_slot != kNoSlot) next[step.ancestor_slot] = tuple[0];
  }
  return !exceeds_memory(out.size() * tuple.size() * sizeof(Item));
}

/// "^(…)": the items, or the tuples, in the order of the terms.
Results Evaluation::sort_step(const Node& step, const Results& input, Frame* frame,
                              bool in_tuples) {
  const auto order = sorted_order(step, input, frame);
  if (!order) return Results::failure();
  if (input.is_tuples()) {
    std::vector<Tuple> sorted;
    sorted.reserve(order->size());
    for (const uint32_t i : *order) sorted.push_back(input.tuples[i]);
    return Results::of_tuples(std::move(sorted));
  }
  const auto items = inputs_of(input);
  if (in_tuples) {
    std::vector<Tuple> sorted;
    for (const uint32_t i : *order) {
      Tuple tuple(expression_.layout.tuple_slots, Item::unbound());
      tuple[0] = Item(items[i]);
      if (step.index_slot != kNoSlot)
        tuple[step.index_slot] = Item::number(static_cast<double>(sorted.size()));
      sorted.push_back(std::move(tuple));
    }
    return Results::of_tuples(std::move(sorted));
  }
  // One item alone comes back as it is; more are a plain array.
  if (items.size() <= 1) return apply_stages(step.stages, input, frame);
  Collector sorted(*this);
  for (const uint32_t i : *order) sorted.push_json(items[i]);
  Item array = sorted.array(0);
  if (array.is_failure()) return Results::failure();
  return apply_stages(step.stages, Results::many(std::move(array)), frame);
}

}  // namespace pawl::query::jsonata
