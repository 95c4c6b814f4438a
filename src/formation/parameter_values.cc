// SPDX-License-Identifier: Apache-2.0
// The values of parameters, checked against what is declared.
#include <algorithm>
#include <unordered_set>

#include "formation/parameters.h"
#include "formation/words.h"
#include "text/number.h"
#include "text/regex.h"
#include "text/unicode.h"

namespace pawl::formation {
namespace {

constexpr size_t kValueBytesMax = 4'096;

/// Checks one value, in the order in which AWS complains.
class ValueCheck {
 public:
  ValueCheck(const ParameterDeclaration& declaration, const std::string& value)
      : declaration_(declaration), value_(value) {}

  base::Result<void> run() const {
    PAWL_TRY_VOID(check_size());
    PAWL_TRY_VOID(check_numbers());
    PAWL_TRY_VOID(check_allowed_values());
    PAWL_TRY_VOID(check_length());
    return check_pattern();
  }

 private:
  std::string subject() const { return "Parameter '" + declaration_.name + "' "; }

  /// ConstraintDescription takes the place of what is wrong.
  base::Error violated(const std::string& what) const {
    if (declaration_.constraint_description.empty()) return template_error(subject() + what);
    return template_error("Parameter " + declaration_.name +
                          " failed to satisfy constraint: " + declaration_.constraint_description);
  }

  bool is_number_list() const { return declaration_.type == "List<Number>"; }

  /// The value, or its items: each must hold.
  std::vector<std::string> items() const {
    return declaration_.is_list() ? comma_separated(value_) : std::vector<std::string>{value_};
  }

  base::Result<void> check_size() const {
    if (value_.size() <= kValueBytesMax) return {};
    return template_error(subject() + "must contain at most 4096 characters");
  }

  base::Result<void> check_numbers() const {
    if (declaration_.type != "Number" && !is_number_list()) return {};
    for (const std::string& item : items()) {
      const std::optional<double> number = text::parse_double(item);
      if (!number) return violated("must be a number");
      if (declaration_.value_min && *number < *text::parse_double(*declaration_.value_min)) {
        return violated("must be a number not less than " + *declaration_.value_min);
      }
      if (declaration_.value_max && *number > *text::parse_double(*declaration_.value_max)) {
        return violated("must be a number not greater than " + *declaration_.value_max);
      }
    }
    return {};
  }

  base::Result<void> check_allowed_values() const {
    const std::vector<std::string>& allowed = declaration_.allowed_values;
    if (allowed.empty()) return {};
    for (const std::string& item : items()) {
      if (std::find(allowed.begin(), allowed.end(), item) == allowed.end()) {
        return violated("must be one of AllowedValues");
      }
    }
    return {};
  }

  base::Result<void> check_length() const {
    const size_t length = text::count_code_points(value_);
    if (declaration_.length_min && length < *declaration_.length_min) {
      return violated("must contain at least " + std::to_string(*declaration_.length_min) +
                      " characters");
    }
    if (declaration_.length_max && length > *declaration_.length_max) {
      return violated("must contain at most " + std::to_string(*declaration_.length_max) +
                      " characters");
    }
    return {};
  }

  base::Result<void> check_pattern() const {
    if (!declaration_.allowed_pattern) return {};
    const std::string& pattern = *declaration_.allowed_pattern;
    const base::Result<text::Regex> regex = text::Regex::compile(pattern);
    if (!regex) {
      return template_error(subject() + "AllowedPattern must be a valid regular expression.");
    }
    for (const std::string& item : items()) {
      if (!regex->matches_whole(item)) return violated("must match pattern " + pattern);
    }
    return {};
  }

