// SPDX-License-Identifier: Apache-2.0
// An item as the store keeps it: docs/formats/dynamodb.md "Item".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/dynamodb/attribute_value.h"

namespace pawl::dynamodb {

/// Version, size_of(item), attributes.
std::string encode_item(const Item& item);
/// Errors: InvalidSyntax if the bytes are no such record.
base::Result<Item> decode_item(std::string_view bytes);
/// size_of(item), without decoding it; 0 for bytes that are no record.
size_t recorded_size(std::string_view bytes);

}  // namespace pawl::dynamodb
