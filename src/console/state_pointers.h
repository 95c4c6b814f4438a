// SPDX-License-Identifier: Apache-2.0
// StatePointers: where the states of a machine stand in its definition.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "json/value.h"

namespace pawl::console {

/// Names of states are unique in a machine, nested ones included. One thread.
class StatePointers {
 public:
  /// `definition` is the text as sent; of what is no JSON nothing is found.
  explicit StatePointers(const std::string& definition);

  /// JSON pointer of a state; "" if there is none of that name.
  const std::string& pointer(std::string_view state) const;
  /// The state's own object; null if there is none of that name.
  const json::Value* find(std::string_view state) const;

 private:
  struct Place {
    std::string pointer;
    const json::Value* value;
  };
  void add(const json::Value& scope, const std::string& pointer, int depth);

  json::Value root_;
  std::unordered_map<std::string, Place> places_;
};

}  // namespace pawl::console
