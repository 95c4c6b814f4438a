// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/value_template.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query::jsonata {
namespace {

bool has_expression(const json::Value& value) {
  if (value.is_string()) return is_expression_text(value.as_string());
  if (value.is_array())
    return std::any_of(value.items().begin(), value.items().end(), has_expression);
  return value.is_object() &&
         std::any_of(value.members().begin(), value.members().end(),
                     [](const json::Member& member) { return has_expression(member.value); });
}

TemplateFailure failure_at(const std::string& location, const std::string& source,
                           std::string_view what) {
  return {location, "The JSONata expression '" + source + "' specified for the field '" + location +
                        "' " + std::string(what)};
}

}  // namespace

bool is_expression_text(std::string_view text) {
  return text.size() >= 4 && text.starts_with("{%") && text.ends_with("%}");
}

std::string_view expression_source(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n\r";
  text = text.substr(2, text.size() - 4);
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

ValueTemplate::Node ValueTemplate::compile_node(const json::Value& value,
                                                const std::string& location,
                                                const std::string& pointer,
                                                const OnError& on_error) {
  Node node;
  if (!has_expression(value)) {
    node.constant = json::FrozenValue(value);
  } else if (value.is_string()) {
    node.kind = Node::Kind::Expression;
    node.location = location;
    node.pointer = pointer;
    auto expression = Expression::compile(expression_source(value.as_string()), {});
    if (expression) {
      node.expression.push_back(std::move(*expression));
    } else {
      on_error(pointer, expression.error());
    }
  } else if (value.is_array()) {
    node.kind = Node::Kind::Array;
    for (size_t i = 0; i < value.size(); ++i) {
      node.children.push_back(compile_node(value.items()[i],
                                           location + "[" + std::to_string(i) + "]",
                                           json::pointer_child(pointer, i), on_error));
    }
  } else {
    node.kind = Node::Kind::Object;
    for (const json::Member& member : value.members()) {
      node.keys.emplace_back(member.name());
      node.children.push_back(compile_node(member.value,
                                           location + "/" + std::string(member.name()),
                                           json::pointer_child(pointer, member.name()), on_error));
    }
  }
  return node;
}

ValueTemplate ValueTemplate::compile(const json::Value& value, std::string_view location,
                                     const OnError& on_error) {
  ValueTemplate result;
  result.root_ = compile_node(value, std::string(location), "", on_error);
  result.for_each_expression([&result](const std::string&, const Expression& expression) {
    for (const std::string& field : expression.fields_of("states"))
      result.reads_context_ = result.reads_context_ || field.empty() || field == "context";
  });
  return result;
}

tl::expected<json::Value, TemplateFailure> ValueTemplate::Part::evaluate(
    const EvaluationInput& input) const {
  auto result = expression.evaluate(input);
  if (!result) {
    const EvaluationError& error = result.error();
    return tl::unexpected(failure_at(
        location, expression.source(),
        error.is_bound()
            ? "threw an error during evaluation: " + error.message()
            : "threw an error during evaluation. " + error.code + ": " + error.message()));
  }
  if (result->kind == EvaluationResult::Kind::Value) return std::move(result->value);
  return tl::unexpected(failure_at(location, expression.source(),
                                   result->kind == EvaluationResult::Kind::Undefined
                                       ? "returned nothing (undefined)."
                                       : "returned an unsupported result type."));
}

tl::expected<json::Value, TemplateFailure> ValueTemplate::evaluate_node(
    const Node& node, const EvaluationInput& input) {
  switch (node.kind) {
    case Node::Kind::Constant: return node.constant.value();
    case Node::Kind::Expression:
      return Part{node.pointer, node.expression.front(), node.location}.evaluate(input);
    case Node::Kind::Array: {
      std::vector<json::Value> items;
      for (const Node& child : node.children) {
        auto item = evaluate_node(child, input);
        if (!item) return item;
        items.push_back(std::move(*item));
      }
      return json::Value::array(std::move(items));
    }
    case Node::Kind::Object: break;
  }
  std::vector<json::Member> members;
  for (size_t i = 0; i < node.children.size(); ++i) {
    auto member = evaluate_node(node.children[i], input);
    if (!member) return member;
    members.emplace_back(std::string_view(node.keys[i]), std::move(*member));
  }
  return json::Value::object(std::move(members));
}

tl::expected<json::Value, TemplateFailure> ValueTemplate::evaluate(
    const EvaluationInput& input) const {
  return evaluate_node(root_, input);
}

TemplateFailure ValueTemplate::unexpected_type(std::string_view expected,
                                               const json::Value& value) const {
  const std::string source = root_.expression.empty() ? "" : root_.expression.front().source();
  return failure_at(root_.location, source,
                    "returned an unexpected result type. Expected '" + std::string(expected) +
                        "', but was '" + std::string(json::kind_name(value.kind())) +
                        "' for value: " + json::write(value));
}

void ValueTemplate::visit_node(const Node& node, const std::function<void(const Part&)>& visit) {
  for (const Expression& expression : node.expression)
    visit({node.pointer, expression, node.location});
  for (const Node& child : node.children) visit_node(child, visit);
}

void ValueTemplate::for_each_expression(
    const std::function<void(const std::string&, const Expression&)>& visit) const {
  visit_node(root_, [&visit](const Part& part) { visit(part.pointer, part.expression); });
}

void ValueTemplate::for_each_part(const std::function<void(const Part&)>& visit) const {
  visit_node(root_, visit);
}

}  // namespace pawl::query::jsonata
