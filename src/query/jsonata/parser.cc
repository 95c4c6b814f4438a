// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "query/jsonata/tokenizer.h"

namespace pawl::query::jsonata {
namespace {

using Outcome = tl::expected<NodePtr, EvaluationError>;
using Done = tl::expected<void, EvaluationError>;

struct Infix {
  std::string_view text;
  int binding_power;
  Operator op;
};

// parser.js "operators"; those that are no infix symbols bind with 0.
constexpr auto kInfixes = std::to_array<Infix>({
    {".", 75, Operator::Dot},         {"[", 80, Operator::Predicate},
    {"{", 70, Operator::Group},       {"(", 80, Operator::None},
    {"@", 80, Operator::Focus},       {"#", 80, Operator::Index},
    {"?", 20, Operator::None},        {"+", 50, Operator::Add},
    {"-", 50, Operator::Subtract},    {"*", 60, Operator::Multiply},
    {"/", 60, Operator::Divide},      {"%", 60, Operator::Modulo},
    {"=", 40, Operator::Equal},       {"<", 40, Operator::Less},
    {">", 40, Operator::Greater},     {"^", 40, Operator::OrderBy},
    {":=", 10, Operator::Assign},     {"!=", 40, Operator::NotEqual},
    {"<=", 40, Operator::LessEqual},  {">=", 40, Operator::GreaterEqual},
    {"~>", 40, Operator::Chain},      {"and", 30, Operator::And},
    {"or", 25, Operator::Or},         {"in", 40, Operator::In},
    {"&", 50, Operator::Concatenate}, {"?:", 40, Operator::Default},
    {"??", 40, Operator::Coalesce},   {"..", 0, Operator::Range},
});

const Infix* infix_of(const Token& token) {
  if (token.type != Token::Type::Operator) return nullptr;
  const auto* found = std::find_if(kInfixes.begin(), kInfixes.end(), [&token](const Infix& infix) {
    return infix.text == token.text;
  });
  return found == kInfixes.end() ? nullptr : found;
}

/// The Pratt parser. `token_` is the one looked at; each rule is entered with its own token taken.
class Parser {
 public:
  Parser(std::string_view source, Dialect dialect) : tokenizer_(source, dialect) {}

  Outcome run() {
    if (auto done = advance(false); !done) return tl::unexpected(done.error());
    auto expression = parse_expression(0);
    if (!expression) return expression;
    if (token_.type != Token::Type::End) return tl::unexpected(at_token("S0201"));
    return expression;
  }

 private:
  /// Reads the next token; `after_value` as Tokenizer::next. Unknown symbols are refused here.
  Done advance(bool after_value) {
    last_end_ = token_.end;
    auto token = tokenizer_.next(after_value);
    if (!token) return tl::unexpected(std::move(token).error());
    token_ = std::move(*token);
    if (token_.type == Token::Type::Operator && (token_.text == "!" || token_.text == "~"))
      return tl::unexpected(at_token("S0204"));
    return {};
  }

  bool at_operator(std::string_view text) const {
    return token_.type == Token::Type::Operator && token_.text == text;
  }

  /// The token must be this symbol; then the next is read.
  Done expect(std::string_view symbol, bool after_value) {
    if (at_operator(symbol)) return advance(after_value);
    EvaluationError error = at_token(token_.type == Token::Type::End ? "S0203" : "S0202");
    error.value = json::Value(symbol);
    return tl::unexpected(std::move(error));
  }

  EvaluationError at_token(std::string_view code) const {
    EvaluationError error(code);
    error.position = token_.end;
    error.token = token_.text;
    return error;
  }

  static EvaluationError at_node(std::string_view code, const Node& node, std::string_view token) {
    EvaluationError error(code);
    error.position = node.position;
    error.token = std::string(token);
    return error;
  }

  static NodePtr node_of(NodeType type, const Token& token) {
    auto node = std::make_unique<Node>(type);
    node->position = static_cast<uint32_t>(token.end);
    node->begin = static_cast<uint32_t>(token.begin);
    node->end = static_cast<uint32_t>(token.end);
    return node;
  }

  static NodePtr operator_node(NodeType type, Operator op, const Token& token, NodePtr left) {
    NodePtr node = node_of(type, token);
    node->op = op;
    node->begin = left->begin;
    node->children.push_back(std::move(left));
    return node;
  }

