// SPDX-License-Identifier: Apache-2.0
#include "asl/jsonata_check.h"

#include <algorithm>
#include <cctype>

namespace pawl::asl {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_operator_word(std::string_view word) { return word == "and" || word == "or" || word == "in"; }

/// Walks over the tokens of an expression; remembers whether the last one ended a value.
class ExpressionCheck {
 public:
  explicit ExpressionCheck(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    while (at_ < text_.size() && !mistake_) token();
    if (!mistake_ && !open_.empty()) mistake_ = "Unbalanced brackets in JSONata expression";
    return mistake_;
  }

 private:
  void token() {
    const char c = text_[at_];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
    } else if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '*') {
      at_ = std::min(text_.find("*/", at_ + 2), text_.size() - 2) + 2;
    } else if (c == '"' || c == '\'' || c == '`') {
      quoted(c);
    } else if (c == '/' && !after_value_) {
      quoted('/');  // a regular expression
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      number();
    } else if (is_name_character(c)) {
      word();
    } else {
      symbol(c);
    }
  }

  void quoted(char quote) {
    if (after_value_ && quote != '`' && quote != '/') mistake_ = "Missing operator in JSONata expression";
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) mistake_ = "Unterminated string in JSONata expression";
    ++at_;
    after_value_ = true;
  }

  void number() {
    if (after_value_) mistake_ = "Missing operator in JSONata expression";
    while (at_ < text_.size() && (is_name_character(text_[at_]) ||
                                  (text_[at_] == '.' && at_ + 1 < text_.size() && text_[at_ + 1] != '.'))) {
      ++at_;
    }
    after_value_ = true;
  }

  void word() {
    const size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    after_value_ = !is_operator_word(text_.substr(start, at_ - start));
  }

  void symbol(char c) {
    ++at_;
    if (c == '(' || c == '[' || c == '{') {
      open_ += c;
      after_value_ = false;
    } else if (c == ')' || c == ']' || c == '}') {
      const char partner = c == ')' ? '(' : (c == ']' ? '[' : '{');
      if (open_.empty() || open_.back() != partner) {
        mistake_ = "Unbalanced brackets in JSONata expression";
        return;
      }
      open_.pop_back();
      after_value_ = true;
    } else if (c == '*' || c == '%') {
      after_value_ = !after_value_;  // wildcard or parent where a value is due, else an operator
    } else {
      after_value_ = false;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string open_;
  bool after_value_ = false;
  std::optional<std::string> mistake_;
};

}  // namespace

bool is_jsonata_text(std::string_view text) {
  return text.size() >= 4 && text.starts_with("{%") && text.ends_with("%}");
}

std::optional<std::string> jsonata_mistake(std::string_view text) {
  if (!is_jsonata_text(text)) return "Expected a JSONata expression";
  return ExpressionCheck(text.substr(2, text.size() - 4)).run();
}

}  // namespace pawl::asl
