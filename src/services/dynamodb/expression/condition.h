// SPDX-License-Identifier: Apache-2.0
// Condition: a compiled condition, filter or key condition expression (Developer Guide "Condition
// and filter expressions, operators, and functions"). Legacy conditions compile to the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/expression/document_path.h"
#include "services/dynamodb/expression/placeholders.h"

namespace pawl::dynamodb {

/// A node of the tree. Immutable once compiled; then thread-safe.
struct Condition {
  enum class Kind { Path, Value, Function, Compare, Between, In, And, Or, Not, Always };
  enum class Comparator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };
  enum class Function { Exists, NotExists, TypeIs, BeginsWith, Contains, Size, Unknown };

  Kind kind = Kind::Always;
  Comparator comparator = Comparator::Equal;
  Function function = Function::Unknown;
  std::string text;             ///< as messages name it: "=", "BETWEEN", "size"
  DocumentPath path;            ///< Path
  AttributeValue value;         ///< Value
  std::vector<Condition> args;  ///< operands, or conditions of And, Or, Not
  size_t parentheses = 0;       ///< directly around it

  bool is_operand() const {
    return kind == Kind::Path || kind == Kind::Value || kind == Kind::Function;
  }
};

/// `title` is "ConditionExpression", "FilterExpression" or "KeyConditionExpression".
/// Errors: ValidationException in DynamoDB's words and order of precedence.
aws::ApiResult<Condition> compile_condition(std::string_view title, std::string_view text,
                                            Placeholders& placeholders);

/// What does not exist equals nothing; values of different types do not compare.
bool matches(const Condition& condition, const Item& item);
bool compares(Condition::Comparator comparator, const AttributeValue* a, const AttributeValue* b);
bool contains(const AttributeValue& whole, const AttributeValue& part);
bool begins_with(const AttributeValue& whole, const AttributeValue& part);

/// Attributes (first names of paths) that it looks at.
std::vector<std::string_view> attributes_of(const Condition& condition);

}  // namespace pawl::dynamodb
