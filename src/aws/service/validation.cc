// SPDX-License-Identifier: Apache-2.0
// NOTE: the words and their order follow recordings of Lambda, Step Functions, EventBridge, KMS,
// IAM and DynamoDB: an item of a list or map that is no structure is reported as its container with
// all its constraints; a structure's member by its path "tags.1.member.key".
#include "aws/service/validation.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "aws/service/java_text.h"
#include "base/bytes.h"
#include "text/number.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr size_t kViolationsMax = 10;

std::string bound_text(const Shape& shape, double bound) {
  if (shape.type == ShapeType::Double || shape.type == ShapeType::Float) {
    return text::java_number(bound);
  }
  return std::to_string(static_cast<int64_t>(bound));
}

bool is_numeric(const Shape& shape) {
  return shape.type == ShapeType::Integer || shape.type == ShapeType::Long ||
         shape.type == ShapeType::Float || shape.type == ShapeType::Double;
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// What min and max bound: the value itself, or the length of text, bytes, items.
double measure(const Shape& shape, const Value& value) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) {
    if (shape.type == ShapeType::Blob) {
      const auto bytes = base::base64_decode(value.as_string());
      return static_cast<double>(bytes ? bytes->size() : 0);
    }
    return static_cast<double>(code_points(value.as_string()));
  }
  return static_cast<double>(value.size());
}

std::string bounds_message(const Shape& shape, bool is_max) {
  return std::string("Member must have ") + (is_numeric(shape) ? "value" : "length") +
         (is_max ? " less" : " greater") + " than or equal to " +
         bound_text(shape, is_max ? *shape.max : *shape.min);
}

bool has_enumeration(const Shape& shape) {
  return shape.type == ShapeType::String && !shape.enumeration.empty();
}

std::string enumeration_message(const Shape& shape) {
  std::string out = "Member must satisfy enum value set: [";
  for (size_t i = 0; i < shape.enumeration_as_printed.size(); ++i) {
    if (i != 0) out += ", ";
    out += shape.enumeration_as_printed[i];
  }
  return out + "]";
}

/// The shape's own constraints that `value` violates, or all of them if `value` is null.
std::vector<std::string> constraints(const Shape& shape, const Value* value) {
  std::vector<std::string> found;
  if (shape.type == ShapeType::Boolean || shape.type == ShapeType::Timestamp) return found;
  const auto add = [&](bool violated, std::string message) {
    if (value == nullptr || violated) found.push_back(std::move(message));
  };
  const double size = value == nullptr ? 0 : measure(shape, *value);
  if (shape.max) add(size > *shape.max, bounds_message(shape, true));
  if (shape.min) add(size < *shape.min, bounds_message(shape, false));
  if (shape.type != ShapeType::String) return found;
  if (shape.regex) {
    add(value != nullptr && value->is_string() && !shape.regex->matches_whole(value->as_string()),
        "Member must satisfy regular expression pattern: " + shape.pattern);
  }
  if (has_enumeration(shape)) {
    add(value != nullptr && value->is_string() &&
            std::find(shape.enumeration.begin(), shape.enumeration.end(), value->as_string()) ==
                shape.enumeration.end(),
        enumeration_message(shape));
  }
  return found;
}

std::string all_constraints(const Shape& shape, bool not_null) {
  std::vector<std::string> all = constraints(shape, nullptr);
  if (not_null) all.emplace_back("Member must not be null");
  std::string out = "[";
  for (size_t i = 0; i < all.size(); ++i) out += (i == 0 ? "" : ", ") + all[i];
  return out + "]";
}

class Validator {
 public:
  explicit Validator(bool shows_values) : shows_values_(shows_values) {}

  const std::vector<std::string>& violations() const { return violations_; }

  void check_structure(const Shape& shape, const Value& value, const std::string& path) {
    for (const Member& member : shape.members) {
      if (violations_.size() >= kViolationsMax) return;
      const std::string name = lower_first(member.name);
      const std::string inner = path.empty() ? name : path + "." + name;
      const Value* found = value.find(member.name);
      if (found != nullptr && !found->is_null()) {
        check(*member.shape, *found, inner);
      } else if (member.required && member.location != Location::Uri && !member.shape->streaming &&
                 !member.streaming) {
        report(*member.shape, Value(), inner, "Member must not be null");
      }
    }
  }

