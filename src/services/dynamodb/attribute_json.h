// SPDX-License-Identifier: Apache-2.0
// AttributeValue and the JSON of the API: {"S": "text"}, binary as base64 text.
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/dynamodb/attribute_value.h"

namespace pawl::dynamodb {

/// Checks what the API checks of a value: exactly one type, numbers, sets without duplicates,
/// nesting of 32 levels. Numbers come out normalized.
/// Errors: ValidationException in DynamoDB's words.
aws::ApiResult<AttributeValue> read_attribute(const json::Value& json);
/// An object of attributes.
aws::ApiResult<Item> read_item(const json::Value& json);

json::Value write_attribute(const AttributeValue& value);
json::Value write_item(const Item& item);

/// "{S:a}", as messages quote values.
std::string quoted(const AttributeValue& value);

}  // namespace pawl::dynamodb
