// SPDX-License-Identifier: Apache-2.0
#include "formation/template_text.h"

#include <gtest/gtest.h>

#include "json/write.h"

namespace pawl::formation {
namespace {

std::string read(std::string_view text, bool aliases = false) {
  const base::Result<json::Value> value = read_template(text, {.aliases = aliases});
  return value ? json::write(*value) : value.error().message;
}

TEST(TemplateText, PlainScalarsAreThoseOfYaml11ButForDatesAndBase60) {
  EXPECT_EQ(read(R"(
a: [yes, No, ON, off, true, False, y, n]
b: [1, -2, +3, 010, 0x1F, 0b11, 1_000, 08, 007.50, 012345678901]
c: [1.10, .5, 1., 1e3, -2.5E-3, 1.e2, .inf, .nan, 1e]
d: [2010-09-09, 2001-12-14t21:59:43.10-05:00, 12:30, 190:20:30]
e: ["yes", '1', !!str 2, !!int '3', "2010-09-09"]
f: [~, null, '']
)"),
            R"({"a":[true,false,true,false,true,false,"y","n"],)"
            R"("b":[1,-2,3,8,31,3,1000,"08",7.50,"012345678901"],)"
            R"("c":[1.10,0.5,1.0,1e3,-2.5E-3,1.0e2,".inf",".nan","1e"],)"
            R"("d":["2010-09-09","2001-12-14t21:59:43.10-05:00","12:30","190:20:30"],)"
            R"("e":["yes","1","2",3,"2010-09-09"],"f":[null,null,""]})");
}

TEST(TemplateText, ShortFormsBecomeLongOnes) {
  EXPECT_EQ(read(R"(
a: !Ref X
b: !GetAtt X.Y.Z
c: !GetAtt [X, Y]
d: !Sub ['${A}', {A: !Join ['', [a, !Ref B]]}]
e: !If [C, !Ref 'AWS::NoValue', !Base64 x]
f: !Condition C
g:
  Fn::Base64: !Sub |
    line
    two
h: !Select
  - 0
  - !GetAZs ''
i: !GetAtt X
j: !Transform {Name: M}
)"),
            R"({"a":{"Ref":"X"},"b":{"Fn::GetAtt":["X","Y.Z"]},"c":{"Fn::GetAtt":["X","Y"]},)"
            R"("d":{"Fn::Sub":["${A}",{"A":{"Fn::Join":["",["a",{"Ref":"B"}]]}}]},)"
            R"("e":{"Fn::If":["C",{"Ref":"AWS::NoValue"},{"Fn::Base64":"x"}]},)"
            R"("f":{"Condition":"C"},"g":{"Fn::Base64":{"Fn::Sub":"line\ntwo\n"}},)"
            R"("h":{"Fn::Select":[0,{"Fn::GetAZs":""}]},"i":{"Fn::GetAtt":"X"},)"
            R"("j":{"Fn::Transform":{"Name":"M"}}})");
}

TEST(TemplateText, MergeKeysAndAliasesWhereTheyAreAllowed) {
  const std::string text = R"(
base: &base {a: 1, b: {c: !Ref X}}
other: &other {b: 2, d: 3}
one: {<<: *base, a: 9}
two:
  <<: [*other, *base]
  e: *base
)";
  EXPECT_EQ(read(text), "Template error: YAML aliases are not allowed in CloudFormation templates");
  EXPECT_EQ(read(text, true), R"({"base":{"a":1,"b":{"c":{"Ref":"X"}}},"other":{"b":2,"d":3},)"
                              R"("one":{"a":9,"b":{"c":{"Ref":"X"}}},)"
                              R"("two":{"a":1,"b":2,"d":3,"e":{"a":1,"b":{"c":{"Ref":"X"}}}}})");
  EXPECT_EQ(read("a: &unused 1\nb: {'<<': 2}", true), R"({"a":1,"b":{"<<":2}})");
  EXPECT_EQ(read("a: {<<: 5}", true),
            "Template format error: YAML not well-formed. (line 1, column 9)");
}

TEST(TemplateText, OfARepeatedKeyTheLastValueCounts) {
  EXPECT_EQ(read("a: 1\nb: 2\na: 3"), R"({"a":3,"b":2})");
  EXPECT_EQ(read(R"({"a": 1, "b": 2, "a": 3})"), R"({"a":3,"b":2})");
}

TEST(TemplateText, MistakesHaveAPlace) {
  EXPECT_EQ(read("a: [1\nb: 2"), "Template format error: YAML not well-formed. (line 2, column 2)");
  EXPECT_EQ(read("a: !Base64 !Sub x"),
            "Template format error: YAML not well-formed. (line 1, column 12)");
  EXPECT_EQ(read("{\n \"a\" 1}"),
            "Template format error: JSON not well-formed. (line 2, column 7)");
  EXPECT_EQ(read("a: \"x\n  y\nb: c\n"),
            "Template format error: YAML not well-formed. (line 4, column 1)");
  EXPECT_EQ(read("a: |\n x\n\nb: |+\n y\n\n"), R"({"a":"x\n","b":"y\n\n"})");
  EXPECT_EQ(read("{"), "Template format error: JSON not well-formed. (line 1, column 2)");
  EXPECT_EQ(read("--- {a: 1}\n--- {b: 2}"), "Template format error: YAML not well-formed.");
  EXPECT_EQ(read("a: \xff"), "Template format error: YAML not well-formed.");
  const base::Result<json::Value> value = read_template("a: 'x\n\n");  // not closed
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, base::ErrorKind::InvalidSyntax);
}

