// SPDX-License-Identifier: Apache-2.0
// What is declared; values are in parameter_values.cc.
#include "formation/parameters.h"

#include <algorithm>
#include <charconv>

#include "formation/words.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::formation {
namespace {

constexpr std::string_view kSsmPrefix = "AWS::SSM::Parameter::Value<";
constexpr std::string_view kListPrefix = "List<";
constexpr size_t kDeclaredMax = 200;
constexpr size_t kNameCharactersMax = 255;
constexpr size_t kTextCharactersMax = 4'000;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
constexpr std::string_view kAwsTypes[] = {
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::EC2::Volume::Id",
    "AWS::Route53::HostedZone::Id",
};

constexpr std::string_view kMembers[] = {"Type",
                                         "Default",
                                         "AllowedValues",
                                         "AllowedPattern",
                                         "MinLength",
                                         "MaxLength",
                                         "MinValue",
                                         "MaxValue",
                                         "NoEcho",
                                         "Description",
                                         "ConstraintDescription"};

bool is_aws_type(std::string_view type) {
  return std::find(std::begin(kAwsTypes), std::end(kAwsTypes), type) != std::end(kAwsTypes);
}

/// "X" of "PREFIX<X>", else "".
std::string_view inside(std::string_view type, std::string_view prefix) {
  if (!type.starts_with(prefix) || !type.ends_with('>')) return {};
  return type.substr(prefix.size(), type.size() - prefix.size() - 1);
}

bool is_list_type(std::string_view type) {
  return type == "CommaDelimitedList" || !inside(type, kListPrefix).empty();
}

bool is_plain_type(std::string_view type) {
  if (type == "String" || type == "Number" || type == "CommaDelimitedList") return true;
  if (is_aws_type(type)) return true;
  const std::string_view item = inside(type, kListPrefix);
  return item == "String" || item == "Number" || is_aws_type(item);
}

bool is_known_type(std::string_view type) {
  const std::string_view of_ssm = inside(type, kSsmPrefix);
  if (!of_ssm.empty()) return is_plain_type(of_ssm) && of_ssm != "Number";
  return is_plain_type(type) || type == "AWS::SSM::Parameter::Name";
}

/// One member of Parameters.
class DeclarationReader {
 public:
  DeclarationReader(std::string_view name, const json::Value& source)
      : source_(source), declaration_{.name = std::string(name), .type = {}} {}

  base::Result<ParameterDeclaration> read() {
    PAWL_TRY_VOID(read_type());
    PAWL_TRY_VOID(read_texts());
    PAWL_TRY_VOID(read_allowed_values());
    PAWL_TRY_VOID(read_bounds());
    return std::move(declaration_);
  }

 private:
  base::Result<void> read_type() {
    for (const json::Member& member : source_.members()) {
      if (std::find(std::begin(kMembers), std::end(kMembers), member.name()) ==
          std::end(kMembers)) {
        return template_error("Invalid template parameter property '" + std::string(member.name()) +
                              "'");
      }
    }
    const json::Value* type = source_.find("Type");
    if (type == nullptr) {
      return template_error(
          "Template format error: Every Parameters object must contain a Type member.");
    }
    if (!type->is_string()) return must_be_string("Type");
    declaration_.type = std::string(type->as_string());
    if (!is_known_type(declaration_.type)) {
      return template_error("Template format error: Unrecognized parameter type: " +
                            declaration_.type);
    }
    return {};
  }

  base::Result<void> read_texts() {
    declaration_.default_value = PAWL_TRY(text("Default"));
    declaration_.allowed_pattern = PAWL_TRY(text("AllowedPattern"));
    declaration_.description = PAWL_TRY(short_text("Description"));
    declaration_.constraint_description = PAWL_TRY(short_text("ConstraintDescription"));
    const std::optional<std::string> no_echo = PAWL_TRY(text("NoEcho"));
    declaration_.no_echo = no_echo && (*no_echo == "true" || *no_echo == "True");
    return {};
  }

