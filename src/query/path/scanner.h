// SPDX-License-Identifier: Apache-2.0
// Scanner: reads the characters of a path, filter or intrinsic call and reports mistakes with their
// column. Internal to query.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::query {

/// A cursor over borrowed text.
class Scanner {
 public:
  explicit Scanner(std::string_view text, size_t position = 0) : text_(text), position_(position) {}

  bool at_end() const { return position_ >= text_.size(); }
  char peek(size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  char next() { return text_[position_++]; }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++position_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(position_).starts_with(word)) return false;
    position_ += word.size();
    return true;
  }
  void skip_spaces() {
    while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
      ++position_;
  }
  size_t position() const { return position_; }
  void move_to(size_t position) { position_ = position; }
  std::string_view text() const { return text_; }
  std::string_view since(size_t start) const { return text_.substr(start, position_ - start); }

  base::Error error(std::string message) const {
    return {
        base::ErrorKind::InvalidSyntax, std::move(message), {1, static_cast<int>(position_) + 1}};
  }

 private:
  std::string_view text_;
  size_t position_;
};

}  // namespace pawl::query
