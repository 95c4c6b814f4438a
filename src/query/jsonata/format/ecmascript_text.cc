// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/ecmascript_text.h"

#include <algorithm>
#include <limits>

#include "text/number.h"

namespace pawl::query::jsonata {

std::u16string_view substring(std::u16string_view text, Index begin, Index end) {
  const auto size = static_cast<Index>(text.size());
  begin = std::clamp<Index>(begin, 0, size);
  end = std::clamp<Index>(end, 0, size);
  if (begin > end) std::swap(begin, end);
  return text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

size_t slice_position(std::u16string_view text, Index at) {
  const auto size = static_cast<Index>(text.size());
  return static_cast<size_t>(std::clamp<Index>(at < 0 ? at + size : at, 0, size));
}

bool is_white_space(char16_t unit) {
  return (unit >= 0x09 && unit <= 0x0D) || unit == 0x20 || unit == 0xA0 || unit == 0x1680 ||
         (unit >= 0x2000 && unit <= 0x200A) || unit == 0x2028 || unit == 0x2029 || unit == 0x202F ||
         unit == 0x205F || unit == 0x3000 || unit == 0xFEFF;
}

double parse_int(std::u16string_view text) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  size_t at = 0;
  while (at < text.size() && is_white_space(text[at])) ++at;
  double sign = 1;
  if (at < text.size() && (text[at] == u'-' || text[at] == u'+'))
    sign = text[at++] == u'-' ? -1 : 1;
  if (text.substr(at, 2) == u"0x" || text.substr(at, 2) == u"0X") {
    double value = kNothing;
    for (at += 2; at < text.size(); ++at) {
      const auto unit = static_cast<char16_t>(text[at] | 0x20);
      const int digit = text[at] >= u'0' && text[at] <= u'9' ? text[at] - u'0'
                        : unit >= u'a' && unit <= u'f'       ? unit - u'a' + 10
                                                             : -1;
      if (digit < 0) break;
      value = (value == value ? value : 0) * 16 + digit;
    }
    return sign * value;
  }
  std::string digits;
  for (; at < text.size() && text[at] >= u'0' && text[at] <= u'9'; ++at)
    digits += static_cast<char>(text[at]);
  return sign * text::parse_double(digits).value_or(kNothing);
}

std::u16string widened(std::string_view ascii) { return {ascii.begin(), ascii.end()}; }

}  // namespace pawl::query::jsonata
