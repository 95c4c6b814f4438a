// SPDX-License-Identifier: Apache-2.0
// Which parameters of a request may stand together: expressions, their placeholders, and what was
// before them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/document_path.h"
#include "services/dynamodb/expression/placeholders.h"

namespace pawl::dynamodb {

using MemberNames = std::initializer_list<std::string_view>;

/// `expressions` and `legacy` in the order in which messages name them; `with_values` are those
/// that may use ExpressionAttributeValues.
/// Errors: "Can not use both expression and non-expression parameters in the same request: ...",
/// "ExpressionAttributeNames can only be specified when using expressions".
aws::ApiResult<void> check_expression_parameters(const json::Value& input, MemberNames expressions,
                                                 MemberNames legacy, MemberNames with_values);

/// input.MEMBER compiled under that title; nothing if it is not there.
aws::ApiResult<std::optional<Condition>> read_condition(const json::Value& input,
                                                        std::string_view member,
                                                        Placeholders& placeholders);

/// What to answer of an item: all of it, or these paths.
using ChosenPaths = std::optional<std::vector<DocumentPath>>;

/// ProjectionExpression, or legacy AttributesToGet.
aws::ApiResult<ChosenPaths> read_projection(const json::Value& input, Placeholders& placeholders);

Item chosen(const ChosenPaths& paths, const Item& item);

}  // namespace pawl::dynamodb
