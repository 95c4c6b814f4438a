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

bool is_operator_word(std::string_view word) {
  return word == "and" || word == "or" || word == "in";
}

/// Walks over the tokens of an expression; remembers whether the last one ended a value. Messages
/// are those of the JSONata reference implementation (codes S01xx, S02xx, S03xx), which AWS shows
/// without the code.
class ExpressionCheck {
 public:
  explicit ExpressionCheck(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    while (at_ < text_.size() && !mistake_) token();
    if (mistake_) return mistake_;
    if (!after_value_) return "Unexpected end of expression";
    if (!open_.empty())
      return "Expected \"" + std::string(1, partner_of(open_.back())) +
             "\" before end of expression";
    return std::nullopt;
  }

 private:
  static char partner_of(char opening) {
    switch (opening) {
      case '(': return ')';
      case '[': return ']';
      case '{': return '}';
      default: return '|';
    }
  }

  void token() {
    const char c = text_[at_];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
      return;
    }
    if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '*') return comment();
    if (c == '"' || c == '\'' || c == '`') {
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
    previous_ = c;
  }

  void comment() {
    const size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) mistake_ = "Comment has no closing tag";
    at_ = end == std::string_view::npos ? text_.size() : end + 2;
  }

  void quoted(char quote) {
    const size_t start = at_;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) {
      mistake_ = quote == '/'   ? "No terminating / in regular expression"
                 : quote == '`' ? "Quoted property name must be terminated with a backquote (`)"
                                : "String literal must be terminated by a matching quote";
      return;
    }
    if (after_value_ && quote != '`' && quote != '/') {
      mistake_ = "Syntax error: \"" + std::string(text_.substr(start + 1, at_ - start - 1)) + "\"";
    }
    ++at_;
    after_value_ = true;
  }

  void number() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           (is_name_character(text_[at_]) ||
            (text_[at_] == '.' && at_ + 1 < text_.size() && text_[at_ + 1] != '.'))) {
      ++at_;
    }
    if (after_value_) mistake_ = "Syntax error: " + std::string(text_.substr(start, at_ - start));
    after_value_ = true;
  }

  void word() {
    const size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    const bool is_operator = after_value_ && is_operator_word(text_.substr(start, at_ - start));
    after_value_ = !is_operator;
  }

  void symbol(char c) {
    ++at_;
    if (c == '(' || c == '[' || c == '{') {
      open_ += c;
      after_value_ = false;
    } else if (c == ')' || c == ']' || c == '}') {
      close(c);
    } else if (c == '|') {
      bar();
    } else if ((c == '*' || c == '%' || c == '?') && !after_value_) {
      // Wildcard, parent, or the place of an argument: values where one is due.
      if (c == '*' && at_ < text_.size() && text_[at_] == '*') ++at_;
      after_value_ = true;
    } else {
      after_value_ = false;
    }
  }

  /// The transform operator: "|location|update|". Its two parts are open brackets of their own.
  void bar() {
    constexpr char kLocation = 'l';
    constexpr char kUpdate = 'u';
    const char inner = open_.empty() ? '\0' : open_.back();
    after_value_ = inner == kUpdate;
    if (inner == kUpdate) {
      open_.pop_back();
    } else if (inner == kLocation) {
      open_.back() = kUpdate;
    } else {
      open_ += kLocation;
    }
  }

  void close(char c) {
    if (open_.empty()) {
      mistake_ = "Syntax error: \"" + std::string(1, c) + "\"";
    } else if (const char due = partner_of(open_.back()); due != c) {
      mistake_ = "Expected \"" + std::string(1, due) + "\", got \"" + std::string(1, c) + "\"";
    } else if (!after_value_ && previous_ != open_.back() && previous_ != ';') {
      mistake_ = "The symbol \"" + std::string(1, c) + "\" cannot be used as a unary operator";
    } else {
      open_.pop_back();
      after_value_ = true;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string open_;      ///< brackets
  char previous_ = '\0';  ///< first character of the token before this one
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
