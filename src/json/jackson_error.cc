// SPDX-License-Identifier: Apache-2.0
#include "json/jackson_error.h"

#include <algorithm>
#include <cctype>

#include "text/unicode.h"

namespace pawl::json {
namespace {

constexpr size_t kQuotedCharactersMax = 500;

size_t offset_of(std::string_view text, base::SourcePosition position) {
  size_t offset = 0;
  for (int line = 1; line < position.line && offset < text.size(); ++line) {
    offset = std::min(text.find('\n', offset), text.size() - 1) + 1;
  }
  return std::min(offset + static_cast<size_t>(std::max(position.column, 1)) - 1, text.size());
}

base::SourcePosition position_of(std::string_view text, size_t offset) {
  base::SourcePosition position{1, 1};
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 0;
    }
    ++position.column;
  }
  return position;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

std::string location_at(std::string_view text, base::SourcePosition position) {
  const size_t units = text::utf16_length(text);
  std::string quoted(text.substr(0, text::byte_of_utf16_offset(text, kQuotedCharactersMax)));
  if (units > kQuotedCharactersMax) {
    quoted += "\"[truncated " + std::to_string(units - kQuotedCharactersMax) + " chars]";
  } else {
    quoted += '"';
  }
  return "[Source: (String)\"" + quoted + "; line: " + std::to_string(position.line) +
         ", column: " + std::to_string(position.column) + "]";
}

}  // namespace

JacksonError jackson_error(std::string_view text, const base::Error& error) {
  size_t start = offset_of(text, error.position);
  if (start >= text.size()) {
    return {"Unexpected end-of-input", location_at(text, position_of(text, text.size()))};
  }
  // RapidJSON may stand inside a word such as "nul" or "not": Jackson reports the whole token, at
  // its end.
  while (start > 0 && is_word_character(text[start]) && is_word_character(text[start - 1])) --start;
  size_t end = start;
  while (end < text.size() && is_word_character(text[end])) ++end;
  if (end > start && std::isalpha(static_cast<unsigned char>(text[start])) != 0) {
    return {"Unrecognized token '" + std::string(text.substr(start, end - start)) +
                "': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
                "'false')",
            location_at(text, position_of(text, end))};
  }
  const auto byte = static_cast<unsigned char>(text[start]);
  if (byte >= 0x20 && byte < 0x7f) {
    return {"Unexpected character ('" + std::string(1, text[start]) + "' (code " +
                std::to_string(byte) + ")): " + error.message,
            location_at(text, position_of(text, start + 1))};
  }
  return {error.message, location_at(text, position_of(text, start))};
}

}  // namespace pawl::json
