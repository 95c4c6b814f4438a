// SPDX-License-Identifier: Apache-2.0
// Expressions, and the functions that refer to something. The others are in resolver_functions.cc
// and resolver_conditions.cc.
#include "formation/resolver.h"

#include <map>
#include <utility>

#include "formation/words.h"
#include "json/members.h"

namespace pawl::formation {

using json::Value;

namespace {

base::Result<Value> known_or_unknown(References::Answer answer) {
  if (!answer) return std::move(answer).error();
  return *answer ? std::move(**answer) : unknown_value();
}

}  // namespace

Scope make_scope(std::vector<ParameterDeclaration> declarations, const ParameterValues& values,
                 const Environment& environment, json::Value mappings) {
  Scope scope{.environment = environment,
              .mappings = std::move(mappings),
              .declarations = std::move(declarations),
              .parameters = {},
              .masked = {},
              .conditions = {}};
  for (const ParameterDeclaration& declaration : scope.declarations) {
    const auto found = values.find(declaration.name);
    if (found == values.end()) continue;
    scope.parameters.emplace(declaration.name, parameter_value(declaration, found->second));
    if (!declaration.no_echo && !found->second.no_echo) continue;
    const ParameterValue mask{.text = std::string(kMaskedValue)};
    scope.masked.emplace(declaration.name, parameter_value(declaration, mask));
  }
  return scope;
}

std::optional<Value> pseudo_parameter(const Environment& environment, std::string_view name) {
  if (name == "AWS::NoValue") return Value();
  if (name == "AWS::AccountId") return Value(environment.account_id);
  if (name == "AWS::Region") return Value(environment.region);
  if (name == "AWS::Partition") return Value(environment.partition);
  if (name == "AWS::StackId") return Value(environment.stack_id);
  if (name == "AWS::StackName") return Value(environment.stack_name);
  if (name == "AWS::URLSuffix") return Value(environment.url_suffix);
  if (name != "AWS::NotificationARNs") return std::nullopt;
  std::vector<Value> arns;
  for (const std::string& arn : environment.notification_arns) arns.emplace_back(arn);
  return Value::array(std::move(arns));
}

bool is_unknown(const Value& value) {
  return value.is_string() && value.as_string() == kKnownAfterApply;
}

Value unknown_value() { return Value(kKnownAfterApply); }

std::span<const Resolver::Row> Resolver::rows() {
  static constexpr Row kRows[] = {
      {"Ref", &Resolver::ref},
      {"Fn::GetAtt", &Resolver::get_att},
      {"Fn::Sub", &Resolver::sub},
      {"Fn::Join", &Resolver::join},
      {"Fn::If", &Resolver::if_},
      {"Fn::Select", &Resolver::select},
      {"Fn::Split", &Resolver::split},
      {"Fn::FindInMap", &Resolver::find_in_map},
      {"Fn::ImportValue", &Resolver::import_value},
      {"Fn::GetStackOutput", &Resolver::get_stack_output},
      {"Fn::Base64", &Resolver::base64},
      {"Fn::Cidr", &Resolver::cidr},
      {"Fn::GetAZs", &Resolver::get_azs},
      {"Fn::Length", &Resolver::length},
      {"Fn::ToJsonString", &Resolver::to_json_string},
      {"Fn::And", &Resolver::and_},
      {"Fn::Or", &Resolver::or_},
      {"Fn::Not", &Resolver::not_},
      {"Fn::Equals", &Resolver::equals},
      {"Fn::Contains", &Resolver::contains},
      {"Fn::EachMemberEquals", &Resolver::each_member_equals},
      {"Fn::EachMemberIn", &Resolver::each_member_in},
      {"Fn::RefAll", &Resolver::ref_all},
      {"Fn::ValueOf", &Resolver::value_of},
      {"Fn::ValueOfAll", &Resolver::value_of_all},
  };
  return kRows;
}

base::Result<Value> Resolver::resolve(const Value& expression) {
  if (expression.is_array()) {
    std::vector<Value> items;
    items.reserve(expression.size());
    for (const Value& item : expression.items()) {
      Value value = PAWL_TRY(resolve(item));
      if (!value.is_null()) items.push_back(std::move(value));
    }
    return Value::array(std::move(items));
  }
  if (!expression.is_object()) return expression;
  if (const auto function = function_of(expression)) return call(*function);
  std::vector<json::Member> members;
  members.reserve(expression.size());
  for (const json::Member& member : expression.members()) {
    Value value = PAWL_TRY(resolve(member.value));
    if (!value.is_null()) members.emplace_back(member.key, std::move(value));
  }
  return Value::object(std::move(members));
}

base::Result<Value> Resolver::call(const FunctionCall& call) {
  for (const Row& row : rows()) {
    if (row.name == call.name) return (this->*row.function)(*call.argument);
  }
  return template_error("Template Error: Encountered unsupported function: " +
                        std::string(call.name));
}

base::Result<void> Resolver::spend(size_t bytes) {
  if (bytes > bytes_left_) {
    return base::Error(base::ErrorKind::LimitExceeded,
                       "Template error: the values of the template are too large");
  }
  bytes_left_ -= bytes;
  return {};
}

base::Result<Value> Resolver::reference(std::string_view name) {
  if (auto pseudo = pseudo_parameter(scope_.environment, name)) return *std::move(pseudo);
  if (mask_no_echo_) {
    const auto masked = scope_.masked.find(name);
    if (masked != scope_.masked.end()) return masked->second;
  }
  const auto parameter = scope_.parameters.find(name);
  if (parameter != scope_.parameters.end()) return parameter->second;
  return known_or_unknown(references_.ref(name));
}

base::Result<Value> Resolver::attribute(std::string_view logical_id, std::string_view attribute) {
  return known_or_unknown(references_.get_att(logical_id, attribute));
}

base::Result<Value> Resolver::ref(const Value& argument) {
  const Value name = PAWL_TRY(resolve(argument));  // a function with AWS::LanguageExtensions
  if (is_unknown(name)) return name;
  if (!name.is_string()) {
    return template_error("Template error: every Ref object must have a single String value.");
  }
  return reference(name.as_string());
}

base::Result<Value> Resolver::get_att(const Value& argument) {
  const auto parts = attribute_argument(argument);
  if (!parts) {
    return template_error(
        "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource "
        "name and the resource attribute");
  }
  const Value name = PAWL_TRY(resolve(parts->attribute));
  if (is_unknown(name)) return name;
  const std::optional<std::string> text = scalar_text(name);
  if (!text) {
    return template_error(
        "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource "
        "name and the resource attribute");
  }
  return attribute(parts->logical_id, *text);
}

base::Result<Value> Resolver::sub(const Value& argument) {
  const auto parts = sub_argument(argument);
  if (!parts) return template_error("Template error: Fn::Sub takes a string and a mapping");
  const std::vector<SubPart> pieces = PAWL_TRY(parse_sub(parts->text));
  std::string text;
  bool is_known = true;
  std::map<std::string_view, Value> seen;  // a variable's value is worked out once
  for (const SubPart& piece : pieces) {
    if (!piece.is_variable) {
      text += piece.text;
      continue;
    }
    auto value = seen.find(piece.text);
    if (value == seen.end()) {
      value = seen.emplace(piece.text, PAWL_TRY(variable(piece.text, parts->variables))).first;
    }
    is_known = is_known && !is_unknown(value->second);
    const std::optional<std::string> replacement = scalar_text(value->second);
    if (!replacement && !value->second.is_null()) {
      return template_error("Template error: the value of " + piece.text +
                            " in Fn::Sub must be a string");
    }
    if (replacement) {
      PAWL_TRY_VOID(spend(replacement->size()));
      text += *replacement;
    }
  }
  return is_known ? Value(text) : unknown_value();
}

base::Result<Value> Resolver::variable(std::string_view name, const Value* own) {
  const Value* value = own == nullptr ? nullptr : own->find(name);
  if (value != nullptr) return resolve(*value);
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return reference(name);
  return attribute(name.substr(0, dot), name.substr(dot + 1));
}

base::Result<Value> Resolver::if_(const Value& argument) {
  if (!argument.is_array() || argument.size() != 3 || !argument.items()[0].is_string()) {
    return template_error("Template error: Fn::If requires a list argument with three elements");
  }
  const std::string_view name = argument.items()[0].as_string();
  const auto condition = scope_.conditions.find(name);
  if (condition == scope_.conditions.end()) {
    return template_error("Template error: unresolved condition dependency " + std::string(name) +
                          " in Fn::If");
  }
  return resolve(argument.items()[condition->second ? 1 : 2]);
}

base::Result<Value> Resolver::find_in_map(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 3 && parts.size() != 4) {
    return template_error(
        "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
        "key and the attribute for return value");
  }
  std::vector<std::string> keys;
  for (const Value& part : parts.first(3)) {
    const Value key = PAWL_TRY(resolve(part));
    if (is_unknown(key)) return key;
    std::optional<std::string> text = scalar_text(key);
    if (!text) {
      return template_error(
          "Template error: every Fn::FindInMap object requires three parameters, the map name, map "
          "key and the attribute for return value");
    }
    keys.push_back(*std::move(text));
  }
  const Value* map = scope_.mappings.find(keys[0]);
  const Value* attributes = map == nullptr ? nullptr : map->find(keys[1]);
  const Value* found = attributes == nullptr ? nullptr : attributes->find(keys[2]);
  if (found != nullptr) return *found;
  if (parts.size() == 4) {
    if (const Value* otherwise = parts[3].find("DefaultValue")) return resolve(*otherwise);
  }
  if (map == nullptr) {
    return template_error("Template error: Mapping named '" + keys[0] +
                          "' is not present in the 'Mappings' section of template.");
  }
  return template_error("Template error: Unable to get mapping for " + keys[0] + "::" + keys[1] +
                        "::" + keys[2]);
}

base::Result<Value> Resolver::import_value(const Value& argument) {
  const Value name = PAWL_TRY(resolve(argument));
  if (is_unknown(name)) return name;
  const std::optional<std::string> text = scalar_text(name);
  if (!text) {
    return template_error(
        "Template error: every Fn::ImportValue object must have a String-typed value.");
  }
  return known_or_unknown(references_.import_value(*text));
}

base::Result<Value> Resolver::get_stack_output(const Value& argument) {
  const Value resolved = PAWL_TRY(resolve(argument));
  if (has_unknown(resolved)) return unknown_value();
  return known_or_unknown(
      references_.stack_output({.stack_name = json::text_member(resolved, "StackName"),
                                .output_name = json::text_member(resolved, "OutputName"),
                                .region = json::text_member(resolved, "Region"),
                                .role_arn = json::text_member(resolved, "RoleArn")}));
}

}  // namespace pawl::formation
