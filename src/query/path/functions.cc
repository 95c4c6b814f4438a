// SPDX-License-Identifier: Apache-2.0
// The functions that may end a path, as Jayway defines them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "query/path/program.h"

namespace pawl::query::path {
namespace {

using json::Value;

base::Error unusable(const Function& function) {
  return {base::ErrorKind::TypeMismatch,
          "The function " + function.name + "() cannot be applied to this value."};
}

/// The numbers of the model and of the arguments.
std::vector<double> numbers_of(const Value& model, const std::vector<Value>& arguments) {
  std::vector<double> numbers;
  const auto add = [&](const Value& value) {
    if (value.is_number()) numbers.push_back(value.as_double());
  };
  const auto add_all = [&](const Value& value) {
    if (value.is_array()) {
      for (const Value& item : value.items()) add(item);
    } else {
      add(value);
    }
  };
  add_all(model);
  for (const Value& argument : arguments) add_all(argument);
  return numbers;
}

base::Result<Value> aggregate(const Function& function, const std::vector<double>& numbers) {
  if (numbers.empty()) {
    return base::Error(base::ErrorKind::TypeMismatch,
                       "Aggregation function attempted to calculate value using empty array");
  }
  double sum = 0;
  double squares = 0;
  for (const double number : numbers) {
    sum += number;
    squares += number * number;
  }
  const auto count = static_cast<double>(numbers.size());
  double result = sum;
  if (function.name == "min") result = *std::min_element(numbers.begin(), numbers.end());
  if (function.name == "max") result = *std::max_element(numbers.begin(), numbers.end());
  if (function.name == "avg") result = sum / count;
  if (function.name == "stddev") result = std::sqrt(squares / count - sum * sum / count / count);
  if (!std::isfinite(result)) return unusable(function);
  return Value(result);
}

base::Result<Value> item_of(const Function& function, const Value& model,
                            const std::vector<Value>& arguments) {
  if (!model.is_array() || model.size() == 0) return unusable(function);
  int64_t index = 0;
  if (function.name == "last") index = -1;
  if (function.name == "index" && (arguments.size() != 1 || !arguments.front().is_number() ||
                                   !arguments.front().to_int64(index))) {
    return unusable(function);
  }
  const auto size = static_cast<int64_t>(model.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return unusable(function);
  return model.items()[static_cast<size_t>(index)];
}

Value concatenation(const Value& model, const std::vector<Value>& arguments) {
  std::string text;
  const auto add = [&](const Value& value) {
    if (value.is_string()) text += value.as_string();
  };
  if (model.is_array()) {
    for (const Value& item : model.items()) add(item);
  }
  for (const Value& argument : arguments) add(argument);
  return Value(text);
}

}  // namespace

base::Result<Value> apply_function(const Function& function, const Value& model,
                                   const EvaluationRoots& roots) {
  std::vector<Value> arguments;
  for (const json::FrozenValue& literal : function.literals) arguments.push_back(literal.value());
  for (const Path& path : function.paths) {
    Bindings bindings{.input = roots.document};
    arguments.push_back(PAWL_TRY(path.evaluate(bindings)));
  }
  if (function.name == "length") {
    if (!model.is_container()) return unusable(function);
    return Value(static_cast<int64_t>(model.size()));
  }
  if (function.name == "keys") {
    if (!model.is_object()) return unusable(function);
    std::vector<Value> keys;
    for (const json::Member& member : model.members()) keys.push_back(member.key);
    return Value::array(std::move(keys));
  }
  if (function.name == "first" || function.name == "last" || function.name == "index") {
    return item_of(function, model, arguments);
  }
  if (function.name == "concat") return concatenation(model, arguments);
  if (function.name == "append") {
    if (!model.is_array()) return unusable(function);
    std::vector<Value> items(model.items().begin(), model.items().end());
    items.insert(items.end(), arguments.begin(), arguments.end());
    return Value::array(std::move(items));
  }
  return aggregate(function, numbers_of(model, arguments));
}

}  // namespace pawl::query::path
