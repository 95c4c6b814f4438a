// SPDX-License-Identifier: Apache-2.0
// The compiled form of an IntrinsicCall: a tree of functions and arguments. Internal to
// query/intrinsic.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "query/bindings.h"
#include "query/path/path.h"

namespace pawl::query::intrinsic {

/// What a function is given: its evaluated arguments and where random numbers come from.
struct Arguments {
  std::span<const json::Value> values;
  std::string_view function;  ///< for messages: "States.Format"
  base::Random* random;
};

using Implementation = base::Result<json::Value> (*)(const Arguments& arguments);

/// One row of the table of functions.
struct FunctionRow {
  std::string_view name;
  size_t arguments_min;
  size_t arguments_max;
  Implementation implementation;
};

/// nullptr for an unknown name.
const FunctionRow* find_function(std::string_view name);

struct Argument;

struct Call {
  std::string text;
  const FunctionRow* function = nullptr;
  std::vector<Argument> arguments;
};

struct Argument {
  std::variant<json::FrozenValue, Path, std::shared_ptr<const Call>> value;
};

/// States.IntrinsicFailure with the function's name before `message`.
base::Error failure(const Arguments& arguments, std::string_view message);

// functions_array.cc
base::Result<json::Value> array(const Arguments& arguments);
base::Result<json::Value> array_partition(const Arguments& arguments);
base::Result<json::Value> array_contains(const Arguments& arguments);
base::Result<json::Value> array_range(const Arguments& arguments);
base::Result<json::Value> array_get_item(const Arguments& arguments);
base::Result<json::Value> array_length(const Arguments& arguments);
base::Result<json::Value> array_unique(const Arguments& arguments);
// functions_text.cc
base::Result<json::Value> format(const Arguments& arguments);
base::Result<json::Value> string_split(const Arguments& arguments);
base::Result<json::Value> base64_encode(const Arguments& arguments);
base::Result<json::Value> base64_decode(const Arguments& arguments);
base::Result<json::Value> hash(const Arguments& arguments);
base::Result<json::Value> uuid(const Arguments& arguments);
// functions_json.cc
base::Result<json::Value> string_to_json(const Arguments& arguments);
base::Result<json::Value> json_to_string(const Arguments& arguments);
base::Result<json::Value> json_merge(const Arguments& arguments);
// functions_math.cc
base::Result<json::Value> math_random(const Arguments& arguments);
base::Result<json::Value> math_add(const Arguments& arguments);

/// Reads an integer argument as AWS does: a fraction is rounded as Java's Math.round does (half
/// up).
base::Result<int64_t> integer_argument(const Arguments& arguments, size_t index);

}  // namespace pawl::query::intrinsic
