// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/expression/token.h"

#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t word_end(std::string_view text, size_t at) {
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
  return at;
}

size_t symbol_end(std::string_view text, size_t at) {
  const std::string_view two = text.substr(at, 2);
  if (two == "<>" || two == "<=" || two == ">=") return at + 2;
  // A character of UTF-8 is one token.
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return end;
}

Token token_at(std::string_view text, size_t at) {
  const char c = text[at];
  Token token;
  token.offset = at;
  size_t end = at + 1;
  if (is_letter(c)) {
    token.kind = Token::Kind::Identifier;
    end = word_end(text, at);
  } else if (is_digit(c)) {
    token.kind = Token::Kind::Digits;
    while (end < text.size() && is_digit(text[end])) ++end;
  } else if (c == '#' || c == ':') {
    token.kind = c == '#' ? Token::Kind::Name : Token::Kind::Value;
    end = word_end(text, at + 1);
    if (end == at + 1) token.kind = Token::Kind::Symbol;
  } else {
    token.kind = Token::Kind::Symbol;
    end = symbol_end(text, at);
  }
  token.text = text.substr(at, end - at);
  return token;
}

}  // namespace

bool Token::is_word(std::string_view upper) const {
  if (kind != Kind::Identifier || text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper[i]) return false;
  }
  return true;
}

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> out;
  size_t at = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    out.push_back(token_at(text, at));
    at += out.back().text.size();
  }
  out.push_back({Token::Kind::End, "", text.size()});
  return out;
}

aws::ApiError TokenReader::syntax_error() const {
  const Token& token = peek();
  const size_t begin = at_ == 0 ? token.offset : tokens_[at_ - 1].offset;
  // Up to the end of the token behind, or of the last one there is.
  const Token& after =
      peek(token.kind == Token::Kind::End || peek(1).kind == Token::Kind::End ? 0 : 1);
  const Token& last = after.kind == Token::Kind::End && at_ != 0 ? tokens_[at_ - 1] : after;
  const size_t end = last.offset + last.text.size();
  const std::string name = token.kind == Token::Kind::End ? "<EOF>" : std::string(token.text);
  return error("Syntax error; token: \"" + name + "\", near: \"" +
               std::string(text_.substr(begin, end - begin)) + "\"");
}

aws::ApiError TokenReader::error(std::string_view message) const {
  return invalid("Invalid " + std::string(title_) + ": " + std::string(message));
}

aws::ApiResult<void> check_expression_text(std::string_view title, std::string_view text) {
  const std::string lead = "Invalid " + std::string(title) + ": ";
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return invalid(lead + "The expression can not be empty;");
  if (text.size() > kExpressionBytesMax) {
    return invalid(lead +
                   "Expression size has exceeded the maximum allowed size; expression size: " +
                   std::to_string(text.size()));
  }
  return {};
}

}  // namespace pawl::dynamodb
