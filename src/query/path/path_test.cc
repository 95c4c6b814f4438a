// SPDX-License-Identifier: Apache-2.0
// JSONPath in Jayway's dialect: what is selected, what is not there, what does not parse.
#include "query/path/path.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query {
namespace {

constexpr std::string_view kStore = R"({"store":{"book":[
    {"category":"reference","author":"Nigel Rees","title":"Sayings","price":8.95},
    {"category":"fiction","author":"Evelyn Waugh","title":"Sword","price":12.99},
    {"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553","price":8.99},
    {"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord","isbn":"0-395","price":22.99}],
    "bicycle":{"color":"red","price":19.95}},"expensive":10,"a-b":1,"é":2,"empty":[],"n":null,"s":"text"})";

/// What a path selects, as JSON, or "KIND: message".
std::string selected(std::string_view path_text, std::string_view document = kStore) {
  const json::Value value = json::parse(document).value();
  const auto path = Path::compile(path_text);
  if (!path) return "syntax";
  const auto result = path->evaluate({.input = &value});
  return result ? json::write(*result) : result.error().message;
}

struct Case {
  const char* path;
  const char* expected;
};

class Selects : public testing::TestWithParam<Case> {};

TEST_P(Selects, AsJayway) {
  EXPECT_EQ(selected(GetParam().path), GetParam().expected) << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, Selects,
    testing::Values(
        Case{"$.expensive", "10"}, Case{"$['expensive']", "10"}, Case{"$[\"expensive\"]", "10"},
        Case{"$.a-b", "1"}, Case{"$.é", "2"}, Case{"$.store.book[0].title", "\"Sayings\""},
        Case{"$.store.book[-1].title", "\"The Lord\""}, Case{"$.store.book.[1].title", "\"Sword\""},
        Case{"$.store.book[*].price", "[8.95,12.99,8.99,22.99]"},
        Case{"$.store.book[0,2].title", "[\"Sayings\",\"Moby Dick\"]"},
        Case{"$.store.book[1:3].price", "[12.99,8.99]"},
        Case{"$.store.book[-2:].price", "[8.99,22.99]"}, Case{"$.store.book[:1].price", "[8.95]"},
        Case{"$..isbn", "[\"0-553\",\"0-395\"]"},
        Case{"$.store..price", "[8.95,12.99,8.99,22.99,19.95]"},
        Case{"$.store.bicycle['color','price']", R"({"color":"red","price":19.95})"},
        Case{"$.store.book[?(@.isbn)].price", "[8.99,22.99]"},
        Case{"$.store.book[?(@.price < 10)].price", "[8.95,8.99]"},
        Case{"$.store.book[?(@.price < $.expensive)].price", "[8.95,8.99]"},
        Case{"$.store.book[?(@.price < 10 && @.category == 'fiction')].price", "[8.99]"},
        Case{"$.store.book[?(@.price > 20 || @.category == \"reference\")].price", "[8.95,22.99]"},
        Case{"$.store.book[?(!@.isbn)].price", "[8.95,12.99]"},
        Case{"$.store.book[?(@.author =~ /.*tolkien/i)].price", "[22.99]"},
        Case{"$.store.book[?(@.author =~ /Tolkien/)].price", "[]"},
        Case{"$.store.book[?(@.category in ['reference','x'])].price", "[8.95]"},
        Case{"$.store.book[?(@.category nin ['fiction'])].price", "[8.95]"},
        Case{"$.store.book[?(@.title contains 'Lord')].price", "[22.99]"},
        Case{"$.store.book[?(@.isbn size 5)].price", "[8.99,22.99]"},
        Case{"$.store.book.length()", "4"}, Case{"$.store.book[*].price.max()", "22.99"},
        Case{"$.empty", "[]"}, Case{"$.n", "null"}, Case{"$.store.book[9]", "null"},
        Case{"$.nothing[*].x", "[]"}, Case{"$.s[*]", "[]"},
        Case{"$.store.book[(@.length-1)].price", "22.99"}, Case{"$.expensive ", "10"}));