  base::Result<void> read_allowed_values() {
    const json::Value* values = source_.find("AllowedValues");
    if (values == nullptr) return {};
    if (!values->is_array()) {
      return template_error("Template format error: AllowedValues must be a list.");
    }
    for (const json::Value& value : values->items()) {
      std::optional<std::string> text = scalar_text(value);
      if (!text) return must_be_string("AllowedValues");
      declaration_.allowed_values.push_back(*std::move(text));
    }
    return {};
  }

  base::Result<void> read_bounds() {
    declaration_.length_min = PAWL_TRY(length("MinLength"));
    declaration_.length_max = PAWL_TRY(length("MaxLength"));
    declaration_.value_min = PAWL_TRY(number("MinValue"));
    declaration_.value_max = PAWL_TRY(number("MaxValue"));
    return {};
  }

  static base::Error must_be_string(std::string_view member) {
    return template_error("Template format error: Every " + std::string(member) +
                          " member must be a string.");
  }

  base::Result<std::optional<std::string>> text(std::string_view member) const {
    const json::Value* value = source_.find(member);
    if (value == nullptr) return std::optional<std::string>();
    std::optional<std::string> text = scalar_text(*value);
    if (!text) return must_be_string(member);
    return text;
  }

  base::Result<std::string> short_text(std::string_view member) const {
    std::string value = PAWL_TRY(text(member)).value_or("");
    if (text::count_code_points(value) > kTextCharactersMax) {
      return template_error("Template format error: " + std::string(member) +
                            " must be no longer than 4000 characters.");
    }
    return value;
  }

  base::Result<std::optional<uint64_t>> length(std::string_view member) const {
    const std::optional<std::string> value = PAWL_TRY(text(member));
    if (!value) return std::optional<uint64_t>();
    uint64_t length = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, length);
    if (error != std::errc() || stop != end) return not_a_number(member);
    return std::optional<uint64_t>(length);
  }

  base::Result<std::optional<std::string>> number(std::string_view member) const {
    std::optional<std::string> value = PAWL_TRY(text(member));
    if (value && !text::parse_double(*value)) return not_a_number(member);
    return value;
  }

  base::Error not_a_number(std::string_view member) const {
    return template_error("Template format error: Every " + std::string(member) +
                          " member must be a number.");
  }

  const json::Value& source_;
  ParameterDeclaration declaration_;
};

}  // namespace

bool ParameterDeclaration::is_list() const {
  const std::string_view of_ssm = inside(type, kSsmPrefix);
  return is_list_type(of_ssm.empty() ? std::string_view(type) : of_ssm);
}

bool ParameterDeclaration::is_ssm_value() const { return !inside(type, kSsmPrefix).empty(); }

std::string ParameterDeclaration::aws_type() const {
  std::string_view plain = type;
  if (const std::string_view of_ssm = inside(plain, kSsmPrefix); !of_ssm.empty()) plain = of_ssm;
  if (const std::string_view item = inside(plain, kListPrefix); !item.empty()) plain = item;
  return is_aws_type(plain) ? std::string(plain) : std::string();
}

base::Result<std::vector<ParameterDeclaration>> read_parameter_declarations(
    const json::Value& template_document) {
  std::vector<ParameterDeclaration> declarations;
  const json::Value* section = template_document.find("Parameters");
  if (section == nullptr) return declarations;
  if (!section->is_object()) return template_error("Template parameters must be a map");
  if (section->size() > kDeclaredMax) {
    return template_error("Template format error: Number of parameters, " +
                          std::to_string(section->size()) +
                          ", is greater than maximum allowed, 200");
  }
  for (const json::Member& member : section->members()) {
    const std::string name(member.name());
    if (!is_alphanumeric(name)) {
      return template_error("Template format error: Parameter name " + name +
                            " is non alphanumeric.");
    }
    if (name.size() > kNameCharactersMax) {
      return template_error("Template format error: Parameter name '" + name +
                            "' length is greater than 255.");
    }
    if (!member.value.is_object()) {
      return template_error("Template format error: Any Parameters member must be an object.");
    }
    declarations.push_back(PAWL_TRY(DeclarationReader(name, member.value).read()));
  }
  return declarations;
}

}  // namespace pawl::formation
