// SPDX-License-Identifier: Apache-2.0
// A Pratt parser with the binding powers of jmespath.py, and a walk over what it makes.
#include "aws/client/jmespath.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "base/integer.h"
#include "json/parse.h"

namespace pawl::aws {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

/// Literals are kept as text: a Value belongs to one thread.
struct JmesPath::Node {
  enum class Kind {
    Current,     ///< "@", and what stands before an index that begins an expression
    Field,       ///< text
    Literal,     ///< text: JSON
    Raw,         ///< text
    Sub,         ///< left.right
    Index,       ///< left[number]
    Flatten,     ///< left[]
    Projection,  ///< right of each item of left
    Values,      ///< right of each value of left, an object
    Filter,      ///< right of each item of left for which condition holds
    Or,
    And,
    Not,      ///< left
    Compare,  ///< left text right
    Length    ///< length(left)
  };

  Kind kind = Kind::Current;
  std::string text = {};
  int64_t number = 0;
  std::shared_ptr<const Node> left = nullptr;
  std::shared_ptr<const Node> right = nullptr;
  std::shared_ptr<const Node> condition = nullptr;
};

namespace {

using Node = JmesPath::Node;
using Kind = Node::Kind;
using NodePointer = std::shared_ptr<const Node>;

enum class TokenKind { End, Name, Number, Literal, Raw, Sign };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text = {};
  size_t column = 1;
};

Error mistake(const std::string& what, size_t column) {
  return {ErrorKind::InvalidSyntax, what + " in column " + std::to_string(column)};
}

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What stands between two `mark`s, a "\" before the mark undone.
Result<Token> read_quoted(std::string_view text, size_t& at, char mark, TokenKind kind) {
  Token token{kind, "", at + 1};
  for (++at; at < text.size(); ++at) {
    if (text[at] == mark) {
      ++at;
      return token;
    }
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == mark) ++at;
    token.text += text[at];
  }
  return mistake("an open quotation mark", token.column);
}

Result<Token> read_token(std::string_view text, size_t& at) {
  const size_t begin = at;
  const auto word = [&](TokenKind kind, auto belongs) {
    while (at < text.size() && belongs(text[at])) ++at;
    return Token{kind, std::string(text.substr(begin, at - begin)), begin + 1};
  };
  const char c = text[at];
  if (is_name_start(c)) {
    return word(TokenKind::Name, [](char each) { return is_name_start(each) || is_digit(each); });
  }
  if (c == '-' || is_digit(c)) {
    ++at;
    return word(TokenKind::Number, is_digit);
  }
  if (c == '`') return read_quoted(text, at, c, TokenKind::Literal);
  if (c == '\'') return read_quoted(text, at, c, TokenKind::Raw);
  if (c == '"') {
    Token token = PAWL_TRY(read_quoted(text, at, c, TokenKind::Name));
    return token;
  }
  for (const std::string_view sign : {"[]", "[?", "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!",
                                      "[", "]", "(", ")", ".", "*", "@"}) {
    if (!text.substr(at).starts_with(sign)) continue;
    at += sign.size();
    return Token{TokenKind::Sign, std::string(sign), begin + 1};
  }
  return mistake("an unknown sign '" + std::string(1, c) + "'", begin + 1);
}

Result<std::vector<Token>> read_tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == '\n') {
      ++at;
      continue;
    }
    tokens.push_back(PAWL_TRY(read_token(text, at)));
  }
  tokens.push_back({TokenKind::End, "the end", text.size() + 1});
  return tokens;
}

constexpr int kDepthMax = 64;
constexpr int kProjectionStop = 10;
constexpr int kOrPower = 2;
constexpr int kAndPower = 3;
constexpr int kComparePower = 5;
constexpr int kFlattenPower = 9;
constexpr int kStarPower = 20;
constexpr int kFilterPower = 21;
constexpr int kDotPower = 40;
constexpr int kNotPower = 45;
constexpr int kBracketPower = 55;
constexpr int kParenthesisPower = 60;

bool is_comparison(const Token& token) {
  constexpr std::string_view kSigns[] = {"==", "!=", "<", "<=", ">", ">="};
  return token.kind == TokenKind::Sign &&
         std::find(std::begin(kSigns), std::end(kSigns), token.text) != std::end(kSigns);
}

int binding_power(const Token& token) {
  if (token.kind != TokenKind::Sign) return 0;
  if (is_comparison(token)) return kComparePower;
  if (token.text == "||") return kOrPower;
  if (token.text == "&&") return kAndPower;
  if (token.text == "[]") return kFlattenPower;
  if (token.text == "*") return kStarPower;
  if (token.text == "[?") return kFilterPower;
  if (token.text == ".") return kDotPower;
  if (token.text == "[") return kBracketPower;
  if (token.text == "(") return kParenthesisPower;
  return 0;
}

