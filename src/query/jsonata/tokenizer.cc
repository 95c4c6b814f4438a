// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/tokenizer.h"

#include <cmath>
#include <utility>

#include "query/jsonata/regex_pattern.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

constexpr std::string_view kSpaces = " \t\n\r\v";
constexpr std::string_view kSingleOperators = ".[]{}(),@#;:?+-*/%|=<>^&!~";

bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }
bool is_operator(char c) { return c != '\0' && kSingleOperators.find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// Appends a UTF-16 unit; a low surrogate joins the high one that `text` may end in.
void append_utf16_unit(std::string& text, char32_t unit) {
  const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
  // A lone high surrogate is written as ED A0..AF xx.
  if (is_low && text.size() >= 3 && text[text.size() - 3] == '\xED' &&
      static_cast<unsigned char>(text[text.size() - 2]) >= 0xA0 &&
      static_cast<unsigned char>(text[text.size() - 2]) <= 0xAF) {
    size_t at = text.size() - 3;
    const char32_t high = text::decode_at(text, at);
    text.resize(text.size() - 3);
    unit = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
  }
  text::append_code_point(text, unit);
}

}  // namespace

tl::unexpected<EvaluationError> Tokenizer::fail(std::string_view code, size_t position) const {
  EvaluationError error(code);
  error.position = position;
  return tl::unexpected(std::move(error));
}

Token Tokenizer::make(Token::Type type, std::string text, size_t begin) const {
  Token token;
  token.type = type;
  token.text = std::move(text);
  token.begin = begin;
  token.end = at_;
  return token;
}

tl::expected<void, EvaluationError> Tokenizer::skip_space() {
  for (;;) {
    while (at_ < source_.size() && is_space(source_[at_])) ++at_;
    if (peek() != '/' || peek(1) != '*') return {};
    const size_t end = source_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return fail("S0106", at_);
    at_ = end + 2;
  }
}

tl::expected<Token, EvaluationError> Tokenizer::next(bool after_value) {
  if (auto skipped = skip_space(); !skipped) return tl::unexpected(skipped.error());
  const size_t begin = at_;
  if (at_ >= source_.size()) return make(Token::Type::End, "(end)", begin);
  if (!after_value && peek() == '/') return regex(begin);
  if (auto token = operator_token()) return *std::move(token);
  if (peek() == '"' || peek() == '\'') return string(begin);
  if (auto token = number(begin)) return *std::move(token);
  if (peek() == '`') return quoted_name(begin);
  return name(begin);
}

