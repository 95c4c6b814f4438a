// SPDX-License-Identifier: Apache-2.0
// Object construction and grouping: "{key: value, …}".
#include <algorithm>
#include <bit>

#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {
namespace {

/// The items whose key was the same.
struct Entry {
  json::Value key;
  uint32_t pair;
  std::vector<json::Value> items;  ///< appended as functions.append does: arrays are flattened
  std::vector<Tuple> tuples;
};

/// Items that a group has room for before it grows.
constexpr size_t kFirstRoom = 64;

/// Finds entries by key. Open addressing over indices; a few keys need no memory of their own.
class KeyIndex {
 public:
  /// The entry's index, or `entries.size()` if it is new and shall be put there.
  size_t find_or_add(const json::Value& key, const std::vector<Entry>& entries) {
    if ((entries.size() + 1) * 2 > slots_.size()) grow(entries);
    size_t slot = key.text_hash() & (slots_.size() - 1);
    for (; slots_[slot] != kEmpty; slot = (slot + 1) & (slots_.size() - 1)) {
      if (entries[slots_[slot]].key.same_text(key)) return slots_[slot];
    }
    slots_[slot] = static_cast<uint32_t>(entries.size());
    return entries.size();
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;

  void grow(const std::vector<Entry>& entries) {
    slots_.assign(std::bit_ceil((entries.size() + 8) * 4), kEmpty);
    for (uint32_t i = 0; i < entries.size(); ++i) {
      size_t slot = entries[i].key.text_hash() & (slots_.size() - 1);
      while (slots_[slot] != kEmpty) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i;
    }
  }

  std::vector<uint32_t> slots_;
};

/// functions.append over JSON: an array's items, or the one item.
void append(std::vector<json::Value>& items, const json::Value& value) {
  if (value.is_array()) {
    items.insert(items.end(), value.items().begin(), value.items().end());
  } else {
    items.push_back(value);
  }
}

void add_to_group(std::vector<json::Value>& items, const json::Value& value) {
  if (items.size() == 1 && items[0].is_array()) {
    const json::Value first = std::move(items[0]);
    items.clear();
    append(items, first);
  }
  append(items, value);
}

}  // namespace

/// field_path_value(); a single field of an object, the usual key, without more ado.
const json::Value* Evaluation::plain_member(const Node& path, const Item& item, Frame* frame,
                                            bool& is_plain) {
  if (path.children.size() != 1 || !path.child(0).is(NodeType::Name) || !item.is_object())
    return field_path_value(path, item, frame, is_plain);
  ++steps_;
  const json::Value* member = item.value().find_key(path.child(0).literal.value());
  is_plain = member == nullptr || !member->is_array();
  return member;
}

/// "{…}" alone. For one context there is nothing to group: keys and values in their order.
Item Evaluation::eval_object(const Node& node, const Item& input, Frame* frame) {
  if (input.is_array() || expression_.layout.tuple_slots != 0)
    return eval_group(node.pairs, node.position, Results::of(input), frame);
  boost::container::small_vector<std::pair<const Pair*, Item>, 8> keys;
  for (const Pair& pair : node.pairs) {
    Item key = eval(*pair.key, input, frame);
    if (key.is_failure()) return key;
    if (key.is_undefined()) continue;
    const auto is_same = [&key](const auto& other) {
      return other.second.value().same_text(key.value());
    };
    const bool is_string = key.is_string();
    if (!is_string || std::any_of(keys.begin(), keys.end(), is_same)) {
      EvaluationError error(is_string ? "D1009" : "T1003");
      error.position = node.position;
      error.value = message_value(key);
      return fail(std::move(error));
    }
    keys.emplace_back(&pair, std::move(key));
  }
  std::vector<json::Member> members;
  members.reserve(keys.size());
  for (auto& [pair, key] : keys) {
    const Item value = eval(*pair->value, input, frame);
    if (value.is_failure()) return value;
    if (!value.is_undefined()) members.emplace_back(std::move(key).value(), store(value));
  }
  return Item(json::Value::object(std::move(members)));
}

// jsonata.js "evaluateGroupExpression".
Item Evaluation::eval_group(const std::vector<Pair>& pairs, uint32_t position, const Results& input,
                            Frame* frame) {
  const bool has_tuples = expression_.layout.tuple_slots != 0;
  const bool reduces = input.is_tuples();
  std::vector<Entry> entries;
  KeyIndex index;
  const json::Value nothing = Item().value();
  std::span<const json::Value> items(&nothing, 1);
  if (input.shape == Results::Shape::One) items = {&input.item.value(), 1};
  if (input.shape == Results::Shape::Many && input.item.value().size() > 0)
    items = input.item.value().items();
  // In 2.0.6 an empty stream stands for one missing item, as anything empty does.
  size_t count = reduces ? input.tuples.size() : items.size();
  const Tuple no_tuple(expression_.layout.tuple_slots, Item::unbound());
  if (reduces && count == 0 && dialect() == Dialect::V2_0_6) count = 1;
  const auto group_error = [this, position](std::string_view code, const Item& value) {
    EvaluationError error(code);
    error.position = position;
    if (!value.is_undefined()) error.value = message_value(value);
    return fail(std::move(error));
  };
  for (size_t i = 0; i < count; ++i) {
    const Tuple* tuple = nullptr;
    if (reduces) tuple = i < input.tuples.size() ? &input.tuples[i] : &no_tuple;
    const Item& item = tuple == nullptr ? Item::view(items[i]) : (*tuple)[0];
    Frame* inside = has_tuples ? make_tuple_frame(frame, tuple) : frame;
    for (uint32_t pair = 0; pair < pairs.size(); ++pair) {
      Item evaluated;
      bool is_plain = false;
      const json::Value* plain = nullptr;
      const Node& key_node = *pairs[pair].key;
      if (key_node.is_field_path && !reduces && input_.observer == nullptr)
        plain = plain_member(key_node, item, inside, is_plain);
      if (!is_plain) {
        evaluated = item.is_unbound() ? eval(*pairs[pair].key, Item(), inside)
                                      : eval(*pairs[pair].key, item, inside);
      }
      const Item& key = plain != nullptr && is_plain ? Item::view(*plain) : evaluated;
      if (key.is_failure()) return key;
      if (key.is_undefined()) continue;
      if (!key.is_string()) return group_error("T1003", key);
      const size_t at = index.find_or_add(key.value(), entries);
      if (at == entries.size()) {
        entries.push_back({key.value(), pair, {}, {}});
        if (!reduces) {
          entries.back().items.reserve(std::min<size_t>(count, kFirstRoom));
          entries.back().items.push_back(item.value());
        }
      } else if (entries[at].pair != pair) {
        return group_error("D1009", key);
      } else if (!reduces) {
        add_to_group(entries[at].items, item.value());
      }
      if (reduces) entries[at].tuples.push_back(*tuple);
    }
    if (has_tuples) leave_frame(inside);
  }
  std::vector<json::Member> members;
  members.reserve(entries.size());
  for (Entry& entry : entries) {
    Item context;
    Frame* inside = frame;
    if (reduces) {
      Tuple reduced = reduce_tuples(entry.tuples);
      context = std::exchange(reduced[0], Item::unbound());
      if (context.is_unbound()) context = Item();
      inside = make_tuple_frame(frame, &reduced);
    } else {
      if (has_tuples) inside = make_tuple_frame(frame, nullptr);
      context = entry.items.size() == 1 ? Item(std::move(entry.items[0]))
                                        : Item(json::Value::array_of(entry.items));
    }
    const Item value = eval(*pairs[entry.pair].value, context, inside);
    if (inside != frame) leave_frame(inside);
    if (value.is_failure()) return value;
    if (!value.is_undefined()) members.emplace_back(std::move(entry.key), store(value));
  }
  if (exceeds_memory(members.size() * 16)) return Item::failure();
  return Item(json::Value::object(std::move(members)));
}

// jsonata.js "reduceTupleStream": each binding becomes all its values.
Tuple Evaluation::reduce_tuples(const std::vector<Tuple>& tuples) {
  Tuple reduced = tuples[0];
  for (size_t slot = 0; slot < reduced.size() && tuples.size() > 1; ++slot) {
    Collector all(*this);
    for (const Tuple& tuple : tuples) {
      if (!tuple[slot].is_unbound() && !tuple[slot].is_undefined()) all.push_all(tuple[slot]);
    }
    if (all.size() > 0) reduced[slot] = all.array(0);
  }
  return reduced;
}

}  // namespace pawl::query::jsonata
