// SPDX-License-Identifier: Apache-2.0
// What a mapping template computes with: JSON's types, but lists and maps that can be changed and
// are shared, as Java's are (Velocity 1.7), and objects of the gateway with methods.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/value.h"

namespace pawl::apigateway::vtl {

class Value;
using ValueList = std::vector<Value>;
/// In the order of insertion.
using ValueMap = std::vector<std::pair<std::string, Value>>;

/// $input, $util.
class Object {
 public:
  virtual ~Object() = default;
  /// nullopt: there is none.
  virtual std::optional<Value> member(std::string_view name) const = 0;
  virtual std::optional<Value> call(std::string_view name, const ValueList& arguments) const = 0;
};

/// Lists, maps and objects are shared by copies. One thread.
class Value {
 public:
  enum class Kind { Null, Boolean, Integer, Double, Text, List, Map, Object };

  Value() = default;
  explicit Value(bool flag) : kind_(Kind::Boolean), integer_(flag ? 1 : 0) {}
  explicit Value(int64_t number) : kind_(Kind::Integer), integer_(number) {}
  explicit Value(double number) : kind_(Kind::Double), double_(number) {}
  explicit Value(std::string text) : kind_(Kind::Text), text_(std::move(text)) {}
  explicit Value(ValueList items);
  explicit Value(ValueMap members);
  explicit Value(std::shared_ptr<const Object> object)
      : kind_(Kind::Object), object_(std::move(object)) {}

  static Value of_json(const json::Value& value);
  /// As JSON text has it; cut beyond a depth of 100 and a million parts.
  json::Value to_json() const;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::Null; }
  bool is_text() const { return kind_ == Kind::Text; }
  bool is_number() const { return kind_ == Kind::Integer || kind_ == Kind::Double; }
  bool is_list() const { return kind_ == Kind::List; }
  bool is_map() const { return kind_ == Kind::Map; }
  /// Velocity: null and false are false.
  bool is_true() const { return kind_ == Kind::Boolean ? integer_ != 0 : kind_ != Kind::Null; }
  int64_t integer() const {
    return kind_ == Kind::Double ? static_cast<int64_t>(double_) : integer_;
  }
  double number() const { return kind_ == Kind::Double ? double_ : static_cast<double>(integer_); }
  const std::string& text() const { return text_; }
  ValueList& list() const { return *list_; }
  ValueMap& map() const { return *map_; }
  const Object& object() const { return *object_; }

  /// A member of a map; nullptr if there is none.
  Value* find(std::string_view key) const;
  /// Of a map. What would contain itself is not put.
  void put(std::string_view key, Value value) const;
  /// Whether the list or map `other` is this one or in it, or this one is too large to tell.
  bool contains_container(const Value& other) const;

  /// Java's toString(): what stands in the output. Cut beyond 10 MB.
  std::string printed() const;
  friend bool operator==(const Value& a, const Value& b);

 private:
  void print(std::string& out, size_t depth) const;
  json::Value to_json(size_t depth, size_t& parts) const;
  bool contains_container(const void* other, size_t depth, size_t& parts) const;
  const void* container() const {
    return list_ ? static_cast<const void*>(list_.get()) : static_cast<const void*>(map_.get());
  }

  Kind kind_ = Kind::Null;
  int64_t integer_ = 0;
  double double_ = 0;
  std::string text_;
  std::shared_ptr<ValueList> list_;
  std::shared_ptr<ValueMap> map_;
  std::shared_ptr<const Object> object_;
};

}  // namespace pawl::apigateway::vtl