/// A slash outside of all brackets with an even number of backslashes before it.
bool Tokenizer::closes_regex(int depth, size_t start) const {
  if (source_[at_] != '/' || depth != 0) return false;
  size_t backslashes = 0;
  while (at_ - backslashes > start && source_[at_ - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 0;
}

Tokenizer::Outcome Tokenizer::regex(size_t begin) {
  const size_t start = ++at_;
  int depth = 0;
  for (; at_ < source_.size(); ++at_) {
    const char c = source_[at_];
    if (closes_regex(depth, start)) {
      const std::string_view pattern = source_.substr(start, at_ - start);
      if (pattern.empty()) return fail("S0301", at_);
      const size_t flags_start = ++at_;
      while (peek() == 'i' || peek() == 'm') ++at_;
      const std::string_view flags = source_.substr(flags_start, at_ - flags_start);
      auto regex = compile_regex(pattern, flags);
      if (!regex) {
        regex.error().position = at_;
        return tl::unexpected(std::move(regex).error());
      }
      Token token =
          make(Token::Type::Regex, std::string(source_.substr(begin, at_ - begin)), begin);
      token.regex = std::move(*regex);
      return token;
    }
    const bool is_escaped = source_[at_ - 1] == '\\';
    if ((c == '(' || c == '[' || c == '{') && !is_escaped) ++depth;
    if ((c == ')' || c == ']' || c == '}') && !is_escaped) --depth;
  }
  return fail("S0302", at_);
}

std::optional<Token> Tokenizer::operator_token() {
  constexpr std::string_view kDouble[] = {"..", ":=", "!=", ">=", "<=", "**", "~>"};
  const size_t begin = at_;
  const std::string_view two = source_.substr(at_, 2);
  for (const std::string_view text : kDouble) {
    if (two != text) continue;
    at_ += 2;
    return make(Token::Type::Operator, std::string(text), begin);
  }
  if (dialect_ == Dialect::Current && (two == "?:" || two == "??")) {
    at_ += 2;
    return make(Token::Type::Operator, std::string(two), begin);
  }
  if (!is_operator(peek())) return std::nullopt;
  ++at_;
  return make(Token::Type::Operator, std::string(1, source_[begin]), begin);
}

tl::expected<void, EvaluationError> Tokenizer::escape(std::string& text) {
  const char c = peek();
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const size_t at = kLetters.find(c); c != '\0' && at != std::string_view::npos) {
    text += kMeanings[at];
    return {};
  }
  if (c != 'u') {
    EvaluationError error("S0103");
    error.position = at_;
    size_t end = at_;
    if (end < source_.size()) text::decode_at(source_, end);
    error.token = std::string(source_.substr(at_, end - at_));
    return tl::unexpected(std::move(error));
  }
  char32_t unit = 0;
  for (size_t i = 1; i <= 4; ++i) {
    const auto digit = hex_digit(peek(i));
    if (!digit) return fail("S0104", at_);
    unit = unit * 16 + static_cast<char32_t>(*digit);
  }
  append_utf16_unit(text, unit);
  at_ += 4;
  return {};
}

Tokenizer::Outcome Tokenizer::string(size_t begin) {
  const char quote = source_[at_++];
  std::string text;
  for (; at_ < source_.size(); ++at_) {
    const char c = source_[at_];
    if (c == quote) {
      ++at_;
      return make(Token::Type::String, std::move(text), begin);
    }
    if (c != '\\') {
      text += c;
      continue;
    }
    ++at_;
    if (auto escaped = escape(text); !escaped) return tl::unexpected(std::move(escaped).error());
  }
  return fail("S0101", source_.size());
}

/// /^-?(0|([1-9][0-9]*))(\.[0-9]+)?([Ee][-+]?[0-9]+)?/ without the sign, which is an operator.
std::optional<Tokenizer::Outcome> Tokenizer::number(size_t begin) {
  if (!is_digit(peek())) return std::nullopt;
  size_t end = at_ + 1;
  const auto digit_at = [this](size_t i) { return i < source_.size() && is_digit(source_[i]); };
  if (peek() != '0') {
    while (digit_at(end)) ++end;
  }
  if (end < source_.size() && source_[end] == '.' && digit_at(end + 1)) {
    ++end;
    while (digit_at(end)) ++end;
  }
  if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
    size_t exponent = end + 1;
    if (exponent < source_.size() && (source_[exponent] == '-' || source_[exponent] == '+'))
      ++exponent;
    if (digit_at(exponent)) {
      while (digit_at(exponent)) ++exponent;
      end = exponent;
    }
  }
  const std::string_view lexeme = source_.substr(begin, end - begin);
  const double number = text::parse_double(lexeme).value_or(0);
  if (!std::isfinite(number)) {
    EvaluationError error("S0102");
    error.position = at_;
    error.token = std::string(lexeme);
    return Outcome(tl::unexpected(std::move(error)));
  }
  at_ = end;
  Token token = make(Token::Type::Number, std::string(lexeme), begin);
  token.number = number;
  return Outcome(std::move(token));
}

Tokenizer::Outcome Tokenizer::quoted_name(size_t begin) {
  const size_t end = source_.find('`', ++at_);
  if (end == std::string_view::npos) return fail("S0105", source_.size());
  std::string name(source_.substr(at_, end - at_));
  at_ = end + 1;
  return make(Token::Type::Name, std::move(name), begin);
}

Token Tokenizer::name(size_t begin) {
  while (at_ < source_.size() && !is_space(source_[at_]) && !is_operator(source_[at_])) ++at_;
  const std::string_view text = source_.substr(begin, at_ - begin);
  if (text.starts_with('$')) return make(Token::Type::Variable, std::string(text.substr(1)), begin);
  if (text == "or" || text == "in" || text == "and")
    return make(Token::Type::Operator, std::string(text), begin);
  if (text == "true" || text == "false" || text == "null")
    return make(Token::Type::Value, std::string(text), begin);
  return make(Token::Type::Name, std::string(text), begin);
}

}  // namespace pawl::query::jsonata
