// SPDX-License-Identifier: Apache-2.0
#include "aws/event/pattern_reader.h"

#include <algorithm>

#include "json/parse.h"
#include "text/unicode.h"

namespace pawl::aws {
namespace {

constexpr size_t kQuotedMax = 500;  ///< Jackson quotes no more of its source

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_scalar(char c) { return c == ',' || c == ']' || c == '}' || is_space(c); }

}  // namespace

size_t PatternReader::skip_space(size_t from) const {
  while (from < text_.size() && is_space(text_[from])) ++from;
  return from;
}

size_t PatternReader::end_of_string(size_t quote) const {
  size_t at = quote + 1;
  while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text_.size());
}

PatternReader::Token PatternReader::classify(size_t start) const {
  switch (text_[start]) {
    case '{': return Token::ObjectStart;
    case '}': return Token::ObjectEnd;
    case '[': return Token::ArrayStart;
    case ']': return Token::ArrayEnd;
    case '"': return Token::String;
    case 't':
    case 'f':
    case 'n': return Token::Literal;
    default: return Token::Number;
  }
}

size_t PatternReader::consumed(size_t from) const {
  // Jackson leaves a string for later, and reads numbers and literals whole.
  const Token token = classify(from);
  if (token != Token::Number && token != Token::Literal) return from + 1;
  while (from < text_.size() && !ends_scalar(text_[from])) ++from;
  return from;
}

PatternReader::Token PatternReader::next() {
  start_ = skip_space(next_);
  if (start_ < text_.size() && text_[start_] == ',') start_ = skip_space(start_ + 1);
  if (start_ >= text_.size()) {
    next_ = end_ = place_ = text_.size();
    return token_ = Token::End;
  }
  token_ = classify(start_);
  place_ = consumed(start_);
  if (token_ != Token::String) {
    next_ = end_ = place_;
    return token_;
  }
  next_ = end_ = end_of_string(start_);
  // It looks at what follows a name before it gives the name.
  const size_t colon = skip_space(end_);
  if (colon < text_.size() && text_[colon] == ':') {
    token_ = Token::Name;
    next_ = skip_space(colon + 1);
    if (next_ < text_.size()) place_ = consumed(next_);
  }
  return token_;
}

std::string PatternReader::text() {
  const std::string_view raw = text_.substr(start_, end_ - start_);
  if (token_ == Token::String) place_ = end_;
  if (token_ != Token::Name && token_ != Token::String) return std::string(raw);
  const auto string = json::parse(raw);
  return string && string->is_string() ? std::string(string->as_string()) : std::string(raw);
}

std::string PatternReader::location() const {
  std::string quoted = "\"";
  const size_t units = text::utf16_length(text_);
  quoted += text_.substr(0, text::byte_of_utf16_offset(text_, kQuotedMax));
  quoted += '"';
  if (units > kQuotedMax) quoted += "[truncated " + std::to_string(units - kQuotedMax) + " chars]";
  const std::string_view before = text_.substr(0, std::min(place_, text_.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::string_view row = before.substr(before.rfind('\n') + 1);
  return "[Source: (String)" + quoted + "; line: " + std::to_string(lines + 1) +
         ", column: " + std::to_string(text::utf16_length(row) + 1) + "]";
}

}  // namespace pawl::aws