  /// Notes where a finished node ends and how high it stands.
  Outcome finished(NodePtr node) const {
    node->end = static_cast<uint32_t>(std::max<size_t>(last_end_, node->end));
    for_each_child(*node, [&node](const Node& child) {
      node->height = std::max(node->height, child.height + 1);
    });
    if (node->height > kHeightMax) return tl::unexpected(too_deep());
    return node;
  }

  static EvaluationError too_deep() {
    EvaluationError error("U1001");
    error.text =
        "Stack overflow error: Check for non-terminating recursive function. Consider rewriting "
        "as tail-recursive";
    return error;
  }

  Outcome parse_expression(int right_binding_power) {
    if (depth_ >= kNestingMax) return tl::unexpected(too_deep());
    ++depth_;
    auto result = parse_at_depth(right_binding_power);
    --depth_;
    return result;
  }

  Outcome parse_at_depth(int right_binding_power) {
    Token token = token_;
    if (auto done = advance(true); !done) return tl::unexpected(done.error());
    auto left = prefix(token);
    for (;;) {
      if (!left) return left;
      left = finished(std::move(*left));
      if (!left) return left;
      const Infix* infix = infix_of(token_);
      if (infix == nullptr || right_binding_power >= infix->binding_power) return left;
      token = token_;
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
      left = infix_rule(*infix, token, std::move(*left));
    }
  }

  /// parser.js "nud".
  Outcome prefix(const Token& token) {
    switch (token.type) {
      case Token::Type::String: return literal(NodeType::String, token, json::Value(token.text));
      case Token::Type::Number: {
        NodePtr node = node_of(NodeType::Number, token);
        node->number = token.number;
        node->text = token.text;
        return node;
      }
      case Token::Type::Value:
        return literal(NodeType::Literal, token,
                       token.text == "null" ? json::Value() : json::Value(token.text == "true"));
      case Token::Type::Name: return literal(NodeType::Name, token, json::Value(token.text));
      case Token::Type::Variable:
      case Token::Type::Regex: {
        NodePtr node =
            node_of(token.type == Token::Type::Regex ? NodeType::Regex : NodeType::Variable, token);
        node->text = token.text;
        node->regex = token.regex;
        return node;
      }
      case Token::Type::End: return node_of(NodeType::End, token);
      case Token::Type::Operator: break;
    }
    return prefix_operator(token);
  }

  static Outcome literal(NodeType type, const Token& token, const json::Value& value) {
    NodePtr node = node_of(type, token);
    node->text = token.text;
    node->literal = json::FrozenValue(value);
    return node;
  }

  Outcome prefix_operator(const Token& token) {
    const std::string& text = token.text;
    if (text == "and" || text == "or" || text == "in") {
      NodePtr node = node_of(NodeType::Operator, token);
      node->text = text;
      return node;
    }
    if (text == "*") return node_of(NodeType::Wildcard, token);
    if (text == "**") return node_of(NodeType::Descendant, token);
    if (text == "%") return node_of(NodeType::Parent, token);
    if (text == "-") {
      NodePtr node = node_of(NodeType::Negate, token);
      auto operand = parse_expression(70);
      if (!operand) return operand;
      node->children.push_back(std::move(*operand));
      return node;
    }
    if (text == "(") return block(token);
    if (text == "[") return array(token);
    if (text == "{") return object(token);
    if (text == "|") return transform(token);
    EvaluationError error("S0211");
    error.position = token.end;
    error.token = text;
    return tl::unexpected(std::move(error));
  }

  Outcome block(const Token& token) {
    NodePtr node = node_of(NodeType::Block, token);
    while (!at_operator(")")) {
      auto expression = parse_expression(0);
      if (!expression) return expression;
      node->children.push_back(std::move(*expression));
      if (!at_operator(";")) break;
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
    }
    if (auto done = expect(")", true); !done) return tl::unexpected(done.error());
    return node;
  }

  Outcome array(const Token& token) {
    NodePtr node = node_of(NodeType::Array, token);
    if (!at_operator("]")) {
      for (;;) {
        auto item = parse_expression(0);
        if (!item) return item;
        if (at_operator("..")) {
          const Token range = token_;
          if (auto done = advance(false); !done) return tl::unexpected(done.error());
          item = infix_rule({"..", 0, Operator::Range}, range, std::move(*item));
          if (item) item = finished(std::move(*item));
          if (!item) return item;
        }
        node->children.push_back(std::move(*item));
        if (!at_operator(",")) break;
        if (auto done = advance(false); !done) return tl::unexpected(done.error());
      }
    }
    if (auto done = expect("]", true); !done) return tl::unexpected(done.error());
    return node;
  }

