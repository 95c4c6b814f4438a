// SPDX-License-Identifier: Apache-2.0
// Key conditions of a Query, from an expression or from legacy KeyConditions, to a range of keys.
#pragma once

#include <string>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/table_schema.h"
#include "store/keyspace.h"

namespace pawl::dynamodb {

struct KeyCondition {
  enum class Operator { Equal, Less, LessOrEqual, Greater, GreaterOrEqual, Between, BeginsWith };
  std::string attribute;
  Operator op = Operator::Equal;
  std::vector<AttributeValue> values;
};

/// The conditions of a compiled KeyConditionExpression: one or two, of one attribute each.
/// Errors: ValidationException in DynamoDB's words.
aws::ApiResult<std::vector<KeyCondition>> key_conditions(const Condition& condition);

/// The keys of the items, or of the entries of an index, that satisfy the conditions.
/// `index` is kTableItself or an index's id, `keys` its key schema.
/// Errors: ValidationException if the conditions do not fit the key schema.
aws::ApiResult<store::Range> key_range(const TableSchema& schema, uint32_t index,
                                       const KeySchema& keys,
                                       const std::vector<KeyCondition>& conditions);

}  // namespace pawl::dynamodb
