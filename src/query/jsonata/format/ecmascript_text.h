// SPDX-License-Identifier: Apache-2.0
// The few operations of ECMAScript on strings (UTF-16 units) that the reference's results depend
// on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pawl::query::jsonata {

/// A position in a text or -1, as indexOf gives it.
using Index = ptrdiff_t;

inline Index index_of(std::u16string_view text, std::u16string_view part, size_t from = 0) {
  const size_t at = text.find(part, from < text.size() ? from : text.size());
  return at == std::u16string_view::npos ? -1 : static_cast<Index>(at);
}

inline Index last_index_of(std::u16string_view text, std::u16string_view part) {
  const size_t at = text.rfind(part);
  return at == std::u16string_view::npos ? -1 : static_cast<Index>(at);
}

/// String.prototype.substring: both ends are brought inside the text, then put in order.
std::u16string_view substring(std::u16string_view text, Index begin, Index end = PTRDIFF_MAX);

/// String.prototype.slice(0, at) and slice(at): a negative `at` counts from the end.
size_t slice_position(std::u16string_view text, Index at);

/// ECMAScript WhiteSpace and LineTerminator: what \s matches.
bool is_white_space(char16_t unit);

/// The global function parseInt without a radix: leading white space, sign, "0x"; NaN if no digit.
double parse_int(std::u16string_view text);

/// The ASCII text as units.
std::u16string widened(std::string_view ascii);

}  // namespace pawl::query::jsonata
