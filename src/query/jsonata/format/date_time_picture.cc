// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/date_time_picture.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

using View = std::u16string_view;
using Names = DateTimePart::Names;

constexpr View kIntegerComponents = u"YMDdFWwXxHhmsf";

constexpr View kMonths[] = {u"January",   u"February", u"March",    u"April",
                            u"May",       u"June",     u"July",     u"August",
                            u"September", u"October",  u"November", u"December"};
constexpr View kDays[] = {u"Monday", u"Tuesday",  u"Wednesday", u"Thursday",
                          u"Friday", u"Saturday", u"Sunday"};

/// F&O 9.8.4.1: the presentation modifier of a marker without one; empty for unknown components.
View default_presentation(char16_t component) {
  switch (component) {
    case u'Y':
    case u'M':
    case u'D':
    case u'd':
    case u'W':
    case u'w':
    case u'X':
    case u'x':
    case u'H':
    case u'h':
    case u'f': return u"1";
    case u'F':
    case u'P':
    case u'C':
    case u'E': return u"n";
    case u'm':
    case u's': return u"01";
    case u'Z':
    case u'z': return u"01:01";
    default: return {};
  }
}

/// A width modifier: minimum, maximum. nullopt: "*" or none; NaN: not a number.
struct Width {
  std::optional<double> min = {};
  std::optional<double> max = {};
};

std::optional<double> parse_width(View text) {
  if (text == u"*") return std::nullopt;
  return parse_int(text);
}

/// F&O 9.8.4.2.
Width analyse_width(View modifier) {
  const size_t dash = modifier.find(u'-');
  if (dash == View::npos) return {parse_width(modifier), std::nullopt};
  return {parse_width(modifier.substr(0, dash)), parse_width(modifier.substr(dash + 1))};
}

Names names_of(View presentation) {
  if (presentation[0] == u'n') return Names::Lower;
  if (presentation[0] != u'N') return Names::None;
  return presentation.substr(1, 1) == u"n" ? Names::Title : Names::Upper;
}

/// F&O 9.8.4.3 and 9.8.4.4: the integer picture of a component, with its width.
tl::expected<void, FormatError> add_integer_picture(DateTimePart& part, std::u16string pattern,
                                                    const Width& width, Dialect dialect) {
  IntegerPicture integer = PAWL_TRY(analyse_integer_picture(pattern));
  if (width.min && integer.mandatory_digits < *width.min) integer.mandatory_digits = *width.min;
  const View counted = dialect == Dialect::V2_0_6 ? u"YMD" : u"Y";
  if (counted.find(part.component) != View::npos) {
    part.digits = -1;
    if (width.max) {
      part.digits = *width.max;
      integer.mandatory_digits = *width.max;
    } else if (const double digits = integer.mandatory_digits + integer.optional_digits;
               digits >= 2) {
      part.digits = digits;
    }
  }
  part.integer = std::move(integer);
  return {};
}

/// A marker without its brackets and white space. `previous` is the part before it, if any.
tl::expected<DateTimePart, FormatError> analyse_marker(View marker, DateTimePart* previous,
                                                       Dialect dialect) {
  DateTimePart part;
  part.component = marker.empty() ? u'\0' : marker[0];
  Width width;
  View presentation;
  const size_t comma = marker.rfind(u',');
  if (comma != View::npos) {
    width = analyse_width(marker.substr(comma + 1));
    presentation = substring(marker, 1, static_cast<Index>(comma));
  } else {
    presentation = substring(marker, 1);
  }
  part.has_width = comma != View::npos;
  part.width_max = width.max;

  View second;
  if (presentation.empty()) {
    presentation = default_presentation(part.component);
    if (presentation.empty()) return format_failure("D3132", text::from_utf16(marker.substr(0, 1)));
  } else if (presentation.size() > 1 && View(u"atco").find(presentation.back()) != View::npos) {
    second = presentation.substr(presentation.size() - 1);
    presentation.remove_suffix(1);
  }
  part.traditional = second == u"t";
  part.names = names_of(presentation);
  if (part.names == Names::None && kIntegerComponents.find(part.component) != View::npos) {
    std::u16string pattern(presentation);
    if (!second.empty()) pattern.append(u";").append(second);
    PAWL_TRY_VOID(add_integer_picture(part, std::move(pattern), width, dialect));
    if (previous != nullptr && previous->integer)
      previous->parse_width = previous->integer->mandatory_digits;
  }
  if (part.is_time_zone()) part.integer = PAWL_TRY(analyse_integer_picture(presentation));
  return part;
}

void add_literal(DateTimePicture& parts, View text) {
  if (text.empty()) return;
  if (parts.empty() || !parts.back().is_literal()) parts.emplace_back();
  std::u16string& literal = parts.back().literal;
  for (size_t i = 0; i < text.size(); ++i) {
    literal += text[i];
    if (text.substr(i, 2) == u"]]") ++i;  // "]]" stands for "]"
  }
}

}  // namespace

tl::expected<DateTimePicture, FormatError> analyse_date_time_picture(View picture,
                                                                     Dialect dialect) {
  DateTimePicture parts;
  size_t start = 0;
  size_t at = picture.find(u'[');
  while (at != View::npos) {
    add_literal(parts, picture.substr(start, at - start));
    if (picture.substr(at, 2) == u"[[") {
      add_literal(parts, u"[");
      start = at + 2;
    } else {
      const size_t end = picture.find(u']', at);
      if (end == View::npos) return format_failure("D3135");
      std::u16string marker;
      std::copy_if(picture.begin() + static_cast<Index>(at) + 1,
                   picture.begin() + static_cast<Index>(end), std::back_inserter(marker),
                   [](char16_t unit) { return !is_white_space(unit); });
      DateTimePart* previous = parts.empty() ? nullptr : &parts.back();
      parts.push_back(PAWL_TRY(analyse_marker(marker, previous, dialect)));
      start = end + 1;
    }
    at = picture.find(u'[', start);
  }
  add_literal(parts, picture.substr(start));
  return parts;
}

std::u16string_view month_name(double number) {
  return number >= 1 && number <= 12 ? kMonths[static_cast<size_t>(number) - 1] : View();
}

std::u16string_view day_name(double number) {
  return number >= 1 && number <= 7 ? kDays[static_cast<size_t>(number) - 1] : View();
}

}  // namespace pawl::query::jsonata
