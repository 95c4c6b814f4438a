// SPDX-License-Identifier: Apache-2.0
#include "json/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>

#include "json/plain_run.h"
#include "json/write.h"
#include "text/number.h"

namespace pawl::json {

// Nodes end in a flexible array: text, numbers' lexemes, items or members follow the header in one
// allocation.

struct Value::StringNode : Node {
  uint32_t escaped_bytes;  ///< with its quotes, as JSON
  char* text() { return reinterpret_cast<char*>(this + 1); }
};

struct Value::NumberNode : Node {
  double number;
  char* lexeme() { return reinterpret_cast<char*>(this + 1); }
};

struct Value::ArrayNode : Node {
  uint64_t text_bytes;  ///< 0: nobody has asked yet
  uint64_t depth;
  Value* items() { return reinterpret_cast<Value*>(this + 1); }
};

struct Value::ObjectNode : Node {
  uint64_t text_bytes;
  uint32_t depth;
  uint32_t index_slots;  ///< a power of two, or 0: then find() scans
  Member* members() { return reinterpret_cast<Member*>(this + 1); }
  uint32_t* index() { return reinterpret_cast<uint32_t*>(members() + size); }
};

namespace {

constexpr size_t kScannedMembersMax = 16;
constexpr uint32_t kEmptySlot = UINT32_MAX;

uint32_t hash_key(std::string_view key) {
  uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

uint32_t index_slots_for(size_t members) {
  if (members <= kScannedMembersMax) return 0;
  uint32_t slots = 32;
  while (slots < members * 2) slots *= 2;
  return slots;
}

size_t escaped_bytes_of(std::string_view text) {
  size_t bytes = text.size() + 2;
  for (size_t at = plain_run(text); at < text.size(); at += plain_run(text.substr(at))) {
    const char c = text[at++];
    const bool is_short =
        c == '"' || c == '\\' || c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
    bytes += is_short ? 1 : 5;
  }
  return bytes;
}

size_t digits_of(int64_t integer) {
  uint64_t rest = integer < 0 ? 0 - static_cast<uint64_t>(integer) : static_cast<uint64_t>(integer);
  size_t digits = integer < 0 ? 2 : 1;
  for (; rest >= 10; rest /= 10) ++digits;
  return digits;
}

/// True if the double would be written as `lexeme`. Up to 15 digits every plain decimal is the
/// shortest text of its double, so most need not be printed to know.
bool prints_as_it_is(std::string_view lexeme, double number) {
  const std::string_view digits = lexeme.starts_with('-') ? lexeme.substr(1) : lexeme;
  const size_t point = digits.find('.');
  const double size = std::fabs(number);
  const bool is_plain = point != std::string_view::npos && digits.size() <= 16 &&
                        digits.find_first_of("eE") == std::string_view::npos && size >= 1e-3 &&
                        size < 1e7;
  if (is_plain) return !digits.ends_with('0') || digits.size() == point + 2;
  return std::isfinite(number) && text::java_number(number) == lexeme;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  constexpr std::string_view kNames[] = {"null", "boolean", "number", "string", "array", "object"};
  return kNames[static_cast<size_t>(kind)];
}

Value::Value(double number) noexcept : bytes_{} {
  PAWL_ASSERT(std::isfinite(number));
  set_payload(Tag::Double, number);
  bytes_[1] = static_cast<unsigned char>(text::java_number(number).size());
}

Value::Value(std::string_view string) : bytes_{} {
  if (string.size() <= kShortStringBytes) {
    bytes_[0] = static_cast<unsigned char>(Tag::ShortString);
    bytes_[1] = static_cast<unsigned char>(string.size());
    if (!string.empty()) std::memcpy(bytes_ + 2, string.data(), string.size());
    return;
  }
  PAWL_ASSERT(string.size() < UINT32_MAX / 8);
  auto* node = static_cast<StringNode*>(::operator new(sizeof(StringNode) + string.size()));
  node->references = 1;
  node->size = static_cast<uint32_t>(string.size());
  node->escaped_bytes = static_cast<uint32_t>(escaped_bytes_of(string));
  std::memcpy(node->text(), string.data(), string.size());
  set_node(Tag::LongString, node);
}

Value Value::number_from_lexeme(std::string_view lexeme) {
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(lexeme.data(), lexeme.data() + lexeme.size(), integer);
  if (error == std::errc() && end == lexeme.data() + lexeme.size() && lexeme != "-0")
    return Value(integer);
  const double number = text::parse_double(lexeme).value_or(0);
  if (prints_as_it_is(lexeme, number)) {
    Value value;
    value.set_payload(Tag::Double, number);
    value.bytes_[1] = static_cast<unsigned char>(lexeme.size());
    return value;
  }
  auto* node = static_cast<NumberNode*>(::operator new(sizeof(NumberNode) + lexeme.size()));
  node->references = 1;
  node->size = static_cast<uint32_t>(lexeme.size());
  node->number = number;
  std::memcpy(node->lexeme(), lexeme.data(), lexeme.size());
  Value value;
  value.set_node(Tag::Lexeme, node);
  return value;
}

Value Value::array(std::vector<Value> items) { return array_of(items); }

Value Value::array_of(std::span<Value> items) {
  PAWL_ASSERT(items.size() < UINT32_MAX / 2);
  auto* node =
      static_cast<ArrayNode*>(::operator new(sizeof(ArrayNode) + items.size() * sizeof(Value)));
  node->references = 1;
  node->size = static_cast<uint32_t>(items.size());
  node->text_bytes = 0;
  node->depth = 0;
  Value* out = node->items();
  for (Value& item : items) {
    node->depth = std::max<uint64_t>(node->depth, item.depth());
    new (out++) Value(std::move(item));
  }
  ++node->depth;
  Value value;
  value.set_node(Tag::Array, node);
  return value;
}

Value Value::object() { return object({}); }

/// Room for so many members, none of them made yet.
Value::ObjectNode* Value::make_object_node(size_t members) {
  PAWL_ASSERT(members < UINT32_MAX / 4);
  const uint32_t slots = index_slots_for(members);
  auto* node = static_cast<ObjectNode*>(
      ::operator new(sizeof(ObjectNode) + members * sizeof(Member) + slots * sizeof(uint32_t)));
  node->references = 1;
  node->size = static_cast<uint32_t>(members);
  node->text_bytes = members == 0 ? 2 : 1 + members * 2;
  node->depth = 1;
  node->index_slots = slots;
  return node;
}

/// All members are made, and counted in text_bytes and depth.
Value Value::finish_object(ObjectNode* node) {
  if (const uint32_t slots = node->index_slots; slots != 0) {
    std::fill_n(node->index(), slots, kEmptySlot);
    for (uint32_t i = 0; i < node->size; ++i) {
      uint32_t slot = hash_key(node->members()[i].key.as_string()) & (slots - 1);
      while (node->index()[slot] != kEmptySlot) slot = (slot + 1) & (slots - 1);
      node->index()[slot] = i;
    }
  }
  Value value;
  value.set_node(Tag::Object, node);
  return value;
}

Value Value::object(std::vector<Member> members) {
  ObjectNode* node = make_object_node(members.size());
  Member* out = node->members();
  for (Member& member : members) {
    node->text_bytes += member.key.text_bytes() + member.value.text_bytes();
    node->depth = std::max(node->depth, static_cast<uint32_t>(member.value.depth() + 1));
    new (out++) Member(std::move(member));
  }
  return finish_object(node);
}

Value Value::object_of(std::span<Value> keys, std::span<Value> values) {
  PAWL_ASSERT(keys.size() == values.size());
  ObjectNode* node = make_object_node(keys.size());
  Member* out = node->members();
  for (size_t i = 0; i < keys.size(); ++i) {
    node->text_bytes += keys[i].text_bytes() + values[i].text_bytes();
    node->depth = std::max(node->depth, static_cast<uint32_t>(values[i].depth() + 1));
    new (out++) Member(std::move(keys[i]), std::move(values[i]));
  }
  return finish_object(node);
}

/// Recursion is as deep as the value: Limits::json_depth_max bounds it.
void Value::destroy_node() noexcept {
  Node* base = node();
  if (tag() == Tag::Array) {
    auto* array = static_cast<ArrayNode*>(base);
    for (uint32_t i = 0; i < array->size; ++i) array->items()[i].~Value();
  } else if (tag() == Tag::Object) {
    auto* object = static_cast<ObjectNode*>(base);
    for (uint32_t i = 0; i < object->size; ++i) object->members()[i].~Member();
  }
  ::operator delete(base);
}

double Value::lexeme_as_double() const noexcept {
  PAWL_ASSERT(tag() == Tag::Lexeme);
  return static_cast<NumberNode*>(node())->number;
}

bool Value::to_int64(int64_t& out) const noexcept {
  if (tag() == Tag::Integer) {
    out = payload<int64_t>();
    return true;
  }
  const double number = as_double();
  // 2^63 itself is not an int64_t; below it every integral double is.
  if (!(number >= -0x1p63 && number < 0x1p63) || number != std::trunc(number)) return false;
  out = static_cast<int64_t>(number);
  return true;
}

bool Value::is_integer_lexeme() const noexcept {
  if (tag() != Tag::Lexeme) return tag() == Tag::Integer;
  auto* number = static_cast<NumberNode*>(node());
  return std::string_view(number->lexeme(), number->size).find_first_of(".eE") ==
         std::string_view::npos;
}

std::string Value::number_text() const {
  switch (tag()) {
    case Tag::Integer: return std::to_string(payload<int64_t>());
    case Tag::Double: return text::java_number(payload<double>());
    default: break;
  }
  PAWL_ASSERT(tag() == Tag::Lexeme);
  auto* number = static_cast<NumberNode*>(node());
  return {number->lexeme(), number->size};
}

std::string_view Value::long_string() const noexcept {
  PAWL_ASSERT(tag() == Tag::LongString);
  auto* string = static_cast<StringNode*>(node());
  return {string->text(), string->size};
}

size_t Value::size() const noexcept { return is_container() ? node()->size : 0; }

std::span<const Value> Value::items() const& noexcept {
  PAWL_ASSERT(is_array());
  auto* array = static_cast<ArrayNode*>(node());
  return {array->items(), array->size};
}

std::span<const Member> Value::members() const& noexcept {
  PAWL_ASSERT(is_object());
  auto* object = static_cast<ObjectNode*>(node());
  return {object->members(), object->size};
}

const Value* Value::find(std::string_view key) const& noexcept {
  if (tag() != Tag::Object) return nullptr;
  auto* object = static_cast<ObjectNode*>(node());
  const Member* members = object->members();
  if (object->index_slots == 0) {
    for (uint32_t i = 0; i < object->size; ++i) {
      if (members[i].key.as_string() == key) return &members[i].value;
    }
    return nullptr;
  }
  const uint32_t mask = object->index_slots - 1;
  for (uint32_t slot = hash_key(key) & mask; object->index()[slot] != kEmptySlot;
       slot = (slot + 1) & mask) {
    const Member& member = members[object->index()[slot]];
    if (member.key.as_string() == key) return &member.value;
  }
  return nullptr;
}

const Value* Value::find_key(const Value& key) const& noexcept {
  if (tag() != Tag::Object) return nullptr;
  auto* object = static_cast<ObjectNode*>(node());
  if (object->index_slots != 0 || key.tag() != Tag::ShortString) return find(key.as_string());
  // Unused bytes of a short string are zero, so equal keys are equal words.
  uint64_t wanted[2];
  std::memcpy(wanted, key.bytes_, sizeof(wanted));
  const Member* members = object->members();
  for (uint32_t i = 0; i < object->size; ++i) {
    uint64_t words[2];
    std::memcpy(words, members[i].key.bytes_, sizeof(words));
    if (words[0] == wanted[0] && words[1] == wanted[1]) return &members[i].value;
  }
  return nullptr;
}

Value Value::with_member(std::string_view key, Value value) const {
  PAWL_ASSERT(is_object());
  const auto* old = static_cast<ObjectNode*>(node());
  const std::span<const Member> old_members = members();
  const Value* replaced = find(key);
  ObjectNode* changed = make_object_node(old_members.size() + (replaced == nullptr ? 1 : 0));
  Member* out = changed->members();
  // Sizes are carried over; only a replaced child that may have been the deepest makes the depth be
  // taken anew.
  const bool depth_is_kept = replaced == nullptr || replaced->depth() + 1 < old->depth;
  changed->depth =
      static_cast<uint32_t>(std::max<uint64_t>(value.depth() + 1, depth_is_kept ? old->depth : 1));
  changed->text_bytes = old->text_bytes + value.text_bytes();
  if (replaced != nullptr) changed->text_bytes -= replaced->text_bytes();
  for (const Member& member : old_members) {
    if (&member.value == replaced) {
      new (out++) Member(member.key, std::move(value));
      continue;
    }
    if (!depth_is_kept)
      changed->depth = std::max(changed->depth, static_cast<uint32_t>(member.value.depth() + 1));
    new (out++) Member(member);
  }
  if (replaced == nullptr) {
    Value name(key);
    changed->text_bytes += name.text_bytes() + (old_members.empty() ? 1 : 2);
    new (out) Member(std::move(name), std::move(value));
  }
  return finish_object(changed);
}

Value Value::without_member(std::string_view key) const {
  PAWL_ASSERT(is_object());
  std::vector<Member> kept;
  kept.reserve(size());
  for (const Member& member : members()) {
    if (member.key.as_string() != key) kept.push_back(member);
  }
  return object(std::move(kept));
}

Value Value::with_item(size_t index, Value value) const {
  PAWL_ASSERT(is_array() && index < size());
  const std::span<const Value> old = items();
  std::vector<Value> changed(old.begin(), old.end());
  changed[index] = std::move(value);
  return array(std::move(changed));
}

size_t Value::text_bytes() const noexcept {
  switch (tag()) {
    case Tag::Null: return 4;
    case Tag::Boolean: return payload<uint64_t>() != 0 ? 4 : 5;
    case Tag::Integer: return digits_of(payload<int64_t>());
    case Tag::Double: return bytes_[1];
    case Tag::Lexeme: return node()->size;
    case Tag::ShortString: return escaped_bytes_of(as_string());
    case Tag::LongString: return static_cast<StringNode*>(node())->escaped_bytes;
    case Tag::Array: {
      auto* array = static_cast<ArrayNode*>(node());
      if (array->text_bytes == 0) {
        uint64_t bytes = array->size == 0 ? 2 : 1 + array->size;
        for (const Value& item : items()) bytes += item.text_bytes();
        array->text_bytes = bytes;
      }
      return array->text_bytes;
    }
    case Tag::Object: return static_cast<ObjectNode*>(node())->text_bytes;
  }
  PAWL_ASSERT(false);
}

size_t Value::depth() const noexcept {
  if (tag() == Tag::Array) return static_cast<ArrayNode*>(node())->depth;
  if (tag() == Tag::Object) return static_cast<ObjectNode*>(node())->depth;
  return 0;
}

bool Value::same_node(const Value& other) const noexcept {
  if (tag() == Tag::ShortString)
    return other.tag() == Tag::ShortString && as_string() == other.as_string();
  return tag() == other.tag() && payload<uint64_t>() == other.payload<uint64_t>();
}

bool operator==(const Value& a, const Value& b) {
  if (a.same_node(b)) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::Null: return true;
    case Kind::Boolean: return a.as_boolean() == b.as_boolean();
    case Kind::Number: {
      int64_t x = 0;
      int64_t y = 0;
      if (a.to_int64(x) && b.to_int64(y)) return x == y;
      return a.as_double() == b.as_double();
    }
    case Kind::String: return a.as_string() == b.as_string();
    case Kind::Array:
      return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end());
    case Kind::Object: break;
  }
  if (a.size() != b.size()) return false;
  for (const Member& member : a.members()) {
    const Value* other = b.find(member.key.as_string());
    if (other == nullptr || !(member.value == *other)) return false;
  }
  return true;
}

ObjectBuilder& ObjectBuilder::set(std::string_view key, Value value) {
  return set(Value(key), std::move(value));
}

ObjectBuilder& ObjectBuilder::set(Value key, Value value) {
  for (Member& member : members_) {
    if (member.key.as_string() == key.as_string()) {
      member.value = std::move(value);
      return *this;
    }
  }
  members_.emplace_back(std::move(key), std::move(value));
  return *this;
}

Value ObjectBuilder::build() && { return Value::object(std::move(members_)); }

namespace {

/// A copy that shares no node with `value`: each of its nodes has one owner.
Value deep_copy(const Value& value) {
  switch (value.kind()) {
    case Kind::String: return Value(value.as_string());
    case Kind::Number: return Value::number_from_lexeme(value.number_text());
    case Kind::Array: {
      std::vector<Value> items;
      items.reserve(value.size());
      for (const Value& item : value.items()) items.push_back(deep_copy(item));
      return Value::array(std::move(items));
    }
    case Kind::Object: {
      std::vector<Member> members;
      members.reserve(value.size());
      for (const Member& member : value.members()) {
        members.emplace_back(deep_copy(member.key), deep_copy(member.value));
      }
      return Value::object(std::move(members));
    }
    default: return value;
  }
}

}  // namespace

void FrozenValue::set_references(const Value& value, uint32_t references) {
  if (!value.is_counted()) return;
  value.node()->references = references;
  if (value.is_array()) {
    for (const Value& item : value.items()) set_references(item, references);
  } else if (value.is_object()) {
    for (const Member& member : value.members()) {
      set_references(member.key, references);
      set_references(member.value, references);
    }
  }
}

FrozenValue::FrozenValue(const Value& value) : value_(deep_copy(value)) {
  value_.text_bytes();  // what arrays count when first asked is counted before threads share them
  set_references(value_, Value::Node::kFrozen);
}

FrozenValue::FrozenValue(FrozenValue&& other) noexcept : value_(std::move(other.value_)) {}

FrozenValue& FrozenValue::operator=(FrozenValue&& other) noexcept {
  if (this == &other) return *this;
  set_references(value_, 1);
  value_ = std::move(other.value_);
  return *this;
}

FrozenValue::~FrozenValue() { set_references(value_, 1); }

}  // namespace pawl::json
