// SPDX-License-Identifier: Apache-2.0
// $formatNumber: a number in decimal text by a picture (XPath F&O 4.7 fn:format-number).
#pragma once

#include <string>
#include <string_view>

#include "query/jsonata/format/dialect.h"
#include "query/jsonata/format/format_error.h"
#include "query/jsonata/format/number_picture.h"
#include "query/jsonata/format/rounding.h"

namespace pawl::query::jsonata {

/// The third argument of $formatNumber over its defaults.
class FormatNumberOptions {
 public:
  /// Sets "decimal-separator", "zero-digit", … to any UTF-8 text; false for an unknown name (which
  /// the reference ignores).
  bool set(std::string_view name, std::string_view value);
  const DecimalFormat& decimal_format() const { return format_; }

 private:
  DecimalFormat format_;
};

/// `value` as `picture` shows it; both UTF-8. Linear in the picture but for irregular grouping.
/// Errors: D3080 … D3093 for the picture; U1001 where the reference never ends (2.0.6: zero or a
/// negative number with an exponent; infinite numbers with one); JavaScript's own where the picture
/// has more than 100 fractional digits, or (2.0.6) no digit at all. Pure, thread-safe.
tl::expected<std::string, FormatError> format_number(double value, std::string_view picture,
                                                     const FormatNumberOptions& options,
                                                     Dialect dialect);

}  // namespace pawl::query::jsonata
