// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/drift.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/types/resource_reading.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using json::ObjectBuilder;
using json::Value;

std::string text_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

class Comparison {
 public:
  void compare(const Value& expected, const Value& actual, const std::string& path) {
    if (actual.is_null()) return add(path, text_of(expected), "null", "REMOVE");
    if (expected.is_object() && actual.is_object()) return compare_objects(expected, actual, path);
    if (expected.is_array() && actual.is_array()) return compare_lists(expected, actual, path);
    if (text_of(expected) != text_of(actual)) {
      add(path, text_of(expected), text_of(actual), "NOT_EQUAL");
    }
  }

  Value take() { return Value::array(std::move(differences_)); }

 private:
  void compare_objects(const Value& expected, const Value& actual, const std::string& path) {
    for (const auto& member : expected.members()) {
      const Value* const found = actual.find(member.name());
      compare(member.value, found != nullptr ? *found : Value(),
              path + "/" + std::string(member.name()));
    }
    // A map's new key; what an object has besides is what the service filled in.
    if (!path.ends_with("/Variables") && !path.ends_with("/Tags")) return;
    for (const auto& member : actual.members()) {
      if (expected.find(member.name()) != nullptr) continue;
      add(path + "/" + std::string(member.name()), "null", text_of(member.value), "ADD");
    }
  }

  void compare_lists(const Value& expected, const Value& actual, const std::string& path) {
    std::vector<std::string> more;
    for (const Value& item : actual.items()) more.push_back(text_of(item));
    for (size_t i = 0; i < expected.size(); ++i) {
      const std::string text = text_of(expected.items()[i]);
      const auto found = std::find_if(more.begin(), more.end(), [&](const std::string& each) {
        return each == text || same_members(expected.items()[i], each);
      });
      if (found == more.end()) {
        add(path + "/" + std::to_string(i), text, "null", "REMOVE");
      } else {
        more.erase(found);
      }
    }
    for (size_t i = 0; i < more.size(); ++i) {
      add(path + "/" + std::to_string(expected.size() + i), "null", more[i], "ADD");
    }
  }

  /// Members in another order are the same item.
  static bool same_members(const Value& item, const std::string& text) {
    if (!item.is_object()) return false;
    const auto other = json::parse(text);
    if (!other || !other->is_object() || other->size() != item.size()) return false;
    Comparison comparison;
    comparison.compare(item, *other, "");
    return comparison.differences_.empty();
  }

  void add(const std::string& path, const std::string& expected, const std::string& actual,
           std::string_view type) {
    ObjectBuilder difference;
    difference.set("PropertyPath", Value(path))
        .set("ExpectedValue", Value(expected))
        .set("ActualValue", Value(actual))
        .set("DifferenceType", Value(type));
    differences_.push_back(std::move(difference).build());
  }

  std::vector<Value> differences_;
};

Value without_nulls(const Value& properties) {
  ObjectBuilder out;
  for (const auto& member : properties.members()) {
    if (!member.value.is_null()) out.set(member.name(), member.value);
  }
  return std::move(out).build();
}

Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value && value->is_object() ? *std::move(value) : Value::object();
}

/// What may be shown of the template's properties: not secrets, neither NoEcho's nor those behind
/// dynamic references.
Value showable(const Value& properties, const Value& shown) {
  ObjectBuilder out;
  for (const auto& member : properties.members()) {
    const Value* const visible = shown.find(member.name());
    if (visible != nullptr && *visible == with_texts(member.value)) {
      out.set(member.name(), member.value);
    }
  }
  return std::move(out).build();
}

}  // namespace

PropertyComparison compare_properties(const std::string& type, const Value& expected,
                                      const Value& actual) {
  Value now = without_nulls(actual);
  if (const ResourceSchema* const schema = find_schema(type)) {
    now = check_properties(*schema, now).properties;
  }
  ObjectBuilder shown_expected;
  ObjectBuilder shown_actual;
  Comparison comparison;
  for (const auto& member : expected.members()) {
    // What cannot be read is neither expected nor found.
    if (actual.find(member.name()) == nullptr) continue;
    const Value* const found = now.find(member.name());
    shown_expected.set(member.name(), member.value);
    if (found != nullptr) shown_actual.set(member.name(), *found);
    comparison.compare(member.value, found != nullptr ? *found : Value(),
                       "/" + std::string(member.name()));
  }
  return {.expected = std::move(shown_expected).build(),
          .actual = std::move(shown_actual).build(),
          .differences = comparison.take()};
}

aws::ApiResult<std::optional<DriftRecord>> detect_drift(StackCalls& calls,
                                                        const formation::Environment& environment,
                                                        const ResourceRecord& resource,
                                                        int64_t now_ms) {
  const ResourceReader reader = find_reader(resource.type);
  if (reader == nullptr) return std::optional<DriftRecord>();
  const ResourceRequest request{.environment = environment,
                                .logical_id = resource.logical_id,
                                .physical_id = resource.now.id,
                                .properties = parsed(resource.now.properties),
                                .attributes = parsed(resource.now.attributes),
                                .stack_tags = resource.now.tags};
  DriftRecord record{.logical_id = resource.logical_id,
                     .physical_id = resource.now.id,
                     .type = resource.type,
                     .status = "DELETED",
                     .time_ms = now_ms};
  const auto actual = reader(calls, request);
  if (!actual) {
    if (!is_gone(actual.error())) return actual.error();
    return std::optional<DriftRecord>(std::move(record));
  }
  const Value expected = showable(request.properties, parsed(resource.now.shown));
  const PropertyComparison found = compare_properties(resource.type, expected, *actual);
  record.status = found.differences.size() == 0 ? "IN_SYNC" : "MODIFIED";
  record.expected = json::write(found.expected);
  record.actual = json::write(found.actual);
  record.differences = json::write(found.differences);
  return std::optional<DriftRecord>(std::move(record));
}

}  // namespace pawl::cloudformation
