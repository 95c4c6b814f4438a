// SPDX-License-Identifier: Apache-2.0
#include "formation/transforms.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "formation/resolver.h"
#include "formation/words.h"
#include "json/parse.h"

namespace pawl::formation {

using json::Value;

namespace {

constexpr std::string_view kTransformSection = "Transform";
constexpr std::string_view kTransformFunction = "Fn::Transform";

/// A transform as it is written: "Name", or {"Name": …, "Parameters": …}.
struct Written {
  std::string name;
  Value parameters = Value::object();
};

base::Result<Written> read_written(const Value& value) {
  if (value.is_string()) return Written{.name = std::string(value.as_string())};
  const Value* name = value.find("Name");
  if (name == nullptr || !name->is_string()) {
    return template_error(
        "Template format error: Every Transform must be a string or an object with a Name");
  }
  Written written{.name = std::string(name->as_string())};
  if (const Value* parameters = value.find("Parameters"); parameters && parameters->is_object()) {
    written.parameters = *parameters;
  }
  return written;
}

/// The transforms of a section or function: one or a list.
std::vector<Value> listed(const Value& value) {
  if (value.is_array()) return {value.items().begin(), value.items().end()};
  return {value};
}

void collect_names(const Value& value, NameList& names) {
  const auto add = [&](const Value& transforms) {
    for (const Value& transform : listed(transforms)) {
      if (const base::Result<Written> written = read_written(transform)) names.add(written->name);
    }
  };
  for (const json::Member& member : members_of(value)) {
    if (member.name() == kTransformFunction) add(member.value);
    collect_names(member.value, names);
  }
  for (const Value& item : items_of(value)) collect_names(item, names);
}

/// Finds the first object with a Fn::Transform, children before parents; its path, backwards.
bool find_function(const Value& value, std::vector<std::string>& path) {
  for (const json::Member& member : members_of(value)) {
    if (!find_function(member.value, path)) continue;
    path.emplace_back(member.name());
    return true;
  }
  size_t index = 0;
  for (const Value& item : items_of(value)) {
    if (find_function(item, path)) {
      path.push_back(std::to_string(index));
      return true;
    }
    ++index;
  }
  return value.find(kTransformFunction) != nullptr;
}

size_t index_of(const std::string& token) {
  size_t index = SIZE_MAX;
  std::from_chars(token.data(), token.data() + token.size(), index);
  return index;
}

const Value* at_pointer(const Value& root, const std::vector<std::string>& tokens) {
  const Value* value = &root;
  for (const std::string& token : tokens) {
    if (value->is_array()) {
      const size_t index = index_of(token);
      value = index < value->size() ? &value->items()[index] : nullptr;
    } else {
      value = value->find(token);
    }
    if (value == nullptr) return nullptr;
  }
  return value;
}

Value replaced(const Value& root, std::span<const std::string> tokens, Value value) {
  if (tokens.empty()) return value;
  const std::string& token = tokens.front();
  if (root.is_array()) {
    const size_t index = index_of(token);
    return root.with_item(index,
                          replaced(root.items()[index], tokens.subspan(1), std::move(value)));
  }
  return root.with_member(token, replaced(*root.find(token), tokens.subspan(1), std::move(value)));
}

base::Result<Value> resolved_parameters(const Value& document, const Value& parameters,
                                        const ParameterValues& values,
                                        const Environment& environment) {
  std::vector<ParameterDeclaration> declarations = PAWL_TRY(read_parameter_declarations(document));
  const Value* mappings = document.find("Mappings");
  const Scope scope = make_scope(std::move(declarations), values, environment,
                                 mappings == nullptr ? Value::object() : *mappings);
  NothingKnown nothing;
  Value resolved = PAWL_TRY(Resolver(scope, nothing).resolve(parameters));
  if (has_unknown(resolved) || !resolved.is_object()) {
    return template_error("Transform parameters may refer to template parameters only");
  }
  return resolved;
}

/// `over` on top of `base`; sections of templates are merged member by member.
Value merged(const Value& base, const Value& over, bool is_template) {
  MemberList result;
  for (const json::Member& member : members_of(base)) result.set(member.key, member.value);
  for (const json::Member& member : members_of(over)) {
    const Value* below = base.find(member.name());
    const bool both =
        is_template && below != nullptr && below->is_object() && member.value.is_object();
    result.set(member.key, both ? merged(*below, member.value, false) : member.value);
  }
  return std::move(result).build();
}

/// The rest of a list of transforms after the first; null if nothing is left.
Value without_first(const Value& transforms) {
  const std::vector<Value> all = listed(transforms);
  if (all.size() < 2) return {};
  return Value::array({all.begin() + 1, all.end()});
}

}  // namespace

std::vector<std::string> declared_transforms(const Value& template_document) {
  NameList names;
  if (const Value* section = template_document.find(kTransformSection)) {
    collect_names(single_member(kTransformFunction, *section), names);
  }
  collect_names(template_document, names);
  return names.names();
}

bool has_transforms(const Value& template_document) {
  return template_document.find(kTransformSection) != nullptr ||
         !declared_transforms(template_document).empty();
}

std::string transform_failure(std::string_view name, std::string_view reason) {
  return "Transform " + std::string(name) + " failed with: " + std::string(reason);
}

base::Result<std::optional<TransformCall>> next_transform(const Value& template_document,
                                                          const ParameterValues& parameters,
                                                          const Environment& environment) {
  const Value* transforms = template_document.find(kTransformSection);
  TransformCall call;
  std::vector<std::string> path;
  if (find_function(template_document.without_member(kTransformSection), path)) {
    std::reverse(path.begin(), path.end());
    const Value* holder = at_pointer(template_document, path);
    if (path.empty() || holder == nullptr) {
      return template_error("Invalid template property or properties [Fn::Transform]");
    }
    for (const std::string& token : path) call.pointer = json::pointer_child(call.pointer, token);
    call.fragment = holder->without_member(kTransformFunction);
    transforms = holder->find(kTransformFunction);
  } else if (transforms != nullptr) {
    call.fragment = template_document.without_member(kTransformSection);
  } else {
    return std::optional<TransformCall>();
  }
  const std::vector<Value> all = listed(*transforms);
  if (all.empty()) {
    return template_error("Template format error: Every Transform must name a transform");
  }
  Written written = PAWL_TRY(read_written(all.front()));
  call.name = std::move(written.name);
  call.parameters =
      PAWL_TRY(resolved_parameters(template_document, written.parameters, parameters, environment));
  return std::optional<TransformCall>(std::move(call));
}

base::Result<Value> apply_transform(const Value& template_document, const TransformCall& call,
                                    Value answer) {
  const bool is_include = call.name == kIncludeTransform;
  const std::vector<std::string> tokens = json::pointer_tokens(call.pointer);
  const Value* holder = at_pointer(template_document, tokens);
  const std::string_view place = call.is_of_template() ? kTransformSection : kTransformFunction;
  const Value* transforms = holder == nullptr ? nullptr : holder->find(place);
  if (transforms == nullptr) {
    return template_error("Template format error: " + call.name + " is not asked for");
  }
  if (is_include && answer.is_object()) {
    answer = merged(answer, call.fragment, call.is_of_template());
  }
  if (call.is_of_template() && !answer.is_object()) {
    return template_error("the transform did not answer with a template");
  }
  const Value rest = without_first(*transforms);
  if (call.is_of_template()) answer = answer.without_member(place);
  if (!rest.is_null() && answer.is_object()) answer = answer.with_member(place, rest);
  return replaced(template_document, tokens, std::move(answer));
}

base::Result<std::string> include_location(const TransformCall& call) {
  const Value* location = call.parameters.find("Location");
  if (location == nullptr || !location->is_string() ||
      !location->as_string().starts_with("s3://")) {
    return template_error("The location parameter is not a valid S3 uri.");
  }
  return std::string(location->as_string());
}

}  // namespace pawl::formation
