// SPDX-License-Identifier: Apache-2.0
// What the cases in tests/templates do not say: values that are not known yet, failing references,
// masked parameters, hostile expressions.
#include "formation/evaluator.h"

#include <gtest/gtest.h>

#include "formation/template_text.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

using json::Value;

Template compiled(std::string_view text) {
  base::Result<Value> document = read_template(text);
  EXPECT_TRUE(document) << document.error().message;
  base::Result<Template> result = Template::compile(*document);
  EXPECT_TRUE(result) << result.error().message;
  return *std::move(result);
}

ParameterValues defaults(const Template& source) {
  ParameterValues values;
  for (const ParameterDeclaration& one : source.parameters()) {
    values[one.name] = {.text = one.default_value.value_or(""), .no_echo = one.no_echo};
  }
  return values;
}

std::string properties(const Evaluator& evaluator, References& references,
                       const ResolveOptions& options = {}) {
  const auto value =
      evaluator.properties(*evaluator.source().find_resource("R"), references, options);
  return value ? json::write(*value) : value.error().message;
}

TEST(Evaluator, WhatIsNotKnownYetMakesTheWholeValueUnknown) {
  const Template source = compiled(R"(
Parameters: {P: {Type: String, Default: p}}
Resources:
  A: {Type: 'AWS::SNS::Topic'}
  R:
    Type: AWS::SNS::Topic
    Properties:
      A: !Ref A
      B: !Sub '${P}-${A.Arn}'
      C: !Join [',', [x, !ImportValue e]]
      D: [!Ref P, !GetAtt A.Arn]
      E: !Select [1, [!Ref A, known]]
      F: !Select [0, !Split [',', !Ref A]]
      G: {'Fn::Base64': !Ref A}
      H: '{{resolve:ssm:a}}-x'
      I: {'Fn::ToJsonString': {a: !Ref A}}
      J: !Cidr [!GetAtt A.Block, 2, 8]
)");
  const auto evaluator = Evaluator::create(source, defaults(source), {});
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  NothingKnown nothing;
  const std::string unknown = "\"{{changeSet:KNOWN_AFTER_APPLY}}\"";
  EXPECT_EQ(properties(*evaluator, nothing),
            "{\"A\":" + unknown + ",\"B\":" + unknown + ",\"C\":" + unknown + ",\"D\":[\"p\"," +
                unknown + "],\"E\":\"known\",\"F\":" + unknown + ",\"G\":" + unknown +
                ",\"H\":" + unknown + ",\"I\":" + unknown + ",\"J\":" + unknown + "}");
  EXPECT_EQ(evaluator->imports(), std::vector<std::string>{"e"});
}

class Failing : public NothingKnown {
 public:
  Answer import_value(std::string_view name) override {
    return base::Error(base::ErrorKind::NotFound,
                       "No export named " + std::string(name) + " found");
  }
};

TEST(Evaluator, ErrorsOfReferencesAreToldAsTheyAre) {
  const Template source = compiled(
      "Resources: {R: {Type: 'AWS::SNS::Topic', Properties: {A: !Sub ['${X}', {X: !ImportValue "
      "n}]}}}");
  const auto evaluator = Evaluator::create(source, {}, {});
  ASSERT_TRUE(evaluator);
  Failing failing;
  EXPECT_EQ(properties(*evaluator, failing), "No export named n found");
}

TEST(Evaluator, HiddenParametersAreMaskedButConditionsKnowThem) {
  const Template source = compiled(R"(
Parameters:
  Secret: {Type: String, Default: s3cret, NoEcho: true}
  List: {Type: CommaDelimitedList, Default: 'a,b', NoEcho: 'true'}
Conditions: {C: !Equals [!Ref Secret, s3cret]}
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      A: !Sub 'x-${Secret}'
      B: !Ref List
      C: !If [C, 'yes', 'no']
      D: '{{resolve:ssm:a}}'
)");
  const auto evaluator = Evaluator::create(source, defaults(source), {});
  ASSERT_TRUE(evaluator);
  NothingKnown nothing;
  EXPECT_EQ(properties(*evaluator, nothing, {.dynamic_references = false, .mask_no_echo = true}),
            R"({"A":"x-****","B":["****"],"C":"yes","D":"{{resolve:ssm:a}}"})");
  EXPECT_EQ(properties(*evaluator, nothing, {.dynamic_references = false}),
            R"({"A":"x-s3cret","B":["a","b"],"C":"yes","D":"{{resolve:ssm:a}}"})");
}