  /// "key: value, …}" of an object or a group.
  tl::expected<std::vector<Pair>, EvaluationError> pairs() {
    std::vector<Pair> pairs;
    if (!at_operator("}")) {
      for (;;) {
        auto key = parse_expression(0);
        if (!key) return tl::unexpected(std::move(key).error());
        if (auto done = expect(":", false); !done) return tl::unexpected(done.error());
        auto value = parse_expression(0);
        if (!value) return tl::unexpected(std::move(value).error());
        pairs.push_back({std::move(*key), std::move(*value)});
        if (!at_operator(",")) break;
        if (auto done = advance(false); !done) return tl::unexpected(done.error());
      }
    }
    if (auto done = expect("}", true); !done) return tl::unexpected(done.error());
    return pairs;
  }

  Outcome object(const Token& token) {
    NodePtr node = node_of(NodeType::Object, token);
    auto members = pairs();
    if (!members) return tl::unexpected(std::move(members).error());
    node->pairs = std::move(*members);
    return node;
  }

  Outcome transform(const Token& token) {
    NodePtr node = node_of(NodeType::Transform, token);
    for (int part = 0; part < 2; ++part) {
      auto expression = parse_expression(0);
      if (!expression) return expression;
      node->children.push_back(std::move(*expression));
      if (part == 0) {
        if (auto done = expect("|", false); !done) return tl::unexpected(done.error());
      }
    }
    if (at_operator(",")) {
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
      auto removed = parse_expression(0);
      if (!removed) return removed;
      node->children.push_back(std::move(*removed));
      node->has_delete = true;
    }
    if (auto done = expect("|", false); !done) return tl::unexpected(done.error());
    return node;
  }

  /// parser.js "led".
  Outcome infix_rule(const Infix& infix, const Token& token, NodePtr left) {
    if (infix.text == "(") return call(token, std::move(left));
    if (infix.text == "?") return condition(token, std::move(left));
    switch (infix.op) {
      case Operator::Predicate: return predicate(token, std::move(left));
      case Operator::OrderBy: return order_by(token, std::move(left));
      case Operator::Group: {
        NodePtr node = operator_node(NodeType::Binary, infix.op, token, std::move(left));
        auto members = pairs();
        if (!members) return tl::unexpected(std::move(members).error());
        node->pairs = std::move(*members);
        return node;
      }
      case Operator::Assign: {
        if (!left->is(NodeType::Variable)) {
          EvaluationError error = at_node("S0212", *left, left->text);
          return tl::unexpected(std::move(error));
        }
        return binary(infix, token, std::move(left), infix.binding_power - 1);
      }
      case Operator::Focus:
      case Operator::Index: {
        auto node = binary(infix, token, std::move(left), infix.binding_power);
        if (!node) return node;
        const Node& right = *(*node)->children[1];
        if (!right.is(NodeType::Variable))
          return tl::unexpected(at_node("S0214", right, infix.text));
        return node;
      }
      // Right operands of these begin anew.
      case Operator::Default:
      case Operator::Coalesce:
      case Operator::Range: return binary(infix, token, std::move(left), 0);
      default: return binary(infix, token, std::move(left), infix.binding_power);
    }
  }

  Outcome binary(const Infix& infix, const Token& token, NodePtr left, int right_binding_power) {
    NodePtr node = operator_node(NodeType::Binary, infix.op, token, std::move(left));
    auto right = parse_expression(right_binding_power);
    if (!right) return right;
    node->children.push_back(std::move(*right));
    return node;
  }

  Outcome condition(const Token& token, NodePtr left) {
    NodePtr node = operator_node(NodeType::Condition, Operator::None, token, std::move(left));
    for (bool first = true;; first = false) {
      auto branch = parse_expression(0);
      if (!branch) return branch;
      node->children.push_back(std::move(*branch));
      if (!first || !at_operator(":")) return node;
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
    }
  }