  const ParameterDeclaration& declaration_;
  const std::string& value_;
};

base::Result<void> check_existence(const ParameterDeclaration& declaration,
                                   const ParameterValue& value, ParameterSource& source) {
  const std::string type = declaration.aws_type();
  if (type.empty()) return {};
  const std::string& text = value.effective();
  const std::vector<std::string> ids =
      declaration.is_list() ? comma_separated(text) : std::vector<std::string>{text};
  for (const std::string& id : ids) {
    if (!PAWL_TRY(source.exists(type, id))) {
      return template_error("Parameter validation failed: parameter value " + id +
                            " for parameter name " + declaration.name + " does not exist");
    }
  }
  return {};
}

// NOTE recorded of a value that Parameter Store does not have, where there is no default
// ("test_resolve_ssm_missing_parameter"); of defaults the reports of users of the CDK say the other
// ("Unable to fetch parameters [/cdk-bootstrap/…]").
base::Result<void> resolve_ssm(std::span<const ParameterDeclaration> declarations,
                               ParameterValues& values, ParameterSource& source) {
  std::vector<std::string> absent;
  for (const ParameterDeclaration& declaration : declarations) {
    if (!declaration.is_ssm_value()) continue;
    ParameterValue& value = values.find(declaration.name)->second;
    value.resolved = PAWL_TRY(source.ssm_parameter(value.text));
    if (value.resolved) continue;
    if (!declaration.default_value) {
      return template_error("Parameter " + declaration.name +
                            " should either have input value or default value");
    }
    absent.push_back(value.text);
  }
  if (absent.empty()) return {};
  return template_error("Unable to fetch parameters " + bracketed(absent) +
                        " from parameter store for this account.");
}

base::Result<void> check_given_names(std::span<const ParameterDeclaration> declarations,
                                     std::span<const GivenParameter> given) {
  if (declarations.empty() && !given.empty()) {
    return template_error("Parameter values specified for a template which does not require them.");
  }
  std::unordered_set<std::string_view> declared;
  for (const ParameterDeclaration& declaration : declarations) declared.insert(declaration.name);
  std::vector<std::string> unknown;
  std::unordered_set<std::string_view> seen;
  for (const GivenParameter& parameter : given) {
    if (!seen.insert(parameter.name).second) {
      return template_error("Duplicate parameter key: " + parameter.name);
    }
    if (!declared.contains(parameter.name)) unknown.push_back(parameter.name);
  }
  if (unknown.empty()) return {};
  return template_error("Parameters: " + bracketed(unknown) + " do not exist in the template");
}

const GivenParameter* find_given(std::span<const GivenParameter> given, std::string_view name) {
  const auto found = std::find_if(given.begin(), given.end(),
                                  [name](const GivenParameter& one) { return one.name == name; });
  return found == given.end() ? nullptr : &*found;
}

/// The text before it is checked; nullopt: none.
base::Result<std::optional<std::string>> chosen_text(const ParameterDeclaration& declaration,
                                                     const GivenParameter* given,
                                                     const ParameterValues* previous) {
  if (given != nullptr && given->use_previous) {
    if (previous != nullptr) {
      const auto found = previous->find(declaration.name);
      if (found != previous->end()) return std::optional<std::string>(found->second.text);
    }
    return template_error("Invalid input for parameter key " + declaration.name +
                          ". Cannot specify usePreviousValue as true for a parameter key not in "
                          "the previous template");
  }
  if (given != nullptr && given->value) return given->value;
  return declaration.default_value;
}

}  // namespace

base::Result<ParameterValues> bind_parameters(std::span<const ParameterDeclaration> declarations,
                                              std::span<const GivenParameter> given,
                                              const ParameterValues* previous,
                                              ParameterSource& source) {
  PAWL_TRY_VOID(check_given_names(declarations, given));
  ParameterValues values;
  std::vector<std::string> missing;
  for (const ParameterDeclaration& declaration : declarations) {
    std::optional<std::string> text =
        PAWL_TRY(chosen_text(declaration, find_given(given, declaration.name), previous));
    if (!text) {
      missing.push_back(declaration.name);
      continue;
    }
    values[declaration.name] = {
        .text = *std::move(text), .resolved = {}, .no_echo = declaration.no_echo};
  }
  if (!missing.empty()) {
    return template_error("Parameters: " + bracketed(missing) + " must have values");
  }
  for (const ParameterDeclaration& declaration : declarations) {
    PAWL_TRY_VOID(ValueCheck(declaration, values.find(declaration.name)->second.text).run());
  }
  PAWL_TRY_VOID(resolve_ssm(declarations, values, source));
  for (const ParameterDeclaration& declaration : declarations) {
    PAWL_TRY_VOID(check_existence(declaration, values.find(declaration.name)->second, source));
  }
  return values;
}

json::Value parameter_value(const ParameterDeclaration& declaration, const ParameterValue& value) {
  const std::string& text = value.effective();
  if (!declaration.is_list()) return json::Value(text);
  std::vector<json::Value> items;
  for (const std::string& part : comma_separated(text)) items.emplace_back(part);  // "" is one
  return json::Value::array(std::move(items));
}

json::Value parameters_answer(std::span<const ParameterDeclaration> declarations,
                              const ParameterValues& values) {
  std::vector<json::Value> answer;
  for (const ParameterDeclaration& declaration : declarations) {
    const auto found = values.find(declaration.name);
    if (found == values.end()) continue;
    const ParameterValue& value = found->second;
    json::ObjectBuilder one;
    one.set("ParameterKey", json::Value(declaration.name));
    one.set("ParameterValue", value.no_echo ? json::Value(kMaskedValue) : json::Value(value.text));
    if (value.resolved && !value.no_echo) one.set("ResolvedValue", json::Value(*value.resolved));
    answer.push_back(std::move(one).build());
  }
  return json::Value::array(std::move(answer));
}

}  // namespace pawl::formation
