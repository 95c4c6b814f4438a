// SPDX-License-Identifier: Apache-2.0
// Pictures of dates and times (XPath F&O 9.8.4.1 and 9.8.4.2), analysed. Used by formatting and
// parsing alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/jsonata/format/dialect.h"
#include "query/jsonata/format/format_error.h"
#include "query/jsonata/format/integer_picture.h"

namespace pawl::query::jsonata {

/// A literal, or a variable marker like [Y0001] or [MNn,3-3].
struct DateTimePart {
  enum class Names { None, Lower, Upper, Title };

  std::u16string literal = {};  ///< not empty: this is no marker
  char16_t component = 0;
  bool traditional = false;  ///< second presentation modifier "t"
  Names names = Names::None;
  std::optional<IntegerPicture> integer = {};
  bool has_width = false;  ///< there is a width modifier
  /// The width modifier's maximum; NaN if it is not a number.
  std::optional<double> width_max = {};
  /// Y (in 2.0.6 also M and D): the number of digits; -1 for any; NaN as in the reference.
  double digits = std::numeric_limits<double>::quiet_NaN();
  /// Current: how many digits to read since another integer follows at once; 0 or NaN for any.
  double parse_width = 0;

  bool is_literal() const { return !literal.empty(); }
  bool is_time_zone() const { return component == u'Z' || component == u'z'; }
};

using DateTimePicture = std::vector<DateTimePart>;

/// Errors: D3131, D3132 (unknown component), D3135 (no closing bracket).
tl::expected<DateTimePicture, FormatError> analyse_date_time_picture(std::u16string_view picture,
                                                                     Dialect dialect);

/// "January" … and "Monday" … in the order of the calendar; `number` counts from 1. Empty if there
/// is no such month or day.
std::u16string_view month_name(double number);
std::u16string_view day_name(double number);

}  // namespace pawl::query::jsonata
