// SPDX-License-Identifier: Apache-2.0
// Parameters of a template: what is declared, and what values a stack gives them, checked as
// CreateStack does. Values are text, as the API carries them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// A member of "Parameters". Texts are as the template has them: a Default of 5 is "5", of true
/// "true".
struct ParameterDeclaration {
  std::string name;
  std::string type;  ///< "String", "List<Number>", "AWS::SSM::Parameter::Value<String>"
  std::optional<std::string> default_value = {};
  std::vector<std::string> allowed_values = {};
  std::optional<std::string> allowed_pattern = {};
  std::optional<uint64_t> length_min = {};  ///< MinLength, in characters
  std::optional<uint64_t> length_max = {};
  std::optional<std::string> value_min = {};  ///< MinValue, a number
  std::optional<std::string> value_max = {};
  bool no_echo = false;
  std::string description = {};
  std::string constraint_description = {};

  /// Ref yields an array: CommaDelimitedList, List<…>, also inside AWS::SSM::Parameter::Value<…>.
  bool is_list() const;
  /// The value is a parameter's name in Parameter Store.
  bool is_ssm_value() const;
  /// "AWS::EC2::VPC::Id" of that, of its list, and of the SSM parameter that holds it; else "".
  std::string aws_type() const;
};

/// A value as a stack keeps it.
struct ParameterValue {
  std::string text;  ///< what was given, or the default
  /// Of an AWS::SSM::Parameter::Value<…>: what Parameter Store had for it.
  std::optional<std::string> resolved = {};
  bool no_echo = false;

  const std::string& effective() const { return resolved ? *resolved : text; }
};
using ParameterValues = std::map<std::string, ParameterValue, std::less<>>;

/// A member of the API's "Parameters".
struct GivenParameter {
  std::string name;
  std::optional<std::string> value = {};
  bool use_previous = false;
};

/// What of the world parameters may ask for. Implemented by the engine.
class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  /// The value of a parameter of Parameter Store ("name" or "name:version"); a StringList's is
  /// comma separated. nullopt: there is none.
  virtual base::Result<std::optional<std::string>> ssm_parameter(std::string_view name) = 0;
  /// Whether there is such a thing: ("AWS::EC2::VPC::Id", "vpc-0a1b2c3d").
  virtual base::Result<bool> exists(std::string_view aws_type, std::string_view id) {
    static_cast<void>(aws_type);
    static_cast<void>(id);
    return true;
  }
  /// What Fn::ValueOf asks for: ("AWS::EC2::Subnet::Id", "subnet-0a1b2c3d", "VpcId") or
  /// "Tags.Department". nullopt: not known.
  virtual base::Result<std::optional<std::string>> attribute(std::string_view aws_type,
                                                             std::string_view id,
                                                             std::string_view name) {
    static_cast<void>(aws_type);
    static_cast<void>(id);
    static_cast<void>(name);
    return std::optional<std::string>();
  }
};

/// What DescribeStacks and GetTemplateSummary show of a NoEcho parameter.
inline constexpr std::string_view kMaskedValue = "****";

/// The declarations of a template that may not be compiled yet (its transforms are still to come),
/// in their order. Errors: "Template format error: Every Parameters object must contain a Type
/// member." and the like.
base::Result<std::vector<ParameterDeclaration>> read_parameter_declarations(
    const json::Value& template_document);

/// A value for each declaration: what is given, else the previous one if `use_previous`, else the
/// default. Errors in AWS's words: "Parameters: [A, B] must have values", "Parameters: [C] do not
/// exist in the template", violated constraints.
base::Result<ParameterValues> bind_parameters(std::span<const ParameterDeclaration> declarations,
                                              std::span<const GivenParameter> given,
                                              const ParameterValues* previous,
                                              ParameterSource& source);

/// What {"Ref": name} yields: a String, or an array of Strings.
json::Value parameter_value(const ParameterDeclaration& declaration, const ParameterValue& value);

/// Of the API's Parameters: [{ParameterKey, ParameterValue, ResolvedValue}], NoEcho masked, in the
/// declarations' order.
json::Value parameters_answer(std::span<const ParameterDeclaration> declarations,
                              const ParameterValues& values);

}  // namespace pawl::formation
