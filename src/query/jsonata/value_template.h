// SPDX-License-Identifier: Apache-2.0
// ValueTemplate: a field of a JSONata state (ASL "JSONata Expressions"): JSON in which strings
// "{% … %}" are expressions. Compiled once; constant parts are shared by all results.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "json/value.h"
#include "query/jsonata/expression.h"

namespace pawl::query::jsonata {

/// Why a template has no value, in the words of AWS.
struct TemplateFailure {
  std::string location;  ///< "Output/result"
  std::string cause;     ///< "The JSONata expression '…' specified for the field '…' …"
};

/// True for "{% … %}".
bool is_expression_text(std::string_view text);
/// What stands between "{%" and "%}", without the spaces around.
std::string_view expression_source(std::string_view text);

/// Move-only; may be evaluated by several threads. Results may share its literals: they must not
/// outlive it.
class ValueTemplate {
 public:
  /// Called for each expression that does not compile, with its JSON pointer below the template.
  using OnError = std::function<void(const std::string& pointer, const EvaluationError& error)>;

  /// `location` is the field's name, as causes give it. What does not compile is left out.
  static ValueTemplate compile(const json::Value& value, std::string_view location,
                               const OnError& on_error);

  tl::expected<json::Value, TemplateFailure> evaluate(const EvaluationInput& input) const;

  /// The failure of a value that has the wrong type for its field: "Expected 'array', but was …".
  TemplateFailure unexpected_type(std::string_view expected, const json::Value& value) const;

  /// Calls `visit(pointer, expression)` for each expression.
  void for_each_expression(
      const std::function<void(const std::string&, const Expression&)>& visit) const;

  /// One of its expressions. Lives as long as the template.
  struct Part {
    const std::string& pointer;  ///< JSON pointer below the template
    const Expression& expression;
    const std::string& location;  ///< as causes name it

    /// The expression alone; fails as evaluate() would because of it.
    tl::expected<json::Value, TemplateFailure> evaluate(const EvaluationInput& input) const;
  };
  void for_each_part(const std::function<void(const Part&)>& visit) const;

  /// True if `$states.context` may be looked at.
  bool reads_context() const { return reads_context_; }

 private:
  struct Node {
    enum class Kind : uint8_t { Constant, Expression, Array, Object };
    Kind kind = Kind::Constant;
    json::FrozenValue constant = {};
    std::vector<Expression> expression = {};  ///< one, or none
    std::string location = {};                ///< Expression
    std::string pointer = {};                 ///< Expression
    std::vector<std::string> keys = {};       ///< Object
    std::vector<Node> children = {};
  };

  static Node compile_node(const json::Value& value, const std::string& location,
                           const std::string& pointer, const OnError& on_error);
  static tl::expected<json::Value, TemplateFailure> evaluate_node(const Node& node,
                                                                  const EvaluationInput& input);
  static void visit_node(const Node& node, const std::function<void(const Part&)>& visit);

  Node root_;
  bool reads_context_ = false;
};

}  // namespace pawl::query::jsonata
