// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/item_key.h"

#include <algorithm>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/number.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;

/// FNV-1a, mixed: spreads hash keys evenly over scan segments. Part of the format: never changes.
uint32_t spread(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93ULL;
  return static_cast<uint32_t>(hash >> 32);
}

bool is_empty(const AttributeValue& value) {
  return (value.type == Type::S || value.type == Type::B) && value.text.empty();
}

std::string empty_value(const AttributeValue& value) {
  return "The AttributeValue for a key attribute cannot contain an empty " +
         std::string(value.type == Type::S ? "string" : "binary") + " value.";
}

ApiResult<void> check_sizes(const KeySchema& keys, const Item& item) {
  const AttributeValue* hash = find(item, keys.hash.name);
  if (hash != nullptr && size_of(*hash) > kHashKeyBytesMax) {
    // NOTE: AWS leaves out the space.
    return invalid_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!keys.range) return {};
  const AttributeValue* range = find(item, keys.range->name);
  if (range != nullptr && size_of(*range) > kRangeKeyBytesMax) {
    return invalid_parameter(
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return {};
}

ApiResult<void> check_not_empty(const KeyAttribute& key, const AttributeValue& value) {
  if (!is_empty(value)) return {};
  return invalid("One or more parameter values are not valid. " + empty_value(value) +
                 " Key: " + key.name);
}

ApiResult<void> check_put_key(const KeyAttribute& key, const Item& item) {
  const AttributeValue* value = find(item, key.name);
  if (value == nullptr) return invalid_parameter("Missing the key " + key.name + " in the item");
  if (value->type != key.type) {
    return invalid_parameter("Type mismatch for key " + key.name +
                             " expected: " + std::string(type_name(key.type)) +
                             " actual: " + std::string(type_name(value->type)));
  }
  return check_not_empty(key, *value);
}

enum class Change { Put, Update };

ApiResult<void> check_index_key(const IndexSchema& index, const KeyAttribute& key, const Item& item,
                                Change change) {
  const AttributeValue* value = find(item, key.name);
  if (value == nullptr) return {};
  if (value->type != key.type) {
    if (change == Change::Update) {
      return invalid(
          "The update expression attempted to update the secondary index key to unsupported type");
    }
    return invalid_parameter("Type mismatch for Index Key " + key.name +
                             " Expected: " + std::string(type_name(key.type)) + " Actual: " +
                             std::string(type_name(value->type)) + " IndexName: " + index.name);
  }
  if (!is_empty(*value)) return {};
  return invalid(
      std::string("One or more parameter values are not valid. ") +
      (change == Change::Put
           ? "A value specified for a secondary index key is not supported. "
           : "The update expression attempted to update a secondary index key to a value that is "
             "not supported. ") +
      empty_value(*value) +
      (change == Change::Put ? " IndexName: " + index.name + ", IndexKey: " + key.name : ""));
}

ApiResult<void> check_index_keys(const TableSchema& schema, const Item& item, Change change) {
  for (const IndexSchema& index : schema.indexes) {
    for (const KeyAttribute* key :
         {&index.keys.hash, index.keys.range ? &*index.keys.range : nullptr}) {
      if (key == nullptr || schema.keys.contains(key->name)) continue;
      PAWL_TRY_VOID(check_index_key(index, *key, item, change));
    }
    PAWL_TRY_VOID(check_sizes(index.keys, item));
  }
  return {};
}

}  // namespace

std::string table_prefix(uint64_t table) { return store::KeyBuilder().u64(table).take(); }

std::string index_prefix(uint64_t table, uint32_t index) {
  return store::KeyBuilder().u64(table).u32(index).take();
}

std::string segment_start(uint64_t table, uint32_t index, uint64_t segment, uint64_t total) {
  if (segment >= total) return store::prefix_end(index_prefix(table, index));
  const uint64_t start = (segment << 32) / total;
  return store::KeyBuilder().u64(table).u32(index).u32(static_cast<uint32_t>(start)).take();
}

std::string key_part(const AttributeValue& value) {
  if (value.type == Type::N) {
    const auto number = Number::parse(value.text);
    return number ? number->key_bytes() : Number().key_bytes();
  }
  return store::KeyBuilder().text(value.text).take();
}

std::string hash_prefix(uint64_t table, uint32_t index, const AttributeValue& hash) {
  const std::string part = key_part(hash);
  return store::KeyBuilder().u64(table).u32(index).u32(spread(part)).raw(part).take();
}

std::string item_key(const TableSchema& schema, const Item& item) {
  std::string out = hash_prefix(schema.number, kTableItself, *find(item, schema.keys.hash.name));
  if (schema.keys.range) out += key_part(*find(item, schema.keys.range->name));
  return out;
}

std::string index_key(const TableSchema& schema, const IndexSchema& index, const Item& item) {
  const AttributeValue* hash = find(item, index.keys.hash.name);
  if (hash == nullptr || hash->type != index.keys.hash.type || is_empty(*hash)) return {};
  std::string out = hash_prefix(schema.number, index.id, *hash);
  if (index.keys.range) {
    const AttributeValue* range = find(item, index.keys.range->name);
    if (range == nullptr || range->type != index.keys.range->type || is_empty(*range)) return {};
    out += key_part(*range);
  }
  out += key_part(*find(item, schema.keys.hash.name));
  if (schema.keys.range) out += key_part(*find(item, schema.keys.range->name));
  return out;
}

std::string expiry_key(uint64_t table, int64_t seconds, std::string_view item_key) {
  return store::KeyBuilder().u64(table).u32(kExpiryIndex).i64(seconds).raw(item_key).take();
}

ApiResult<void> check_key(const KeySchema& keys, const Item& key) {
  if (key.size() != keys.size()) return key_does_not_match();
  for (const KeyAttribute* part : {&keys.hash, keys.range ? &*keys.range : nullptr}) {
    if (part == nullptr) continue;
    const AttributeValue* value = find(key, part->name);
    if (value == nullptr || value->type != part->type) return key_does_not_match();
    PAWL_TRY_VOID(check_not_empty(*part, *value));
  }
  return check_sizes(keys, key);
}

ApiResult<void> check_item_keys(const TableSchema& schema, const Item& item) {
  PAWL_TRY_VOID(check_put_key(schema.keys.hash, item));
  if (schema.keys.range) PAWL_TRY_VOID(check_put_key(*schema.keys.range, item));
  PAWL_TRY_VOID(check_sizes(schema.keys, item));
  return check_index_keys(schema, item, Change::Put);
}

ApiResult<void> check_updated_index_keys(const TableSchema& schema, const Item& item) {
  return check_index_keys(schema, item, Change::Update);
}

Item key_attributes(const KeySchema& keys, const Item& item) {
  Item out;
  if (const AttributeValue* hash = find(item, keys.hash.name))
    out.push_back({keys.hash.name, *hash});
  if (keys.range) {
    if (const AttributeValue* range = find(item, keys.range->name))
      out.push_back({keys.range->name, *range});
  }
  return out;
}

bool projects(const TableSchema& schema, const IndexSchema& index, std::string_view attribute) {
  if (index.projection == "ALL" || schema.keys.contains(attribute) ||
      index.keys.contains(attribute)) {
    return true;
  }
  return std::find(index.non_key_attributes.begin(), index.non_key_attributes.end(), attribute) !=
         index.non_key_attributes.end();
}

Item projected(const TableSchema& schema, const IndexSchema& index, const Item& item) {
  Item out;
  for (const Attribute& attribute : item) {
    if (projects(schema, index, attribute.name)) out.push_back(attribute);
  }
  return out;
}

}  // namespace pawl::dynamodb
