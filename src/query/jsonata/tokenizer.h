// SPDX-License-Identifier: Apache-2.0
// Tokenizer: the words of a JSONata expression, as jsonata.js' tokenizer finds them. Not the
// grammar (parser.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "query/jsonata/error.h"
#include "query/jsonata/format/dialect.h"
#include "text/regex.h"

namespace pawl::query::jsonata {

struct Token {
  enum class Type : uint8_t { Operator, String, Number, Value, Name, Variable, Regex, End };
  Type type = Type::End;
  std::string text;   ///< what it says, without quotes
  double number = 0;  ///< Number
  std::shared_ptr<const text::Regex> regex = {};
  size_t begin = 0;  ///< bytes
  size_t end = 0;    ///< bytes; the position that messages give
};

class Tokenizer {
 public:
  Tokenizer(std::string_view source, Dialect dialect) : source_(source), dialect_(dialect) {}

  /// The next token. `after_value`: a "/" divides; otherwise it begins a regular expression.
  /// Errors: S0101 … S0106, S0301, S0302.
  tl::expected<Token, EvaluationError> next(bool after_value);

 private:
  using Outcome = tl::expected<Token, EvaluationError>;

  char peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  tl::unexpected<EvaluationError> fail(std::string_view code, size_t position) const;
  Token make(Token::Type type, std::string text, size_t begin) const;
  tl::expected<void, EvaluationError> skip_space();
  Outcome regex(size_t begin);
  bool closes_regex(int depth, size_t start) const;
  std::optional<Token> operator_token();
  Outcome string(size_t begin);
  tl::expected<void, EvaluationError> escape(std::string& text);
  std::optional<Outcome> number(size_t begin);
  Outcome quoted_name(size_t begin);
  Token name(size_t begin);

  std::string_view source_;
  Dialect dialect_;
  size_t at_ = 0;
};

}  // namespace pawl::query::jsonata
