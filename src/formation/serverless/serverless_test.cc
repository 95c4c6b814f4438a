// SPDX-License-Identifier: Apache-2.0
// The serverless transform against the AWS SAM translator: tests/serverless/NAME.yaml becomes
// NAME.json, which tests/serverless/make_expected.py made. The order of members does not count.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "formation/serverless/hashed_keys.h"
#include "formation/serverless/node.h"
#include "formation/serverless/serverless_transform.h"
#include "formation/template_text.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(PAWL_SOURCE_DIR) + "/tests/serverless"))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

/// Where two values differ first: "/Resources/A/Properties: 1 is not 2"; "" if they are equal.
std::string difference(const json::Value& expected, const json::Value& found,
                       const std::string& at) {
  if (expected == found) return {};
  if (expected.is_object() && found.is_object()) {
    std::string all;
    for (const json::Member& member : expected.members()) {
      const json::Value* other = found.find(member.name());
      const std::string path = at + "/" + std::string(member.name());
      all += other == nullptr ? path + ": missing\n" : difference(member.value, *other, path);
    }
    for (const json::Member& member : found.members())
      if (expected.find(member.name()) == nullptr)
        all += at + "/" + std::string(member.name()) + ": not expected\n";
    return all;
  }
  if (expected.is_array() && found.is_array() && expected.size() == found.size()) {
    std::string all;
    for (size_t index = 0; index < expected.size(); ++index)
      all += difference(expected.items()[index], found.items()[index],
                        at + "/" + std::to_string(index));
    return all;
  }
  return at + ": expected " + json::write(expected) + "\n   found " + json::write(found) + "\n";
}

class ServerlessCase : public testing::TestWithParam<std::string> {};

TEST_P(ServerlessCase, IsAsTheTranslator) {
  const std::filesystem::path base =
      std::string(PAWL_SOURCE_DIR) + "/tests/serverless/" + GetParam();
  const std::string text = read_file(base.string() + ".yaml");
  ServerlessContext context;
  constexpr std::string_view kParameters = "# parameters:";
  if (text.starts_with(kParameters)) {
    const std::string line = text.substr(0, text.find('\n'));
    context.parameters = json::parse(line.substr(kParameters.size())).value();
  }
  const base::Result<json::Value> source = read_template(text);
  ASSERT_TRUE(source.has_value()) << source.error().message;
  EXPECT_TRUE(uses_serverless(*source));
  const json::Value expected = json::parse(read_file(base.string() + ".json")).value();
  const base::Result<json::Value> found = expand_serverless(*source, context);
  if (const json::Value* error = expected.find("error")) {
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().message, "Transform AWS::Serverless-2016-10-31 failed with: " +
                                         std::string(error->as_string()));
    return;
  }
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(difference(expected, *found, ""), "");
}

TEST(Serverless, AMappingThatFindsItselfIsRefused) {
  const auto source =
      json::parse(R"({"Mappings": {"M": {"a": {"b": {"c": {"Fn::FindInMap": ["M", "a", "b"]}}}}},
      "Parameters": {"P": {"Default": {"A": {"Ref": "P"}}}}, "Resources": {"F": {
      "Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "Runtime": "r",
      "CodeUri": "s3://b/k", "AutoPublishAlias": "live", "Tracing": {"Ref": "P"}, "DeploymentPreference": {
      "Type": {"Fn::FindInMap": ["M", "a", "b"]}}}}}})");
  const auto found = expand_serverless(*source, {});
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().message.find("refers to itself"), std::string::npos);
}

TEST(Serverless, TypesWithoutAServiceAreRefusedByName) {
  const auto source = json::parse(
      R"({"Resources": {"G": {"Type": "AWS::Serverless::GraphQLApi", "Properties": {}}}})");
  const auto found = expand_serverless(*source, {});
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().message.find(
                "Resource with id [G] is invalid. AWS::Serverless::GraphQLApi is not supported"),
            std::string::npos);
}

TEST(Serverless, ManagedPoliciesAreAskedForByName) {
  const auto source = json::parse(R"({"Resources": {"F": {"Type": "AWS::Serverless::Function",
      "Properties": {"Handler": "a.b", "Runtime": "r", "CodeUri": "s3://b/k", "Policies": ["New"]}}}})");
  ServerlessContext context;
  context.managed_policy_arn = [](std::string_view name) -> std::optional<std::string> {
    return "arn:aws:iam::aws:policy/x/" + std::string(name);
  };
  const auto found = expand_serverless(*source, context);
  ASSERT_TRUE(found.has_value());
  EXPECT_NE(json::write(*found).find("arn:aws:iam::aws:policy/x/New"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Translator, ServerlessCase, testing::ValuesIn(case_names()),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace pawl::formation