INSTANTIATE_TEST_SUITE_P(Absent, Selects,
                         testing::Values(Case{"$.nothing", "No results for path: $['nothing']"},
                                         Case{"$.no.such.path", "Missing property in path $['no']"},
                                         Case{"$.store.no.such",
                                              "Missing property in path $['store']['no']"},
                                         Case{"$.n[0]", "The path $['n'] is null"}));

INSTANTIATE_TEST_SUITE_P(Syntax, Selects,
                         testing::Values(Case{"", "syntax"}, Case{"a", "syntax"},
                                         Case{"$.", "syntax"}, Case{"$.a..", "syntax"},
                                         Case{"$[", "syntax"}, Case{"$['a", "syntax"},
                                         Case{"$.a b", "syntax"}, Case{"$[?(@.a == )]", "syntax"},
                                         Case{"$[?(@.a", "syntax"},
                                         Case{"$.a.nofunction()", "syntax"}, Case{"@.a", "syntax"},
                                         Case{"$.*a", "syntax"}));

TEST(Path, DefinitePathsAreFoundWithoutErrors) {
  const json::Value value = json::parse(kStore).value();
  const Path path = Path::compile("$.store.bicycle.color").value();
  EXPECT_TRUE(path.is_definite());
  EXPECT_EQ(path.find({.input = &value})->as_string(), "red");
  EXPECT_EQ(Path::compile("$.store.car").value().find({.input = &value}), nullptr);
  EXPECT_FALSE(Path::compile("$..a").value().is_definite());
}

TEST(Path, CatastrophicExpressionEnds) {
  EXPECT_EQ(selected("$[?(@ =~ /(a+)+$/)]", "[\"" + std::string(50, 'a') + "!\"]"), "[]");
}

TEST(ReferencePath, MakesWhatIsNotThere) {
  const json::Value input = json::parse(R"({"a":{"b":1},"l":[1,2]})").value();
  const auto set = [&](const char* text) {
    const auto result = ReferencePath::compile(text)->assign(input, json::Value(9));
    return result ? json::write(*result) : "refused";
  };
  EXPECT_EQ(set("$"), "9");
  EXPECT_EQ(set("$.c"), R"({"a":{"b":1},"l":[1,2],"c":9})");
  EXPECT_EQ(set("$.a.b"), R"({"a":{"b":9},"l":[1,2]})");
  EXPECT_EQ(set("$.x.y.z"), R"({"a":{"b":1},"l":[1,2],"x":{"y":{"z":9}}})");
  EXPECT_EQ(set("$.l[1]"), R"({"a":{"b":1},"l":[1,9]})");
  EXPECT_EQ(set("$.a.b.c"), "refused");
  EXPECT_EQ(set("$.l[5]"), "refused");
}

TEST(ReferencePath, RefusesWhatMaySelectSeveral) {
  for (const char* text : {"$..a", "$.*", "$[*]", "$[0,1]", "$[1:]", "$[?(@.a)]", "$.a.length()",
                           "$$.a", "$v.a", "a"}) {
    EXPECT_FALSE(ReferencePath::compile(text)) << text;
  }
}

RC_GTEST_PROP(ReferencePathLaws, WhatIsAssignedIsFoundAndTheInputStays, ()) {
  const auto names =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<char>>(rc::gen::inRange('a', 'e')));
  std::string text = "$";
  for (const char name : names) text += std::string(".") + name;
  const json::Value input = json::parse(R"({"a":{"b":{"c":{}}},"d":{}})").value();
  const std::string before = json::write(input);
  const json::Value output =
      ReferencePath::compile(text)->assign(input, json::Value("here")).value();
  RC_ASSERT(json::write(input) == before);
  RC_ASSERT(Path::compile(text)->find({.input = &output})->as_string() == "here");
}

}  // namespace
}  // namespace pawl::query
