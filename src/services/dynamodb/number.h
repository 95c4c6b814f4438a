// SPDX-License-Identifier: Apache-2.0
// Number: DynamoDB's number type, an exact decimal of 38 significant digits (Developer Guide,
// "Supported data types": magnitudes from 1E-130 to 9.99...E+125).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace pawl::dynamodb {

/// A value; zero has no digits. Thread-safe like an int.
class Number {
 public:
  static constexpr int kDigitsMax = 38;
  static constexpr int kExponentMax = 125;
  static constexpr int kExponentMin = -130;

  Number() = default;
  explicit Number(int64_t value);

  /// Decimal text with optional sign, fraction and exponent.
  /// Errors: ValidationException in DynamoDB's words.
  static aws::ApiResult<Number> parse(std::string_view text);

  /// Without exponent, leading or trailing zeros: what DynamoDB answers, "1000", "0.05".
  std::string text() const;

  bool is_zero() const { return digits_.empty(); }
  Number negated() const;
  /// Exact; an error if the result needs more than 38 digits or leaves the range.
  static aws::ApiResult<Number> sum(const Number& a, const Number& b);

  /// Bytes whose order is the order of the numbers; none is a prefix of another. At most 22.
  std::string key_bytes() const;
  /// Reads key_bytes() from the front of `bytes` and removes it; nullopt if it is none.
  static std::optional<Number> take_key_bytes(std::string_view& bytes);

  /// The nearest integer below in magnitude; nullopt if it does not fit.
  std::optional<int64_t> to_int64() const;

  friend std::strong_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) = default;

 private:
  static aws::ApiResult<Number> checked(Number number);
  void normalize();
  static std::strong_ordering compare_magnitude(const Number& a, const Number& b);

  bool negative_ = false;
  int exponent_ = 0;    ///< of the first digit: d.ddd * 10^exponent
  std::string digits_;  ///< '0' to '9', neither begins nor ends with '0'
};

}  // namespace pawl::dynamodb
