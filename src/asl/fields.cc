// SPDX-License-Identifier: Apache-2.0
#include "asl/fields.h"

#include <algorithm>
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

std::string in_brackets(const std::vector<std::string_view>& names) {
  std::string out = "[";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  return out + "]";
}

std::string type_message(std::string_view wanted) { return "Expected value of type " + std::string(wanted); }

}  // namespace

std::string Fields::child_pointer(std::string_view name) const { return json::pointer_child(pointer_, name); }

void Fields::check_names(std::span<const std::string_view> allowed) const {
  for (const json::Member& member : object_.members()) {
    if (std::find(allowed.begin(), allowed.end(), member.name()) != allowed.end()) continue;
    error(member.name(), "The field '" + std::string(member.name()) + "' is not supported");
  }
}

void Fields::require(std::initializer_list<std::string_view> names) const {
  std::vector<std::string_view> absent;
  for (const std::string_view name : names) {
    if (!has(name)) absent.push_back(name);
  }
  if (!absent.empty()) error_here("These fields are required: " + in_brackets(absent));
}

void Fields::exclude(std::string_view a, std::string_view b) const {
  if (has(a) && has(b)) error_here("Only one of these fields is allowed: " + in_brackets({a, b}));
}

void Fields::error(std::string_view name, std::string message) const {
  compiler_.error(child_pointer(name), std::move(message));
}

void Fields::error_here(std::string message) const { compiler_.error(pointer_, std::move(message)); }

void Fields::warn(std::string_view name, std::string message) const {
  compiler_.error(child_pointer(name), std::move(message), kSchemaValidationFailed, Severity::Warning);
}

void Fields::warn_here(std::string message) const {
  compiler_.error(pointer_, std::move(message), kSchemaValidationFailed, Severity::Warning);
}

std::optional<std::string> Fields::string(std::string_view name) const {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(value->as_string());
  error(name, type_message("String"));
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
    error(name, "Value must be between " + std::to_string(min) + " and " + std::to_string(max));
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
    error(name, "Value is out of range");
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
  if (compiled) return *std::move(compiled);
  error(name, "Value is not a valid JSONPath: " + compiled.error().message);
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
    error(name, "Value is not a Reference Path. The value must start with '$.' or '$['");
    return field;
  }
  if (compiled->is_root()) return field;
  field.use = ResultPathField::Use::Assign;
  field.path = *std::move(compiled);
  return field;
}

IntegerField Fields::integer_field(std::string_view name, int64_t min, int64_t max) const {
  const std::string path_name = std::string(name) + "Path";
  exclude(name, path_name);
  return {.literal = integer(name, min, max), .path = path(path_name)};
}

NumberField Fields::number_field(std::string_view name, double min, double max) const {
  const std::string path_name = std::string(name) + "Path";
  exclude(name, path_name);
  return {.literal = number(name, min, max), .path = path(path_name)};
}

StringField Fields::string_field(std::string_view name) const {
  const std::string path_name = std::string(name) + "Path";
  exclude(name, path_name);
  StringField field{.literal = string(name), .path = std::nullopt};
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
  if (!mistakes.empty()) return std::nullopt;
  return compiled;
}

}  // namespace pawl::asl