/// What PAWL_TRY gives is put into a variable first: compilers forget what is already there of an
/// aggregate that a return from its midst leaves unfinished.
NodePointer make(Node node) { return std::make_shared<const Node>(std::move(node)); }
NodePointer current() { return make({}); }

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<NodePointer> run() {
    NodePointer root = PAWL_TRY(expression(0));
    if (token().kind != TokenKind::End) return unexpected();
    return root;
  }

 private:
  const Token& token() const { return tokens_[at_]; }
  bool is(std::string_view sign) const {
    return token().kind == TokenKind::Sign && token().text == sign;
  }
  bool take(std::string_view sign) {
    if (!is(sign)) return false;
    ++at_;
    return true;
  }
  Error unexpected() const { return mistake("unexpected '" + token().text + "'", token().column); }

  Result<NodePointer> expression(int power) {
    if (depth_ >= kDepthMax) return Error(ErrorKind::LimitExceeded, "nested too deeply");
    ++depth_;
    auto left = prefix();
    while (left && power < binding_power(token())) left = infix(*std::move(left));
    --depth_;
    return left;
  }

  Result<NodePointer> prefix() {
    const Token first = token();
    switch (first.kind) {
      case TokenKind::Name: ++at_; return make({.kind = Kind::Field, .text = first.text});
      case TokenKind::Raw: ++at_; return make({.kind = Kind::Raw, .text = first.text});
      case TokenKind::Literal:
        ++at_;
        if (!json::parse(first.text)) return mistake("a literal that is no JSON", first.column);
        return make({.kind = Kind::Literal, .text = first.text});
      default: break;
    }
    if (take("@")) return current();
    if (take("!")) {
      NodePointer inner = PAWL_TRY(expression(kNotPower));
      return make({.kind = Kind::Not, .left = inner});
    }
    if (take("(")) {
      NodePointer inner = PAWL_TRY(expression(0));
      if (!take(")")) return unexpected();
      return inner;
    }
    if (is("*") || is("[") || is("[]") || is("[?")) return infix(current());
    return unexpected();
  }

  Result<NodePointer> infix(NodePointer left) {
    const Token sign = token();
    ++at_;
    if (is_comparison(sign)) {
      NodePointer right = PAWL_TRY(expression(kComparePower));
      return make({.kind = Kind::Compare, .text = sign.text, .left = left, .right = right});
    }
    if (sign.text == "||" || sign.text == "&&") {
      const bool is_or = sign.text == "||";
      NodePointer right = PAWL_TRY(expression(is_or ? kOrPower : kAndPower));
      return make({.kind = is_or ? Kind::Or : Kind::And, .left = left, .right = right});
    }
    if (sign.text == ".") {
      if (take("*")) return values_of(left);
      NodePointer right = PAWL_TRY(after_dot(kDotPower));
      return make({.kind = Kind::Sub, .left = left, .right = right});
    }
    if (sign.text == "*") return values_of(left);
    if (sign.text == "[]") {
      NodePointer right = PAWL_TRY(projected(kFlattenPower));
      NodePointer flat = make({.kind = Kind::Flatten, .left = left});
      return make({.kind = Kind::Projection, .left = flat, .right = right});
    }
    if (sign.text == "[?") return filter(left);
    if (sign.text == "(") return call(left, sign);
    return bracket(left);
  }

  Result<NodePointer> values_of(const NodePointer& left) {
    NodePointer right = PAWL_TRY(projected(kStarPower));
    return make({.kind = Kind::Values, .left = left, .right = right});
  }

  Result<NodePointer> filter(const NodePointer& left) {
    NodePointer condition = PAWL_TRY(expression(0));
    if (!take("]")) return unexpected();
    NodePointer right = is("[]") ? current() : PAWL_TRY(projected(kFilterPower));
    return make({.kind = Kind::Filter, .left = left, .right = right, .condition = condition});
  }

  Result<NodePointer> call(const NodePointer& name, const Token& sign) {
    if (name->kind != Kind::Field || name->text != "length") {
      return mistake("a function other than length", sign.column);
    }
    NodePointer argument = PAWL_TRY(expression(0));
    if (!take(")")) return unexpected();
    return make({.kind = Kind::Length, .left = argument});
  }

  /// Behind "[".
  Result<NodePointer> bracket(const NodePointer& left) {
    if (take("*")) {
      if (!take("]")) return unexpected();
      NodePointer right = PAWL_TRY(projected(kStarPower));
      return make({.kind = Kind::Projection, .left = left, .right = right});
    }
    const auto number =
        token().kind == TokenKind::Number ? base::parse_int64(token().text) : std::nullopt;
    if (!number) return unexpected();
    ++at_;
    if (!take("]")) return unexpected();
    return make({.kind = Kind::Index, .number = *number, .left = left});
  }

  Result<NodePointer> after_dot(int power) {
    if (token().kind == TokenKind::Name || is("*")) return expression(power);
    return unexpected();
  }

  /// What is done with each item of a projection.
  Result<NodePointer> projected(int power) {
    if (binding_power(token()) < kProjectionStop) return current();
    if (is("[") || is("[?")) return expression(power);
    if (take(".")) return after_dot(power);
    return unexpected();
  }

  const std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

