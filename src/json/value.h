// SPDX-License-Identifier: Apache-2.0
// Value: an immutable JSON value (RFC 8259) of 16 bytes that shares its children.
// Not a parser (json/parse.h), not a writer (json/write.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace pawl::json {

/// The JSON type of a Value.
enum class Kind : uint8_t { Null, Boolean, Number, String, Array, Object };

/// "null", "boolean", "number", "string", "array", "object".
std::string_view kind_name(Kind kind);

class Value;
struct Member;

/// An immutable JSON value. Copying is one counter; nothing is ever copied deep.
///
/// - Numbers keep their lexeme: what was read as 1.10 is written as 1.10.
/// - Objects keep insertion order; a key occurs once (ObjectBuilder: the last value wins, at the
/// first place).
/// - depth() is O(1), text_bytes() too but for the first time on an array.
///
/// Threads: the counter is plain, not atomic. A tree belongs to one thread at a time; across
/// threads a value travels as text, or inside a FrozenValue, whose nodes are not counted and may be
/// read by all. string_views and spans point into the value and live as long as it does; short
/// strings are stored inline, so accessors of temporaries are deleted.
class Value {
 public:
  Value() noexcept;  ///< null
  Value(std::nullptr_t) noexcept : Value() {}
  explicit Value(bool boolean) noexcept;
  explicit Value(int integer) noexcept : Value(static_cast<int64_t>(integer)) {}
  explicit Value(int64_t integer) noexcept;
  /// Finite only. Printed as Java's Double.toString / Jackson does when there is no lexeme
  /// (json/write.h).
  explicit Value(double number) noexcept;
  explicit Value(std::string_view string);
  explicit Value(const char* string) : Value(std::string_view(string)) {}
  explicit Value(const std::string& string) : Value(std::string_view(string)) {}

  /// A number from its lexeme, which must match RFC 8259 section 6. Any magnitude and precision is
  /// kept.
  static Value number_from_lexeme(std::string_view lexeme);
  static Value array(std::vector<Value> items);
  static Value array() { return array(std::vector<Value>{}); }
  /// The same, moving the items out of where they are: for builders that keep them on a stack.
  static Value array_of(std::span<Value> items);
  /// Keys must be distinct (ObjectBuilder takes care of that).
  static Value object(std::vector<Member> members);
  static Value object();
  /// The same, moving distinct keys (String values) and as many values out of where they are.
  static Value object_of(std::span<Value> keys, std::span<Value> values);

