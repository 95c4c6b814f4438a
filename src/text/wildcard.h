// SPDX-License-Identifier: Apache-2.0
// Patterns with "*" for any characters, none too, as many APIs know them. Not regular expressions
// (text/regex.h), not the patterns of events and policies, which have rules of their own.
#pragma once

#include <string_view>

namespace pawl::text {

/// What a pattern knows besides "*".
struct WildcardSyntax {
  bool question_mark = false;  ///< "?" stands for one byte
  bool backslash = false;      ///< makes the character behind it stand for itself
};

/// True if the pattern is the whole of `text`, byte by byte. O(pattern · text) at worst, no memory.
bool matches_wildcard(std::string_view pattern, std::string_view text, WildcardSyntax syntax = {});

}  // namespace pawl::text
