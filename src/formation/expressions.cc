// SPDX-License-Identifier: Apache-2.0
#include "formation/expressions.h"

#include <algorithm>

#include "formation/words.h"

namespace pawl::formation {
namespace {

constexpr std::string_view kPseudoParameters[] = {
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition",
    "AWS::Region",    "AWS::StackId", "AWS::StackName",        "AWS::URLSuffix",
};

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || c == '.' || c == ':' || is_alphanumeric({&c, 1});
  });
}

void append_literal(std::vector<SubPart>& parts, std::string_view text) {
  if (text.empty()) return;
  if (parts.empty() || parts.back().is_variable) parts.push_back({});
  parts.back().text += text;
}

class MentionWalk {
 public:
  MentionWalk(const std::function<bool(std::string_view)>& taken,
              const std::function<void(const Mention&)>& found)
      : taken_(taken), found_(found) {}

  void walk(const json::Value& value) {
    if (value.is_array()) {
      for (const json::Value& item : value.items()) walk(item);
      return;
    }
    if (const auto call = function_of(value)) {
      walk_call(*call);
      return;
    }
    for (const json::Member& member : members_of(value)) walk(member.value);
  }

 private:
  void walk_call(const FunctionCall& call) {
    if (call.name == "Ref") {
      if (call.argument->is_string()) found_({.name = std::string(call.argument->as_string())});
      return;
    }
    if (call.name == "Fn::GetAtt") {
      if (const auto argument = attribute_argument(*call.argument)) {
        const std::optional<std::string> name = scalar_text(argument->attribute);
        found_(
            {.name = argument->logical_id, .is_attribute = true, .attribute = name.value_or("")});
        walk(argument->attribute);
        return;
      }
    }
    if (call.name == "Fn::Sub") return walk_sub(*call.argument);
    if (call.name == "Fn::If" && taken_ && walk_if(*call.argument)) return;
    walk(*call.argument);
  }

  void walk_sub(const json::Value& argument) {
    const auto sub = sub_argument(argument);
    if (!sub) return walk(argument);
    if (sub->variables != nullptr) walk(*sub->variables);
    const base::Result<std::vector<SubPart>> parts = parse_sub(sub->text);
    if (!parts) return;
    for (const SubPart& part : *parts) {
      if (!part.is_variable) continue;
      if (sub->variables != nullptr && sub->variables->find(part.text) != nullptr) continue;
      const size_t dot = part.text.find('.');
      found_({.name = part.text.substr(0, dot),
              .is_attribute = dot != std::string::npos,
              .attribute = dot == std::string::npos ? "" : part.text.substr(dot + 1),
              .is_in_sub = true});
    }
  }

  bool walk_if(const json::Value& argument) {
    if (!argument.is_array() || argument.size() != 3 || !argument.items()[0].is_string()) {
      return false;
    }
    walk(argument.items()[taken_(argument.items()[0].as_string()) ? 1 : 2]);
    return true;
  }

  const std::function<bool(std::string_view)>& taken_;
  const std::function<void(const Mention&)>& found_;
};

}  // namespace

std::optional<FunctionCall> function_of(const json::Value& expression) {
  if (!expression.is_object() || expression.size() != 1) return std::nullopt;
  const json::Member& member = expression.members()[0];
  const std::string_view name = member.name();
  if (name != "Ref" && !name.starts_with("Fn::")) return std::nullopt;
  return FunctionCall{name, &member.value};
}

base::Result<std::vector<SubPart>> parse_sub(std::string_view text) {
  std::vector<SubPart> parts;
  while (true) {
    const size_t start = text.find("${");
    const size_t end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) break;
    append_literal(parts, text.substr(0, start));
    const std::string_view name = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      append_literal(parts, "${" + std::string(name.substr(1)) + "}");
      continue;
    }
    if (!is_variable_name(name)) {
      return template_error(
          "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
          "characters, underscores, periods, and colons");
    }
    parts.push_back({.is_variable = true, .text = std::string(name)});
  }
  append_literal(parts, text);
  return parts;
}

std::optional<SubArgument> sub_argument(const json::Value& argument) {
  if (argument.is_string()) return SubArgument{argument.as_string()};
  if (!argument.is_array() || argument.size() != 2) return std::nullopt;
  const json::Value& text = argument.items()[0];
  const json::Value& variables = argument.items()[1];
  if (!text.is_string() || !variables.is_object()) return std::nullopt;
  return SubArgument{text.as_string(), &variables};
}

std::optional<AttributeArgument> attribute_argument(const json::Value& argument) {
  if (argument.is_string()) {
    const std::string_view text = argument.as_string();
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return std::nullopt;
    return AttributeArgument{std::string(text.substr(0, dot)), json::Value(text.substr(dot + 1))};
  }
  if (!argument.is_array() || argument.size() != 2) return std::nullopt;
  const json::Value& resource = argument.items()[0];
  const json::Value& attribute = argument.items()[1];
  if (!resource.is_string() || resource.as_string().empty()) return std::nullopt;
  if (attribute.is_string() ? attribute.as_string().empty() : !function_of(attribute)) {
    return std::nullopt;
  }
  return AttributeArgument{std::string(resource.as_string()), attribute};
}

void for_each_mention(const json::Value& expression,
                      const std::function<bool(std::string_view)>& taken,
                      const std::function<void(const Mention&)>& found) {
  MentionWalk(taken, found).walk(expression);
}

bool is_pseudo_parameter(std::string_view name) {
  return std::find(std::begin(kPseudoParameters), std::end(kPseudoParameters), name) !=
         std::end(kPseudoParameters);
}

}  // namespace pawl::formation
