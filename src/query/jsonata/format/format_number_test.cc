// SPDX-License-Identifier: Apache-2.0
// Expectations: the reference implementation's suite (group function-formatNumber), V8's toFixed
// and toString(radix), and the reference itself where it has no case.
#include "query/jsonata/format/format_number.h"

#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pawl::query::jsonata {
namespace {

/// The text, or the error's code after "!" ("!JavaScript" for JavaScript's own).
std::string shown(double value, std::string_view picture,
                  const std::vector<std::pair<std::string, std::string>>& properties = {},
                  Dialect dialect = Dialect::Current) {
  FormatNumberOptions options;
  for (const auto& [name, text] : properties) options.set(name, text);
  const auto text = format_number(value, picture, options, dialect);
  if (text) return *text;
  return "!" + (text.error().code.empty() ? "JavaScript" : text.error().code);
}

TEST(FormatNumber, Digits) {
  EXPECT_EQ(shown(12345.6, "#,###.00"), "12,345.60");
  EXPECT_EQ(shown(123.9, "9999"), "0124");
  EXPECT_EQ(shown(2, "000.000"), "002.000");
  EXPECT_EQ(shown(-6, "000"), "-006");
  EXPECT_EQ(shown(0.5, "0"), "0");  // half to even
  EXPECT_EQ(shown(1.005, "0.00"), "1.00");
  EXPECT_EQ(shown(2.14 * 86.58, "PREFIX##00.000###SUFFIX"), "PREFIX185.2812SUFFIX");
}

TEST(FormatNumber, Grouping) {
  EXPECT_EQ(shown(123412345678.9, "9,9,99.99"), "123412345,6,78.90");
  EXPECT_EQ(shown(1e20, "#,######"), "100,000000,000000,000000");
  EXPECT_EQ(shown(2392.14 * -36.58, "000,000.000###;###,###.000###"), "87,504.4812");
}

TEST(FormatNumber, PercentAndExponent) {
  EXPECT_EQ(shown(0.14, "01%"), "14%");
  EXPECT_EQ(shown(0.4857, "###.###\u2030"), "485.7\u2030");
  EXPECT_EQ(shown(1234.5678, "00.000e000"), "12.346e002");
  EXPECT_EQ(shown(0.234, "#.00e0"), "0.23e0");
  EXPECT_EQ(shown(0.234, ".00e0"), ".23e0");
  EXPECT_EQ(shown(-42, "0e0"), "-4e1");
  EXPECT_EQ(shown(0, "0.00e0"), "0.00e0");
}

TEST(FormatNumber, OtherDigitFamilies) {
  EXPECT_EQ(shown(1234.5678, "①①.①①①e①", {{"zero-digit", "\u245F"}}), "①②.③④⑥e②");
  EXPECT_EQ(shown(0.1, "AeAAA", {{"zero-digit", "A"}}), "Be-AAB");
  EXPECT_EQ(shown(0.14, "###pm", {{"per-mille", "pm"}}), "140pm");
  EXPECT_EQ(shown(1, "0", {{"zero-digit", ""}, {"digit", ""}}), "!D3086");
}

TEST(FormatNumber, RefusedPictures) {
  EXPECT_EQ(shown(20, "#;#;#"), "!D3080");
  EXPECT_EQ(shown(20, "0.0.0"), "!D3081");
  EXPECT_EQ(shown(20, "#0%%"), "!D3082");
  EXPECT_EQ(shown(20, "#0%\u2030"), "!D3084");
  EXPECT_EQ(shown(20, ".e0"), "!D3085");
  EXPECT_EQ(shown(20, "0,.e0"), "!D3087");
  EXPECT_EQ(shown(20, "0,"), "!D3088");
  EXPECT_EQ(shown(20, "0#.e0"), "!D3090");
  EXPECT_EQ(shown(20, "#0.#0e0"), "!D3091");
  EXPECT_EQ(shown(20, "#0.0e0,0"), "!D3093");
  EXPECT_EQ(shown(20, "0." + std::string(101, '0')), "!JavaScript");
  EXPECT_EQ(shown(1, "", {{"pattern-separator", ""}}), "!JavaScript");
}

TEST(FormatNumber, DialectsDiffer) {
  EXPECT_EQ(shown(42, "%%"), "!D3086");
  EXPECT_EQ(shown(42, "%%", {}, Dialect::V2_0_6), "!JavaScript");
  // 2.0.6 loops for ever.
  EXPECT_EQ(shown(0, "0e0", {}, Dialect::V2_0_6), "!U1001");
  EXPECT_EQ(shown(-42, "0e0", {}, Dialect::V2_0_6), "!U1001");
  EXPECT_EQ(shown(HUGE_VAL, "0e0"), "!U1001");
}

TEST(FormatNumber, LargePictureEnds) {
  EXPECT_EQ(shown(1, std::string(200'000, '0')).size(), 200'000);
  EXPECT_EQ(shown(1, std::string(200'000, '0'), {{"zero-digit", "0" + std::string(1000, 'x')}}),
            "!U1001");
}

TEST(Rounding, HalfToEven) {
  EXPECT_EQ(round_half_even(2.5, 0), 2);
  EXPECT_EQ(round_half_even(3.5, 0), 4);
  EXPECT_EQ(round_half_even(4.515, 2), 4.52);
  EXPECT_EQ(round_half_even(12345, -2), 12300);
  EXPECT_EQ(round_half_even(12450, -2), 12400);
  EXPECT_FALSE(std::signbit(round_half_even(-0.4, 0)));
  EXPECT_TRUE(std::isnan(round_half_even(1e300, 20)));
}

TEST(Rounding, Base) {
  EXPECT_EQ(format_base(100, 2), "1100100");
  EXPECT_EQ(format_base(-100, 36), "-2s");
  EXPECT_EQ(format_base(100, 10), "100");
  EXPECT_EQ(format_base(1e20, 14), "33cb3bb449c2a92000");
}

TEST(Rounding, Fixed) {
  EXPECT_EQ(to_fixed(0.5, 0), "1");  // not to even
  EXPECT_EQ(to_fixed(9.5, 0), "10");
  EXPECT_EQ(to_fixed(1125899906842624.25, 1), "1125899906842624.3");
  EXPECT_EQ(to_fixed(1e21, 2), "1e+21");
}

}  // namespace
}  // namespace pawl::query::jsonata
