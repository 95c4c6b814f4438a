// SPDX-License-Identifier: Apache-2.0
// Update: a compiled UpdateExpression (Developer Guide "Using update expressions in DynamoDB").
// Legacy AttributeUpdates compile to the same.
#pragma once

#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/expression/document_path.h"
#include "services/dynamodb/expression/placeholders.h"

namespace pawl::dynamodb {

/// What SET assigns.
struct UpdateOperand {
  enum class Kind { Path, Value, Plus, Minus, IfNotExists, ListAppend, Unknown };
  Kind kind = Kind::Value;
  std::string text;  ///< as messages name it
  DocumentPath path;
  AttributeValue value;
  std::vector<UpdateOperand> args;
};

struct UpdateAction {
  enum class Kind { Set, Remove, Add, Delete };
  Kind kind = Kind::Set;
  DocumentPath path;
  UpdateOperand operand;  ///< not of Remove
};

struct Update {
  std::vector<UpdateAction> actions;
  /// Of legacy AttributeUpdates: ADD to a list appends, and so on.
  bool is_legacy = false;

  std::vector<DocumentPath> paths() const;
};

/// Errors: ValidationException in DynamoDB's words and order of precedence.
aws::ApiResult<Update> compile_update(std::string_view text, Placeholders& placeholders);

/// `item` after the update; every operand is read from `item` before it.
/// Errors: ValidationException of what only the item shows.
aws::ApiResult<Item> apply_update(const Update& update, const Item& item);

}  // namespace pawl::dynamodb