  Value(const Value& other) noexcept;
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value();

  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::Null; }
  bool is_boolean() const noexcept { return kind() == Kind::Boolean; }
  bool is_number() const noexcept { return kind() == Kind::Number; }
  bool is_string() const noexcept { return kind() == Kind::String; }
  bool is_array() const noexcept { return kind() == Kind::Array; }
  bool is_object() const noexcept { return kind() == Kind::Object; }
  bool is_container() const noexcept { return is_array() || is_object(); }

  // Each accessor asserts its kind: callers check first.
  bool as_boolean() const noexcept {
    PAWL_ASSERT(is_boolean());
    return payload<uint64_t>() != 0;
  }
  /// The nearest double; infinite beyond its range.
  double as_double() const noexcept {
    if (tag() == Tag::Integer) return static_cast<double>(payload<int64_t>());
    return tag() == Tag::Double ? payload<double>() : lexeme_as_double();
  }
  /// True if the number is an integer that fits int64_t (1.0 and 1e3 count), then stored in `out`.
  bool to_int64(int64_t& out) const noexcept;
  /// True if the lexeme has neither fraction nor exponent: "1", not "1.0".
  bool is_integer_lexeme() const noexcept;
  /// The number as it will be written.
  std::string number_text() const;
  std::string_view as_string() const& noexcept {
    if (tag() == Tag::ShortString) return {reinterpret_cast<const char*>(bytes_ + 2), bytes_[1]};
    return long_string();
  }
  std::string_view as_string() const&& = delete;

  /// For tables of String values. Equal texts have equal hashes; nothing more is promised.
  size_t text_hash() const noexcept {
    if (tag() != Tag::ShortString) return std::hash<std::string_view>{}(as_string());
    uint64_t words[2];
    std::memcpy(words, bytes_, sizeof(words));
    const uint64_t mixed = (words[0] ^ (words[1] * 0x9e3779b97f4a7c15ULL)) * 0xbf58476d1ce4e5b9ULL;
    return static_cast<size_t>(mixed ^ (mixed >> 32));
  }
  /// True if both are String values with the same text.
  bool same_text(const Value& other) const noexcept {
    if (tag() == Tag::ShortString || other.tag() == Tag::ShortString)
      return std::memcmp(bytes_, other.bytes_, sizeof(bytes_)) == 0;
    return as_string() == other.as_string();
  }

  /// Items of an array or members of an object; 0 for scalars.
  size_t size() const noexcept;
  std::span<const Value> items() const& noexcept;
  std::span<const Value> items() const&& = delete;
  std::span<const Member> members() const& noexcept;
  std::span<const Member> members() const&& = delete;
  /// The member's value or nullptr; nullptr also if this is no object. O(1) above 16 members, a
  /// short scan below.
  const Value* find(std::string_view key) const& noexcept;
  const Value* find(std::string_view key) const&& = delete;
  /// The same for a String value: short keys are compared as two words.
  const Value* find_key(const Value& key) const& noexcept;
  const Value* find_key(const Value& key) const&& = delete;

  /// The object with `key` set: in place of the old member, or at the end. O(members), children
  /// shared.
  Value with_member(std::string_view key, Value value) const;
  /// The object without `key`. O(members).
  Value without_member(std::string_view key) const;
  /// The array with item `index` (< size) replaced. O(items).
  Value with_item(size_t index, Value value) const;

  /// Length of the compact UTF-8 text (json/write.h) in bytes; what AWS's payload limit counts.
  /// O(1), but O(items) for the first call on an array.
  size_t text_bytes() const noexcept;
  /// 0 for scalars, 1 + the deepest child for containers. O(1).
  size_t depth() const noexcept;

  /// A null or an array carries a byte that JSON does not see and that is copied with it: languages
  /// that know more than JSON (query/jsonata) keep it there. 0 unless set; lost when a value is
  /// rebuilt.
  uint8_t annotation() const noexcept {
    return tag() == Tag::Null || tag() == Tag::Array ? bytes_[1] : 0;
  }
  /// The same null or array with another annotation. Its node is shared.
  Value annotated(uint8_t annotation) const noexcept;
  /// A null that means something else to whoever made it, with 64 bits of theirs.
  static Value annotated_null(uint8_t annotation, uint64_t payload) noexcept;
  uint64_t annotation_payload() const noexcept { return payload<uint64_t>(); }

  /// Tells apart arrays and objects that are equal: the address of the node, shared by all copies.
  const void* node_address() const noexcept { return is_container() ? node() : nullptr; }

  /// The address of the node that all copies share, also of a long string or number; nullptr for
  /// what is stored inline.
  const void* shared_node() const noexcept { return is_counted() ? node() : nullptr; }

  /// True if both are the same node (then equal); scalars compare by value. O(1).
  bool same_node(const Value& other) const noexcept;

  /// JSON equality: numbers by mathematical value, objects regardless of member order.
  friend bool operator==(const Value& a, const Value& b);

 private:
  friend class FrozenValue;

  enum class Tag : uint8_t {
    Null,
    Boolean,
    Integer,
    Double,
    Lexeme,
    ShortString,
    LongString,
    Array,
    Object
  };
  struct Node;
  struct StringNode;
  struct NumberNode;
  struct ArrayNode;
  struct ObjectNode;
  static constexpr size_t kShortStringBytes = 14;

  void retain() const noexcept;
  void release() noexcept;
  Node* node() const noexcept;
  void set_node(Tag tag, Node* node) noexcept;
  static ObjectNode* make_object_node(size_t members);
  static Value finish_object(ObjectNode* node);

  Tag tag() const noexcept { return static_cast<Tag>(bytes_[0]); }
  bool is_counted() const noexcept { return tag() == Tag::Lexeme || tag() >= Tag::LongString; }
  template <typename T>
  T payload() const noexcept {
    T value;
    std::memcpy(&value, bytes_ + 8, sizeof(T));
    return value;
  }
  template <typename T>
  void set_payload(Tag new_tag, T value) noexcept {
    set_head(static_cast<uint64_t>(new_tag));
    std::memcpy(bytes_ + 8, &value, sizeof(T));
  }
  /// Tag, and annotation in the second byte, in one store: a copy that follows loads whole words,
  /// and must not wait for bytes written one by one.
  void set_head(uint64_t head) noexcept { std::memcpy(bytes_, &head, sizeof(head)); }
  void destroy_node() noexcept;
  double lexeme_as_double() const noexcept;
  std::string_view long_string() const noexcept;

  // Byte 0 is the Tag, byte 1 the length of a ShortString or of a Double as text, bytes 2..15 a
  // ShortString's text; else bytes 8..15 hold the integer, double, boolean or node pointer.
  alignas(8) unsigned char bytes_[16];
};

