// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/partiql/partiql_token.h"

#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

using Kind = PartiQlToken::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  aws::ApiResult<std::vector<PartiQlToken>> run() {
    while (skip_blank()) {
      if (at_ == text_.size()) {
        out_.push_back({});
        return std::move(out_);
      }
      if (!read_token()) break;
    }
    return not_well_formed("");
  }

 private:
  /// Blanks and comments; false if a comment does not end.
  bool skip_blank() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (text_.substr(at_, 2) == "/*") {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return false;
        at_ = end + 2;
      } else {
        return true;
      }
    }
    return true;
  }

  bool read_token() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') return read_quoted(c);
    if (is_letter(c)) return read_word();
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
      return read_number();
    if (c == '?') return push(Kind::Parameter, 1);
    for (const std::string_view two : {"<<", ">>", "<>", "<=", ">=", "!="}) {
      if (text_.substr(at_, 2) == two) return push(Kind::Symbol, 2);
    }
    if (std::string_view("()[]{},.:;=<>+-*").find(c) == std::string_view::npos) return false;
    return push(Kind::Symbol, 1);
  }

  bool push(Kind kind, size_t bytes) {
    out_.push_back({kind, std::string(text_.substr(at_, bytes))});
    at_ += bytes;
    return true;
  }

  /// A doubled quote stands for one.
  bool read_quoted(char quote) {
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != quote) {
          ++at_;
          out_.push_back({quote == '"' ? Kind::Quoted : Kind::String, std::move(value)});
          return true;
        }
        ++at_;
      }
      value += text_[at_];
    }
    return false;
  }

  bool read_word() {
    size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return push(Kind::Word, end - at_);
  }

  bool read_number() {
    size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    if (end < text_.size() && text_[end] == '.') {
      ++end;
      while (end < text_.size() && is_digit(text_[end])) ++end;
    }
    size_t exponent = end;
    if (exponent < text_.size() && (text_[exponent] == 'e' || text_[exponent] == 'E')) {
      ++exponent;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      const size_t digits = exponent;
      while (exponent < text_.size() && is_digit(text_[exponent])) ++exponent;
      // NOTE: AWS cannot read exponents beyond 32 bits at all.
      if (exponent - digits > 9) return false;
      if (exponent > digits) end = exponent;
    }
    return push(Kind::Number, end - at_);
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<PartiQlToken> out_;
};

}  // namespace

bool PartiQlToken::is_word(std::string_view upper) const {
  if (kind != Kind::Word || text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper[i]) return false;
  }
  return true;
}

aws::ApiResult<std::vector<PartiQlToken>> tokenize_partiql(std::string_view text) {
  return Lexer(text).run();
}

aws::ApiError not_well_formed(std::string_view detail) {
  return invalid("Statement wasn't well formed, can't be processed: " + std::string(detail));
}

}  // namespace pawl::dynamodb
