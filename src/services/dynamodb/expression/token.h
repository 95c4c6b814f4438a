// SPDX-License-Identifier: Apache-2.0
// Tokens of expressions, and the one error that all their parsers have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"

namespace pawl::dynamodb {

struct Token {
  enum class Kind { Identifier, Name, Value, Digits, Symbol, End };
  Kind kind = Kind::End;
  std::string_view text;  ///< "#a" and ":a" whole; "" at the end
  size_t offset = 0;

  bool is(std::string_view symbol) const { return kind == Kind::Symbol && text == symbol; }
  /// A keyword in upper or lower case.
  bool is_word(std::string_view upper) const;
};

/// The tokens of one expression with an End behind them; views of `text`.
std::vector<Token> tokenize(std::string_view text);

/// Walks over tokens.
class TokenReader {
 public:
  /// `title`: "ConditionExpression", leads messages. The text must outlive the reader.
  TokenReader(std::string_view title, std::string_view text)
      : title_(title), text_(text), tokens_(tokenize(text)) {}

  const Token& peek(size_t ahead = 0) const {
    return tokens_[at_ + ahead < tokens_.size() ? at_ + ahead : tokens_.size() - 1];
  }
  const Token& next() {
    const Token& token = peek();
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

  /// `Invalid TITLE: Syntax error; token: "b", near: "a b c"` of the token that stands here.
  aws::ApiError syntax_error() const;
  /// "Invalid TITLE: MESSAGE".
  aws::ApiError error(std::string_view message) const;

 private:
  std::string_view title_;
  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

inline constexpr size_t kExpressionBytesMax = 4096;

/// What every expression is checked for first: not empty, not longer than 4 KB.
aws::ApiResult<void> check_expression_text(std::string_view title, std::string_view text);

}  // namespace pawl::dynamodb
