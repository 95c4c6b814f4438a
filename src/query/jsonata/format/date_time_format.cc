// SPDX-License-Identifier: Apache-2.0
// from_millis: XPath F&O 9.8.4.3 to 9.8.4.7.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "query/jsonata/format/date_time.h"
#include "query/jsonata/format/date_time_picture.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "query/jsonata/format/utc_date.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

using View = std::u16string_view;
using Names = DateTimePart::Names;
using Text = tl::expected<std::u16string, FormatError>;

constexpr View kIso8601Picture = u"[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// NOTE "-0530" is -6 hours and -30 minutes in the reference.
struct ZoneOffset {
  double hours = 0;
  double minutes = 0;
};

ZoneOffset parse_zone(std::optional<std::string_view> timezone) {
  if (!timezone) return {};
  const double offset = parse_int(text::to_utf16(*timezone));
  return {std::floor(offset / 100), std::fmod(offset, 100)};
}

/// A month's or a day's name. The reference fails on its way, or writes "undefined", if the date is
/// invalid.
Text name_text(const DateTimePart& part, double value) {
  View name;
  if (part.component == u'M' || part.component == u'x')
    name = month_name(value);
  else if (part.component == u'F')
    name = day_name(value);
  else
    return format_failure("D3133", text::from_utf16({&part.component, 1}));
  if (name.empty()) {
    const std::string_view wanted = part.names == Names::Upper   ? "toUpperCase"
                                    : part.names == Names::Lower ? "toLowerCase"
                                    : part.has_width             ? "length"
                                                                 : "";
    if (wanted.empty()) return u"undefined";
    return javascript_failure("Cannot read properties of undefined (reading '" +
                              std::string(wanted) + "')");
  }
  std::u16string shown(name);
  for (char16_t& unit : shown) {
    if (part.names == Names::Upper && unit >= u'a') unit = static_cast<char16_t>(unit - 0x20);
    if (part.names == Names::Lower && unit < u'a') unit = static_cast<char16_t>(unit + 0x20);
  }
  if (part.width_max && static_cast<double>(shown.size()) > *part.width_max)
    shown.resize(static_cast<size_t>(std::max(*part.width_max, 0.0)));
  return shown;
}

/// F&O 9.8.4.6. F&O has the letters of military time zones, too; the reference has not.
Text zone_text(const DateTimePart& part, ZoneOffset zone) {
  const IntegerPicture& picture = *part.integer;
  const double offset = zone.hours * 100 + zone.minutes;
  std::u16string shown;
  if (picture.is_regular() || picture.mandatory_digits == 3 || picture.mandatory_digits == 4) {
    shown = PAWL_TRY(format_integer(offset, picture));
  } else if (picture.mandatory_digits == 1 || picture.mandatory_digits == 2) {
    shown = PAWL_TRY(format_integer(zone.hours, picture));
    if (zone.minutes != 0)
      shown +=
          u":" + PAWL_TRY(format_integer(zone.minutes, PAWL_TRY(analyse_integer_picture(u"00"))));
  } else if (std::isnan(picture.mandatory_digits)) {
    return format_failure("D3134");
  } else {
    return format_failure("D3134", text::ecmascript_number(picture.mandatory_digits));
  }
  if (offset >= 0) shown.insert(0, 1, u'+');
  if (part.component == u'z') shown.insert(0, u"GMT");
  if (offset == 0 && part.traditional) return u"Z";
  return shown;
}

Text component_text(const DateTimePart& part, const UtcDate& date, ZoneOffset zone) {
  if (part.is_time_zone()) return zone_text(part, zone);
  if (part.component == u'P') {
    // F&O 9.8.4.7.
    if (part.names == Names::Upper) return date.hour() >= 12 ? u"PM" : u"AM";
    return date.hour() >= 12 ? u"pm" : u"am";
  }
  if (part.component == u'C' || part.component == u'E') return u"ISO";
  const std::optional<double> value = date.component(part.component);
  if (!value) return u"undefined";
  if (part.component == u'f' && !part.integer)
    return javascript_failure("Cannot read properties of undefined (reading 'primary')");
  if (part.names != Names::None) return name_text(part, *value);
  // F&O 9.8.4.4: the year's last digits.
  const bool shortened = part.component == u'Y' && part.digits != -1;
  return format_integer(shortened ? std::fmod(*value, std::pow(10.0, part.digits)) : *value,
                        *part.integer);
}

}  // namespace

tl::expected<std::string, FormatError> from_millis(double millis,
                                                   std::optional<std::string_view> picture,
                                                   std::optional<std::string_view> timezone,
                                                   Dialect dialect) {
  const ZoneOffset zone = parse_zone(timezone);
  const std::u16string units = picture ? text::to_utf16(*picture) : std::u16string(kIso8601Picture);
  const DateTimePicture parts = PAWL_TRY(analyse_date_time_picture(units, dialect));
  const UtcDate date(millis + (60 * zone.hours + zone.minutes) * 60'000);
  std::u16string shown;
  for (const DateTimePart& part : parts)
    shown += part.is_literal() ? part.literal : PAWL_TRY(component_text(part, date, zone));
  return text::from_utf16(shown);
}

}  // namespace pawl::query::jsonata
