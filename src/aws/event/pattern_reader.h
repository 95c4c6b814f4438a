// SPDX-License-Identifier: Apache-2.0
// PatternReader: the tokens of a JSON text one by one, with the place that AWS's reader (Jackson)
// would report after each: what it says about a wrong event pattern or filter policy names that
// place. For text that json::parse has taken; it does not check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::aws {

/// One thread; the text must live as long.
class PatternReader {
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

  explicit PatternReader(std::string_view text) : text_(text) {}

  Token next();
  Token token() const { return token_; }
  /// Of a name, string, number or literal. A string that nobody asked for counts as not read yet.
  std::string text();
  /// "[Source: (String)"{"a":1}"; line: 1, column: 6]"
  std::string location() const;

 private:
  Token classify(size_t start) const;
  size_t skip_space(size_t from) const;
  size_t end_of_string(size_t quote) const;
  /// Where Jackson stands when it has seen that the token at `from` begins.
  size_t consumed(size_t from) const;

  std::string_view text_;
  Token token_ = Token::End;
  size_t start_ = 0;  ///< of the token
  size_t end_ = 0;    ///< behind it
  size_t next_ = 0;   ///< where the next may begin: behind the colon of a name
  size_t place_ = 0;  ///< what Jackson has consumed
};

}  // namespace pawl::aws
