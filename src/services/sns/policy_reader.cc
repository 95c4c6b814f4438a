// SPDX-License-Identifier: Apache-2.0
#include "services/sns/policy_reader.h"

#include <algorithm>

#include "json/parse.h"
#include "text/unicode.h"

namespace pawl::sns {
namespace {

constexpr size_t kQuotedMax = 500;  ///< Jackson quotes no more of its source

}  // namespace

size_t PolicyReader::end_of_string(size_t quote) const {
  size_t at = quote + 1;
  while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text_.size());
}

PolicyReader::Token PolicyReader::classify(size_t start) {
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

PolicyReader::Token PolicyReader::next() {
  start_ = end_;
  if (start_ < text_.size() && text_[start_] == ',') ++start_;
  if (start_ >= text_.size()) return token_ = Token::End;
  token_ = classify(start_);
  const auto scalar_end = [this](size_t from) {
    while (from < text_.size() && !ends_scalar(text_[from])) ++from;
    return from;
  };
  // Jackson leaves a string for later, reads numbers and literals whole, and looks at what follows
  // a name before it gives the name.
  const auto consumed = [&](size_t from) {
    const Token token = classify(from);
    return token == Token::Number || token == Token::Literal ? scalar_end(from) : from + 1;
  };
  if (token_ != Token::String) {
    end_ = place_ = consumed(start_);
    return token_;
  }
  end_ = end_of_string(start_);
  place_ = start_ + 1;
  if (end_ < text_.size() && text_[end_] == ':') {
    token_ = Token::Name;
    ++end_;
    if (end_ < text_.size()) place_ = consumed(end_);
  }
  return token_;
}

std::string PolicyReader::text() {
  std::string_view raw = text_.substr(start_, end_ - start_);
  if (token_ == Token::Name) raw.remove_suffix(1);
  if (token_ == Token::String) place_ = end_;
  if (token_ != Token::Name && token_ != Token::String) return std::string(raw);
  const auto string = json::parse(raw);
  return string && string->is_string() ? std::string(string->as_string()) : std::string(raw);
}

std::string PolicyReader::location() const {
  std::string quoted = "\"";
  const size_t units = text::utf16_length(text_);
  quoted += text_.substr(0, text::byte_of_utf16_offset(text_, kQuotedMax));
  quoted += '"';
  if (units > kQuotedMax) quoted += "[truncated " + std::to_string(units - kQuotedMax) + " chars]";
  const size_t column = text::utf16_offset_of_byte(text_, std::min(place_, text_.size())) + 1;
  return "[Source: (String)" + quoted + "; line: 1, column: " + std::to_string(column) + "]";
}

}  // namespace pawl::sns
