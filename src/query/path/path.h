// SPDX-License-Identifier: Apache-2.0
// Path: a compiled JSONPath (ASL "Paths") in the dialect AWS evaluates, that of Jayway JsonPath 2.
// ReferencePath: the subset that names one node (ASL "Reference Paths") and can be written to.
// Not intrinsic functions (query/intrinsic), not templates (query/template).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "query/bindings.h"

namespace pawl::query {

namespace path {
struct Program;  // the compiled segments, query/path/program.h
}

/// Where a path starts: `$` the input, `$$` the Context Object, `$name` a variable.
enum class PathRoot : uint8_t { Input, Context, Variable };

/// A compiled path. Immutable, cheap to copy (shared), safe to evaluate from several threads.
class Path {
 public:
  /// Compiles `text`. Dialect: dot and bracket children (quoted, several), `..`, `*`, indexes
  /// (negative too), slices, unions, filters `[?(...)]` with == != < <= > >= =~ in nin subsetof
  /// anyof noneof size empty contains, &&, ||, !, nested paths from @ and $; functions min() max()
  /// avg() stddev() sum() length() keys() concat() append() as Jayway spells them; a dot before a
  /// bracket ("$.[0]"). Errors: InvalidSyntax with the column of the offending character.
  static base::Result<Path> compile(std::string_view text);

  PathRoot root() const;
  /// The variable's name; empty for the other roots.
  const std::string& variable() const;
  /// As it was written.
  const std::string& text() const;
  /// True for the root alone: "$", "$$", "$name".
  bool is_root_only() const;
  /// True if it selects at most one node whatever the data (no wildcard, slice, union, filter or
  /// `..`).
  bool is_definite() const;
  /// True if it ends in or contains a function, e.g. "$.a.length()".
  bool has_function() const;

  /// Definite: the selected value. Indefinite: an array of what was selected, [] for no match.
  /// Errors: PathNotFound, with Jayway's text, e.g. "No results for path: $['a']['b']" (the last
  /// step found nothing) or "Missing property in path $['a']" (an earlier one did); a variable that
  /// is not there and a Context Object that is not available are PathNotFound too. An index past
  /// the end is what the recordings say (aws-behaviours: null).
  base::Result<json::Value> evaluate(const Bindings& bindings) const;

  /// The same without building an error or copying: nullptr if nothing is there. Definite paths
  /// without functions only. For Choice rules and other hot places.
  const json::Value* find(const Bindings& bindings) const;

 private:
  explicit Path(std::shared_ptr<const path::Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const path::Program> program_;
};

/// One step of a ReferencePath: a member name or an index.
struct ReferenceStep {
  std::string name;             ///< for a member
  std::optional<size_t> index;  ///< for an array item
};

/// A path that identifies a single node and can be assigned. Immutable; thread-safe.
class ReferencePath {
 public:
  /// Errors: InvalidSyntax; also if the path is not a Reference Path: it has operators `@ .. , : ?
  /// *`, functions, or does not start with "$" (ResultPath may not start with "$$").
  static base::Result<ReferencePath> compile(std::string_view text);

  const std::string& text() const { return text_; }
  bool is_root() const { return steps_.empty(); }
  const std::vector<ReferenceStep>& steps() const { return steps_; }

  /// Applies ResultPath: puts `result` into `raw_input` (ASL "ResultPath"). Missing members are
  /// created as objects on the way; O(depth x width): the rest of raw_input is shared; raw_input
  /// itself is never changed. Errors: TypeMismatch (States.ResultPathMatchFailure) if a step meets
  /// a non-object, or an index an array that has no such item.
  base::Result<json::Value> assign(const json::Value& raw_input, json::Value result) const;

 private:
  std::string text_;
  std::vector<ReferenceStep> steps_;
};

}  // namespace pawl::query
