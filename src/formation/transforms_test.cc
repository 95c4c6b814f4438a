// SPDX-License-Identifier: Apache-2.0
#include "formation/transforms.h"

#include <gtest/gtest.h>

#include "formation/template_text.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

using json::Value;

Value document(std::string_view text) {
  base::Result<Value> value = read_template(text);
  EXPECT_TRUE(value) << value.error().message;
  return *std::move(value);
}

TransformCall next(const Value& document, const ParameterValues& values = {}) {
  base::Result<std::optional<TransformCall>> call = next_transform(document, values, {});
  EXPECT_TRUE(call) << call.error().message;
  return call && *call ? **call : TransformCall{.name = "(none)"};
}

TEST(Transforms, TheDeepestComesFirstThenTheSectionInItsOrder) {
  Value source = document(R"(
Transform: [First, {Name: Second, Parameters: {A: 1}}]
Parameters: {P: {Type: String, Default: p}}
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: Outer, Parameters: {X: !Ref P}}
      Inner: {Fn::Transform: {Name: Inner}, Beside: 1}
)");
  EXPECT_EQ(declared_transforms(source),
            (std::vector<std::string>{"First", "Second", "Outer", "Inner"}));
  const ParameterValues values{{"P", {.text = "given"}}};
  TransformCall call = next(source, values);
  EXPECT_EQ(call.name, "Inner");
  EXPECT_EQ(call.pointer, "/Resources/R/Properties/Inner");
  EXPECT_EQ(json::write(call.fragment), R"({"Beside":1})");
  source = *apply_transform(source, call, Value("answer"));

  call = next(source, values);
  EXPECT_EQ(call.name, "Outer");
  EXPECT_EQ(json::write(call.parameters), R"({"X":"given"})");
  EXPECT_EQ(json::write(call.fragment), R"({"Inner":"answer"})");
  source = *apply_transform(source, call, *json::parse(R"({"Q":1})"));

  call = next(source, values);
  EXPECT_EQ(call.name, "First");
  EXPECT_TRUE(call.is_of_template());
  EXPECT_EQ(call.fragment.find("Transform"), nullptr);
  source = *apply_transform(source, call, call.fragment);

  call = next(source, values);
  EXPECT_EQ(call.name, "Second");
  EXPECT_EQ(json::write(call.parameters), R"({"A":1})");
  EXPECT_TRUE(has_transforms(source));
  source = *apply_transform(source, call, call.fragment);
  EXPECT_EQ(next(source, values).name, "(none)");
  EXPECT_FALSE(has_transforms(source));
  EXPECT_EQ(json::write(*source.find("Resources")),
            R"({"R":{"Type":"AWS::SNS::Topic","Properties":{"Q":1}}})");
}

TEST(Transforms, AnIncludeIsMergedAndWhatStandsThereWins) {
  const Value source = document(R"(
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}
      A: mine
)");
  const TransformCall call = next(source);
  EXPECT_EQ(*include_location(call), "s3://b/k");
  const Value done = *apply_transform(source, call, *json::parse(R"({"A":"theirs","B":2})"));
  EXPECT_EQ(json::write(*done.find("Resources")->find("R")->find("Properties")),
            R"({"A":"mine","B":2})");

  const Value whole = document(
      "Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}\n"
      "Resources: {R: {Type: T}}\n");
  const Value merged = *apply_transform(
      whole, next(whole), *json::parse(R"({"Resources":{"S":{"Type":"U"}},"Outputs":{}})"));
  EXPECT_EQ(json::write(merged),
            R"({"Resources":{"S":{"Type":"U"},"R":{"Type":"T"}},"Outputs":{}})");
}

TEST(Transforms, ListsOfTransformsInOnePlace) {
  Value source = document("Resources: {R: {Fn::Transform: [{Name: A}, {Name: B}], Type: T}}");
  TransformCall call = next(source);
  EXPECT_EQ(call.name, "A");
  source = *apply_transform(source, call, *json::parse(R"({"Type":"U"})"));
  call = next(source);
  EXPECT_EQ(call.name, "B");
  source = *apply_transform(source, call, *json::parse(R"({"Type":"V"})"));
  EXPECT_EQ(json::write(source), R"({"Resources":{"R":{"Type":"V"}}})");
}

TEST(Transforms, Mistakes) {
  const auto error = [](std::string_view text) {
    const auto call = next_transform(document(text), {}, {});
    return call ? "" : call.error().message;
  };
  EXPECT_EQ(error("Transform: 5\nResources: {}"),
            "Template format error: Every Transform must be a string or an object with a Name");
  EXPECT_EQ(error("Transform: []\nResources: {}"),
            "Template format error: Every Transform must name a transform");
  EXPECT_EQ(error("Fn::Transform: {Name: A}\nResources: {}"),
            "Invalid template property or properties [Fn::Transform]");
  EXPECT_EQ(error("Resources: {R: {Fn::Transform: {Name: A, Parameters: {X: !Ref S}}}}"),
            "Transform parameters may refer to template parameters only");
  EXPECT_EQ(include_location({.name = "AWS::Include"}).error().message,
            "The location parameter is not a valid S3 uri.");
  EXPECT_EQ(transform_failure("AWS::Include", "S3 bucket [doesnotexist] does not exist."),
            "Transform AWS::Include failed with: S3 bucket [doesnotexist] does not exist.");
  const Value source = document("Transform: A\nResources: {}");
  EXPECT_FALSE(apply_transform(source, next(source), Value("text")));
}

}  // namespace
}  // namespace pawl::formation
