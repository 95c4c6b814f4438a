// SPDX-License-Identifier: Apache-2.0
// $round, and numbers as ECMAScript writes them: toFixed and toString(radix).
#pragma once

#include <string>

namespace pawl::query::jsonata {

/// JSONata $round: to `precision` decimal places (negative: to tens, hundreds, …), ties to even;
/// never -0. The decimal point is moved in the number's text, so 1.005 rounds as it reads. NaN if
/// moving it goes beyond a double's range, as in the reference.
double round_half_even(double value, int precision);

/// JSONata $formatBase: Number.prototype.toString(radix) of a whole number (or NaN, infinite);
/// `radix` is 2 … 36, checked by the caller. Digits beyond 53 bits are zeros as V8 writes them.
std::string format_base(double value, int radix);

/// Number.prototype.toFixed; `digits` is 0 … 100. From 1e21 on, the number's plain text.
std::string to_fixed(double value, int digits);

}  // namespace pawl::query::jsonata
