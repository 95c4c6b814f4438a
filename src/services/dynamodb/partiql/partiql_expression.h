// SPDX-License-Identifier: Apache-2.0
// The parts of PartiQL statements: literals, paths, conditions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/partiql/partiql_token.h"

namespace pawl::dynamodb {

/// Walks over the tokens of one statement. One thread.
class PartiQlParser {
 public:
  PartiQlParser(std::vector<PartiQlToken> tokens, const std::vector<AttributeValue>& parameters)
      : tokens_(std::move(tokens)), parameters_(parameters) {}

  const PartiQlToken& peek(size_t ahead = 0) const {
    return tokens_[at_ + ahead < tokens_.size() ? at_ + ahead : tokens_.size() - 1];
  }
  const PartiQlToken& next() {
    const PartiQlToken& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool take(std::string_view symbol) {
    if (!peek().is(symbol)) return false;
    next();
    return true;
  }
  bool take_word(std::string_view upper) {
    if (!peek().is_word(upper)) return false;
    next();
    return true;
  }

  /// A literal, a parameter, or lists, maps and sets of them.
  aws::ApiResult<AttributeValue> parse_value();
  aws::ApiResult<DocumentPath> parse_path();
  aws::ApiResult<Condition> parse_condition();
  /// Whether a literal or a parameter begins here.
  bool at_value() const;
  size_t parameters_used() const { return parameters_used_; }

 private:
  aws::ApiResult<AttributeValue> parse_value_at(const std::string& place);
  aws::ApiResult<AttributeValue> parse_number(const std::string& place);
  aws::ApiResult<AttributeValue> parse_list(const std::string& place);
  aws::ApiResult<AttributeValue> parse_map(const std::string& place);
  aws::ApiResult<AttributeValue> parse_set(const std::string& place);
  aws::ApiResult<AttributeValue> take_parameter();
  aws::ApiResult<Condition> parse_or();
  aws::ApiResult<Condition> parse_and();
  aws::ApiResult<Condition> parse_not();
  aws::ApiResult<Condition> parse_comparison();
  aws::ApiResult<Condition> parse_primary();
  aws::ApiResult<Condition> parse_function();
  aws::ApiResult<Condition> parse_is(Condition operand);
  aws::ApiResult<Condition> parse_in(Condition operand);
  aws::ApiError unexpected() const;

  std::vector<PartiQlToken> tokens_;
  const std::vector<AttributeValue>& parameters_;
  size_t at_ = 0;
  size_t parameters_used_ = 0;
  size_t depth_ = 0;
};

}  // namespace pawl::dynamodb
