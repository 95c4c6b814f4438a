// SPDX-License-Identifier: Apache-2.0
// JSON Schema: draft-zyp-json-schema-04 and "interactive and non interactive validation" of it.
#include "services/apigateway/rest/json_schema.h"

#include <algorithm>
#include <cmath>

#include "json/members.h"
#include "json/parse.h"
#include "text/regex.h"
#include "text/unicode.h"

namespace pawl::apigateway {
namespace {

using json::Value;

constexpr int kDepthMax = 64;
constexpr int kStepsMax = 100'000;

class Matcher {
 public:
  Matcher(const Value& root, const ModelLookup& models) : root_(&root), models_(models) {}

  bool matches(const Value& schema, const Value& body, int depth) {
    if (depth > kDepthMax || ++steps_ > kStepsMax) return false;
    if (schema.is_boolean()) return schema.as_boolean();
    if (!schema.is_object()) return true;
    if (const Value* reference = schema.find("$ref")) {
      return reference->is_string() && matches_reference(reference->as_string(), body, depth);
    }
    return is_of_type(schema, body) && is_in_enum(schema, body) && in_bounds(schema, body) &&
           object_fits(schema, body, depth) && array_fits(schema, body, depth) &&
           combinations_fit(schema, body, depth);
  }

 private:
  bool matches_reference(std::string_view reference, const Value& body, int depth) {
    if (reference.starts_with('#')) {
      const Value* at = root_;
      const std::string_view pointer = reference.substr(1);
      if (!pointer.empty() && !pointer.starts_with('/')) return false;
      for (const std::string& token : json::pointer_tokens(pointer)) {
        at = at->find(token);
        if (at == nullptr) return false;
      }
      return matches(*at, body, depth + 1);
    }
    constexpr std::string_view kModels = "/models/";
    const size_t mark = reference.rfind(kModels);
    if (mark == std::string_view::npos) return false;
    const auto text = models_(std::string(reference.substr(mark + kModels.size())));
    const base::Result<Value> schema = text ? json::parse(*text) : base::Result<Value>(Value());
    if (!schema || !schema->is_object()) return false;
    const Value* outer = root_;
    root_ = &*schema;
    const bool fits = matches(*schema, body, depth + 1);
    root_ = outer;
    return fits;
  }

  static bool is_one_type(std::string_view type, const Value& body) {
    if (type == "object") return body.is_object();
    if (type == "array") return body.is_array();
    if (type == "string") return body.is_string();
    if (type == "boolean") return body.is_boolean();
    if (type == "null") return body.is_null();
    if (type == "number") return body.is_number();
    int64_t integer = 0;
    return type != "integer" || (body.is_number() && body.to_int64(integer));
  }

  static bool is_of_type(const Value& schema, const Value& body) {
    const Value* type = schema.find("type");
    if (type == nullptr) return true;
    if (type->is_string()) return is_one_type(type->as_string(), body);
    if (!type->is_array()) return true;
    return std::any_of(type->items().begin(), type->items().end(), [&](const Value& each) {
      return each.is_string() && is_one_type(each.as_string(), body);
    });
  }

  static bool is_in_enum(const Value& schema, const Value& body) {
    const Value* list = schema.find("enum");
    if (list == nullptr || !list->is_array()) return true;
    return std::find(list->items().begin(), list->items().end(), body) != list->items().end();
  }

  static bool in_bounds(const Value& schema, const Value& body) {
    if (body.is_number()) {
      const double number = body.as_double();
      if (has_member(schema, "minimum")) {
        const double least = find_number(schema, "minimum").value_or(0);
        if (number < least || (flag_member(schema, "exclusiveMinimum") && number == least)) {
          return false;
        }
      }
      if (has_member(schema, "maximum")) {
        const double most = find_number(schema, "maximum").value_or(0);
        if (number > most || (flag_member(schema, "exclusiveMaximum") && number == most))
          return false;
      }
      const double step = find_number(schema, "multipleOf").value_or(0);
      return step <= 0 || std::abs(std::remainder(number, step)) < 1e-9;
    }
    if (!body.is_string()) return true;
    const auto length = static_cast<int64_t>(text::count_code_points(body.as_string()));
    if (length < integer_member(schema, "minLength") ||
        length > integer_member(schema, "maxLength", INT64_MAX)) {
      return false;
    }
    if (!has_member(schema, "pattern")) return true;
    const auto regex = text::Regex::compile(text_member(schema, "pattern"));
    return regex && regex->match(body.as_string()).has_value();
  }

