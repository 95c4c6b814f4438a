// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/name_rules.h"

#include <algorithm>
#include <cctype>

#include "aws/arn.h"

namespace pawl::ssm {

using aws::ApiError;
using aws::ApiResult;

namespace {

constexpr std::ptrdiff_t kLevelsMax = 15;
constexpr size_t kLabelMax = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_of_a_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

bool has_only(std::string_view text, bool with_slash) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_of_a_name(c) || (with_slash && c == '/'); });
}

}  // namespace

ApiResult<void> check_new_name(std::string_view name) {
  const bool is_path = name.find('/') != std::string_view::npos;
  if (is_path && !name.starts_with('/'))
    return aws::validation_exception("Parameter name must be a fully qualified name");
  const std::string_view inner = name.starts_with('/') ? name.substr(1) : name;
  const std::string low = lower(inner);
  const bool is_deep = inner.find('/') != std::string_view::npos;
  if (low.starts_with("aws") && is_deep) {
    return aws::access_denied("No access to reserved parameter name: " + std::string(inner) + ".");
  }
  const bool is_well_formed = has_only(name, true) && !inner.empty() && !inner.ends_with('/') &&
                              inner.find("//") == std::string_view::npos;
  if (low.starts_with("ssm") || low.starts_with("aws") || !is_well_formed) {
    if (!is_deep && is_well_formed) {
      return aws::validation_exception(
          "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).");
    }
    return aws::validation_exception(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, "
        "it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix "
        "of letters, numbers and the following 3 symbols .-_");
  }
  if (std::count(inner.begin(), inner.end(), '/') + 1 > kLevelsMax) {
    return ApiError("HierarchyLevelLimitExceededException",
                    "Parameter hierarchies can have a maximum of 15 levels.");
  }
  return {};
}

ApiResult<void> check_path(std::string_view path) {
  if (path.starts_with('/') && has_only(path, true) && path.find("//") == std::string_view::npos)
    return {};
  return aws::validation_exception(
      "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
      "with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
      "(case-insensitive). It must use only letters, numbers, or the following symbols: . "
      "(period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if "
      "specified, must use the forward slash symbol \"/\". Valid example: "
      "/get/parameters2-/by1./path0_.");
}

bool is_valid_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelMax || !has_only(label, false)) return false;
  const std::string low = lower(label);
  return std::isdigit(static_cast<unsigned char>(label.front())) == 0 && !low.starts_with("aws") &&
         !low.starts_with("ssm");
}

Reference read_reference(std::string_view text) {
  Reference reference;
  std::string_view name = text;
  std::string from_arn;
  if (text.starts_with("arn:")) {
    const std::optional<aws::Arn> arn = aws::Arn::parse(text);
    if (arn && arn->service == "ssm" && arn->resource.starts_with("parameter/")) {
      from_arn = arn->resource.substr(9);
      // "parameter/a/b" is "/a/b"; "parameter/a" is "a".
      if (from_arn.find('/', 1) == std::string::npos) from_arn.erase(0, 1);
      name = from_arn;
    }
  }
  const size_t colon = name.rfind(':');
  reference.name = name.substr(0, colon);
  if (colon != std::string_view::npos) reference.selector = name.substr(colon + 1);
  return reference;
}

}  // namespace pawl::ssm
