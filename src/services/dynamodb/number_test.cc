// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"

namespace pawl::dynamodb {
namespace {

Number number(const std::string& text) { return Number::parse(text).value(); }

std::string refused(const std::string& text) {
  const auto parsed = Number::parse(text);
  return parsed ? "accepted " + parsed->text() : parsed.error().message.value_or("");
}

TEST(Number, PrintsPlain) {
  for (const auto& [written, printed] : std::vector<std::pair<std::string, std::string>>{
           {"0", "0"},
           {"-0.000", "0"},
           {"0e1000", "0"},
           {"+007", "7"},
           {"1e3", "1000"},
           {"1.50", "1.5"},
           {"-12.5E-3", "-0.0125"},
           {".5", "0.5"},
           {"5.", "5"},
           {"1e125", "1" + std::string(125, '0')},
           {"1e-130", "0." + std::string(129, '0') + "1"},
           {std::string(38, '9'), std::string(38, '9')}}) {
    EXPECT_EQ(number(written).text(), printed) << written;
  }
}

TEST(Number, RefusesInDynamoDbsWords) {
  for (const std::string text : {"dog", "1 ", " 1", "NaN", "1e", "--1", ".", "1e5.5", "0x1"})
    EXPECT_EQ(refused(text), "The parameter cannot be converted to a numeric value: " + text);
  EXPECT_EQ(refused(""), "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(refused(std::string(39, '1')),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(refused(std::string(38, '1') + "00"), "accepted " + std::string(38, '1') + "00");
  EXPECT_TRUE(refused("1e126").starts_with("Number overflow"));
  EXPECT_TRUE(refused("-1e999999999999").starts_with("Number overflow"));
  EXPECT_TRUE(refused("0.9e-130").starts_with("Number underflow"));
}

TEST(Number, AddsExactly) {
  const auto sum = [](const std::string& a, const std::string& b) {
    const auto result = Number::sum(number(a), number(b));
    return result ? result->text() : result.error().message.value_or("").substr(0, 15);
  };
  EXPECT_EQ(sum("1", "10000000000000000000000"), "10000000000000000000001");
  EXPECT_EQ(sum("-1", "10000000000000000000000"), "9999999999999999999999");
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("5", "-5"), "0");
  EXPECT_EQ(sum("-2.5", "1"), "-1.5");
  EXPECT_EQ(sum("999", "1"), "1000");
  EXPECT_EQ(sum("9e125", "9e125"), "Number overflow");
  EXPECT_EQ(sum("1e50", "1"), "Number overflow");  // NOTE: what DynamoDB calls it
}

/// Values, their texts and their key bytes are in one order; every key reads back.
TEST(Number, KeysSortAsTheNumbers) {
  base::Random random(7);
  std::vector<Number> numbers{Number(), number("1e125"), number("-1e125"), number("1e-130"),
                              number("-1e-130")};
  while (numbers.size() < 2'000) {
    std::string text = random.next() % 2 == 0 ? "-" : "";
    const size_t digits = 1 + random.next() % 38;
    for (size_t i = 0; i < digits; ++i) text += static_cast<char>('0' + random.next() % 10);
    const int range = random.next() % 4 == 0 ? 80 : 3;
    text += "e" + std::to_string(static_cast<int>(random.next() % (2 * range + 1)) - range);
    numbers.push_back(number(text));
  }
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::string key = numbers[i].key_bytes();
    EXPECT_LE(key.size(), 22u);
    std::string followed = key + "rest";
    std::string_view rest = followed;
    EXPECT_EQ(Number::take_key_bytes(rest), numbers[i]);
    EXPECT_EQ(rest, "rest");
    EXPECT_EQ(number(numbers[i].text()), numbers[i]);
    if (i == 0) continue;
    const std::string before = numbers[i - 1].key_bytes();
    EXPECT_EQ(before < key, numbers[i - 1] < numbers[i]) << numbers[i].text();
    EXPECT_TRUE(before == key || !key.starts_with(before));
  }
}

TEST(Number, BytesThatAreNoKeyAreRefused) {
  for (const std::string_view bytes :
       {std::string_view(), std::string_view("\x03"), std::string_view("\x02\x80"),
        std::string_view("\x02\x80\x02"), std::string_view("\x02\x80\x00", 3),
        std::string_view("\x02\x80\x01\x00", 4), std::string_view("\x02\x80\xff\x00", 4)}) {
    std::string_view rest = bytes;
    EXPECT_FALSE(Number::take_key_bytes(rest));
  }
}

TEST(Number, ToInteger) {
  EXPECT_EQ(number("1700000000").to_int64(), 1'700'000'000);
  EXPECT_EQ(number("-12.9").to_int64(), -12);
  EXPECT_EQ(number("0.5").to_int64(), 0);
  EXPECT_EQ(number("1e18").to_int64(), std::nullopt);
}

}  // namespace
}  // namespace pawl::dynamodb
