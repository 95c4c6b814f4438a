// SPDX-License-Identifier: Apache-2.0
#include "asl/fields.h"

#include <algorithm>
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

template <typename Names>
std::string in_brackets(const Names& names) {
  std::string out = "[";
  for (const std::string_view name : names) {
    if (out.size() > 1) out += ", ";
    out += name;
  }
  return out + "]";
}

std::string type_message(std::string_view wanted) {
  return "Expected value of type " + std::string(wanted);
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string not_a_reference_path(std::string_view text) {
  return text.starts_with('$')
             ? "Value is not a Reference Path"
             : "Value is not a Reference Path: Reference path didn't start with '$'";
}

/// AWS prints the bound of a field that may have a fraction with one: "Minimum value is 0.0".
std::string bound_text(double bound) {
  const auto whole = static_cast<int64_t>(bound);
  return std::to_string(whole) + ".0";
}

}  // namespace

std::string Fields::child_pointer(std::string_view name) const {
  return json::pointer_child(pointer_, name);
}

void Fields::check_names(std::span<const std::string_view> allowed) const {
  for (const json::Member& member : object_.members()) {
    if (!contains(allowed, member.name())) refuse(member.name());
  }
}

void Fields::check_names(const LanguageNames& names, QueryLanguage language) const {
  const bool is_jsonata = language == QueryLanguage::Jsonata;
  const auto own = is_jsonata ? names.jsonata : names.json_path;
  const auto other = is_jsonata ? names.json_path : names.jsonata;
  for (const json::Member& member : object_.members()) {
    const std::string_view name = member.name();
    if (contains(own, name)) continue;
    if (!contains(other, name)) {
      refuse(name);
    } else {
      error_here("The QueryLanguage is set to '" +
                 std::string(is_jsonata ? "JSONata" : "JSONPath") + "', but field '" +
                 std::string(name) + "' is only supported for the '" +
                 (is_jsonata ? "JSONPath" : "JSONata") + "' QueryLanguage");
    }
  }
}

void Fields::refuse(std::string_view name) const {
  error_here("Field '" + std::string(name) + "' is not supported");
}

void Fields::require(std::initializer_list<std::string_view> names) const {
  std::vector<std::string_view> absent;
  for (const std::string_view name : names) {
    if (!has(name)) absent.push_back(name);
  }
  if (!absent.empty()) error_here("These fields are required: " + in_brackets(absent));
}

void Fields::at_most_one(std::initializer_list<std::string_view> names) const {
  size_t present = 0;
  for (const std::string_view name : names) present += has(name);
  if (present <= 1) return;
  error_here("There should only be one of the following fields: " + in_brackets(names));
}

void Fields::exactly_one(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    if (has(name)) return at_most_one(names);
  }
  error_here("This object should have only one of the following fields: " + in_brackets(names));
}

void Fields::error(std::string_view name, std::string message) const {
  compiler_.error(child_pointer(name), std::move(message));
}

void Fields::error(std::string_view name, size_t index, std::string message) const {
  compiler_.error(json::pointer_child(child_pointer(name), index), std::move(message));
}

void Fields::error_here(std::string message) const {
  compiler_.error(pointer_, std::move(message));
}

void Fields::warn(std::string_view name, std::string message, std::string_view code) const {
  compiler_.warn(child_pointer(name), std::move(message), code);
}

void Fields::warn_here(std::string message) const { compiler_.warn(pointer_, std::move(message)); }

std::optional<std::string> Fields::string(std::string_view name) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(value->as_string());
  error(name, type_message("String"));
  return std::nullopt;
}

std::optional<std::string> Fields::one_of(std::string_view name,
                                          std::initializer_list<std::string_view> values) const {
  std::optional<std::string> text = string(name);
  if (!text || std::find(values.begin(), values.end(), *text) != values.end()) return text;
  error(name, "Value should be one of the following: " + in_brackets(values));
  return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->as_boolean();
  error(name, type_message("Boolean"));
  return std::nullopt;
}

std::optional<int64_t> Fields::integer(std::string_view name, int64_t min, int64_t max) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  int64_t integer = 0;
  if (!value->is_number() || !value->to_int64(integer)) {
    error(name, type_message("Integer"));
    return std::nullopt;
  }
  if (integer < min || integer > max) {
    error(name, integer < min ? "Minimum value is " + std::to_string(min)
                              : "Maximum value is " + std::to_string(max));
    return std::nullopt;
  }
  return integer;
}

std::optional<double> Fields::number(std::string_view name, double min, double max) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    error(name, type_message("Number"));
    return std::nullopt;
  }
  const double number = value->as_double();
  if (!(number >= min && number <= max)) {
    error(name, number < min ? "Minimum value is " + bound_text(min)
                             : "Maximum value is " + bound_text(max));
    return std::nullopt;
  }
  return number;
}

std::optional<Fields> Fields::object(std::string_view name) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return Fields(compiler_, *value, child_pointer(name));
  error(name, type_message("Object"));
  return std::nullopt;
}

std::vector<Fields> Fields::objects(std::string_view name, bool non_empty) const {
  std::vector<Fields> out;
  const json::Value* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    error(name, type_message("Array"));
    return out;
  }
  if (non_empty && value->size() == 0) error(name, "Value cannot be empty");
  for (size_t i = 0; i < value->size(); ++i) {
    const std::string place = json::pointer_child(child_pointer(name), i);
    if (value->items()[i].is_object()) {
      out.emplace_back(compiler_, value->items()[i], place);
    } else {
      compiler_.error(place, type_message("Object"));
    }
  }
  return out;
}

