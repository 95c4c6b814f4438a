// SPDX-License-Identifier: Apache-2.0
// Node: building, members, copies. How it prints: node_text.cc.
#include "formation/serverless/node.h"

#include <algorithm>

#include "formation/serverless/hashed_keys.h"

namespace pawl::formation::serverless {

struct Node::MapBody {
  std::vector<Item> members;  ///< in the order of insertion
  bool hashed = false;
  HashedKeys order = {};

  Item* find(std::string_view key) {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Item& item) { return item.first.text() == key; });
    return found == members.end() ? nullptr : &*found;
  }
};

Node Node::marked(std::string text) { return Node(std::move(text)).with_mark(true); }

Node Node::list(std::vector<Node> items) {
  Node node;
  node.kind_ = Kind::List;
  node.list_ = std::make_shared<std::vector<Node>>(std::move(items));
  return node;
}

Node Node::map(Pairs members) {
  Node node;
  node.kind_ = Kind::Map;
  node.map_ = std::make_shared<MapBody>();
  for (const auto& [key, value] : members) node.set(key, value);
  return node;
}

Node Node::hashed_map(Pairs members) {
  Node node = map();
  node.map_->hashed = true;
  if (members.size() != 0) node.update(map(members));
  return node;
}

Node Node::from_value(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return {};
    case json::Kind::Boolean: return value.as_boolean();
    case json::Kind::Number: {
      Node node(value.number_text());
      node.kind_ = Kind::Number;
      return node;
    }
    case json::Kind::String: return std::string(value.as_string());
    case json::Kind::Array: {
      Node node = list();
      for (const json::Value& item : value.items()) node.push(from_value(item));
      return node;
    }
    case json::Kind::Object: {
      Node node = map();
      for (const json::Member& member : value.members())
        node.map_->members.emplace_back(Node(member.name()), from_value(member.value));
      return node;
    }
  }
  return {};
}

json::Value Node::to_value() const {
  switch (kind_) {
    case Kind::Null: return {};
    case Kind::Boolean: return json::Value(flag_);
    case Kind::Number: return json::Value::number_from_lexeme(text_);
    case Kind::Text: return json::Value(text_);
    case Kind::List: {
      std::vector<json::Value> values;
      for (const Node& item : *list_) values.push_back(item.to_value());
      return json::Value::array(std::move(values));
    }
    case Kind::Map: {
      std::vector<json::Member> values;
      for (const Item& item : members())
        values.emplace_back(item.first.text(), item.second.to_value());
      return json::Value::object(std::move(values));
    }
  }
  return {};
}

bool Node::is_integer() const {
  return kind_ == Kind::Boolean ||
         (kind_ == Kind::Number && text_.find_first_of(".eE") == std::string::npos);
}

bool Node::truthy() const {
  switch (kind_) {
    case Kind::Null: return false;
    case Kind::Boolean: return flag_;
    case Kind::Number: return text_.find_first_of("123456789") < text_.find_first_of("eE");
    case Kind::Text: return !text_.empty();
    case Kind::List:
    case Kind::Map: return size() != 0;
  }
  return false;
}

Node Node::with_mark(bool mark) const {
  Node node = *this;
  if (is_text()) node.flag_ = mark;
  return node;
}

std::vector<Node>& Node::items() const& {
  static thread_local std::vector<Node> none;
  if (is_list()) return *list_;
  none.clear();
  return none;
}

bool Node::contains(const Node& item) const {
  const std::vector<Node>& all = items();
  return std::find(all.begin(), all.end(), item) != all.end();
}

Node Node::get(std::string_view key) const {
  if (!is_map()) return {};
  const Item* found = map_->find(key);
  return found == nullptr ? Node() : found->second;
}

bool Node::has(std::string_view key) const { return is_map() && map_->find(key) != nullptr; }

size_t Node::size() const {
  return is_map() ? map_->members.size() : is_list() ? list_->size() : 0;
}

std::vector<Node::Item> Node::members() const {
  if (!is_map()) return {};
  if (!map_->hashed) return map_->members;
  std::vector<Item> ordered;
  for (const std::string& key : map_->order.keys()) ordered.push_back(*map_->find(key));
  return ordered;
}

std::vector<Node> Node::keys() const {
  std::vector<Node> names;
  for (const Item& item : members()) names.push_back(item.first);
  return names;
}

void Node::set(const Node& key, Node value) const {
  if (!is_map()) return;
  if (Item* found = map_->find(key.text())) {
    found->second = std::move(value);
    return;
  }
  map_->members.emplace_back(key, std::move(value));
  if (map_->hashed) map_->order.add(key.text());
}

void Node::erase(std::string_view key) const {
  if (!is_map()) return;
  std::erase_if(map_->members, [&](const Item& item) { return item.first.text() == key; });
  if (map_->hashed) map_->order.remove(key);
}

Node Node::set_default(const Node& key, Node value) const {
  if (!has(key.text())) set(key, std::move(value));
  return get(key.text());
}

void Node::update(const Node& other) const {
  if (!is_map()) return;
  const std::vector<Item> added = other.members();
  if (map_->hashed) {
    std::vector<std::string> names;
    for (const Item& item : added) names.push_back(item.first.text());
    map_->order.merge(names);
  }
  for (const Item& item : added) set(item.first, item.second);
}

Node Node::shallow_copy() const {
  if (is_list()) return list(*list_);
  if (!is_map()) return *this;
  Node copy = map_->hashed ? hashed_map() : map();
  copy.update(*this);
  return copy;
}

Node Node::deep_copy() const {
  if (is_list()) {
    Node copy = list();
    for (const Node& item : *list_) copy.push(item.deep_copy());
    return copy;
  }
  if (!is_map()) return *this;
  Node copy = map_->hashed ? hashed_map() : map();
  for (const Item& item : members()) copy.set(item.first, item.second.deep_copy());
  return copy;
}

Node Node::as_hashed() const {
  if (is_text()) return with_mark(true);
  if (is_list()) {
    Node copy = list();
    for (const Node& item : *list_) copy.push(item.as_hashed());
    return copy;
  }
  if (!is_map()) return *this;
  Node copy = hashed_map();
  for (const Item& item : members()) copy.set(item.first.with_mark(true), item.second.as_hashed());
  return copy;
}

bool operator==(const Node& a, const Node& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Node::Kind::Null: return true;
    case Node::Kind::Boolean: return a.flag_ == b.flag_;
    case Node::Kind::Number:
    case Node::Kind::Text: return a.text_ == b.text_;
    case Node::Kind::List: return a.list_ == b.list_ || *a.list_ == *b.list_;
    case Node::Kind::Map:
      if (a.map_ == b.map_) return true;
      if (a.size() != b.size()) return false;
      return std::all_of(a.map_->members.begin(), a.map_->members.end(),
                         [&](const Node::Item& item) {
                           const Node::Item* other = b.map_->find(item.first.text());
                           return other != nullptr && other->second == item.second;
                         });
  }
  return false;
}

}  // namespace pawl::formation::serverless