TEST(TemplateText, KeysAreTexts) {
  EXPECT_EQ(read("1: a\ntrue: b\n2012-10-17: c\n? long\n: d"),
            R"({"1":"a","true":"b","2012-10-17":"c","long":"d"})");
  EXPECT_EQ(read("Resources:\n  Role:\n    Properties:\n      Doc:\n        - Equals:\n"
                 "            !Sub '${X}:sub': a\n"),
            "Template format error: [/Resources/Role/Type/Doc/0/Equals] map keys must be strings; "
            "received a map instead");
  EXPECT_EQ(read("a: {[1]: b}"),
            "Template format error: [/a] map keys must be strings; received a list instead");
}

TEST(TemplateText, WhatIsNoMapIsNoTemplate) {
  for (const std::string_view text : {"", " \n", "# nothing", "text", "[1, 2]", "- a"}) {
    EXPECT_EQ(read(text), "Template format error: unsupported structure.") << text;
  }
  EXPECT_EQ(read("\xEF\xBB\xBF{\"a\": 1}"), R"({"a":1})");
  EXPECT_TRUE(is_json_text("\n\t {"));
  EXPECT_FALSE(is_json_text("a: {"));
}

TEST(TemplateText, FragmentsMayBeAnything) {
  const auto text = [](std::string_view fragment) {
    const base::Result<json::Value> value = read_fragment(fragment);
    return value ? json::write(*value) : value.error().message;
  };
  EXPECT_EQ(text("- &a {x: !Ref Y}\n- *a"), R"([{"x":{"Ref":"Y"}},{"x":{"Ref":"Y"}}])");
  EXPECT_EQ(text("word"), R"("word")");
  EXPECT_EQ(text("{\"a\":"), "Template format error: JSON not well-formed. (line 1, column 6)");
}

TEST(TemplateText, WhatIsTooBigOrTooDeepIsRefused) {
  const auto repeated = [](std::string_view text, size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  const std::string not_well_formed = "Template format error: ";
  for (const std::string_view bomb : {"[", "{a: ", "- ", "? ", "!a ", "&a ", "{\"a\":", "\""}) {
    const std::string message = read(repeated(bomb, 300'000 / bomb.size()), true);
    EXPECT_TRUE(message.starts_with(not_well_formed)) << bomb << ": " << message;
  }
  EXPECT_EQ(read(repeated(" ", 1'048'577)), "Template may not exceed 1048576 bytes in size.");
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
              repeated(before + ",", 9) + "]\n";
  }
  EXPECT_EQ(read(laughs, true), "Template format error: the template has more than 250000 values");
  const std::string long_texts =
      "a: &a " + repeated("x", 50'000) + "\nb: [" + repeated("*a,", 1'000) + "]";
  EXPECT_EQ(read(long_texts, true),
            "Template format error: the template's aliases expand to more than 4194304 bytes");
  EXPECT_EQ(read("a: &a [*a]", true),
            "Template format error: YAML not well-formed. (line 1, column 8)");
  EXPECT_EQ(read(repeated("[", 150) + repeated("]", 150)),
            "Template format error: unsupported structure.");
}

}  // namespace
}  // namespace pawl::formation
