// SPDX-License-Identifier: Apache-2.0
// StatesScope: the variables that a JSONata expression sees: `$states` (ASL "Reserved variable:
// $states") and those of the frame's scopes.
#pragma once

#include <optional>
#include <string_view>

#include "interpreter/frame_scope.h"
#include "json/value.h"
#include "query/bindings.h"

namespace pawl::interpreter {

/// What `$states` holds beside input and context, where a field may see it. Borrowed.
struct StatesFields {
  const json::Value* result = nullptr;         ///< `$states.result`
  const json::Value* error_output = nullptr;   ///< `$states.errorOutput`
  std::optional<MapItem> item = std::nullopt;  ///< of an ItemSelector: in the Context Object
};

/// Lives for one evaluation; borrows all it is given.
class StatesScope final : public query::VariableScope {
 public:
  /// `reads_context`: whether the Context Object is worth building.
  StatesScope(const FrameScope& frame, const json::Value& input, const StatesFields& fields,
              bool reads_context)
      : frame_(frame), input_(input), fields_(fields), reads_context_(reads_context) {}

  const json::Value* find(std::string_view name) const override {
    if (name != "states") return frame_.find(name);
    if (!states_) states_ = build();
    return &*states_;
  }

 private:
  json::Value build() const {
    json::ObjectBuilder states;
    states.set("input", input_);
    if (reads_context_) states.set("context", frame_.value());
    if (fields_.result != nullptr) states.set("result", *fields_.result);
    if (fields_.error_output != nullptr) states.set("errorOutput", *fields_.error_output);
    return std::move(states).build();
  }

  const FrameScope& frame_;
  const json::Value& input_;
  const StatesFields& fields_;
  bool reads_context_;
  mutable std::optional<json::Value> states_;
};

}  // namespace pawl::interpreter
