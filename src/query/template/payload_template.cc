// SPDX-License-Identifier: Apache-2.0
#include "query/template/payload_template.h"

#include <optional>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query {
namespace {

constexpr std::string_view kDynamicSuffix = ".$";

bool is_dynamic_name(std::string_view name) { return name.ends_with(kDynamicSuffix); }

std::string_view result_name(std::string_view name) {
  return is_dynamic_name(name) ? name.substr(0, name.size() - kDynamicSuffix.size()) : name;
}

}  // namespace

/// A literal, an expression, or a container with something to evaluate inside.
struct PayloadTemplate::Node {
  enum class Kind : uint8_t { Literal, Expression, Object, Array } kind = Kind::Literal;
  json::FrozenValue literal;
  std::optional<TemplateExpression> expression;
  std::string name;            ///< of the field as written ("value.$"), for messages
  json::FrozenValue key;       ///< of the member in the result
  std::vector<Node> children;  ///< members or items
};

namespace {

using Node = PayloadTemplate::Node;

class TemplateCompiler {
 public:
  explicit TemplateCompiler(std::vector<TemplateMistake>& mistakes) : mistakes_(mistakes) {}

  Node compile(const json::Value& source, const std::string& pointer) {
    Node node;
    if (source.is_object()) {
      node.kind = Node::Kind::Object;
      for (const json::Member& member : source.members()) {
        if (is_dynamic_name(member.name()) && source.find(result_name(member.name())) != nullptr) {
          mistakes_.push_back({json::pointer_child(pointer, member.name()),
                               "The field '" + std::string(result_name(member.name())) +
                                   "' occurs twice: once with the suffix '.$' and once without"});
        }
        node.children.push_back(compile_member(member, pointer));
      }
    } else if (source.is_array()) {
      node.kind = Node::Kind::Array;
      for (size_t i = 0; i < source.size(); ++i) {
        node.children.push_back(compile(source.items()[i], json::pointer_child(pointer, i)));
      }
    }
    if (!has_expression(node)) return literal_node(source);
    return node;
  }

 private:
  static bool has_expression(const Node& node) {
    if (node.kind == Node::Kind::Expression) return true;
    for (const Node& child : node.children) {
      if (child.kind != Node::Kind::Literal) return true;
    }
    return false;
  }

  static Node literal_node(const json::Value& source) {
    Node node;
    node.literal = json::FrozenValue(source);
    return node;
  }

  Node compile_member(const json::Member& member, const std::string& pointer) {
    const std::string place = json::pointer_child(pointer, member.name());
    Node node = is_dynamic_name(member.name()) ? compile_dynamic(member, place)
                                               : compile(member.value, place);
    node.name = member.name();
    node.key = json::FrozenValue(json::Value(result_name(member.name())));
    return node;
  }

  // ASL "Payload Template": the value of a member whose name ends in ".$" is a path or an intrinsic
  // call.
  Node compile_dynamic(const json::Member& member, const std::string& place) {
    Node node;
    node.kind = Node::Kind::Expression;
    if (member.value.is_string()) {
      base::Result<TemplateExpression> expression =
          TemplateExpression::compile(member.value.as_string());
      if (expression) {
        node.expression = *std::move(expression);
        return node;
      }
    }
    mistakes_.push_back(
        {place, "The value for the field '" + std::string(member.name()) +
                    "' must be a valid JSONPath or a valid intrinsic function call"});
    return node;
  }

  std::vector<TemplateMistake>& mistakes_;
};

base::Result<json::Value> evaluate_expression(const Node& node, const Bindings& bindings) {
  base::Result<json::Value> value = node.expression->evaluate(bindings);
  if (value || value.error().kind != base::ErrorKind::PathNotFound) return value;
  return base::Error(base::ErrorKind::PathNotFound, "The JSONPath '" + node.expression->text() +
                                                        "' specified for the field '" + node.name +
                                                        "' could not be found in the input '" +
                                                        json::write(*bindings.input) + "'");
}

base::Result<json::Value> evaluate_node(const Node& node, const Bindings& bindings) {
  switch (node.kind) {
    case Node::Kind::Literal: return node.literal.value();
    case Node::Kind::Expression: return evaluate_expression(node, bindings);
    case Node::Kind::Array: {
      std::vector<json::Value> items;
      items.reserve(node.children.size());
      for (const Node& child : node.children)
        items.push_back(PAWL_TRY(evaluate_node(child, bindings)));
      return json::Value::array(std::move(items));
    }
    case Node::Kind::Object: break;
  }
  std::vector<json::Member> members;
  members.reserve(node.children.size());
  for (const Node& child : node.children) {
    members.emplace_back(child.key.value(), PAWL_TRY(evaluate_node(child, bindings)));
  }
  return json::Value::object(std::move(members));
}

void visit_expressions(const Node& node, const std::string& pointer,
                       const std::function<void(const std::string&, const Node&)>& visit) {
  if (node.expression) visit(pointer, node);
  for (size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    visit_expressions(child,
                      node.kind == Node::Kind::Array ? json::pointer_child(pointer, i)
                                                     : json::pointer_child(pointer, child.name),
                      visit);
  }
}

}  // namespace

base::Result<TemplateExpression> TemplateExpression::compile(std::string_view text) {
  if (is_intrinsic_text(text)) return TemplateExpression(PAWL_TRY(IntrinsicCall::compile(text)));
  return TemplateExpression(PAWL_TRY(Path::compile(text)));
}

const std::string& TemplateExpression::text() const {
  return path() != nullptr ? path()->text() : call()->text();
}

base::Result<json::Value> TemplateExpression::evaluate(const Bindings& bindings) const {
  return path() != nullptr ? path()->evaluate(bindings) : call()->evaluate(bindings);
}

PayloadTemplate PayloadTemplate::compile(const json::Value& source,
                                         std::vector<TemplateMistake>& mistakes) {
  PayloadTemplate made;
  made.root_ = std::make_shared<const Node>(TemplateCompiler(mistakes).compile(source, ""));
  return made;
}

bool PayloadTemplate::is_literal() const { return root_->kind == Node::Kind::Literal; }

void PayloadTemplate::for_each_expression(
    const std::function<void(const std::string&, const TemplateExpression&)>& visit) const {
  visit_expressions(*root_, "", [&visit](const std::string& pointer, const Node& node) {
    visit(pointer, *node.expression);
  });
}

void PayloadTemplate::evaluate_each(
    const Bindings& bindings,
    const std::function<void(const std::string&, const TemplateExpression&,
                             base::Result<json::Value>)>& visit) const {
  visit_expressions(*root_, "", [&](const std::string& pointer, const Node& node) {
    visit(pointer, *node.expression, evaluate_expression(node, bindings));
  });
}

base::Result<json::Value> PayloadTemplate::evaluate(const Bindings& bindings) const {
  return evaluate_node(*root_, bindings);
}

base::Result<std::vector<std::pair<std::string, json::Value>>> PayloadTemplate::evaluate_members(
    const Bindings& bindings) const {
  std::vector<std::pair<std::string, json::Value>> out;
  if (root_->kind == Node::Kind::Literal) {
    if (!root_->literal.value().is_object()) return out;
    for (const json::Member& member : root_->literal.value().members()) {
      out.emplace_back(std::string(member.name()), member.value);
    }
    return out;
  }
  out.reserve(root_->children.size());
  for (const Node& child : root_->children) {
    out.emplace_back(std::string(child.key.value().as_string()),
                     PAWL_TRY(evaluate_node(child, bindings)));
  }
  return out;
}

}  // namespace pawl::query
