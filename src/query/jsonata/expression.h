// SPDX-License-Identifier: Apache-2.0
// Expression: a JSONata expression (docs.jsonata.org), compiled once, evaluated often. The public
// face of this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/random.h"
#include "json/value.h"
#include "query/bindings.h"
#include "query/jsonata/error.h"
#include "query/jsonata/format/dialect.h"
#include "query/jsonata/resolve.h"

namespace pawl::query::jsonata {

/// Bounds of one evaluation. Meeting one is an EvaluationError U1001.
struct EvaluationLimits {
  uint64_t steps;  ///< nodes evaluated: stands for time, which a pure evaluation does not have
  size_t depth;    ///< nodes within each other
  size_t bytes;    ///< of one value, counting 8 for an item of an array, and of all captured frames

  /// As measured on AWS: depth 100, an array of 873,782 items, a string of 2^22 characters.
  static const EvaluationLimits& strict();
  /// For terminals: 10,000,000 items, 1,000 levels.
  static const EvaluationLimits& extended();
};

/// Sees each node's value: `pawl query --explain`.
class EvaluationObserver {
 public:
  virtual ~EvaluationObserver() = default;
  /// Bytes [begin, end) of the source gave this value, at so many levels inside; null: undefined.
  virtual void evaluated(size_t begin, size_t end, size_t depth, const json::Value* value) = 0;
};

/// What one evaluation reads. Borrowed while it runs.
struct EvaluationInput {
  const json::Value* input = nullptr;        ///< "$" and "$$"; null: there is none
  const VariableScope* variables = nullptr;  ///< "$name"; null: there are none
  base::Random* random = nullptr;            ///< $random, $uuid, $shuffle; null: seed 0
  int64_t now_ms = 0;                        ///< $now and $millis, epoch milliseconds
  const EvaluationLimits* limits = &EvaluationLimits::strict();
  EvaluationObserver* observer = nullptr;
};

struct EvaluationResult {
  enum class Kind : uint8_t { Value, Undefined, Function };
  Kind kind = Kind::Undefined;
  json::Value value = {};  ///< Value
};

struct CompiledExpression;

/// Immutable; cheap to copy; may be evaluated by several threads at once. Results may share the
/// expression's literals: they must not outlive it.
class Expression {
 public:
  struct Options {
    Dialect dialect = Dialect::V2_0_6;
    /// States: with $partition, $range, $hash, $uuid, $parse and $random(seed), without $eval.
    FunctionSet functions = FunctionSet::States;
  };

  /// Errors: S0xxx with position (UTF-16 units) and token; U1001 for an expression that is nested
  /// or chained too deep (parser.h).
  static tl::expected<Expression, EvaluationError> compile(std::string_view source,
                                                           const Options& options);

  /// Errors: T, D and U codes, with position and token.
  tl::expected<EvaluationResult, EvaluationError> evaluate(const EvaluationInput& input) const;

  const std::string& source() const;
  /// The expression as the compiler understood it, in full parentheses; compiles to the same.
  std::string print() const;
  /// Names of variables that neither the expression binds nor the language has, in order of first
  /// use.
  const std::vector<std::string>& free_variables() const;
  /// What a path or variable that is not inside anything else refers to: names of fields that need
  /// a context ("phone"), "$" and "$$". In order, each once.
  std::vector<std::string> top_level_references() const;
  /// Fields of the variable `name` that are read: `$states.input` gives "input"; "" where it is
  /// used as a whole.
  std::vector<std::string> fields_of(std::string_view name) const;

 private:
  explicit Expression(std::shared_ptr<const CompiledExpression> compiled)
      : compiled_(std::move(compiled)) {}
  std::shared_ptr<const CompiledExpression> compiled_;
};

}  // namespace pawl::query::jsonata