  bool object_fits(const Value& schema, const Value& body, int depth) {
    if (!body.is_object()) return true;
    for (const std::string& name : texts_member(schema, "required")) {
      if (body.find(name) == nullptr) return false;
    }
    const auto size = static_cast<int64_t>(body.size());
    if (size < integer_member(schema, "minProperties") ||
        size > integer_member(schema, "maxProperties", INT64_MAX)) {
      return false;
    }
    const Value properties = object_member(schema, "properties");
    const Value patterns = object_member(schema, "patternProperties");
    const Value* others = schema.find("additionalProperties");
    for (const json::Member& each : body.members()) {
      bool is_known = false;
      if (const Value* own = properties.find(each.name())) {
        is_known = true;
        if (!matches(*own, each.value, depth + 1)) return false;
      }
      for (const json::Member& pattern : patterns.members()) {
        const auto regex = text::Regex::compile(pattern.name());
        if (!regex || !regex->match(each.name())) continue;
        is_known = true;
        if (!matches(pattern.value, each.value, depth + 1)) return false;
      }
      if (!is_known && others != nullptr && !matches(*others, each.value, depth + 1)) return false;
    }
    return true;
  }

  bool array_fits(const Value& schema, const Value& body, int depth) {
    if (!body.is_array()) return true;
    const auto size = static_cast<int64_t>(body.size());
    if (size < integer_member(schema, "minItems") ||
        size > integer_member(schema, "maxItems", INT64_MAX)) {
      return false;
    }
    const auto items = body.items();
    if (flag_member(schema, "uniqueItems")) {
      for (size_t i = 0; i < items.size(); ++i) {
        if (++steps_ > kStepsMax) return false;
        if (std::find(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i), items[i]) !=
            items.begin() + static_cast<std::ptrdiff_t>(i)) {
          return false;
        }
      }
    }
    const Value* wanted = schema.find("items");
    if (wanted == nullptr) return true;
    for (size_t i = 0; i < items.size(); ++i) {
      if (wanted->is_array() && i >= wanted->size()) break;
      const Value& one = wanted->is_array() ? wanted->items()[i] : *wanted;
      if (!matches(one, items[i], depth + 1)) return false;
    }
    return true;
  }

  bool combinations_fit(const Value& schema, const Value& body, int depth) {
    const auto fitting = [&](const char* name) {
      const Value list = array_member(schema, name);
      return std::count_if(list.items().begin(), list.items().end(),
                           [&](const Value& each) { return matches(each, body, depth + 1); });
    };
    if (has_member(schema, "allOf") &&
        fitting("allOf") != static_cast<std::ptrdiff_t>(array_member(schema, "allOf").size())) {
      return false;
    }
    if (has_member(schema, "anyOf") && fitting("anyOf") == 0) return false;
    if (has_member(schema, "oneOf") && fitting("oneOf") != 1) return false;
    const Value* excluded = schema.find("not");
    return excluded == nullptr || !matches(*excluded, body, depth + 1);
  }

  const Value* root_;
  const ModelLookup& models_;
  int steps_ = 0;
};

}  // namespace

bool matches_schema(const std::string& schema, const Value& body, const ModelLookup& models) {
  const base::Result<Value> parsed = json::parse(schema);
  if (!parsed || !parsed->is_object()) return false;
  return Matcher(*parsed, models).matches(*parsed, body, 0);
}

}  // namespace pawl::apigateway
