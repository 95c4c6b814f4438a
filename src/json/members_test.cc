// SPDX-License-Identifier: Apache-2.0
#include "json/members.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::json {
namespace {

class Members : public testing::Test {
 protected:
  const Value object_ = parse(R"({"text":"a","empty":"","null":null,"flag":true,"off":false,
      "one":1,"exact":2.0,"power":1e3,"half":1.5,"huge":9223372036854775808,
      "least":-9223372036854775808,"object":{"x":1},"array":["a",1,"b",null]})")
                            .value();
};

TEST_F(Members, TextsAreTextsOnly) {
  EXPECT_EQ(text_member(object_, "text"), "a");
  EXPECT_EQ(find_text(object_, "text"), "a");
  EXPECT_EQ(find_text(object_, "empty"), "");
  for (const char* name : {"missing", "null", "one", "flag", "object", "array"}) {
    EXPECT_EQ(text_member(object_, name), "") << name;
    EXPECT_EQ(find_text(object_, name), std::nullopt) << name;
  }
}

TEST_F(Members, IntegersAreWhatFitsWithoutRounding) {
  EXPECT_EQ(find_integer(object_, "one"), 1);
  EXPECT_EQ(find_integer(object_, "exact"), 2);
  EXPECT_EQ(find_integer(object_, "power"), 1'000);
  EXPECT_EQ(find_integer(object_, "least"), INT64_MIN);
  EXPECT_EQ(integer_member(object_, "one", 7), 1);
  for (const char* name : {"missing", "null", "half", "huge", "text", "flag"}) {
    EXPECT_EQ(find_integer(object_, name), std::nullopt) << name;
    EXPECT_EQ(integer_member(object_, name), 0) << name;
    EXPECT_EQ(integer_member(object_, name, 7), 7) << name;
  }
}

TEST_F(Members, NumbersMayHaveAFraction) {
  EXPECT_EQ(find_number(object_, "half"), 1.5);
  EXPECT_EQ(find_number(object_, "one"), 1.0);
  EXPECT_EQ(find_number(object_, "text"), std::nullopt);
  EXPECT_EQ(find_number(object_, "missing"), std::nullopt);
}

TEST_F(Members, FlagsAreBooleansOnly) {
  EXPECT_TRUE(flag_member(object_, "flag"));
  EXPECT_FALSE(flag_member(object_, "off", true));
  for (const char* name : {"missing", "null", "one", "text"}) {
    EXPECT_FALSE(flag_member(object_, name)) << name;
    EXPECT_TRUE(flag_member(object_, name, true)) << name;
  }
}

TEST_F(Members, ContainersAreEmptyIfThereAreNone) {
  EXPECT_EQ(write(object_member(object_, "object")), R"({"x":1})");
  EXPECT_EQ(array_member(object_, "array").size(), 4U);
  EXPECT_EQ(items_member(object_, "array").size(), 4U);
  EXPECT_EQ(texts_member(object_, "array"), (std::vector<std::string>{"a", "b"}));
  for (const char* name : {"missing", "null", "text", "one"}) {
    EXPECT_EQ(write(object_member(object_, name)), "{}") << name;
    EXPECT_EQ(write(array_member(object_, name)), "[]") << name;
    EXPECT_TRUE(items_member(object_, name).empty()) << name;
    EXPECT_TRUE(texts_member(object_, name).empty()) << name;
  }
  EXPECT_EQ(write(texts_value({"a", "b"})), R"(["a","b"])");
}

TEST_F(Members, NullIsThereOnlyForThoseWhoCopy) {
  EXPECT_EQ(member_of(object_, "null"), nullptr);
  EXPECT_EQ(member_of(object_, "missing"), nullptr);
  EXPECT_EQ(member_of(object_, "text"), object_.find("text"));
  EXPECT_TRUE(has_member(object_, "off"));
  EXPECT_FALSE(has_member(object_, "null"));
  EXPECT_FALSE(has_member(object_, "missing"));
  EXPECT_EQ(write(selected(object_, {"one", "null", "missing", "text"})),
            R"({"one":1,"null":null,"text":"a"})");
  ObjectBuilder out;
  out.set("text", Value("old")).set("last", Value(1));
  copy_members(object_, {"one", "text"}, out);
  EXPECT_EQ(write(std::move(out).build()), R"({"text":"a","last":1,"one":1})");
}

TEST_F(Members, WhatIsNoObjectHasNone) {
  const Value list = parse(R"([{"text":"a"}])").value();
  for (const Value& value : {list, Value("text"), Value(1), Value()}) {
    EXPECT_EQ(text_member(value, "text"), "");
    EXPECT_EQ(find_integer(value, "text"), std::nullopt);
    EXPECT_FALSE(has_member(value, "text"));
    EXPECT_EQ(write(selected(value, {"text"})), "{}");
  }
}

}  // namespace
}  // namespace pawl::json
