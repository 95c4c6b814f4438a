// SPDX-License-Identifier: Apache-2.0
// Filters of a path, "[?(@.price > 10 && @.tag in ['a','b'])]": Jayway's Criteria, compiled.
// Internal to query/path.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "query/path/program.h"
#include "text/regex.h"

namespace pawl::query::path {

enum class FilterOperator : uint8_t {
  And,
  Or,
  Not,
  Exists,
  Equals,
  NotEquals,
  TypeSafeEquals,
  TypeSafeNotEquals,
  Less,
  LessEquals,
  Greater,
  GreaterEquals,
  Matches,
  In,
  NotIn,
  SubsetOf,
  AnyOf,
  NoneOf,
  All,
  Contains,
  Size,
  Empty,
};

/// One side of a comparison.
struct Operand {
  enum class Kind : uint8_t { Literal, ItemPath, DocumentPath, Regex } kind = Kind::Literal;
  json::FrozenValue literal;
  std::shared_ptr<const Program> path;
  std::optional<text::Regex> regex;
};

struct Filter {
  FilterOperator op = FilterOperator::And;
  std::vector<std::shared_ptr<const Filter>> parts;  ///< And, Or: several; Not: one
  Operand left;
  Operand right;
  std::string text;  ///< as written, for messages
};

/// True if `item` passes. Never fails: what cannot be compared is not equal, as in Jayway.
bool accepts(const Filter& filter, const json::Value& item, const EvaluationRoots& roots);

}  // namespace pawl::query::path
