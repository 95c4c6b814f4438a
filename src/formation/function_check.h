// SPDX-License-Identifier: Apache-2.0
// Whether the functions in a template's expressions are known and have arguments of the right
// form, as AWS checks before it evaluates anything. Names of resources are template.cc's.
#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

enum class Section { Resources, Outputs, Conditions, Rules };

/// What of the template the checks need.
struct CheckContext {
  const json::Value& mappings;
  const json::Value& conditions;
  /// True for parameters whose Ref is a list.
  std::function<bool(std::string_view)> is_list_parameter;
  /// Fn::Length, Fn::ToJsonString and functions within Fn::FindInMap.
  bool has_language_extensions;
};

/// Errors in AWS's words: "Template error: every Fn::Join object requires …".
base::Result<void> check_functions(const json::Value& expression, Section section,
                                   const CheckContext& context);

/// {"Fn::Equals": …}, {"Condition": "A"} and the like: what a condition may be.
bool is_boolean_function(const json::Value& expression);

}  // namespace pawl::formation
