// SPDX-License-Identifier: Apache-2.0
// Placeholders: ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of
// them its expressions have used.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/dynamodb/attribute_value.h"

namespace pawl::dynamodb {

/// Of one request; one thread.
class Placeholders {
 public:
  Placeholders() = default;
  /// Reads the members of `input`. Errors: ValidationException of empty maps, malformed keys and
  /// values.
  static aws::ApiResult<Placeholders> read(const json::Value& input);

  /// Null if it is not defined. Marks it as used.
  const std::string* name(std::string_view placeholder);
  const AttributeValue* value(std::string_view placeholder);

  /// "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}".
  aws::ApiResult<void> check_all_used() const;

 private:
  std::map<std::string, std::string, std::less<>> names_;
  std::map<std::string, AttributeValue, std::less<>> values_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace pawl::dynamodb
