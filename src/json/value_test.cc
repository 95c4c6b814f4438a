// SPDX-License-Identifier: Apache-2.0
#include "json/value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "json/parse.h"
#include "json/payload.h"
#include "json/write.h"

namespace pawl::json {
namespace {

Value parsed(std::string_view text) { return parse(text).value(); }

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
}

/// Random values, containers up to three deep.
rc::Gen<Value> any_value(int depth) {
  const auto scalars = rc::gen::oneOf(
      rc::gen::just(Value()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(rc::gen::arbitrary<int64_t>(), [](int64_t i) { return Value(i); }),
      rc::gen::map(rc::gen::inRange(-100000, 100000), [](int i) { return Value(i / 128.0); }),
      rc::gen::map(any_text(), [](const std::string& s) { return Value(s); }));
  if (depth == 0) return scalars;
  const auto arrays =
      rc::gen::map(rc::gen::container<std::vector<Value>>(any_value(depth - 1)),
                   [](std::vector<Value> items) { return Value::array(std::move(items)); });
  const auto objects = rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, Value>>>(
                                        rc::gen::pair(any_text(), any_value(depth - 1))),
                                    [](const std::vector<std::pair<std::string, Value>>& members) {
                                      ObjectBuilder builder;
                                      for (const auto& [name, value] : members)
                                        builder.set(name, value);
                                      return std::move(builder).build();
                                    });
  return rc::gen::oneOf(scalars, arrays, objects);
}

TEST(Value, NumbersKeepTheirLexeme) {
  for (const char* text :
       {"0", "-0", "1.10", "1.0", "1e5", "123456789012345678901234567890", "-1.5e-7", "0.1"}) {
    EXPECT_EQ(write(parsed(text)), text);
    EXPECT_EQ(parsed(text).text_bytes(), std::string_view(text).size());
  }
  EXPECT_EQ(write(Value(100000.0)), "100000.0");
}

TEST(Value, EqualityIsMathematical) {
  EXPECT_EQ(parsed("1.0"), parsed("1"));
  EXPECT_EQ(parsed(R"({"a":1,"b":2})"), parsed(R"({"b":2,"a":1.0})"));
  EXPECT_FALSE(parsed("[1,2]") == parsed("[2,1]"));
  EXPECT_FALSE(parsed("9007199254740993") == parsed("9007199254740992"));
}

TEST(Value, ObjectsKeepOrderAndTheLastOfEqualKeys) {
  EXPECT_EQ(write(parsed(R"({"b":1,"a":2,"b":3})")), R"({"b":3,"a":2})");
  std::string large = "{";
  for (int i = 0; i < 100; ++i)
    large += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
  const Value object = parsed(large + "}");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*object.find("k" + std::to_string(i)), Value(i));
  EXPECT_EQ(object.find("k100"), nullptr);
}

TEST(Value, FrozenTreesOutliveTheirSource) {
  Value source = parsed(R"({"long enough for the heap":["another long string here",{"x":1.50}]})");
  const FrozenValue frozen(source);
  source = Value();
  Value copy = frozen.value();
  EXPECT_EQ(write(copy), R"({"long enough for the heap":["another long string here",{"x":1.50}]})");
  copy = copy.with_member("more", Value("of it"));
  EXPECT_EQ(frozen.value().size(), 1U);
}

TEST(Payload, KeepsTheTextUntilItIsChanged) {
  const Payload payload = Payload::from_text("{ \"a\" : 1 }").value();
  const Payload copy = payload;
  EXPECT_EQ(copy.value().find("a")->as_double(), 1);
  EXPECT_EQ(payload.text(), "{ \"a\" : 1 }");
  EXPECT_EQ(payload.text_bytes(), 11U);
  EXPECT_EQ(Payload(copy.value()).text(), R"({"a":1})");
  EXPECT_FALSE(Payload::from_text("{").has_value());
}

RC_GTEST_PROP(ValueLaws, ParseOfWriteIsTheValue, ()) {
  const Value value = *any_value(3);
  const std::string text = write(value);
  RC_ASSERT(text.size() == value.text_bytes());
  const Value again = parsed(text);
  RC_ASSERT(again == value);
  RC_ASSERT(write(again) == text);
  RC_ASSERT(parsed(write_pretty(value)) == value);
}

RC_GTEST_PROP(ValueLaws, ChangesNeverTouchTheOriginal, ()) {
  const Value value = *any_value(2);
  const Value replacement = *any_value(2);
  const std::string before = write(value);
  if (value.is_object()) {
    for (const Member& member : value.members()) {
      const Value changed = value.with_member(member.name(), replacement);
      RC_ASSERT(*changed.find(member.name()) == replacement);
      RC_ASSERT(changed.text_bytes() == write(changed).size());
      RC_ASSERT(changed.depth() == parsed(write(changed)).depth());
    }
    const Value added = value.with_member("a key that is not there", replacement);
    RC_ASSERT(added.size() == value.size() + 1);
    RC_ASSERT(added.without_member("a key that is not there") == value);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      const Value changed = value.with_item(i, replacement);
      RC_ASSERT(changed.items()[i] == replacement);
    }
  }
  RC_ASSERT(write(value) == before);
}

}  // namespace
}  // namespace pawl::json
