// SPDX-License-Identifier: Apache-2.0
// The form of a template's expressions, without their values: what is a function, what Fn::Sub's
// text consists of, which names an expression refers to.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// {"Fn::Join": argument} or {"Ref": argument}. Points into the expression.
struct FunctionCall {
  std::string_view name;
  const json::Value* argument;
};

/// The call that an object of one member named "Ref" or "Fn::…" is.
std::optional<FunctionCall> function_of(const json::Value& expression);
std::optional<FunctionCall> function_of(const json::Value&& expression) = delete;

/// A piece of Fn::Sub's text: literal, or the name within ${…}.
struct SubPart {
  bool is_variable = false;
  std::string text;
};

/// "${!Literal}" is the text "${Literal}". Errors: a name with other characters than letters,
/// digits, "_", "." and ":".
base::Result<std::vector<SubPart>> parse_sub(std::string_view text);

/// The text and the own variables of Fn::Sub's argument; nullptr variables: none.
struct SubArgument {
  std::string_view text;
  const json::Value* variables = nullptr;
};
/// nullopt if the argument is neither a text nor a text with a map.
std::optional<SubArgument> sub_argument(const json::Value& argument);

/// The resource and attribute of Fn::GetAtt: ["a", "b"] or "a.b"; the attribute may be a function.
struct AttributeArgument {
  std::string logical_id;
  json::Value attribute;
};
/// nullopt if the argument names no resource or no attribute.
std::optional<AttributeArgument> attribute_argument(const json::Value& argument);

/// A name that an expression refers to: a parameter, a pseudo parameter or a resource.
struct Mention {
  std::string name;
  bool is_attribute = false;   ///< Fn::GetAtt, or "${a.b}"
  std::string attribute = {};  ///< "b"; "" if a function says which
  bool is_in_sub = false;
};

/// Tells all names in order of appearance. `taken` says which branch of Fn::If counts (by the
/// condition's name); without it both do.
void for_each_mention(const json::Value& expression,
                      const std::function<bool(std::string_view)>& taken,
                      const std::function<void(const Mention&)>& found);

/// AWS::Region and the like.
bool is_pseudo_parameter(std::string_view name);

}  // namespace pawl::formation
