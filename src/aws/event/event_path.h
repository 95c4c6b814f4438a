// SPDX-License-Identifier: Apache-2.0
// EventPath: the JSONPath that EventBridge takes in InputPath, InputPathsMap and dynamic parameters
// ("Amazon EventBridge input transformation": dots, dashes, underscores, alphanumerics, slashes,
// array indices, wildcards). Not the language's JSONPath (query/path).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// Immutable; thread-safe.
class EventPath {
 public:
  /// "$", "$.a-b.c", "$.a[0]", "$.a[*].b", "$.*", "$['a b']". Errors: InvalidSyntax.
  static base::Result<EventPath> compile(std::string_view text);

  /// What it selects: an array of all that is there if a wildcard is on the way; nullopt if nothing
  /// is there. O(what is selected).
  std::optional<json::Value> select(const json::Value& event) const;

 private:
  struct Every {};
  using Step = std::variant<std::string, size_t, Every>;

  void collect(const json::Value& value, size_t step, std::vector<json::Value>& out) const;

  std::vector<Step> steps_;
};

}  // namespace pawl::aws
