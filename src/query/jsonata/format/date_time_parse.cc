// SPDX-License-Identifier: Apache-2.0
// to_millis: the fields of a timestamp, and the moment they make.
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "query/jsonata/format/date_time.h"
#include "query/jsonata/format/date_time_picture.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "query/jsonata/format/iso_timestamp.h"
#include "query/jsonata/format/timestamp_matcher.h"
#include "query/jsonata/format/utc_date.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

using View = std::u16string_view;
using Field = std::optional<double>;

/// The fields by their component specifier; one that was read but has no meaning is nullopt.
using Fields = std::map<char16_t, Field>;

/// How a date or a time may be made up: the fields from the most significant to the least, and
/// which fields show that this way is meant.
struct Composition {
  View fields;
  View signs;
};

constexpr Composition kYearMonthDay{u"YMD", u"YMD"};
constexpr Composition kYearDay{u"YD", u"Yd"};  // NOTE "D", not "d": the reference's mistake
constexpr Composition kYearMonthWeekDay{u"XxwF", u"XxwF"};
constexpr Composition kYearWeekDay{u"XWF", u"XWF"};
constexpr Composition kTime24{u"Hmsf", u"Hmsf"};
constexpr Composition kTime12{u"Phmsf", u"Phmsf"};

/// A name's number, counted from 1 (the name may be shortened by the width modifier); of several
/// equal ones the last.
Field name_number(const DateTimePart& part, View text) {
  if (part.component == u'P') {
    if (text == u"am" || text == u"AM") return 0;
    if (text == u"pm" || text == u"PM") return 1;
    return std::nullopt;
  }
  const double width = part.width_max.value_or(0);
  for (int number = 12; number > 0; --number) {
    View name = part.component == u'F' ? day_name(number) : month_name(number);
    if (name.empty()) continue;
    if (width > 0 && width < static_cast<double>(name.size()))
      name = name.substr(0, static_cast<size_t>(width));
    if (name == text) return number;
  }
  return std::nullopt;
}

/// Minutes east of Greenwich. NOTE "-05:30" is -4 hours and -30 minutes in the reference.
double zone_minutes(const DateTimePart& part, View text) {
  if (part.component == u'z') text.remove_prefix(3);  // GMT
  const View separator = zone_separator(part);
  if (!separator.empty()) {
    const Index at = index_of(text, separator);
    return parse_int(substring(text, 0, at)) * 60 + parse_int(substring(text, at + 1));
  }
  if (text.size() <= 3) return parse_int(text) * 60;
  return parse_int(text.substr(0, 3)) * 60 + parse_int(text.substr(3));
}

tl::expected<Field, FormatError> field_value(const DateTimePart& part, View text, Dialect dialect) {
  if (part.is_time_zone()) return zone_minutes(part, text);
  if (part.component == u'f' && dialect == Dialect::Current) {
    const std::string digits = text::from_utf16(text.substr(0, 3));
    return *text::parse_double("0." + digits) * 1000;
  }
  if (part.integer) return PAWL_TRY(parse_integer(text, *part.integer));
  return name_number(part, text);
}

/// True if at least one of the signs is there, and none of the other fields of `all`. Zero and NaN
/// do not count as being there.
bool is_meant(const Fields& fields, View signs, View all) {
  bool any = false;
  for (const char16_t specifier : all) {
    const auto field = fields.find(specifier);
    const bool there = field != fields.end() && field->second && *field->second != 0 &&
                       !std::isnan(*field->second);
    if (there && signs.find(specifier) == View::npos) return false;
    any = any || there;
  }
  return any;
}

/// Fields before the first that is given are those of the present, those after the last are the
/// least. Errors: D3136 for a gap.
tl::expected<void, FormatError> fill(Fields& fields, const std::u16string& order,
                                     const UtcDate& now) {
  bool begun = false;
  bool ended = false;
  for (const char16_t specifier : order) {
    Field& field = fields[specifier];
    if (field) {
      begun = true;
      if (ended) return format_failure("D3136");
    } else if (begun) {
      field = specifier == u'M' || specifier == u'D' ? 1 : 0;
      ended = true;
    } else {
      // Whether it is morning now is of no account: only a "pm" that was read adds twelve hours.
      field = now.component(specifier).value_or(0);
    }
  }
  return {};
}

/// JSONata $toMillis with a picture, on the fields that the text gave.
tl::expected<double, FormatError> moment_of(Fields fields, double now_ms) {
  constexpr View kDateFields = u"YXMxWwdD";
  constexpr View kTimeFields = u"PHhmsf";
  const auto date_is = [&](const Composition& way) {
    return is_meant(fields, way.signs, kDateFields);
  };
  const auto time_is = [&](const Composition& way) {
    return is_meant(fields, way.signs, kTimeFields);
  };
  const bool by_year_day = !date_is(kYearMonthDay) && date_is(kYearDay);
  // The reference does not read week dates.
  if (date_is(kYearMonthWeekDay) || date_is(kYearWeekDay)) return format_failure("D3136");
  const bool by_half_day = !time_is(kTime24) && time_is(kTime12);
  const UtcDate now(now_ms);
  std::u16string order((by_year_day ? kYearDay : kYearMonthDay).fields);
  order += (by_half_day ? kTime12 : kTime24).fields;
  PAWL_TRY_VOID(fill(fields, order, now));

  const auto value = [&](char16_t specifier) {
    const auto field = fields.find(specifier);
    return field == fields.end() ? std::numeric_limits<double>::quiet_NaN()
                                 : field->second.value_or(std::numeric_limits<double>::quiet_NaN());
  };
  double month = value(u'M') > 0 ? value(u'M') - 1 : 0;
  double day = value(u'D');
  double hour = value(u'H');
  if (by_year_day) {
    const UtcDate date(date_utc(value(u'Y'), 0) + (value(u'd') - 1) * 86'400'000);
    month = date.month();
    day = date.day();
  }
  if (by_half_day) hour = (value(u'h') == 12 ? 0 : value(u'h')) + (value(u'P') == 1 ? 12 : 0);
  double millis = date_utc(value(u'Y'), month, day, hour, value(u'm'), value(u's'), value(u'f'));
  for (const char16_t zone : {u'Z', u'z'}) {
    const double minutes = value(zone);
    if (std::isnan(minutes) || minutes == 0) continue;
    millis -= minutes * 60'000;
    break;
  }
  return millis;
}

}  // namespace

tl::expected<std::optional<double>, FormatError> to_millis(std::string_view timestamp,
                                                           std::optional<std::string_view> picture,
                                                           double now_ms, Dialect dialect) {
  if (!picture) {
    if (!is_iso_timestamp(timestamp, dialect))
      return format_failure("D3110", std::string(timestamp));
    return parse_iso_timestamp(timestamp);
  }
  const DateTimePicture parts =
      PAWL_TRY(analyse_date_time_picture(text::to_utf16(*picture), dialect));
  const std::u16string units = text::to_utf16(timestamp);
  const std::optional<std::vector<View>> pieces = PAWL_TRY(match_timestamp(units, parts, dialect));
  if (!pieces) return std::nullopt;
  Fields fields;
  for (size_t i = 0; i < parts.size(); ++i)
    if (!parts[i].is_literal())
      fields[parts[i].component] = PAWL_TRY(field_value(parts[i], (*pieces)[i], dialect));
  if (fields.empty()) return std::nullopt;
  return PAWL_TRY(moment_of(std::move(fields), now_ms));
}

}  // namespace pawl::query::jsonata