  Outcome predicate(const Token& token, NodePtr left) {
    if (at_operator("]")) {
      // An empty predicate: the step that it stands at keeps an array of one.
      Node* step = left.get();
      while (step->is(NodeType::Binary) && step->op == Operator::Predicate)
        step = step->children[0].get();
      step->keep_array = true;
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
      return left;
    }
    NodePtr node = operator_node(NodeType::Binary, Operator::Predicate, token, std::move(left));
    auto filter = parse_expression(0);
    if (!filter) return filter;
    node->children.push_back(std::move(*filter));
    if (auto done = expect("]", true); !done) return tl::unexpected(done.error());
    return node;
  }

  Outcome order_by(const Token& token, NodePtr left) {
    NodePtr node = operator_node(NodeType::Binary, Operator::OrderBy, token, std::move(left));
    if (auto done = expect("(", false); !done) return tl::unexpected(done.error());
    for (;;) {
      SortTerm term;
      if (at_operator("<") || at_operator(">")) {
        term.descending = token_.text == ">";
        if (auto done = advance(false); !done) return tl::unexpected(done.error());
      }
      auto expression = parse_expression(0);
      if (!expression) return expression;
      term.expression = std::move(*expression);
      node->terms.push_back(std::move(term));
      if (!at_operator(",")) break;
      if (auto done = advance(false); !done) return tl::unexpected(done.error());
    }
    if (auto done = expect(")", false); !done) return tl::unexpected(done.error());
    return node;
  }

  Outcome call(const Token& token, NodePtr left) {
    NodePtr node = node_of(NodeType::Call, token);
    node->begin = left->begin;
    if (!at_operator(")")) {
      for (;;) {
        if (at_operator("?")) {
          node->type = NodeType::Partial;
          node->children.push_back(node_of(NodeType::Placeholder, token_));
          if (auto done = advance(false); !done) return tl::unexpected(done.error());
        } else {
          auto argument = parse_expression(0);
          if (!argument) return argument;
          node->children.push_back(std::move(*argument));
        }
        if (!at_operator(",")) break;
        if (auto done = advance(false); !done) return tl::unexpected(done.error());
      }
    }
    if (auto done = expect(")", true); !done) return tl::unexpected(done.error());
    if (left->is(NodeType::Name) && (left->text == "function" || left->text == "\u03BB"))
      return lambda(std::move(node));
    node->callee = std::move(left);
    return node;
  }

  Outcome lambda(NodePtr node) {
    for (size_t i = 0; i < node->children.size(); ++i) {
      const Node& parameter = *node->children[i];
      if (parameter.is(NodeType::Variable)) continue;
      EvaluationError error = at_node("S0208", parameter, parameter.text);
      error.value = json::Value(static_cast<int64_t>(i + 1));
      return tl::unexpected(std::move(error));
    }
    node->type = NodeType::Lambda;
    if (at_operator("<")) {
      if (auto done = signature(*node); !done) return tl::unexpected(done.error());
    }
    if (auto done = expect("{", false); !done) return tl::unexpected(done.error());
    auto body = parse_expression(0);
    if (!body) return body;
    node->callee = std::move(*body);
    if (auto done = expect("}", false); !done) return tl::unexpected(done.error());
    return node;
  }

  /// "<…>" between parameters and body: its tokens' texts, put together.
  Done signature(Node& node) {
    const size_t position = token_.end;
    std::string text = "<";
    int depth = 1;
    while (depth > 0 && !at_operator("{") && token_.type != Token::Type::End) {
      if (auto done = advance(false); !done) return done;
      if (at_operator(">")) --depth;
      if (at_operator("<")) ++depth;
      text += token_.type == Token::Type::Variable ? "$" + token_.text : token_.text;
    }
    if (auto done = expect(">", false); !done) return done;
    auto parsed = Signature::parse(text);
    if (!parsed) {
      parsed.error().position = position + parsed.error().position.value_or(0);
      return tl::unexpected(std::move(parsed).error());
    }
    node.signature = std::make_shared<const Signature>(std::move(*parsed));
    node.text = std::move(text);
    return {};
  }

  Tokenizer tokenizer_;
  Token token_;
  size_t last_end_ = 0;
  size_t depth_ = 0;
};

}  // namespace

std::string_view operator_text(Operator op) {
  const auto* found = std::find_if(kInfixes.begin(), kInfixes.end(),
                                   [op](const Infix& infix) { return infix.op == op; });
  return op == Operator::None || found == kInfixes.end() ? std::string_view() : found->text;
}

tl::expected<NodePtr, EvaluationError> parse(std::string_view source, Dialect dialect) {
  return Parser(source, dialect).run();
}

}  // namespace pawl::query::jsonata