TEST(Evaluator, DependenciesAreThoseOfBranchesTaken) {
  const Template source = compiled(R"(
Conditions: {Never: !Equals [a, b]}
Resources:
  A: {Type: 'AWS::SNS::Topic'}
  B: {Type: 'AWS::SNS::Topic', Condition: Never}
  C: {Type: 'AWS::SNS::Topic'}
  R:
    Type: AWS::SNS::Topic
    DependsOn: [C, C]
    Properties: {X: !If [Never, !Ref B, !Sub '${A.Arn}${A}']}
)");
  const auto evaluator = Evaluator::create(source, {}, {});
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_EQ(evaluator->dependencies(*source.find_resource("R")),
            (std::vector<std::string>{"C", "A"}));
  EXPECT_FALSE(evaluator->condition("Never"));
  EXPECT_FALSE(evaluator->condition("unknown"));
  EXPECT_FALSE(evaluator->is_present(*source.find_resource("B")));
}

std::string created(std::string_view text) {
  const auto document = read_template(text);
  if (!document) return document.error().message;
  const auto source = Template::compile(*document);
  if (!source) return source.error().message;
  const auto evaluator = Evaluator::create(*source, defaults(*source), {});
  return evaluator ? "" : evaluator.error().message;
}

std::string repeated(std::string_view text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Evaluator, TextsDoNotGrowWithoutEnd) {
  const std::string head = R"({"Parameters":{"P":{"Type":"String","Default":")" +
                           repeated("p", 4'000) +
                           R"("}},"Resources":{"R":{"Type":"AWS::SNS::Topic","Properties":{"A":)";
  const std::string too_large = "Template error: the values of the template are too large";
  EXPECT_EQ(created(head + R"({"Fn::Sub":")" + repeated("${P}", 20'000) + "\"}}}}}"), too_large);
  EXPECT_EQ(created(head + R"({"Fn::Join":[")" + repeated("d", 20'000) +
                    R"(",{"Fn::Split":[",",")" + repeated(",", 20'000) + "\"]}]}}}}}"),
            too_large);
  // Each level doubles: worked out once a level, it is only the text that would grow.
  std::string nested = R"("x")";
  for (int i = 0; i < 60; ++i) {
    nested = R"({"Fn::Sub":["${a}${a}",{"a":)" + nested + "}]}";
  }
  EXPECT_EQ(created(head + nested + "}}}}"), too_large);
  std::string empty = R"("")";
  for (int i = 0; i < 60; ++i) empty = R"({"Fn::Sub":["${a}${a}",{"a":)" + empty + "}]}";
  EXPECT_EQ(created(head + empty + "}}}}"), "");
}

TEST(Evaluator, LongChainsOfConditionsAreWorkedOut) {
  std::string conditions;
  for (int i = 0; i < 5'000; ++i) {
    conditions += "\"a" + std::to_string(i) + R"(":{"Fn::Not":[{"Condition":"a)" +
                  std::to_string(i + 1) + "\"}]},";
  }
  EXPECT_EQ(created("{\"Conditions\":{" + conditions +
                    R"("a5000":{"Fn::Equals":["a","b"]}},"Resources":{"R":{"Type":"T::T::T"}}})"),
            "");
}

TEST(Template, AttributesAreThoseOfTheTypes) {
  const auto error = [](std::string_view use) {
    const Template source = compiled(
        "Resources: {T: {Type: A}, R: {Type: B, Properties: {X: " + std::string(use) + "}}}");
    const auto result = check_attributes(source, [](std::string_view type, std::string_view name) {
      return type != "A" || name == "Arn";
    });
    return result ? "" : result.error().message;
  };
  EXPECT_EQ(error("!GetAtt T.Arn"), "");
  EXPECT_EQ(error("!GetAtt R.Anything"), "");
  EXPECT_EQ(error("!GetAtt [T, {Ref: AWS::Region}]"), "");
  EXPECT_EQ(error("!GetAtt T.Name.Of"),
            "Template error: resource T does not support attribute type Name.Of in Fn::GetAtt");
  EXPECT_EQ(error("!Sub 'x${T.Arn}${T.Nope}'"),
            "Template error: instance of Fn::Sub references invalid resource attribute T.Nope");
}

TEST(Evaluator, LimitsOfCounts) {
  std::string resources;
  for (int i = 0; i < 501; ++i) {
    resources += "R" + std::to_string(i) + ": {Type: 'AWS::SNS::Topic'}, ";
  }
  EXPECT_EQ(
      created("Resources: {" + resources + "}"),
      "Template format error: Number of resources, 501, is greater than maximum allowed, 500");
  EXPECT_EQ(created("Resources: {R: {Type: T, Properties: {A: '" +
                    repeated("{{resolve:ssm:a}}", 61) + "'}}}"),
            "Template format error: Number of dynamic references, 61, is greater than maximum "
            "allowed, 60");
  EXPECT_EQ(created("Description: '" + repeated("x", 1'025) + "'\nResources: {R: {Type: T}}"),
            "Template format error: 'Description' length is greater than 1024");
}

}  // namespace
}  // namespace pawl::formation
