// SPDX-License-Identifier: Apache-2.0
// The compiled form of a Path: a chain of segments as Jayway's PathTokens. Internal to query/path.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "query/path/path.h"

namespace pawl::query::path {

struct Filter;  // query/path/filter.h

enum class SegmentKind : uint8_t {
  Property,
  Properties,
  Wildcard,
  Index,
  Indexes,
  Slice,
  Filter,
  Scan
};

/// One step. Scan ("..") always stands before another segment.
struct Segment {
  SegmentKind kind = SegmentKind::Property;
  std::vector<std::string> names;        ///< Property: one; Properties: several
  std::vector<int64_t> indexes;          ///< Index: one; Indexes: several
  std::optional<int64_t> from;           ///< Slice
  std::optional<int64_t> to;             ///< Slice
  std::shared_ptr<const Filter> filter;  ///< Filter

  /// True if it selects at most one node of one node. Several names at the end merge into one
  /// object.
  bool is_definite(bool is_leaf) const {
    return kind == SegmentKind::Property || kind == SegmentKind::Index ||
           (kind == SegmentKind::Properties && is_leaf);
  }
};

/// A function at the end of a path: "length", and its arguments (numbers, strings, JSON, paths).
struct Function {
  std::string name;
  std::vector<json::FrozenValue> literals;
  std::vector<Path> paths;
};

struct Program {
  PathRoot root = PathRoot::Input;
  std::string variable;
  std::string text;
  std::vector<Segment> segments;
  std::optional<Function> function;
  bool definite = true;

  /// Jayway's normal form of the first `count` segments: "$['a'][0]".
  std::string normalized(size_t count) const;
};

/// What a nested path of a filter may start with: `@` the item, `$` the document.
struct EvaluationRoots {
  const json::Value* document;
  /// Nodes that may still be looked at, by the path and those in its filters together: scans inside
  /// filters multiply. Far more than any path needs on data as large as AWS takes.
  mutable uint64_t steps_left = 100'000'000;
};

/// Values selected: pointers into the document, or into `owned` for what a path makes (merged
/// objects, null).
struct Selection {
  std::vector<const json::Value*> values;
  std::vector<std::unique_ptr<json::Value>> owned;

  const json::Value* own(json::Value value) {
    owned.push_back(std::make_unique<json::Value>(std::move(value)));
    return owned.back().get();
  }
};

/// Runs the segments on `model`. Errors: PathNotFound with Jayway's text where a definite path
/// meets nothing; LimitExceeded above a million results, or when no steps are left.
base::Result<void> select(const Program& program, const json::Value& model,
                          const EvaluationRoots& roots, Selection& selection);

/// The single node that a definite program without function selects, or nullptr.
const json::Value* find_definite(const Program& program, const json::Value& model);

/// select(), then the array or the single value, then the function. What is borrowed stays
/// borrowed.
base::Result<json::Value> evaluate(const Program& program, const json::Value& model,
                                   const EvaluationRoots& roots);

/// Errors: TypeMismatch for arguments that the function cannot take.
base::Result<json::Value> apply_function(const Function& function, const json::Value& model,
                                         const EvaluationRoots& roots);

/// Parses; `allow_item_root` for paths inside filters, which start with `@` or `$`.
base::Result<std::shared_ptr<const Program>> compile_program(std::string_view text);

}  // namespace pawl::query::path
