// SPDX-License-Identifier: Apache-2.0
// Node: the mutable tree on which the serverless transform works. Copies of a Node share the list
// or map they hold, as references do in the translator this follows: an editor's change to an API's
// definition must be seen by all who hold the API.
//
// Why not json::Value: that is immutable, and the ids of deployments are hashes over the text
// Python 2.7 printed for a definition: its order of keys (a hash table's) and its u'' marks. Node
// keeps both: a map may be in that order, a text may carry the mark. Never stored, lives within one
// call.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"

namespace pawl::formation::serverless {

class Node {
 public:
  enum class Kind : uint8_t { Null, Boolean, Number, Text, List, Map };
  using Item = std::pair<Node, Node>;
  using Pairs = std::initializer_list<std::pair<std::string_view, Node>>;

  Node() = default;
  Node(bool boolean) : kind_(Kind::Boolean), flag_(boolean) {}
  Node(int number) : kind_(Kind::Number), text_(std::to_string(number)) {}
  Node(const char* text) : kind_(Kind::Text), text_(text) {}
  Node(std::string text) : kind_(Kind::Text), text_(std::move(text)) {}
  Node(std::string_view text) : kind_(Kind::Text), text_(text) {}

  /// A text with the mark of Python 2.7's unicode strings.
  static Node marked(std::string text);
  static Node list(std::vector<Node> items = {});
  /// A map in the order of insertion.
  static Node map(Pairs members = {});
  /// A map in the order of Python 2.7's hash table.
  static Node hashed_map(Pairs members = {});
  static Node from_value(const json::Value& value);
  json::Value to_value() const;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::Null; }
  bool is_boolean() const { return kind_ == Kind::Boolean; }
  bool is_text() const { return kind_ == Kind::Text; }
  bool is_list() const { return kind_ == Kind::List; }
  bool is_map() const { return kind_ == Kind::Map; }
  /// A number without fraction; booleans are ones, as in Python.
  bool is_integer() const;
  bool is_marked() const { return kind_ == Kind::Text && flag_; }
  bool is(std::same_as<bool> auto boolean) const { return is_boolean() && flag_ == boolean; }
  bool is(std::string_view text) const { return is_text() && text_ == text; }
  /// What Python takes for true.
  bool truthy() const;
  /// The text, or a number's lexeme; "" of others.
  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }
  /// The same node as a text with the mark if `mark`.
  Node with_mark(bool mark) const;

  // Of lists: no items of what is none.
  std::vector<Node>& items() const&;
  std::vector<Node> items() && { return static_cast<const Node&>(*this).items(); }
  void push(Node item) const { items().push_back(std::move(item)); }
  bool contains(const Node& item) const;

  // Of maps: reading takes any node, those that are no maps have no members.
  Node get(std::string_view key) const;
  bool has(std::string_view key) const;
  size_t size() const;  ///< members or items
  /// In the map's own order.
  std::vector<Item> members() const;
  std::vector<Node> keys() const;
  void set(const Node& key, Node value) const;
  void erase(std::string_view key) const;
  /// The member, set to `value` first if it is missing.
  Node set_default(const Node& key, Node value) const;
  /// Sets all members of `other`.
  void update(const Node& other) const;

  /// A copy of this map or list only; of everything below, too.
  Node shallow_copy() const;
  Node deep_copy() const;
  /// The whole in maps of Python 2.7's order with marked texts.
  Node as_hashed() const;

  /// What Python's str() prints.
  std::string python_text() const;
  /// What Python's repr() prints.
  std::string python_repr() const;
  /// json.dumps(sort_keys=True, separators=(",", ":")).
  std::string sorted_json() const;
  /// json.dumps() as it is.
  std::string spaced_json() const;
  /// json.dumps(sort_keys=True, indent=4, separators=(",", ": ")).
  std::string indented_json() const;

  friend bool operator==(const Node& a, const Node& b);
  friend bool operator!=(const Node& a, const Node& b) { return !(a == b); }

 private:
  struct MapBody;

  Kind kind_ = Kind::Null;
  bool flag_ = false;  ///< the boolean, or a text's mark
  std::string text_;
  std::shared_ptr<std::vector<Node>> list_;
  std::shared_ptr<MapBody> map_;
};

}  // namespace pawl::formation::serverless
