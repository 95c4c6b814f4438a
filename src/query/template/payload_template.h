// SPDX-License-Identifier: Apache-2.0
// PayloadTemplate: a compiled Payload Template (ASL "Payload Template"): Parameters, ItemSelector,
// ResultSelector, Assign, Credentials. Members whose name ends in ".$" are paths or intrinsic
// calls; all else is literal.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "query/bindings.h"
#include "query/intrinsic/intrinsic_call.h"
#include "query/path/path.h"

namespace pawl::query {

/// A path or an intrinsic call: the value of one ".$" member.
class TemplateExpression {
 public:
  /// Errors: InvalidSyntax if it is neither ("$…" or "States.…").
  static base::Result<TemplateExpression> compile(std::string_view text);

  const std::string& text() const;
  const Path* path() const { return std::get_if<Path>(&expression_); }
  const IntrinsicCall* call() const { return std::get_if<IntrinsicCall>(&expression_); }
  base::Result<json::Value> evaluate(const Bindings& bindings) const;

 private:
  explicit TemplateExpression(std::variant<Path, IntrinsicCall> expression)
      : expression_(std::move(expression)) {}
  std::variant<Path, IntrinsicCall> expression_;
};

/// A mistake in a template at compile time: where (JSON pointer below the template, "" for itself)
/// and what.
struct TemplateMistake {
  std::string pointer;
  std::string message;
};

/// Immutable, cheap to copy. Its literals are frozen: results may not outlive the template
/// (json::FrozenValue), which lives in the Program that every execution holds. Thread-safe.
class PayloadTemplate {
 public:
  /// Compiles any JSON value (an array is a template too; a scalar is a literal). Collects every
  /// mistake. A template with mistakes is not usable; then nullopt-like empty() holds.
  static PayloadTemplate compile(const json::Value& source, std::vector<TemplateMistake>& mistakes);

  /// True if nothing in it is evaluated: the literal itself is the result.
  bool is_literal() const;
  /// Every expression in it with its pointer, in document order.
  void for_each_expression(const std::function<void(const std::string& pointer,
                                                    const TemplateExpression&)>& visit) const;

  /// Evaluates each of these expressions by itself, with the text that evaluate() would fail with.
  void evaluate_each(const Bindings& bindings,
                     const std::function<void(const std::string& pointer, const TemplateExpression&,
                                              base::Result<json::Value>)>& visit) const;

  /// The filled-in value. Member order is the template's; "x.$" becomes "x".
  /// Errors: PathNotFound with AWS's recorded text "The JSONPath '$.a' specified for the field
  /// 'value.$' could not be found in the input '{…}'"; IntrinsicFailure as IntrinsicCall::evaluate.
  base::Result<json::Value> evaluate(const Bindings& bindings) const;

  /// For Assign: top-level members one by one (name without ".$"), all evaluated against the same
  /// bindings.
  base::Result<std::vector<std::pair<std::string, json::Value>>> evaluate_members(
      const Bindings& bindings) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace pawl::query
