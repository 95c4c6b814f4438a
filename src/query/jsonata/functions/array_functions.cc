// SPDX-License-Identifier: Apache-2.0
// Arrays: $append, $reverse, $sort, $shuffle, $distinct, $zip.
#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "json/write.h"
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/functions/random_numbers.h"
#include "query/jsonata/merge_sort.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

Item append(const BuiltinCall& call) {
  if (call[0].is_undefined()) return call[1];
  if (call[1].is_undefined()) return call[0];
  Evaluation::Collector out(call.evaluation);
  out.push_all(call[0]);
  out.push_all(call[1]);
  return out.array(0);
}

Item reverse(const BuiltinCall& call) {
  if (call[0].is_undefined() || call[0].value().size() <= 1) return call[0];
  Evaluation::Collector out(call.evaluation);
  const auto items = call[0].value().items();
  for (size_t i = items.size(); i-- > 0;) out.push_json(items[i]);
  return out.array(0);
}

bool all_are(std::span<const json::Value> items, bool (Item::*is)() const) {
  return std::all_of(items.begin(), items.end(),
                     [is](const json::Value& item) { return (Item(item).*is)(); });
}

std::optional<bool> default_order(const json::Value& a, const json::Value& b) {
  const Item x(a);
  const Item y(b);
  if (x.is_number()) return x.as_number() > y.as_number();
  return text::compare_utf16(a.as_string(), b.as_string()) > 0;
}

Item sort(const BuiltinCall& call) {
  if (call[0].is_undefined() || call[0].value().size() <= 1) return call[0];
  const auto items = call[0].value().items();
  std::vector<json::Value> sorted(items.begin(), items.end());
  std::vector<json::Value> spare(sorted.size());
  bool is_sorted = false;
  if (call[1].is_function()) {
    const Function& comparator = *call[1].as_function();
    const auto by_function = [&](const json::Value& a,
                                 const json::Value& b) -> std::optional<bool> {
      const Item after = call.evaluation.call(comparator, {Item(a), Item(b)});
      if (after.is_failure()) return std::nullopt;
      return is_truthy(after);
    };
    is_sorted = merge_sort(sorted, spare, 0, sorted.size(), by_function);
  } else {
    if (!all_are(items, &Item::is_number) && !all_are(items, &Item::is_string)) {
      EvaluationError error("D3070");
      error.index = 1;
      return call.evaluation.fail(std::move(error));
    }
    is_sorted = merge_sort(sorted, spare, 0, sorted.size(), default_order);
  }
  return is_sorted ? Item(json::Value::array(std::move(sorted))) : Item::failure();
}

/// The 'inside-out' variant of the Fisher-Yates algorithm.
Item shuffle(const BuiltinCall& call) {
  if (call[0].is_undefined() || call[0].value().size() <= 1) return call[0];
  const auto items = call[0].value().items();
  RandomNumbers numbers(call.evaluation.environment());
  std::vector<json::Value> shuffled(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const auto j = static_cast<size_t>(numbers.next() * static_cast<double>(i + 1));
    if (i != j) shuffled[i] = shuffled[j];
    shuffled[j] = items[i];
  }
  return Item(json::Value::array(std::move(shuffled)));
}

/// Equal values have equal texts but for the order of members and the lexemes of numbers: those are
/// compared one by one.
Item distinct(const BuiltinCall& call) {
  if (!call[0].is_array() || call[0].value().size() <= 1) return call[0];
  Evaluation::Collector out(call.evaluation);
  std::unordered_multimap<std::string, size_t> scalars;
  std::vector<size_t> others;
  for (const json::Value& value : call[0].value().items()) {
    const Item item(value);
    const bool is_scalar = item.is_string() || item.is_boolean() || item.is_null();
    bool is_known = false;
    if (is_scalar) {
      const std::string text = json::write(value);
      is_known = scalars.find(text) != scalars.end();
      if (!is_known) scalars.emplace(text, out.size());
    } else {
      is_known = std::any_of(others.begin(), others.end(),
                             [&out, &item](size_t at) { return deep_equal(item, out.at(at)); });
      if (!is_known) others.push_back(out.size());
    }
    if (!is_known) out.push_json(value);
  }
  return out.array(call[0].flags() & ArrayFlag::kSequence);
}

Item zip(const BuiltinCall& call) {
  size_t length = SIZE_MAX;
  for (const Item& array : call.arguments)
    length = std::min(length, array.is_array() ? array.value().size() : 0);
  if (call.arguments.empty()) length = 0;
  Evaluation::Collector out(call.evaluation);
  for (size_t i = 0; i < length; ++i) {
    std::vector<json::Value> tuple;
    for (const Item& array : call.arguments) tuple.push_back(array.value().items()[i]);
    out.push_json(json::Value::array(std::move(tuple)));
  }
  return out.array(0);
}

constexpr Builtin kFunctions[] = {
    {"append", "<xx:a>", 2, append},    {"reverse", "<a:a>", 1, reverse},
    {"sort", "<af?:a>", 2, sort},       {"shuffle", "<a:a>", 1, shuffle},
    {"distinct", "<x:x>", 1, distinct}, {"zip", "<a+>", 0, zip},
};

}  // namespace

std::span<const Builtin> array_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