std::vector<std::string> Fields::strings(std::string_view name) const {
  std::vector<std::string> out;
  const json::Value* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    error(name, type_message("Array"));
    return out;
  }
  if (value->size() == 0) error(name, "Value cannot be empty");
  for (size_t i = 0; i < value->size(); ++i) {
    if (value->items()[i].is_string()) {
      out.emplace_back(value->items()[i].as_string());
    } else {
      compiler_.error(json::pointer_child(child_pointer(name), i), type_message("String"));
    }
  }
  return out;
}

std::optional<query::Path> Fields::path(std::string_view name) const {
  const std::optional<std::string> text = string(name);
  if (!text) return std::nullopt;
  base::Result<query::Path> compiled = query::Path::compile(*text);
  if (compiled && text->starts_with('$')) return *std::move(compiled);
  error(name, "Value must be a valid JSONPath.");
  return std::nullopt;
}

std::optional<query::Path> Fields::choice_path(std::string_view name) const {
  const std::optional<std::string> text = string(name);
  if (!text) return std::nullopt;
  base::Result<query::Path> compiled = query::Path::compile(*text);
  if (compiled && text->starts_with('$')) return *std::move(compiled);
  error(name, not_a_reference_path(*text));
  return std::nullopt;
}

std::optional<query::Path> Fields::reference_path(std::string_view name) const {
  std::optional<query::Path> path = choice_path(name);
  if (!path || (path->is_definite() && !path->has_function())) return path;
  error(name, not_a_reference_path(path->text()));
  return std::nullopt;
}

PathField Fields::path_field(std::string_view name, bool nullable) const {
  PathField field;
  const json::Value* value = find(name);
  if (value == nullptr) return field;
  if (value->is_null() && nullable) {
    field.use = PathField::Use::Discard;
    return field;
  }
  field.path = path(name);
  if (field.path) field.use = PathField::Use::Select;
  return field;
}

ResultPathField Fields::result_path(std::string_view name) const {
  ResultPathField field;
  const json::Value* value = find(name);
  if (value == nullptr) return field;
  if (value->is_null()) {
    field.use = ResultPathField::Use::Discard;
    return field;
  }
  const std::optional<std::string> text = string(name);
  if (!text) return field;
  base::Result<query::ReferencePath> compiled = query::ReferencePath::compile(*text);
  if (!compiled) {
    error(name, not_a_reference_path(*text));
    return field;
  }
  if (compiled->is_root()) return field;
  field.use = ResultPathField::Use::Assign;
  field.path = *std::move(compiled);
  return field;
}

IntegerField Fields::integer_field(std::string_view name, int64_t min, int64_t max) const {
  const std::string path_name = std::string(name) + "Path";
  at_most_one({name, path_name});
  return {.literal = integer(name, min, max), .path = reference_path(path_name), .expression = {}};
}

NumberField Fields::number_field(std::string_view name, double min, double max) const {
  const std::string path_name = std::string(name) + "Path";
  at_most_one({name, path_name});
  return {.literal = number(name, min, max), .path = reference_path(path_name), .expression = {}};
}

StringField Fields::string_field(std::string_view name) const {
  const std::string path_name = std::string(name) + "Path";
  at_most_one({name, path_name});
  StringField field{.literal = string(name), .path = std::nullopt, .expression = {}};
  if (field.literal && looks_like_expression(*field.literal)) {
    warn(name,
         "The value of '" + std::string(name) +
             "' looks like a path, but the name does not end in 'Path'",
         kNoPath);
  }
  const std::optional<std::string> text = string(path_name);
  if (!text) return field;
  base::Result<query::TemplateExpression> compiled = query::TemplateExpression::compile(*text);
  if (compiled) {
    field.path = *std::move(compiled);
  } else {
    error(path_name, "Value must be a valid JSONPath or a valid intrinsic function call");
  }
  return field;
}

std::optional<query::PayloadTemplate> Fields::payload_template(std::string_view name) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<query::TemplateMistake> mistakes;
  query::PayloadTemplate compiled = query::PayloadTemplate::compile(*value, mistakes);
  for (const query::TemplateMistake& mistake : mistakes) {
    compiler_.error(child_pointer(name) + mistake.pointer, mistake.message);
  }
  warn_of_missing_dollars(*value, child_pointer(name));
  if (!mistakes.empty()) return std::nullopt;
  return compiled;
}

// API ValidateStateMachineDefinition, warning NO_DOLLAR. A state's Result has a warning of its own.
void Fields::warn_of_missing_dollars(const json::Value& value, const std::string& pointer) const {
  if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      warn_of_missing_dollars(value.items()[i], json::pointer_child(pointer, i));
    }
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      if (!member.value.is_string()) {
        if (member.value.is_container()) {
          warn_of_missing_dollars(member.value, json::pointer_child(pointer, member.name()));
        }
      } else if (!member.name().ends_with(".$") &&
                 looks_like_expression(member.value.as_string())) {
        compiler_.warn(
            json::pointer_child(pointer, member.name()),
            "The value of '" + std::string(member.name()) +
                "' looks like a path or an intrinsic function, but the name does not end in '.$'",
            kNoDollar);
      }
    }
  }
}

bool looks_like_expression(std::string_view text) {
  return text.starts_with("$.") || text.starts_with("$[") || text.starts_with("$$.") ||
         text.starts_with("States.");
}

}  // namespace pawl::asl
