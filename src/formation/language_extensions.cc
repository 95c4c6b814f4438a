// SPDX-License-Identifier: Apache-2.0
#include "formation/language_extensions.h"

#include <utility>

#include "formation/for_each.h"
#include "formation/resolver.h"
#include "formation/template_names.h"
#include "formation/words.h"

namespace pawl::formation {

using json::Value;

namespace {

constexpr size_t kBytesMax = 4'194'304;

Value section_of(const Value& document, std::string_view name) {
  const Value* section = document.find(name);
  return section != nullptr && section->is_object() ? *section : Value::object();
}

/// After the loops: names that functions yield, and functions whose values are known.
class ExtensionPass {
 public:
  explicit ExtensionPass(const Scope& scope) : scope_(scope) {}

  base::Result<Value> run(const Value& value) {
    if (value.is_array()) {
      std::vector<Value> items;
      for (const Value& item : value.items()) items.push_back(PAWL_TRY(run(item)));
      return Value::array(std::move(items));
    }
    if (!value.is_object()) return value;
    if (const auto call = function_of(value)) {
      if (call->name == "Ref") return name_of("Ref", *call->argument);
      if (call->name == "Fn::GetAtt") return get_att(*call->argument);
      if (call->name == "Fn::Length" || call->name == "Fn::ToJsonString" ||
          call->name == "Fn::FindInMap") {
        return known(*call);
      }
    }
    std::vector<json::Member> members;
    for (const json::Member& member : value.members()) {
      members.emplace_back(member.key, PAWL_TRY(run(member.value)));
    }
    return Value::object(std::move(members));
  }

  base::Result<Value> known_text(const Value& value, std::string_view what) {
    NothingKnown nothing;
    Value resolved = PAWL_TRY(Resolver(scope_, nothing).resolve(value));
    if (!resolved.is_string() || is_unknown(resolved)) {
      return template_error("the value of " + std::string(what) +
                            " must be a string that depends on parameters only");
    }
    return resolved;
  }

 private:
  base::Result<Value> name_of(std::string_view function, const Value& argument) {
    if (argument.is_string()) return single_member(function, argument);
    return single_member(function, PAWL_TRY(known_text(argument, function)));
  }

  base::Result<Value> get_att(const Value& argument) {
    if (!argument.is_array()) return single_member("Fn::GetAtt", argument);
    std::vector<Value> parts;
    for (const Value& part : argument.items()) {
      parts.push_back(part.is_string() ? part : PAWL_TRY(known_text(part, "Fn::GetAtt")));
    }
    return single_member("Fn::GetAtt", Value::array(std::move(parts)));
  }

  /// Its value if no resource is needed for it, else the function for later.
  base::Result<Value> known(const FunctionCall& call) {
    NothingKnown nothing;
    Value inner = PAWL_TRY(run(*call.argument));
    Value rebuilt = single_member(call.name, std::move(inner));
    const base::Result<Value> resolved = Resolver(scope_, nothing).resolve(rebuilt);
    if (!resolved) return resolved.error();
    return has_unknown(*resolved) ? rebuilt : *resolved;
  }

  const Scope& scope_;
};

base::Result<void> evaluate_conditions(const Value& conditions, Scope& scope) {
  const std::vector<std::string> order = PAWL_TRY(condition_order(conditions));
  NothingKnown nothing;
  for (const std::string& name : order) {
    const std::optional<bool> truth =
        PAWL_TRY(Resolver(scope, nothing).truth(*conditions.find(name)));
    scope.conditions.insert_or_assign(name, truth.value_or(false));
  }
  return {};
}

base::Result<Value> with_plain_policies(const Value& resource, ExtensionPass& pass) {
  Value result = resource;
  for (const std::string_view policy : {"DeletionPolicy", "UpdateReplacePolicy"}) {
    const Value* value = resource.find(policy);
    if (value == nullptr || value->is_string()) continue;
    result = result.with_member(policy, PAWL_TRY(pass.known_text(*value, policy)));
  }
  return result;
}

}  // namespace

base::Result<Value> expand_language_extensions(const Value& template_document,
                                               const ParameterValues& parameters,
                                               const Environment& environment) {
  std::vector<ParameterDeclaration> declarations =
      PAWL_TRY(read_parameter_declarations(template_document));
  Scope scope = make_scope(std::move(declarations), parameters, environment,
                           section_of(template_document, "Mappings"));
  Value result = template_document;
  // Conditions first: loops may not depend on them, but what they make may.
  for (const std::string_view name : {"Conditions", "Resources", "Outputs"}) {
    const Value* section = template_document.find(name);
    if (section == nullptr || !section->is_object()) continue;
    Value expanded = PAWL_TRY(expand_loops(*section, scope));
    if (name == "Conditions") {
      expanded = PAWL_TRY(ExtensionPass(scope).run(expanded));
      PAWL_TRY_VOID(evaluate_conditions(expanded, scope));
    } else {
      ExtensionPass pass(scope);
      expanded = PAWL_TRY(pass.run(expanded));
      std::vector<json::Member> members;
      for (const json::Member& member : members_of(expanded)) {
        members.emplace_back(member.key, PAWL_TRY(with_plain_policies(member.value, pass)));
      }
      expanded = Value::object(std::move(members));
    }
    result = result.with_member(name, std::move(expanded));
  }
  if (result.text_bytes() > kBytesMax) {
    return template_error("the template grows beyond " + std::to_string(kBytesMax) + " bytes");
  }
  return result;
}

}  // namespace pawl::formation
