// SPDX-License-Identifier: Apache-2.0
// Bindings: what a path, intrinsic or template may look at while it is evaluated. Filled by the
// interpreter.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/random.h"
#include "json/value.h"

namespace pawl::query {

/// The Context Object (ASL "The Context Object") as `$$` sees it. Implementations build it when
/// first asked.
class ContextObject {
 public:
  virtual ~ContextObject() = default;
  /// The whole object. The reference lives as long as the ContextObject.
  virtual const json::Value& value() const = 0;
};

/// The variables in scope (ASL "Variables"). Inner scopes see outer ones.
class VariableScope {
 public:
  virtual ~VariableScope() = default;
  /// The variable's value or nullptr. The pointer lives until the scope is assigned to.
  virtual const json::Value* find(std::string_view name) const = 0;
};

/// Everything an evaluation reads, and the random numbers it draws (States.UUID,
/// States.MathRandom). Pointers are borrowed for one evaluation.
struct Bindings {
  const json::Value* input;                  ///< `$`; never null
  const ContextObject* context = nullptr;    ///< `$$`; null where it is not available
  const VariableScope* variables = nullptr;  ///< `$name`; null where there are none
  base::Random* random = nullptr;            ///< null: drawing is an IntrinsicFailure
  const base::Limits* limits = nullptr;      ///< null: Limits::strict()
};

}  // namespace pawl::query
