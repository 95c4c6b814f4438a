// SPDX-License-Identifier: Apache-2.0
// A PartiQL statement, compiled to the trees of expressions (Developer Guide "PartiQL - a
// SQL-compatible query language for Amazon DynamoDB").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/update.h"
#include "services/dynamodb/expression_input.h"

namespace pawl::dynamodb {

struct PartiQlStatement {
  enum class Kind { Select, Insert, Update, Delete, Exists };
  struct Order {
    std::string attribute;
    bool descending = false;
  };

  Kind kind = Kind::Select;
  std::string table;
  std::string index;
  ChosenPaths paths;  ///< Select; nothing: "*"
  std::optional<Condition> where;
  std::vector<Order> order;
  Item item;              ///< Insert
  Update update;          ///< Update
  std::string returning;  ///< "ALL OLD", "MODIFIED NEW", ...; "" for none

  bool is_read() const { return kind == Kind::Select; }
};

/// `parameters` stand for the question marks.
/// Errors: ValidationException in DynamoDB's words.
aws::ApiResult<PartiQlStatement> parse_partiql(std::string_view text,
                                               const std::vector<AttributeValue>& parameters);

}  // namespace pawl::dynamodb
