// SPDX-License-Identifier: Apache-2.0
// Schoolbook decimal arithmetic; 38 digits leave nothing to gain from more.
#include "services/dynamodb/number.h"

#include <algorithm>

#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

constexpr size_t kTextMax = 1000;  ///< longer texts are no numbers
constexpr int kExponentBias = 130;
constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

aws::ApiError not_a_number(std::string_view text) {
  return invalid("The parameter cannot be converted to a numeric value" +
                 (text.empty() ? std::string() : ": " + std::string(text)));
}

/// Digits of |a| + |b|, or of |a| - |b| when |a| >= |b|, aligned at one lowest place.
std::string add_aligned(const std::string& a, const std::string& b, bool subtract) {
  std::string out(a.size(), '0');
  int carry = 0;
  for (size_t i = a.size(); i-- > 0;) {
    int digit = (a[i] - '0') + (subtract ? -(b[i] - '0') : (b[i] - '0')) + carry;
    carry = 0;
    if (digit > 9) {
      digit -= 10;
      carry = 1;
    } else if (digit < 0) {
      digit += 10;
      carry = -1;
    }
    out[i] = static_cast<char>('0' + digit);
  }
  if (carry == 1) out.insert(out.begin(), '1');
  return out;
}

}  // namespace

Number::Number(int64_t value) {
  negative_ = value < 0;
  uint64_t magnitude = negative_ ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  digits_ = std::to_string(magnitude);
  exponent_ = static_cast<int>(digits_.size()) - 1;
  normalize();
}

void Number::normalize() {
  const size_t first = digits_.find_first_not_of('0');
  if (first == std::string::npos) {
    *this = Number();
    return;
  }
  digits_.erase(0, first);
  exponent_ -= static_cast<int>(first);
  digits_.erase(digits_.find_last_not_of('0') + 1);
}

aws::ApiResult<Number> Number::checked(Number number) {
  number.normalize();
  if (number.is_zero()) return number;
  if (number.exponent_ > kExponentMax) {
    return invalid(std::string(kOverflow));
  }
  if (number.exponent_ < kExponentMin) {
    return invalid(
        "Number underflow. Attempting to store a number with magnitude smaller than supported "
        "range");
  }
  if (number.digits_.size() > kDigitsMax)
    return invalid("Attempting to store more than 38 significant digits in a Number");
  return number;
}

aws::ApiResult<Number> Number::parse(std::string_view text) {
  if (text.empty() || text.size() > kTextMax) return not_a_number(text);
  Number out;
  size_t at = 0;
  if (text[at] == '-' || text[at] == '+') out.negative_ = text[at++] == '-';
  int whole = 0;
  while (at < text.size() && is_digit(text[at])) {
    out.digits_ += text[at++];
    ++whole;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && is_digit(text[at])) out.digits_ += text[at++];
  }
  if (out.digits_.empty()) return not_a_number(text);
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    if (at == text.size()) return not_a_number(text);
    while (at < text.size() && is_digit(text[at]))
      exponent = std::min(exponent * 10 + (text[at++] - '0'), 1'000'000);
    if (negative) exponent = -exponent;
  }
  if (at != text.size()) return not_a_number(text);
  out.exponent_ = whole - 1 + exponent;
  return checked(std::move(out));
}

std::string Number::text() const {
  if (is_zero()) return "0";
  std::string out = negative_ ? "-" : "";
  const int digits = static_cast<int>(digits_.size());
  if (exponent_ < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent_ - 1), '0');
    return out + digits_;
  }
  if (digits <= exponent_ + 1) {
    out += digits_;
    out.append(static_cast<size_t>(exponent_ + 1 - digits), '0');
    return out;
  }
  const auto point = static_cast<size_t>(exponent_ + 1);
  return out + digits_.substr(0, point) + "." + digits_.substr(point);
}

Number Number::negated() const {
  Number out = *this;
  if (!is_zero()) out.negative_ = !negative_;
  return out;
}

