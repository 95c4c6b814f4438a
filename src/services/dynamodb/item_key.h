// SPDX-License-Identifier: Apache-2.0
// Keys of items and index entries in the store: docs/formats/dynamodb.md "Keys".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/table_schema.h"
#include "store/keyspace.h"

namespace pawl::dynamodb {

inline constexpr uint32_t kTableItself = 0;             ///< in the place of an index's id
inline constexpr uint32_t kExpiryIndex = 0xffff'ffffU;  ///< by time to live
inline constexpr size_t kHashKeyBytesMax = 2048;
inline constexpr size_t kRangeKeyBytesMax = 1024;

/// All items of a table, or entries of an index.
std::string index_prefix(uint64_t table, uint32_t index);
/// All that a table owns.
std::string table_prefix(uint64_t table);
/// Where the share `segment` of `total` of an index begins; the prefix_end of the index for
/// segment == total.
std::string segment_start(uint64_t table, uint32_t index, uint64_t segment, uint64_t total);

/// The bytes of one key value, sorting as the values do; no value's bytes begin another's.
std::string key_part(const AttributeValue& value);

/// What all keys with this hash key begin with.
std::string hash_prefix(uint64_t table, uint32_t index, const AttributeValue& hash);

/// The key of an item. Its key attributes are there and have their types.
std::string item_key(const TableSchema& schema, const Item& item);
/// The key of its entry in an index; "" if the item has none there.
std::string index_key(const TableSchema& schema, const IndexSchema& index, const Item& item);
/// Of an item that expires at these seconds since 1970.
std::string expiry_key(uint64_t table, int64_t seconds, std::string_view item_key);

/// The key attributes of a request member Key: exactly those of the schema, of their types.
/// Errors: ValidationException "The provided key element does not match the schema", and of empty
/// and of long values.
aws::ApiResult<void> check_key(const KeySchema& keys, const Item& key);
/// The same of an item to put, and its index keys.
aws::ApiResult<void> check_item_keys(const TableSchema& schema, const Item& item);
/// Of an updated item: its index keys.
aws::ApiResult<void> check_updated_index_keys(const TableSchema& schema, const Item& item);

/// The attributes of `keys` that `item` has.
Item key_attributes(const KeySchema& keys, const Item& item);
/// What an index keeps of an item.
Item projected(const TableSchema& schema, const IndexSchema& index, const Item& item);
bool projects(const TableSchema& schema, const IndexSchema& index, std::string_view attribute);

}  // namespace pawl::dynamodb
