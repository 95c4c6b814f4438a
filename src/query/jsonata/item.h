// SPDX-License-Identifier: Apache-2.0
// Item: a value as JSONata knows it: JSON, "undefined", a number not yet written as JSON, or a
// function; and arrays with what the language remembers of them. Not a JSON value: Evaluation turns
// results into one.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>

#include "json/value.h"

namespace pawl::query::jsonata {

class Function;
struct TupleStream;

/// What the reference implementation keeps as flags on an array.
struct ArrayFlag {
  static constexpr uint8_t kSequence = 1;  ///< a result sequence: one item alone stands for itself
  static constexpr uint8_t kKeepSingleton = 2;  ///< "[]" was written: one item stays an array
  static constexpr uint8_t kConstructed = 4;    ///< "[…]" as a step: is not flattened
  static constexpr uint8_t kOuterWrapper = 8;   ///< the array that stands around an input array
};

/// 16 bytes: a json::Value whose annotation tells what JSON cannot. JSON inside is shared, never
/// converted. Functions are borrowed from the Evaluation that made them.
///
/// A *failure* stands for an error that the Evaluation holds: whoever meets one returns it.
class Item {
 public:
  Item() noexcept : value_(json::Value::annotated_null(kUndefined, 0)) {}
  explicit Item(json::Value value) noexcept : value_(std::move(value)) {}

  static Item null() { return Item(json::Value()); }
  static Item boolean(bool value) { return Item(json::Value(value)); }
  static Item string(std::string_view text) { return Item(json::Value(text)); }
  /// Any double, also NaN and infinite ones. It becomes JSON when it is stored.
  static Item number(double number) {
    return Item(json::Value::annotated_null(kNumber, std::bit_cast<uint64_t>(number)));
  }
  static Item function(const Function* function) {
    return Item(json::Value::annotated_null(kFunction, reinterpret_cast<uintptr_t>(function)));
  }
  static Item failure() { return Item(json::Value::annotated_null(kFailure, 0)); }
  /// A variable that has a place but no value yet, so that an outer one is seen.
  static Item unbound() { return Item(json::Value::annotated_null(kUnbound, 0)); }

  /// What a path with "%" inside hands to the path around it.
  static Item tuples(const TupleStream* stream) {
    return Item(json::Value::annotated_null(kTuples, reinterpret_cast<uintptr_t>(stream)));
  }

  bool is_undefined() const { return is_special(kUndefined); }
  bool is_failure() const { return is_special(kFailure); }
  bool is_unbound() const { return is_special(kUnbound); }
  bool is_function() const { return is_special(kFunction); }
  bool is_tuples() const { return is_special(kTuples); }
  bool is_null() const { return is_special(0); }
  bool is_boolean() const { return value_.is_boolean(); }
  bool is_number() const { return value_.is_number() || is_special(kNumber); }
  bool is_string() const { return value_.is_string(); }
  bool is_array() const { return value_.is_array(); }
  bool is_object() const { return value_.is_object(); }
  bool is_defined() const { return !is_undefined(); }

  bool as_boolean() const { return value_.as_boolean(); }
  double as_number() const {
    return value_.is_number() ? value_.as_double()
                              : std::bit_cast<double>(value_.annotation_payload());
  }
  std::string_view as_string() const& { return value_.as_string(); }
  std::string_view as_string() const&& = delete;
  const Function* as_function() const {
    return reinterpret_cast<const Function*>(static_cast<uintptr_t>(value_.annotation_payload()));
  }

  const TupleStream* as_tuples() const {
    return reinterpret_cast<const TupleStream*>(
        static_cast<uintptr_t>(value_.annotation_payload()));
  }

  /// A value inside an array seen as an Item, without a copy: an Item is a Value and nothing else.
  static const Item& view(const json::Value& value) { return reinterpret_cast<const Item&>(value); }

  /// The same questions to a value inside an array, without a copy.
  static bool is_number(const json::Value& value) {
    return value.is_number() || (value.is_null() && value.annotation() == kNumber);
  }
  static double number_of(const json::Value& value) {
    return value.is_number() ? value.as_double()
                             : std::bit_cast<double>(value.annotation_payload());
  }
  static bool is_function(const json::Value& value) {
    return value.is_null() && value.annotation() == kFunction;
  }

  /// Flags of an array; 0 for all else.
  uint8_t flags() const { return is_array() ? value_.annotation() : 0; }
  bool has_flag(uint8_t flag) const { return (flags() & flag) != 0; }
  Item with_flags(uint8_t flags) const { return Item(value_.annotated(flags)); }

  /// The value inside; a special one is an annotated null.
  const json::Value& value() const& { return value_; }
  json::Value&& value() && { return std::move(value_); }

 private:
  static constexpr uint8_t kUndefined = 1;
  static constexpr uint8_t kNumber = 2;
  static constexpr uint8_t kFunction = 3;
  static constexpr uint8_t kFailure = 4;
  static constexpr uint8_t kUnbound = 5;
  static constexpr uint8_t kTuples = 6;

  bool is_special(uint8_t annotation) const {
    return value_.is_null() && value_.annotation() == annotation;
  }

  json::Value value_;
};

static_assert(sizeof(Item) == sizeof(json::Value));

}  // namespace pawl::query::jsonata
