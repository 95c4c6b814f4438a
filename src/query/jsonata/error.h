// SPDX-License-Identifier: Apache-2.0
// EvaluationError: what is wrong with an expression or its evaluation, with the reference
// implementation's codes and words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::query::jsonata {

/// An error of JSONata. `code` is the reference implementation's ("S0201", "T2001", "D3030"), or
/// "U1001" for a bound that was met (time, depth, memory).
struct EvaluationError {
  std::string code;
  /// In UTF-16 units: the end of the token that the error belongs to, as the reference counts.
  std::optional<size_t> position = {};
  std::optional<std::string> token = {};
  /// What the message's {{value}}, {{value2}}, {{type}}, … stand for; JSON.
  std::optional<json::Value> value = {};
  std::optional<json::Value> value2 = {};
  std::optional<size_t> index = {};
  std::optional<std::string> type = {};
  std::optional<std::string> function_name = {};
  /// D3137, D3141 and U1001 bring their own words.
  std::optional<std::string> text = {};

  explicit EvaluationError(std::string_view error_code) : code(error_code) {}

  /// The words of the reference for the code, with its fields filled in.
  std::string message() const;
  /// True for a bound (U1001): AWS shows these without a code.
  bool is_bound() const { return code == "U1001"; }
};

}  // namespace pawl::query::jsonata
