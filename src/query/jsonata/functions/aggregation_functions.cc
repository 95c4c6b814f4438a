// SPDX-License-Identifier: Apache-2.0
// Aggregation: $sum, $count, $max, $min, $average. The signature has made arrays of numbers of the
// arguments.
#include <cmath>
#include <limits>

#include "query/jsonata/builtins.h"

namespace pawl::query::jsonata {
namespace {

double total_of(const Item& numbers) {
  double total = 0;
  for (const json::Value& value : numbers.value().items()) total += Item::number_of(value);
  return total;
}

Item sum(const BuiltinCall& call) {
  return call[0].is_undefined() ? Item() : Item::number(total_of(call[0]));
}

Item count(const BuiltinCall& call) {
  return Item::number(call[0].is_undefined() ? 0 : static_cast<double>(call[0].value().size()));
}

/// Math.max and Math.min: NaN wins.
Item extreme(const BuiltinCall& call, bool is_max) {
  if (call[0].is_undefined() || call[0].value().size() == 0) return {};
  double result =
      is_max ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  for (const json::Value& value : call[0].value().items()) {
    const double number = Item::number_of(value);
    if (std::isnan(number)) return Item::number(number);
    result = is_max ? std::fmax(result, number) : std::fmin(result, number);
  }
  return Item::number(result);
}

Item max(const BuiltinCall& call) { return extreme(call, true); }
Item min(const BuiltinCall& call) { return extreme(call, false); }

Item average(const BuiltinCall& call) {
  if (call[0].is_undefined() || call[0].value().size() == 0) return {};
  return Item::number(total_of(call[0]) / static_cast<double>(call[0].value().size()));
}

constexpr Builtin kFunctions[] = {
    {"sum", "<a<n>:n>", 1, sum, true},   {"count", "<a:n>", 1, count},
    {"max", "<a<n>:n>", 1, max},         {"min", "<a<n>:n>", 1, min},
    {"average", "<a<n>:n>", 1, average},
};

}  // namespace

std::span<const Builtin> aggregation_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
