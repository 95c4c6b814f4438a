// SPDX-License-Identifier: Apache-2.0
// AttributeValue and Item: what a table holds, in memory. The wire is attribute_json.h, the store
// item_record.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::dynamodb {

/// API AttributeValue. The numbers are stored.
enum class Type : uint8_t { S, N, B, SS, NS, BS, M, L, Null, Bool };
inline constexpr std::array<std::string_view, 10> kTypeNames = {"S",  "N", "B", "SS",   "NS",
                                                                "BS", "M", "L", "NULL", "BOOL"};
inline std::string_view type_name(Type type) { return kTypeNames[static_cast<size_t>(type)]; }
std::optional<Type> type_named(std::string_view name);

struct Attribute;

struct AttributeValue {
  Type type = Type::Null;
  bool boolean = false;              ///< Bool
  std::string text;                  ///< S; B: the bytes; N: Number::text()
  std::vector<std::string> set;      ///< SS, BS, NS: the same of each element
  std::vector<AttributeValue> list;  ///< L
  std::vector<Attribute> map;        ///< M; names are distinct

  static AttributeValue string(std::string_view text);
  /// From Number::text().
  static AttributeValue number(std::string text);
  static AttributeValue of(Type type);

  bool is_set() const { return type == Type::SS || type == Type::NS || type == Type::BS; }
};

struct Attribute {
  std::string name;
  AttributeValue value;
};

/// Attributes in the order in which they were written.
using Item = std::vector<Attribute>;

const AttributeValue* find(const Item& item, std::string_view name);
AttributeValue* find(Item& item, std::string_view name);
void set(Item& item, std::string_view name, AttributeValue value);
bool remove_attribute(Item& item, std::string_view name);

/// Same type and value; sets and maps regardless of order.
bool equal(const AttributeValue& a, const AttributeValue& b);
bool equal(const Item& a, const Item& b);
/// Of two S, N or B of the same type: below, at or above 0. nullopt for anything else.
std::optional<int> compare(const AttributeValue& a, const AttributeValue& b);

/// Developer Guide "DynamoDB item sizes and formats".
size_t size_of(const AttributeValue& value);
size_t size_of(const Item& item);

inline constexpr size_t kItemBytesMax = 400 * 1024;
inline constexpr size_t kNestingMax = 32;

}  // namespace pawl::dynamodb
