// SPDX-License-Identifier: Apache-2.0
// Values of updates, masking, types; what one value may be is in tests/templates/parameters.txt.
#include "formation/parameters.h"

#include <gtest/gtest.h>

#include "formation/template_text.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

class EmptyStore : public ParameterSource {
 public:
  base::Result<std::optional<std::string>> ssm_parameter(std::string_view name) override {
    return std::optional<std::string>("of " + std::string(name));
  }
};

std::vector<ParameterDeclaration> declared(std::string_view text) {
  const auto document = read_template(text);
  EXPECT_TRUE(document) << document.error().message;
  auto declarations = read_parameter_declarations(*document);
  EXPECT_TRUE(declarations) << declarations.error().message;
  return *std::move(declarations);
}

TEST(Parameters, PreviousValuesAreKeptWhereAskedFor) {
  const auto declarations =
      declared("Parameters: {A: {Type: String, Default: d}, B: {Type: String}}");
  const ParameterValues previous{{"A", {.text = "a"}}, {"B", {.text = "b"}}};
  const std::vector<GivenParameter> given{{.name = "A"}, {.name = "B", .use_previous = true}};
  EmptyStore store;
  const auto values = bind_parameters(declarations, given, &previous, store);
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->at("A").text, "d");
  EXPECT_EQ(values->at("B").text, "b");
  const auto none = bind_parameters(declarations, given, nullptr, store);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message,
            "Invalid input for parameter key B. Cannot specify usePreviousValue as true for a "
            "parameter key not in the previous template");
  const std::vector<GivenParameter> twice{{.name = "A"}, {.name = "A"}};
  EXPECT_EQ(bind_parameters(declarations, twice, nullptr, store).error().message,
            "Duplicate parameter key: A");
}

TEST(Parameters, AreShownWithTheirResolvedValuesAndMasked) {
  const auto declarations = declared(R"(
Parameters:
  A: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}
  B: {Type: String, Default: secret, NoEcho: true}
  C: {Type: Number, Default: 1.50}
)");
  EmptyStore store;
  const auto values = bind_parameters(declarations, {}, nullptr, store);
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(json::write(parameters_answer(declarations, *values)),
            R"([{"ParameterKey":"A","ParameterValue":"/name","ResolvedValue":"of /name"},)"
            R"({"ParameterKey":"B","ParameterValue":"****"},)"
            R"({"ParameterKey":"C","ParameterValue":"1.50"}])");
}

TEST(Parameters, TypesAndWhatTheyHold) {
  const auto declarations = declared(R"(
Parameters:
  A: {Type: 'List<AWS::EC2::Subnet::Id>'}
  B: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'}
  C: {Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::VPC::Id>>'}
  D: {Type: 'AWS::SSM::Parameter::Name'}
  E: {Type: 'AWS::SSM::Parameter::Value<CommaDelimitedList>'}
)");
  const std::vector<std::string> types{"AWS::EC2::Subnet::Id", "AWS::EC2::Image::Id",
                                       "AWS::EC2::VPC::Id", "", ""};
  const std::vector<bool> lists{true, false, true, false, true};
  const std::vector<bool> of_store{false, true, true, false, true};
  for (size_t i = 0; i < declarations.size(); ++i) {
    EXPECT_EQ(declarations[i].aws_type(), types[i]) << declarations[i].type;
    EXPECT_EQ(declarations[i].is_list(), lists[i]) << declarations[i].type;
    EXPECT_EQ(declarations[i].is_ssm_value(), of_store[i]) << declarations[i].type;
  }
}

}  // namespace
}  // namespace pawl::formation