 private:
  void report(const Shape& shape, const Value& value, const std::string& path,
              const std::string& constraint) {
    if (violations_.size() >= kViolationsMax) return;
    std::string out = "Value ";
    if (shows_values_ && value.is_null()) {
      out += "null ";
    } else if (shows_values_ && !is_sensitive(shape)) {
      out += "'" + java_text(shape, value) + "' ";
    }
    violations_.push_back(out + "at '" + path + "' failed to satisfy constraint: " + constraint);
  }

  static bool is_sensitive(const Shape& shape) {
    if (shape.type == ShapeType::List) return shape.sensitive || shape.item.shape->sensitive;
    if (shape.type == ShapeType::Map) return shape.sensitive || shape.value.shape->sensitive;
    return shape.sensitive;
  }

  void check(const Shape& shape, const Value& value, const std::string& path) {
    if (shape.document) return;
    for (const std::string& constraint : constraints(shape, &value)) {
      report(shape, value, path, constraint);
    }
    if (shape.type == ShapeType::Structure && value.is_object()) {
      check_structure(shape, value, path);
    } else if (shape.type == ShapeType::List && value.is_array()) {
      check_list(shape, value, path);
    } else if (shape.type == ShapeType::Map && value.is_object()) {
      check_map(shape, value, path);
    }
  }

  /// What a container says once for all its items of this shape.
  static bool violates(const Shape& item, const Value& value, bool null_allowed) {
    if (value.is_null()) return !null_allowed;
    return !constraints(item, &value).empty();
  }

  void check_list(const Shape& list, const Value& value, const std::string& path) {
    const Shape& item = *list.item.shape;
    const auto items = value.items();
    if (item.type != ShapeType::Structure &&
        std::any_of(items.begin(), items.end(),
                    [&](const Value& v) { return violates(item, v, list.sparse); })) {
      report(list, value, path,
             "Member must satisfy constraint: " + all_constraints(item, !list.sparse));
    }
    if (item.is_scalar()) return;
    for (size_t i = 0; i < items.size() && violations_.size() < kViolationsMax; ++i) {
      check_inside(item, items[i], path + "." + std::to_string(i + 1) + ".member");
    }
  }

  void check_map(const Shape& map, const Value& value, const std::string& path) {
    const Shape& key = *map.key.shape;
    const Shape& item = *map.value.shape;
    const auto entries = value.members();
    if (std::any_of(entries.begin(), entries.end(),
                    [&](const json::Member& e) { return violates(key, e.key, true); })) {
      report(map, value, path, "Map keys must satisfy constraint: " + all_constraints(key, false));
    }
    if (item.type != ShapeType::Structure &&
        std::any_of(entries.begin(), entries.end(),
                    [&](const json::Member& e) { return violates(item, e.value, map.sparse); })) {
      report(map, value, path,
             "Map value must satisfy constraint: " + all_constraints(item, !map.sparse));
    }
    if (item.is_scalar()) return;
    for (const json::Member& entry : entries) {
      check_inside(item, entry.value, path + "." + std::string(entry.name()) + ".member");
    }
  }

  /// Below a container: its own constraints are told already unless it is a structure.
  void check_inside(const Shape& item, const Value& value, const std::string& path) {
    if (item.document) return;
    if (item.type == ShapeType::Structure) {
      if (value.is_object()) check_structure(item, value, path);
    } else if (item.type == ShapeType::List && value.is_array()) {
      check_list(item, value, path);
    } else if (item.type == ShapeType::Map && value.is_object()) {
      check_map(item, value, path);
    }
  }

  const bool shows_values_;
  std::vector<std::string> violations_;
};

}  // namespace

ApiResult<void> validate(const Value& input, const Shape& shape, bool shows_values) {
  Validator validator(shows_values);
  validator.check_structure(shape, input, "");
  const std::vector<std::string>& violations = validator.violations();
  if (violations.empty()) return {};
  std::string message = std::to_string(violations.size()) + " validation error" +
                        (violations.size() == 1 ? "" : "s") + " detected: ";
  for (size_t i = 0; i < violations.size(); ++i) message += (i == 0 ? "" : "; ") + violations[i];
  return validation_exception(std::move(message));
}

}  // namespace pawl::aws
