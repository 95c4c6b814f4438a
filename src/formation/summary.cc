// SPDX-License-Identifier: Apache-2.0
#include "formation/summary.h"

#include <algorithm>
#include <set>
#include <utility>

#include "formation/template.h"
#include "formation/transforms.h"
#include "formation/words.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::formation {

using json::Value;

namespace {

/// API CreateStack, "Capabilities": types that need one, and the property that names them.
struct IamType {
  std::string_view type;
  std::string_view name_property;  ///< "" if they have no name of their own
};
constexpr IamType kIamTypes[] = {
    {"AWS::IAM::AccessKey", ""},
    {"AWS::IAM::Group", "GroupName"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
    {"AWS::IAM::Policy", ""},
    {"AWS::IAM::Role", "RoleName"},
    {"AWS::IAM::User", "UserName"},
    {"AWS::IAM::UserToGroupAddition", ""},
};

constexpr std::string_view kIam = "CAPABILITY_IAM";
constexpr std::string_view kNamedIam = "CAPABILITY_NAMED_IAM";
constexpr std::string_view kAutoExpand = "CAPABILITY_AUTO_EXPAND";

std::span<const json::Member> section_members(const Value& document, std::string_view name) {
  const Value* section = document.find(name);
  return section == nullptr ? std::span<const json::Member>() : members_of(*section);
}

void set_if_not_empty(json::ObjectBuilder& out, std::string_view name,
                      const std::vector<std::string>& texts) {
  if (!texts.empty()) out.set(name, json::texts_value(texts));
}

void set_capabilities(const Value& document, json::ObjectBuilder& out) {
  const NeededCapabilities needed = needed_capabilities(document);
  set_if_not_empty(out, "Capabilities", needed.capabilities);
  if (!needed.reason.empty()) out.set("CapabilitiesReason", Value(needed.reason));
}

Value constraints(const ParameterDeclaration& declaration) {
  json::ObjectBuilder out;
  set_if_not_empty(out, "AllowedValues", declaration.allowed_values);
  return std::move(out).build();
}

/// What both answers say of parameters; the summary says more.
base::Result<Value> parameters_of(const Value& document, bool is_summary) {
  std::vector<Value> parameters;
  for (const ParameterDeclaration& declaration : PAWL_TRY(read_parameter_declarations(document))) {
    json::ObjectBuilder one;
    one.set("ParameterKey", Value(declaration.name));
    if (declaration.default_value) one.set("DefaultValue", Value(*declaration.default_value));
    if (is_summary) one.set("ParameterType", Value(declaration.type));
    one.set("NoEcho", Value(declaration.no_echo));
    if (!declaration.description.empty()) one.set("Description", Value(declaration.description));
    if (is_summary) one.set("ParameterConstraints", constraints(declaration));
    parameters.push_back(std::move(one).build());
  }
  return Value::array(std::move(parameters));
}

/// Structure and names; a template whose transforms are to come is not complete yet.
base::Result<void> check_template(const Value& document) {
  if (has_transforms(document)) {
    const Value* resources = document.find("Resources");
    if (resources != nullptr && resources->is_object() && resources->size() > 0) return {};
    return template_error("Template format error: At least one Resources member must be defined.");
  }
  const base::Result<Template> compiled =
      Template::compile(document, {.language_extensions = false});
  if (!compiled) return compiled.error();
  return {};
}

std::vector<std::string> resource_types(const Value& document) {
  std::vector<std::string> types;
  for (const json::Member& resource : section_members(document, "Resources")) {
    std::string type = json::text_member(resource.value, "Type");
    if (type.empty() || std::find(types.begin(), types.end(), type) != types.end()) continue;
    types.push_back(std::move(type));
  }
  return types;
}

}  // namespace

NeededCapabilities needed_capabilities(const Value& template_document) {
  std::set<std::string> reasons;
  bool is_named = false;
  for (const json::Member& resource : section_members(template_document, "Resources")) {
    const std::string type = json::text_member(resource.value, "Type");
    const auto found = std::find_if(std::begin(kIamTypes), std::end(kIamTypes),
                                    [&](const IamType& row) { return row.type == type; });
    if (found == std::end(kIamTypes)) continue;
    reasons.insert(type);
    const Value* properties = resource.value.find("Properties");
    is_named = is_named || (properties != nullptr && !found->name_property.empty() &&
                            properties->find(found->name_property) != nullptr);
  }
  NeededCapabilities needed;
  if (!reasons.empty()) needed.capabilities.emplace_back(is_named ? kNamedIam : kIam);
  const std::vector<std::string> transforms = declared_transforms(template_document);
  if (!transforms.empty()) needed.capabilities.emplace_back(kAutoExpand);
  reasons.insert(transforms.begin(), transforms.end());
  if (!reasons.empty()) {
    needed.reason = "The following resource(s) require capabilities: " +
                    bracketed({reasons.begin(), reasons.end()});
  }
  return needed;
}

std::string missing_capabilities(const NeededCapabilities& needed,
                                 const std::vector<std::string>& given) {
  const auto has = [&](std::string_view name) {
    return std::find(given.begin(), given.end(), name) != given.end();
  };
  std::vector<std::string> missing;
  for (const std::string& capability : needed.capabilities) {
    if (has(capability) || (capability == kIam && has(kNamedIam))) continue;
    missing.push_back(capability);
  }
  return missing.empty() ? "" : "Requires capabilities : " + bracketed(missing);
}

base::Result<Value> validate_answer(const Value& template_document) {
  PAWL_TRY_VOID(check_template(template_document));
  json::ObjectBuilder answer;
  answer.set("Parameters", PAWL_TRY(parameters_of(template_document, false)));
  if (const auto text = json::find_text(template_document, "Description")) {
    answer.set("Description", Value(*text));
  }
  set_capabilities(template_document, answer);
  set_if_not_empty(answer, "DeclaredTransforms", declared_transforms(template_document));
  return std::move(answer).build();
}

base::Result<Value> summary_answer(const Value& template_document) {
  PAWL_TRY_VOID(check_template(template_document));
  json::ObjectBuilder answer;
  answer.set("Parameters", PAWL_TRY(parameters_of(template_document, true)));
  if (const auto text = json::find_text(template_document, "Description")) {
    answer.set("Description", Value(*text));
  }
  set_capabilities(template_document, answer);
  const std::vector<std::string> transforms = declared_transforms(template_document);
  if (transforms.empty()) {
    set_if_not_empty(answer, "ResourceTypes", resource_types(template_document));
  }
  answer.set("Version", Value("2010-09-09"));
  if (const Value* metadata = template_document.find("Metadata")) {
    answer.set("Metadata", Value(json::write(*metadata)));
  }
  set_if_not_empty(answer, "DeclaredTransforms", transforms);
  return std::move(answer).build();
}

}  // namespace pawl::formation
