// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/expression_input.h"

#include <set>
#include <string>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression/projection.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

std::string present(const Value& input, MemberNames names) {
  std::string out;
  for (const std::string_view name : names) {
    if (member_of(input, name) != nullptr) out += (out.empty() ? "" : ", ") + std::string(name);
  }
  return out;
}

}  // namespace

ApiResult<void> check_expression_parameters(const Value& input, MemberNames expressions,
                                            MemberNames legacy, MemberNames with_values) {
  const std::string used = present(input, expressions);
  const std::string old = present(input, legacy);
  if (!used.empty() && !old.empty()) {
    return invalid(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {" +
        old + "} Expression parameters: {" + used + "}");
  }
  if (used.empty() && member_of(input, "ExpressionAttributeNames") != nullptr)
    return invalid("ExpressionAttributeNames can only be specified when using expressions");
  if (present(input, with_values).empty() &&
      member_of(input, "ExpressionAttributeValues") != nullptr) {
    std::string names;
    for (const std::string_view name : with_values)
      names += (names.empty() ? "" : " and ") + std::string(name);
    return invalid("ExpressionAttributeValues can only be specified when using expressions: " +
                   names + (with_values.size() > 1 ? " are null" : " is null"));
  }
  return {};
}

ApiResult<std::optional<Condition>> read_condition(const Value& input, std::string_view member,
                                                   Placeholders& placeholders) {
  const Value* text = member_of(input, member);
  if (text == nullptr) return std::optional<Condition>();
  return std::optional(PAWL_TRY(compile_condition(member, text->as_string(), placeholders)));
}

ApiResult<ChosenPaths> read_projection(const Value& input, Placeholders& placeholders) {
  if (const Value* text = member_of(input, "ProjectionExpression"))
    return ChosenPaths(PAWL_TRY(compile_projection(text->as_string(), placeholders)));
  const Value* names = member_of(input, "AttributesToGet");
  if (names == nullptr) return ChosenPaths();
  std::vector<DocumentPath> out;
  std::set<std::string> seen;
  for (const Value& name : names->items()) {
    const std::string text(name.as_string());
    if (!seen.insert(text).second)
      return invalid_parameter("Duplicate value in attribute name: " + text);
    out.push_back({PathElement{text}});
  }
  return ChosenPaths(std::move(out));
}

Item chosen(const ChosenPaths& paths, const Item& item) {
  return paths ? project(item, *paths) : item;
}

}  // namespace pawl::dynamodb
