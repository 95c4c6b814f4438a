// SPDX-License-Identifier: Apache-2.0
#include "text/wildcard.h"

#include <cstddef>

namespace pawl::text {

bool matches_wildcard(std::string_view pattern, std::string_view text, WildcardSyntax syntax) {
  size_t p = 0;
  size_t t = 0;
  // Behind the last star, and what it has taken so far: a mistake lets it take one byte more.
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    const bool is_plain = syntax.backslash && p + 1 < pattern.size() && pattern[p] == '\\';
    const size_t at = is_plain ? p + 1 : p;
    if (p < pattern.size() && !is_plain && pattern[p] == '*') {
      star = ++p;
      resume = t;
    } else if (p < pattern.size() && ((syntax.question_mark && !is_plain && pattern[p] == '?') ||
                                      pattern[at] == text[t])) {
      p = at + 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace pawl::text
