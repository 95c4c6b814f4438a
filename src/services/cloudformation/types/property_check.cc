// SPDX-License-Identifier: Apache-2.0
// check_properties: a resource's properties against its schema, with the messages of the JSON
// schema validator that CloudFormation uses (everit-json-schema, draft 7).
#include <algorithm>
#include <string>

#include "json/write.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using Kind = TypeSchema::Kind;

constexpr std::string_view kCustomResource = "AWS::CloudFormation::CustomResource";

/// The names of org.json's and Java's classes, which AWS prints.
std::string_view found_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return "Null";
    case json::Kind::Boolean: return "Boolean";
    case json::Kind::Number: return value.is_integer_lexeme() ? "Integer" : "BigDecimal";
    case json::Kind::String: return "String";
    case json::Kind::Array: return "JSONArray";
    case json::Kind::Object: return "JSONObject";
  }
  return "";
}

std::string_view expected_name(Kind kind) {
  switch (kind) {
    case Kind::String: return "String";
    case Kind::Integer: return "Integer";
    case Kind::Number: return "Number";
    case Kind::Boolean: return "Boolean";
    case Kind::List: return "JSONArray";
    default: return "JSONObject";
  }
}

std::string scalar_text(const json::Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

/// A number as JSON writes it.
bool is_number_text(std::string_view text) {
  size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > begin;
  };
  const bool leads_with_zero =
      i + 1 < text.size() && text[i] == '0' && text[i + 1] >= '0' && text[i + 1] <= '9';
  if (leads_with_zero || !digits()) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

/// "007" is seven: what YAML's reader and people write as numbers in text.
std::string without_leading_zeros(std::string_view text) {
  while (text.size() > 1 && text.front() == '0' && text[1] != '.') text.remove_prefix(1);
  return std::string(text);
}

class Checker {
 public:
  explicit Checker(std::vector<std::string>& violations) : violations_(violations) {}

  json::Value object(const ObjectSchema& schema, const json::Value& value,
                     const std::string& path) {
    for (const PropertySchema& each : schema.properties) {
      if (each.is_required && value.find(each.name) == nullptr)
        violations_.push_back(path + ": required key [" + each.name + "] not found");
    }
    json::ObjectBuilder converted;
    for (const json::Member& each : value.members()) {
      const PropertySchema* property = schema.find(each.name());
      if (property == nullptr && schema.name == kCustomResource) {
        converted.set(each.key, each.value);  // the provider's own
        continue;
      }
      if (property == nullptr) {
        violations_.push_back(path + ": extraneous key [" + std::string(each.name()) +
                              "] is not permitted");
        continue;
      }
      converted.set(each.key, of(property->type, each.value, path + "/" + property->name));
    }
    return std::move(converted).build();
  }

 private:
  json::Value of(const TypeSchema& type, const json::Value& value, const std::string& path) {
    switch (type.kind) {
      case Kind::Json: return value;
      case Kind::Union: return alternative(type, value, path);
      case Kind::Object:
        // An object whose members no schema tells takes any.
        if (!value.is_object()) return mismatch(type, value, path);
        return type.object->properties.empty() ? value : object(*type.object, value, path);
      case Kind::Map:
        return value.is_object() ? map(type, value, path) : mismatch(type, value, path);
      case Kind::List:
        return value.is_array() ? list(type, value, path) : mismatch(type, value, path);
      default: return scalar(type, value, path);
    }
  }

  json::Value list(const TypeSchema& type, const json::Value& value, const std::string& path) {
    std::vector<json::Value> items;
    for (const json::Value& each : value.items())
      items.push_back(of(type.inner.front(), each, path + "/" + std::to_string(items.size())));
    return json::Value::array(std::move(items));
  }

  json::Value map(const TypeSchema& type, const json::Value& value, const std::string& path) {
    json::ObjectBuilder members;
    for (const json::Member& each : value.members()) {
      members.set(each.key,
                  of(type.inner.front(), each.value, path + "/" + std::string(each.name())));
    }
    return std::move(members).build();
  }

  json::Value scalar(const TypeSchema& type, const json::Value& value, const std::string& path) {
    if (value.is_container() || value.is_null()) return mismatch(type, value, path);
    if (type.kind == Kind::String) return json::Value(scalar_text(value));
    if (type.kind == Kind::Boolean) {
      if (value.is_boolean()) return value;
      const std::string text = scalar_text(value);
      if (text == "true" || text == "True" || text == "TRUE") return json::Value(true);
      if (text == "false" || text == "False" || text == "FALSE") return json::Value(false);
      return mismatch(type, value, path);
    }
    if (value.is_boolean()) return mismatch(type, value, path);
    json::Value number = value;
    if (value.is_string()) {
      const std::string text = without_leading_zeros(value.as_string());
      if (!is_number_text(text)) return mismatch(type, value, path);
      number = json::Value::number_from_lexeme(text);
    }
    int64_t integer = 0;
    if (type.kind == Kind::Integer && !number.to_int64(integer)) return mismatch(type, value, path);
    return type.kind == Kind::Integer ? json::Value(integer) : number;
  }

  /// The first that takes the value as it is, else the first that takes it converted.
  json::Value alternative(const TypeSchema& type, const json::Value& value,
                          const std::string& path) {
    std::optional<json::Value> best;
    for (const TypeSchema& each : type.inner) {
      std::vector<std::string> violations;
      json::Value converted = Checker(violations).of(each, value, path);
      if (!violations.empty()) continue;
      if (converted == value) return converted;
      if (!best) best = std::move(converted);
    }
    if (best) return *std::move(best);
    return of(type.inner.front(), value, path);
  }

  json::Value mismatch(const TypeSchema& type, const json::Value& value, const std::string& path) {
    violations_.push_back(path + ": expected type: " + std::string(expected_name(type.kind)) +
                          ", found: " + std::string(found_name(value)));
    return value;
  }

  std::vector<std::string>& violations_;
};

json::Value object_or_none(const json::Value& value) {
  return value.is_object() ? value : json::Value::object();
}

Replacement worse(Replacement a, Replacement b) { return std::max(a, b); }

class Difference {
 public:
  explicit Difference(std::vector<PropertyChange>& changes) : changes_(changes) {}

  void object(const ObjectSchema& schema, const json::Value& before, const json::Value& after,
              const std::string& path, Replacement replacement, std::string_view name = {}) {
    for (const PropertySchema& each : schema.properties) {
      member(&each.type, before.find(each.name), after.find(each.name), path + "/" + each.name,
             worse(replacement, each.replacement), name.empty() ? each.name : name);
    }
    for (const json::Member& each : after.members()) {
      if (schema.find(each.name()) == nullptr) {
        member(nullptr, before.find(each.name()), &each.value,
               path + "/" + std::string(each.name()), replacement,
               name.empty() ? each.name() : name);
      }
    }
    for (const json::Member& each : before.members()) {
      if (schema.find(each.name()) == nullptr && after.find(each.name()) == nullptr) {
        member(nullptr, &each.value, nullptr, path + "/" + std::string(each.name()), replacement,
               name.empty() ? each.name() : name);
      }
    }
  }

 private:
  void member(const TypeSchema* type, const json::Value* before, const json::Value* after,
              const std::string& path, Replacement replacement, std::string_view name) {
    if (before == nullptr && after == nullptr) return;
    if (before != nullptr && after != nullptr) {
      if (*before == *after) return;
      if (type != nullptr && type->kind == Kind::Object && before->is_object() &&
          after->is_object() && !type->object->properties.empty()) {
        return object(*type->object, *before, *after, path, replacement, name);
      }
      if (type != nullptr && type->kind == Kind::List && before->is_array() && after->is_array())
        return list(type->inner.front(), *before, *after, path, replacement, name);
    }
    changes_.push_back({.name = std::string(name),
                        .path = path,
                        .before = before == nullptr ? std::nullopt : std::optional(*before),
                        .after = after == nullptr ? std::nullopt : std::optional(*after),
                        .replacement = replacement});
  }

  void list(const TypeSchema& type, const json::Value& before, const json::Value& after,
            const std::string& path, Replacement replacement, std::string_view name) {
    for (size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      member(&type, i < before.size() ? &before.items()[i] : nullptr,
             i < after.size() ? &after.items()[i] : nullptr, path + "/" + std::to_string(i),
             replacement, name);
    }
  }

  std::vector<PropertyChange>& changes_;
};

}  // namespace

std::string CheckedProperties::message(std::string_view logical_id) const {
  if (violations.empty()) return {};
  std::string text =
      "Properties validation failed for resource " + std::string(logical_id) + " with message: [";
  for (const std::string& each : violations)
    text += (&each == violations.data() ? "" : ", ") + each;
  return text + "]";
}

CheckedProperties check_properties(const ResourceSchema& schema, const json::Value& properties) {
  CheckedProperties checked;
  checked.properties =
      Checker(checked.violations).object(schema.object, object_or_none(properties), "#");
  return checked;
}

std::vector<PropertyChange> changed_properties(const ResourceSchema& schema,
                                               const json::Value& previous,
                                               const json::Value& next) {
  std::vector<PropertyChange> changes;
  Difference(changes).object(schema.object, object_or_none(previous), object_or_none(next),
                             "/Properties", Replacement::Never);
  return changes;
}

Replacement replacement_of(const std::vector<PropertyChange>& changes) {
  Replacement worst = Replacement::Never;
  for (const PropertyChange& each : changes) worst = worse(worst, each.replacement);
  return worst;
}

}  // namespace pawl::cloudformation
