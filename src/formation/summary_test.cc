// SPDX-License-Identifier: Apache-2.0
#include "formation/summary.h"

#include <gtest/gtest.h>

#include "formation/template_text.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

json::Value document(std::string_view text) {
  base::Result<json::Value> value = read_template(text);
  EXPECT_TRUE(value) << value.error().message;
  return *std::move(value);
}

std::string text_of(const base::Result<json::Value>& answer) {
  return answer ? json::write(*answer) : answer.error().message;
}

TEST(Summary, OfAPlainTemplate) {
  // Recorded: test_get_template_summary_failed_stack, but for ResourceIdentifierSummaries.
  EXPECT_EQ(text_of(summary_answer(document(R"({"Resources": {"MyParameter": {"Type":
                "AWS::SSM::Parameter", "Properties": {"Type": "String"}}}})"))),
            R"({"Parameters":[],"ResourceTypes":["AWS::SSM::Parameter"],"Version":"2010-09-09"})");
}

TEST(Summary, OfParameters) {
  const json::Value source = document(R"(
Description: about
Metadata: {A: 1}
Parameters:
  P: {Type: String, Default: d, NoEcho: true, Description: what, AllowedValues: [d, e]}
  Q: {Type: Number}
Resources: {R: {Type: 'AWS::SNS::Topic'}, S: {Type: 'AWS::SNS::Topic'}}
)");
  EXPECT_EQ(
      text_of(summary_answer(source)),
      R"({"Parameters":[{"ParameterKey":"P","DefaultValue":"d","ParameterType":"String","NoEcho":true,)"
      R"("Description":"what","ParameterConstraints":{"AllowedValues":["d","e"]}},)"
      R"({"ParameterKey":"Q","ParameterType":"Number","NoEcho":false,"ParameterConstraints":{}}],)"
      R"("Description":"about","ResourceTypes":["AWS::SNS::Topic"],"Version":"2010-09-09",)"
      R"("Metadata":"{\"A\":1}"})");
  EXPECT_EQ(text_of(validate_answer(source)),
            R"({"Parameters":[{"ParameterKey":"P","DefaultValue":"d","NoEcho":true,)"
            R"("Description":"what"},{"ParameterKey":"Q","NoEcho":false}],"Description":"about"})");
}

TEST(Summary, OfTransformsThatAreToCome) {
  const json::Value source = document(R"(
Transform: AWS::Serverless-2016-10-31
Globals: {}
Resources: {F: {Type: 'AWS::Serverless::Function'}, R: {Type: 'AWS::IAM::Role'}}
)");
  EXPECT_EQ(text_of(summary_answer(source)),
            R"({"Parameters":[],"Capabilities":["CAPABILITY_IAM","CAPABILITY_AUTO_EXPAND"],)"
            R"("CapabilitiesReason":"The following resource(s) require capabilities: )"
            R"([AWS::IAM::Role, AWS::Serverless-2016-10-31]","Version":"2010-09-09",)"
            R"("DeclaredTransforms":["AWS::Serverless-2016-10-31"]})");
}

TEST(Summary, CapabilitiesOfNamedResources) {
  const NeededCapabilities needed = needed_capabilities(document(R"(
Resources:
  U: {Type: 'AWS::IAM::User', Properties: {UserName: n}}
  P: {Type: 'AWS::IAM::ManagedPolicy'}
  Q: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: n}}
)"));
  EXPECT_EQ(needed.capabilities, std::vector<std::string>{"CAPABILITY_NAMED_IAM"});
  EXPECT_EQ(needed.reason,
            "The following resource(s) require capabilities: [AWS::IAM::ManagedPolicy, "
            "AWS::IAM::Policy, AWS::IAM::User]");
  EXPECT_EQ(missing_capabilities(needed, {"CAPABILITY_IAM"}),
            "Requires capabilities : [CAPABILITY_NAMED_IAM]");
  EXPECT_EQ(missing_capabilities(needed, {"CAPABILITY_NAMED_IAM"}), "");
  const NeededCapabilities plain = needed_capabilities(
      document("Resources: {P: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: n}}}"));
  EXPECT_EQ(missing_capabilities(plain, {}), "Requires capabilities : [CAPABILITY_IAM]");
  EXPECT_EQ(missing_capabilities(plain, {"CAPABILITY_NAMED_IAM"}), "");
}

TEST(Summary, WhatIsWrongIsSaid) {
  EXPECT_EQ(
      text_of(validate_answer(document("Resources: {R: {Type: T, Properties: {A: !Ref X}}}"))),
      "Template format error: Unresolved resource dependencies [X] in the Resources block of "
      "the template");
  EXPECT_EQ(text_of(validate_answer(document("Transform: A"))),
            "Template format error: At least one Resources member must be defined.");
}

}  // namespace
}  // namespace pawl::formation
