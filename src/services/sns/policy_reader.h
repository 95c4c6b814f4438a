// SPDX-License-Identifier: Apache-2.0
// PolicyReader: the tokens of a JSON text one by one, with the place that AWS's reader (Jackson)
// would report after each: what it says about a wrong filter policy names that place. For compact
// text that json::write made; it does not check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::sns {

/// One thread; the text must live as long.
class PolicyReader {
 public:
  enum class Token : uint8_t {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Name,
    String,
    Number,
    Literal,
    End,
  };

  explicit PolicyReader(std::string_view text) : text_(text) {}

  Token next();
  Token token() const { return token_; }
  /// Of a name, string, number or literal. A string that nobody asked for counts as not read yet.
  std::string text();
  /// "[Source: (String)"{"a":1}"; line: 1, column: 6]"
  std::string location() const;

 private:
  Token classify(size_t start);
  size_t end_of_string(size_t quote) const;
  static bool ends_scalar(char c) { return c == ',' || c == ']' || c == '}'; }

  std::string_view text_;
  Token token_ = Token::End;
  size_t start_ = 0;  ///< of the token
  size_t end_ = 0;    ///< behind it, and behind the colon of a name
  size_t place_ = 0;  ///< what Jackson has consumed
};

}  // namespace pawl::sns
