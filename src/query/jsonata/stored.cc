// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/stored.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "json/write.h"
#include "text/number.h"

namespace pawl::query::jsonata {
namespace {

std::string_view non_finite_text(double number) {
  if (std::isnan(number)) return "NaN";
  return number < 0 ? "-Infinity" : "Infinity";
}

EvaluationError out_of_range(double number) {
  EvaluationError error("D1001");
  error.value = json::Value(non_finite_text(number));
  return error;
}

/// JSON.stringify with the reference's replacer. `indent` < 0: compact.
class Stringifier {
 public:
  Stringifier(bool is_pretty, Dialect dialect) : is_pretty_(is_pretty), dialect_(dialect) {}

  tl::expected<void, EvaluationError> write(const Item& item, size_t level) {
    if (item.is_number()) {
      const double number = item.as_number();
      if (std::isnan(number)) {
        out += "null";
        return {};
      }
      if (!std::isfinite(number)) return tl::unexpected(out_of_range(number));
      out += number_text(number, dialect_);
    } else if (item.is_function()) {
      out += "\"\"";
    } else if (item.is_array()) {
      return write_array(item.value(), level);
    } else if (item.is_object()) {
      return write_object(item.value(), level);
    } else {
      json::write(item.value(), out);
    }
    return {};
  }

  std::string out;

 private:
  void new_line(size_t level) {
    if (is_pretty_) out.append("\n").append(level * 2, ' ');
  }

  tl::expected<void, EvaluationError> write_array(const json::Value& array, size_t level) {
    out += '[';
    bool is_first = true;
    for (const json::Value& value : array.items()) {
      if (!is_first) out += ',';
      is_first = false;
      new_line(level + 1);
      if (auto done = write(Item(value), level + 1); !done) return done;
    }
    if (!is_first) new_line(level);
    out += ']';
    return {};
  }

  tl::expected<void, EvaluationError> write_object(const json::Value& object, size_t level) {
    out += '{';
    bool is_first = true;
    for (const json::Member& member : object.members()) {
      const Item value(member.value);
      if (value.is_undefined()) continue;
      if (!is_first) out += ',';
      is_first = false;
      new_line(level + 1);
      json::write_string(member.name(), out);
      out += is_pretty_ ? ": " : ":";
      if (auto done = write(value, level + 1); !done) return done;
    }
    if (!is_first) new_line(level);
    out += '}';
    return {};
  }

  bool is_pretty_;
  Dialect dialect_;
};

bool equal_objects(const json::Value& a, const json::Value& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.members().begin(), a.members().end(), [&b](const json::Member& member) {
    const json::Value* other = b.find_key(member.key);
    return other != nullptr && deep_equal(Item(member.value), Item(*other));
  });
}

double rounded_to_15_digits(double number) {
  char text[40];
  const int length = std::snprintf(text, sizeof(text), "%.14e", number);
  return text::parse_double({text, static_cast<size_t>(length)}).value_or(number);
}

}  // namespace

json::Value stored(const Item& item) {
  if (!item.is_number() || item.value().is_number()) return item.value();
  const double number = item.as_number();
  if (!std::isfinite(number)) return item.value();
  if (number == std::trunc(number) && std::fabs(number) < 0x1p63)
    return json::Value(static_cast<int64_t>(number));
  return json::Value(number);
}

json::Value message_value(const Item& item) {
  if (item.is_function() || item.is_undefined()) return {};
  return cleaned(stored(item));
}

bool deep_equal(const Item& a, const Item& b) {
  if (a.is_number() && b.is_number()) return a.as_number() == b.as_number();
  if (a.is_string() && b.is_string()) return a.as_string() == b.as_string();
  if (a.is_boolean() && b.is_boolean()) return a.as_boolean() == b.as_boolean();
  if (a.is_array() && b.is_array()) {
    if (a.value().same_node(b.value())) return true;
    const auto x = a.value().items();
    const auto y = b.value().items();
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](const json::Value& left, const json::Value& right) {
                        return deep_equal(Item(left), Item(right));
                      });
  }
  if (a.is_object() && b.is_object())
    return a.value().same_node(b.value()) || equal_objects(a.value(), b.value());
  if (a.is_function() && b.is_function()) return a.as_function() == b.as_function();
  return (a.is_null() && b.is_null()) || (a.is_undefined() && b.is_undefined());
}