/// The specification's false-like values.
bool is_true(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return false;
    case json::Kind::Boolean: return value.as_boolean();
    case json::Kind::String: return !value.as_string().empty();
    case json::Kind::Number: return true;
    default: return value.size() != 0;
  }
}

Value compare(std::string_view sign, const Value& left, const Value& right) {
  if (sign == "==") return Value(left == right);
  if (sign == "!=") return Value(!(left == right));
  if (!left.is_number() || !right.is_number()) return Value();
  const double a = left.as_double();
  const double b = right.as_double();
  if (sign == "<") return Value(a < b);
  if (sign == "<=") return Value(a <= b);
  return Value(sign == ">" ? a > b : a >= b);
}

Value length_of(const Value& value) {
  if (value.is_container()) return Value(static_cast<int64_t>(value.size()));
  if (!value.is_string()) return Value();
  const std::string_view text = value.as_string();
  return Value(static_cast<int64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // code points of UTF-8
  })));
}

Value evaluate(const Node& node, const Value& value);

/// `right` of each item, without nulls.
template <typename Items, typename ValueOf>
Value project(const Node& node, const Items& items, ValueOf value_of) {
  std::vector<Value> results;
  for (const auto& item : items) {
    const Value& each = value_of(item);
    if (node.condition && !is_true(evaluate(*node.condition, each))) continue;
    Value result = evaluate(*node.right, each);
    if (!result.is_null()) results.push_back(std::move(result));
  }
  return Value::array(std::move(results));
}

Value flatten(const Value& value) {
  if (!value.is_array()) return Value();
  std::vector<Value> flat;
  for (const Value& item : value.items()) {
    if (!item.is_array()) {
      flat.push_back(item);
      continue;
    }
    for (const Value& inner : item.items()) flat.push_back(inner);
  }
  return Value::array(std::move(flat));
}

Value index(const Value& value, int64_t number) {
  if (!value.is_array()) return Value();
  const auto size = static_cast<int64_t>(value.size());
  if (number < 0) number += size;
  return number >= 0 && number < size ? value.items()[static_cast<size_t>(number)] : Value();
}

Value evaluate(const Node& node, const Value& value) {
  switch (node.kind) {
    case Kind::Current: return value;
    case Kind::Field: {
      const Value* found = value.find(node.text);
      return found == nullptr ? Value() : *found;
    }
    case Kind::Literal: return *json::parse(node.text);
    case Kind::Raw: return Value(node.text);
    default: break;
  }
  const Value left = evaluate(*node.left, value);
  switch (node.kind) {
    case Kind::Sub: return left.is_null() ? Value() : evaluate(*node.right, left);
    case Kind::Index: return index(left, node.number);
    case Kind::Flatten: return flatten(left);
    case Kind::Projection:
    case Kind::Filter:
      if (!left.is_array()) return Value();
      return project(node, left.items(), [](const Value& item) -> const Value& { return item; });
    case Kind::Values:
      if (!left.is_object()) return Value();
      return project(node, left.members(),
                     [](const json::Member& member) -> const Value& { return member.value; });
    case Kind::Or: return is_true(left) ? left : evaluate(*node.right, value);
    case Kind::And: return is_true(left) ? evaluate(*node.right, value) : left;
    case Kind::Not: return Value(!is_true(left));
    case Kind::Compare: return compare(node.text, left, evaluate(*node.right, value));
    default: return length_of(left);
  }
}

}  // namespace

Result<JmesPath> JmesPath::compile(std::string_view text) {
  return JmesPath(std::string(text), PAWL_TRY(Parser(PAWL_TRY(read_tokens(text))).run()));
}

Value JmesPath::search(const Value& value) const { return evaluate(*root_, value); }

}  // namespace pawl::aws