std::strong_ordering Number::compare_magnitude(const Number& a, const Number& b) {
  if (a.exponent_ != b.exponent_) return a.exponent_ <=> b.exponent_;
  return a.digits_ <=> b.digits_;
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  const auto sign = [](const Number& n) { return n.is_zero() ? 0 : n.negative_ ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) <=> sign(b);
  if (a.is_zero()) return std::strong_ordering::equal;
  return a.negative_ ? Number::compare_magnitude(b, a) : Number::compare_magnitude(a, b);
}

aws::ApiResult<Number> Number::sum(const Number& a, const Number& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const Number& large = compare_magnitude(a, b) >= 0 ? a : b;
  const Number& small = &large == &a ? b : a;
  // Places from the first digit of `large` to the last digit of either.
  const int last = std::min(large.exponent_ - static_cast<int>(large.digits_.size()),
                            small.exponent_ - static_cast<int>(small.digits_.size()));
  const auto width = static_cast<size_t>(large.exponent_ - last);
  std::string first = large.digits_;
  first.resize(width, '0');
  std::string second(static_cast<size_t>(large.exponent_ - small.exponent_), '0');
  second += small.digits_;
  second.resize(width, '0');
  Number out;
  out.negative_ = large.negative_;
  out.digits_ = add_aligned(first, second, a.negative_ != b.negative_);
  out.exponent_ = large.exponent_ + (out.digits_.size() > width ? 1 : 0);
  out.normalize();
  // NOTE: DynamoDB calls a result of too many digits an overflow too.
  if (out.digits_.size() > kDigitsMax) return invalid(std::string(kOverflow));
  return checked(std::move(out));
}

// Sign, biased exponent, digits in pairs plus 1, end; a negative number has all but the sign
// complemented.
std::string Number::key_bytes() const {
  if (is_zero()) return "\x01";
  std::string out;
  out += static_cast<char>(exponent_ + kExponentBias);
  for (size_t i = 0; i < digits_.size(); i += 2) {
    const int low = i + 1 < digits_.size() ? digits_[i + 1] - '0' : 0;
    out += static_cast<char>((digits_[i] - '0') * 10 + low + 1);
  }
  out += '\0';
  if (negative_) {
    for (char& c : out) c = static_cast<char>(~static_cast<unsigned char>(c));
  }
  return (negative_ ? '\0' : '\x02') + out;
}

std::optional<Number> Number::take_key_bytes(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const char sign = bytes.front();
  if (sign == '\x01') {
    bytes.remove_prefix(1);
    return Number();
  }
  if (sign != '\0' && sign != '\x02') return std::nullopt;
  const auto byte = [&](size_t i) {
    const auto raw = static_cast<unsigned char>(bytes[i]);
    return sign == '\0' ? static_cast<unsigned char>(~raw) : raw;
  };
  if (bytes.size() < 3) return std::nullopt;
  Number out;
  out.negative_ = sign == '\0';
  out.exponent_ = static_cast<int>(byte(1)) - kExponentBias;
  size_t at = 2;
  for (; at < bytes.size() && byte(at) != 0; ++at) {
    const int pair = byte(at) - 1;
    if (pair > 99 || out.digits_.size() > kDigitsMax) return std::nullopt;
    out.digits_ += static_cast<char>('0' + pair / 10);
    out.digits_ += static_cast<char>('0' + pair % 10);
  }
  if (at == bytes.size() || out.digits_.empty()) return std::nullopt;
  bytes.remove_prefix(at + 1);
  const int exponent = out.exponent_;
  out.normalize();
  if (out.is_zero() || out.exponent_ != exponent || out.exponent_ > kExponentMax ||
      out.exponent_ < kExponentMin) {
    return std::nullopt;
  }
  return out;
}

std::optional<int64_t> Number::to_int64() const {
  if (is_zero() || exponent_ < 0) return 0;
  if (exponent_ > 17) return std::nullopt;
  int64_t value = 0;
  for (int i = 0; i <= exponent_; ++i) {
    const auto place = static_cast<size_t>(i);
    value = value * 10 + (place < digits_.size() ? digits_[place] - '0' : 0);
  }
  return negative_ ? -value : value;
}

}  // namespace pawl::dynamodb