static_assert(sizeof(Value) == 16);

/// What every node on the heap begins with. The highest bit of the counter marks frozen nodes,
/// which are never counted.
struct Value::Node {
  static constexpr uint32_t kFrozen = 0x8000'0000U;
  uint32_t references;
  uint32_t size;  ///< items, members, or bytes of text
};

inline Value::Value() noexcept : bytes_{} {}

inline Value::Value(bool boolean) noexcept {
  set_payload(Tag::Boolean, static_cast<uint64_t>(boolean));
}

inline Value::Value(int64_t integer) noexcept { set_payload(Tag::Integer, integer); }

inline Value Value::annotated(uint8_t annotation) const noexcept {
  Value value(*this);
  PAWL_ASSERT(tag() == Tag::Null || tag() == Tag::Array);
  value.set_head(static_cast<uint64_t>(tag()) | static_cast<uint64_t>(annotation) << 8);
  return value;
}

inline Value Value::annotated_null(uint8_t annotation, uint64_t payload) noexcept {
  Value value;
  value.set_payload(Tag::Null, payload);
  value.set_head(static_cast<uint64_t>(annotation) << 8);
  return value;
}

inline Value::Node* Value::node() const noexcept { return payload<Node*>(); }

inline void Value::set_node(Tag tag, Node* node) noexcept { set_payload(tag, node); }

inline void Value::retain() const noexcept {
  if (!is_counted()) return;
  Node* counted = node();
  if ((counted->references & Node::kFrozen) == 0) ++counted->references;
}

inline void Value::release() noexcept {
  if (!is_counted()) return;
  Node* counted = node();
  if ((counted->references & Node::kFrozen) != 0) return;
  if (--counted->references == 0) destroy_node();
}

inline Value::Value(const Value& other) noexcept {
  std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  retain();
}

inline Value::Value(Value&& other) noexcept {
  std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  other.set_head(0);  // null, not annotated
}

inline Value& Value::operator=(const Value& other) noexcept {
  if (this == &other) return *this;
  other.retain();
  release();
  std::memmove(bytes_, other.bytes_, sizeof(bytes_));
  return *this;
}

inline Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  // The old node may own `other`: let go of it last.
  Value old(std::move(*this));
  std::memcpy(bytes_, other.bytes_, sizeof(bytes_));
  other.set_head(0);  // null, not annotated
  return *this;
}

inline Value::~Value() { release(); }

inline Kind Value::kind() const noexcept {
  constexpr Kind kKinds[] = {Kind::Null,   Kind::Boolean, Kind::Number, Kind::Number, Kind::Number,
                             Kind::String, Kind::String,  Kind::Array,  Kind::Object};
  return kKinds[bytes_[0]];
}

/// A member of an object. The key is a String value, so keys of equal shape are shared like values.
struct Member {
  Value key;
  Value value;

  Member(Value member_key, Value member_value)
      : key(std::move(member_key)), value(std::move(member_value)) {}
  Member(std::string_view member_key, Value member_value)
      : key(member_key), value(std::move(member_value)) {}
  std::string_view name() const& noexcept { return key.as_string(); }
  std::string_view name() const&& = delete;
};

/// Collects members in order; setting a key again replaces its value where it stood.
class ObjectBuilder {
 public:
  ObjectBuilder& set(std::string_view key, Value value);
  ObjectBuilder& set(Value key, Value value);
  bool empty() const noexcept { return members_.empty(); }
  Value build() &&;

 private:
  std::vector<Member> members_;
};

/// A deep, uncounted copy that any number of threads may read while it lives: literals of a
/// compiled Program. Values taken from it (copies, or trees that contain them) must not outlive it.
/// Movable, not copyable.
class FrozenValue {
 public:
  FrozenValue() = default;
  explicit FrozenValue(const Value& value);
  FrozenValue(FrozenValue&& other) noexcept;
  FrozenValue& operator=(FrozenValue&& other) noexcept;
  FrozenValue(const FrozenValue&) = delete;
  FrozenValue& operator=(const FrozenValue&) = delete;
  ~FrozenValue();

  const Value& value() const noexcept { return value_; }

 private:
  /// Of every node: each has exactly one owner in a frozen tree, so 1 lets it be destroyed as
  /// usual.
  static void set_references(const Value& value, uint32_t references);

  Value value_;
};

}  // namespace pawl::json