tl::expected<std::optional<bool>, EvaluationError> effective_boolean(const Item& item,
                                                                     Dialect dialect) {
  if (item.is_undefined()) return std::optional<bool>();
  if (item.is_boolean()) return item.as_boolean();
  if (item.is_string()) return !item.as_string().empty();
  if (item.is_number()) {
    const double number = item.as_number();
    if (std::isinf(number)) return tl::unexpected(out_of_range(number));
    return !std::isnan(number) && number != 0;
  }
  if (item.is_object()) return item.value().size() > 0;
  if (item.is_array()) {
    for (const json::Value& value : item.value().items()) {
      auto is_true = effective_boolean(Item(value), dialect);
      if (!is_true || is_true->value_or(false)) return is_true;
    }
    return false;
  }
  // A function is an object with members in 2.0.6, and so true.
  return item.is_function() && dialect == Dialect::V2_0_6;
}

bool is_truthy(const Item& item) {
  if (item.is_boolean()) return item.as_boolean();
  if (item.is_string()) return !item.as_string().empty();
  if (item.is_number()) return !std::isnan(item.as_number()) && item.as_number() != 0;
  return !item.is_undefined() && !item.is_null();
}

std::string number_text(double number, Dialect dialect) {
  if (number == 0) return "0";  // also -0
  if (number == std::trunc(number)) {
    if (std::fabs(number) < 1e15) return std::to_string(static_cast<int64_t>(number));
    if (dialect == Dialect::Current) return text::ecmascript_number(number);
  }
  return text::ecmascript_number(rounded_to_15_digits(number));
}

tl::expected<std::string, EvaluationError> string_of(const Item& item, bool is_pretty,
                                                     Dialect dialect) {
  if (item.is_string()) return std::string(item.as_string());
  if (item.is_function()) return std::string();
  if (item.is_number() && !std::isfinite(item.as_number())) {
    EvaluationError error("D3001");
    error.value = json::Value(non_finite_text(item.as_number()));
    return tl::unexpected(std::move(error));
  }
  Stringifier stringifier(is_pretty, dialect);
  const Item& inner = item;
  auto done = item.has_flag(ArrayFlag::kOuterWrapper)
                  ? stringifier.write(Item(inner.value().items()[0]), 0)
                  : stringifier.write(inner, 0);
  if (!done) return tl::unexpected(std::move(done).error());
  return std::move(stringifier.out);
}

json::Value cleaned(const json::Value& value) {
  const Item item(value);
  if (item.is_array()) {
    std::vector<json::Value> items;
    items.reserve(value.size());
    for (const json::Value& child : value.items()) items.push_back(cleaned(child));
    return json::Value::array(std::move(items));
  }
  if (item.is_object()) {
    std::vector<json::Member> members;
    members.reserve(value.size());
    for (const json::Member& member : value.members())
      members.emplace_back(member.key, cleaned(member.value));
    return json::Value::object(std::move(members));
  }
  if (item.is_function()) return json::Value("");
  if (item.is_number() && !value.is_number()) return json::Value(non_finite_text(item.as_number()));
  return value.is_null() ? json::Value() : value;
}

json::Value deep_copy(const json::Value& value, Dialect dialect) {
  const Item item(value);
  if (item.is_array()) {
    std::vector<json::Value> items;
    items.reserve(value.size());
    for (const json::Value& child : value.items()) items.push_back(deep_copy(child, dialect));
    return json::Value::array(std::move(items));
  }
  if (item.is_object()) {
    std::vector<json::Member> members;
    members.reserve(value.size());
    for (const json::Member& member : value.members())
      members.emplace_back(member.key, deep_copy(member.value, dialect));
    return json::Value::object(std::move(members));
  }
  if (item.is_function()) return json::Value("");
  int64_t integer = 0;
  if (!value.is_number() || value.to_int64(integer)) return value.is_null() ? json::Value() : value;
  return stored(Item::number(rounded_to_15_digits(value.as_double())));
}

}  // namespace pawl::query::jsonata
