// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "asl/definition_source.h"

namespace pawl::asl {
namespace {

DefinitionSource source_of(std::string text) {
  base::Result<DefinitionSource> source = DefinitionSource::from_yaml(std::move(text));
  EXPECT_TRUE(source.has_value()) << (source ? "" : source.error().message);
  return *std::move(source);
}

TEST(YamlSource, PlainScalarsHaveTheTypesOfTheCoreSchema) {
  const DefinitionSource source = source_of(
      "a: [1, 1.50, true, null, ~, text, 2016-03-14, 0x1F, 0o17, +3, .5, -.5, 007, yes]\n"
      "b: ['1', \"true\", !!str 5, !!int 6, !Sub '${x}']\n"
      "c: |\n  two\n  lines\n");
  EXPECT_EQ(source.json_text(),
            R"({"a":[1,1.50,true,null,null,"text","2016-03-14",31,15,3,0.5,-0.5,7,"yes"],)"
            R"("b":["1","true","5",6,"${x}"],"c":"two\nlines\n"})");
}

TEST(YamlSource, LocatesKeysAndItems) {
  const DefinitionSource source =
      source_of("StartAt: A\nStates:\n  A:\n    Type: Pass\n    Tags:\n      - x\n      - y\n");
  EXPECT_EQ(source.locate("/States/A/Type").line, 4);
  EXPECT_EQ(source.locate("/States/A/Type").column, 5);
  EXPECT_EQ(source.locate("/States/A/Tags/1").line, 7);
  EXPECT_EQ(source.locate("/nothing").line, 0);
}

TEST(YamlSource, AliasesAreResolvedWithinLimits) {
  EXPECT_EQ(source_of("a: &x {b: 1}\nc: *x\n").json_text(), R"({"a":{"b":1},"c":{"b":1}})");
  std::string laughs = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += (j > 0 ? "," : "") + previous;
    laughs += "]\n";
  }
  const base::Result<DefinitionSource> source = DefinitionSource::from_yaml(laughs);
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().kind, base::ErrorKind::LimitExceeded);
}

TEST(YamlSource, MistakesHaveAPlace) {
  const base::Result<DefinitionSource> source =
      DefinitionSource::from_yaml("StartAt: A\nStates: [\n");
  ASSERT_FALSE(source.has_value());
  EXPECT_EQ(source.error().kind, base::ErrorKind::InvalidJson);
  EXPECT_GE(source.error().position.line, 2);
  EXPECT_FALSE(DefinitionSource::from_yaml(std::string(2'000, '[')).has_value());
  EXPECT_FALSE(DefinitionSource::from_yaml("? [1, 2]\n: 3\n").has_value());
}

TEST(YamlSource, RepeatedKeysAreReported) {
  const Compilation compilation =
      compile(source_of("StartAt: A\nStates:\n  A: {Type: Succeed}\n  A: {Type: Succeed}\n"));
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(compilation.diagnostics[0].code, "DUPLICATE_STATE_NAME");
}

TEST(YamlSource, CompilesLikeJson) {
  const Compilation compilation =
      compile(source_of("StartAt: Wait\n"
                        "States:\n"
                        "  Wait:\n"
                        "    Type: Wait\n"
                        "    Seconds: 1\n"
                        "    Next: Missing\n"
                        "  Done: {Type: Succeed}\n"));
  ASSERT_EQ(compilation.diagnostics.size(), 2u);
  EXPECT_EQ(compilation.diagnostics[0].message, "Missing 'Next' target: Missing");
  EXPECT_EQ(compilation.diagnostics[0].position.line, 6);
  EXPECT_EQ(compilation.diagnostics[1].location, "/States/Done");
  EXPECT_EQ(compilation.diagnostics[1].position.line, 7);
}

}  // namespace
}  // namespace pawl::asl
