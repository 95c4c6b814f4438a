// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/partiql/partiql_expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/number.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = Condition::Kind;
using Function = Condition::Function;
using TokenKind = PartiQlToken::Kind;

constexpr size_t kDepthMax = 64;
constexpr size_t kIndexDigitsMax = 9;

constexpr std::array<std::string_view, 22> kKeywords = {
    "SELECT",  "FROM", "WHERE",  "ORDER",  "BY",        "INSERT", "INTO", "VALUE",
    "UPDATE",  "SET",  "REMOVE", "DELETE", "RETURNING", "AND",    "OR",   "NOT",
    "BETWEEN", "IN",   "IS",     "LIKE",   "MISSING",   "AS"};

bool is_keyword(const PartiQlToken& token) {
  return std::any_of(kKeywords.begin(), kKeywords.end(),
                     [&](std::string_view word) { return token.is_word(word); });
}

constexpr std::array<std::pair<std::string_view, Condition::Comparator>, 7> kComparators = {{
    {"=", Condition::Comparator::Equal},
    {"<>", Condition::Comparator::NotEqual},
    {"!=", Condition::Comparator::NotEqual},
    {"<=", Condition::Comparator::LessOrEqual},
    {">=", Condition::Comparator::GreaterOrEqual},
    {"<", Condition::Comparator::Less},
    {">", Condition::Comparator::Greater},
}};

constexpr std::array<std::pair<std::string_view, Function>, 4> kFunctions = {{
    {"begins_with", Function::BeginsWith},
    {"contains", Function::Contains},
    {"attribute_type", Function::TypeIs},
    {"size", Function::Size},
}};

Condition combined(Kind kind, std::string_view text, std::vector<Condition> args) {
  Condition out;
  out.kind = kind;
  out.text = text;
  out.args = std::move(args);
  return out;
}

Condition negated(Condition condition) {
  std::vector<Condition> args;
  args.push_back(std::move(condition));
  return combined(Kind::Not, "NOT", std::move(args));
}

bool is_condition(const Condition& node) {
  return node.kind != Kind::Path && node.kind != Kind::Value && node.function != Function::Size;
}

aws::ApiError missing_right_side() {
  return not_well_formed("Missing right-hand side expression of infix operator");
}

}  // namespace

aws::ApiError PartiQlParser::unexpected() const {
  const PartiQlToken& token = peek();
  if (token.is_word("IS") || token.is_word("LIKE") || token.is_word("IN") ||
      token.is_word("BETWEEN")) {
    return not_well_formed("Unexpected operator");
  }
  return not_well_formed(is_keyword(token) ? "Unexpected keyword" : "Unexpected term");
}

bool PartiQlParser::at_value() const {
  const PartiQlToken& token = peek();
  return token.kind == TokenKind::String || token.kind == TokenKind::Number ||
         token.kind == TokenKind::Parameter || token.is("[") || token.is("{") || token.is("<<") ||
         token.is("-") || token.is("+") || token.is_word("TRUE") || token.is_word("FALSE") ||
         token.is_word("NULL");
}

ApiResult<AttributeValue> PartiQlParser::take_parameter() {
  next();
  if (parameters_used_ == parameters_.size())
    return invalid("Number of parameters in request and statement don't match.");
  return parameters_[parameters_used_++];
}

ApiResult<AttributeValue> PartiQlParser::parse_value() { return parse_value_at("root"); }

ApiResult<AttributeValue> PartiQlParser::parse_value_at(const std::string& place) {
  const PartiQlToken& token = peek();
  if (token.kind == TokenKind::String) return AttributeValue::string(next().text);
  if (token.kind == TokenKind::Parameter) return take_parameter();
  if (token.kind == TokenKind::Number || token.is("-") || token.is("+")) return parse_number(place);
  if (take_word("NULL")) return AttributeValue::of(Type::Null);
  if (token.is_word("TRUE") || token.is_word("FALSE")) {
    AttributeValue out = AttributeValue::of(Type::Bool);
    out.boolean = next().is_word("TRUE");
    return out;
  }
  if (++depth_ > kDepthMax) return not_well_formed("Unexpected term");
  ApiResult<AttributeValue> out = unexpected();
  if (token.is("[")) {
    out = parse_list(place);
  } else if (token.is("{")) {
    out = parse_map(place);
  } else if (token.is("<<")) {
    out = parse_set(place);
  }
  --depth_;
  return out;
}

ApiResult<AttributeValue> PartiQlParser::parse_number(const std::string& place) {
  std::string text = take("-") ? "-" : "";
  if (text.empty()) take("+");
  if (peek().kind != TokenKind::Number) return unexpected();
  text += next().text;
  auto number = Number::parse(text);
  if (!number) return invalid(number.error().message.value_or("") + " under " + place);
  return AttributeValue::number(number->text());
}

ApiResult<AttributeValue> PartiQlParser::parse_list(const std::string& place) {
  next();
  AttributeValue out = AttributeValue::of(Type::L);
  if (take("]")) return out;
  do {
    out.list.push_back(
        PAWL_TRY(parse_value_at(place + "[" + std::to_string(out.list.size()) + "]")));
  } while (take(","));
  if (!take("]")) return unexpected();
  return out;
}

ApiResult<AttributeValue> PartiQlParser::parse_map(const std::string& place) {
  next();
  AttributeValue out = AttributeValue::of(Type::M);
  if (take("}")) return out;
  do {
    if (peek().kind != TokenKind::String && peek().kind != TokenKind::Quoted) return unexpected();
    const std::string name = next().text;
    if (!take(":")) return not_well_formed("Expected COLON");
    // NOTE: AWS names no attribute of the item itself, only what is inside one.
    const std::string inner = depth_ <= 1 ? place : place + "." + name;
    set(out.map, name, PAWL_TRY(parse_value_at(inner)));
  } while (take(","));
  if (!take("}")) return unexpected();
  return out;
}

ApiResult<AttributeValue> PartiQlParser::parse_set(const std::string& place) {
  next();
  AttributeValue out;
  if (take(">>")) return invalid_parameter("An string set  may not be empty");
  do {
    const AttributeValue element = PAWL_TRY(parse_value_at(place));
    const Type type = element.type == Type::S   ? Type::SS
                      : element.type == Type::N ? Type::NS
                      : element.type == Type::B ? Type::BS
                                                : Type::Null;
    if (type == Type::Null || (!out.set.empty() && type != out.type))
      return invalid("Unsupported type in set");
    out.type = type;
    if (std::find(out.set.begin(), out.set.end(), element.text) == out.set.end())
      out.set.push_back(element.text);
  } while (take(","));
  if (!take(">>")) return unexpected();
  return out;
}

ApiResult<DocumentPath> PartiQlParser::parse_path() {
  DocumentPath out;
  do {
    const PartiQlToken& token = peek();
    if (token.kind != TokenKind::Quoted && (token.kind != TokenKind::Word || is_keyword(token)))
      return unexpected();
    out.push_back({next().text});
    while (take("[")) {
      const PartiQlToken& index = peek();
      PathElement element;
      const char* end = index.text.data() + index.text.size();
      if (index.kind != TokenKind::Number || index.text.size() > kIndexDigitsMax ||
          std::from_chars(index.text.data(), end, element.index).ptr != end) {
        return unexpected();
      }
      next();
      if (!take("]")) return unexpected();
      out.push_back(std::move(element));
    }
  } while (take("."));
  return out;
}

ApiResult<Condition> PartiQlParser::parse_condition() {
  Condition out = PAWL_TRY(parse_or());
  if (!is_condition(out)) return unexpected();
  return out;
}

ApiResult<Condition> PartiQlParser::parse_or() {
  Condition left = PAWL_TRY(parse_and());
  while (is_condition(left) && take_word("OR")) {
    if (peek().kind == TokenKind::End || peek().is(";")) return missing_right_side();
    std::vector<Condition> args;
    args.push_back(std::move(left));
    args.push_back(PAWL_TRY(parse_and()));
    if (!is_condition(args[1])) return unexpected();
    left = combined(Kind::Or, "OR", std::move(args));
  }
  return left;
}

ApiResult<Condition> PartiQlParser::parse_and() {
  Condition left = PAWL_TRY(parse_not());
  while (is_condition(left) && take_word("AND")) {
    if (peek().kind == TokenKind::End || peek().is(";")) return missing_right_side();
    std::vector<Condition> args;
    args.push_back(std::move(left));
    args.push_back(PAWL_TRY(parse_not()));
    if (!is_condition(args[1])) return unexpected();
    left = combined(Kind::And, "AND", std::move(args));
  }
  return left;
}

ApiResult<Condition> PartiQlParser::parse_not() {
  if (!take_word("NOT")) return parse_comparison();
  if (++depth_ > kDepthMax) return not_well_formed("Unexpected term");
  Condition inner = PAWL_TRY(parse_not());
  --depth_;
  if (!is_condition(inner)) return unexpected();
  return negated(std::move(inner));
}

ApiResult<Condition> PartiQlParser::parse_comparison() {
  Condition left = PAWL_TRY(parse_primary());
  if (is_condition(left)) return left;
  for (const auto& [symbol, comparator] : kComparators) {
    if (!take(symbol)) continue;
    std::vector<Condition> args;
    args.push_back(std::move(left));
    args.push_back(PAWL_TRY(parse_primary()));
    Condition out = combined(Kind::Compare, symbol, std::move(args));
    out.comparator = comparator;
    return out;
  }
  const bool is_negated =
      peek().is_word("NOT") && (peek(1).is_word("IN") || peek(1).is_word("BETWEEN"));
  if (is_negated) next();
  Condition out;
  if (take_word("BETWEEN")) {
    std::vector<Condition> args;
    args.push_back(std::move(left));
    args.push_back(PAWL_TRY(parse_primary()));
    if (!take_word("AND")) return unexpected();
    args.push_back(PAWL_TRY(parse_primary()));
    out = combined(Kind::Between, "BETWEEN", std::move(args));
  } else if (take_word("IN")) {
    out = PAWL_TRY(parse_in(std::move(left)));
  } else if (take_word("IS")) {
    return parse_is(std::move(left));
  } else {
    return left;
  }
  return is_negated ? negated(std::move(out)) : std::move(out);
}

ApiResult<Condition> PartiQlParser::parse_in(Condition operand) {
  const bool is_list = take("[");
  if (!is_list && !take("(")) return unexpected();
  std::vector<Condition> args;
  args.push_back(std::move(operand));
  do {
    args.push_back(PAWL_TRY(parse_primary()));
  } while (take(","));
  if (!take(is_list ? "]" : ")")) return unexpected();
  return combined(Kind::In, "IN", std::move(args));
}

ApiResult<Condition> PartiQlParser::parse_is(Condition operand) {
  const bool is_negated = take_word("NOT");
  Condition out;
  std::vector<Condition> args;
  args.push_back(std::move(operand));
  if (take_word("MISSING")) {
    out = combined(Kind::Function, "attribute_not_exists", std::move(args));
    out.function = Function::NotExists;
  } else if (take_word("NULL")) {
    Condition type;
    type.kind = Kind::Value;
    type.value = AttributeValue::string("NULL");
    args.push_back(std::move(type));
    out = combined(Kind::Function, "attribute_type", std::move(args));
    out.function = Function::TypeIs;
  } else {
    return not_well_formed("Expected type name");
  }
  return is_negated ? negated(std::move(out)) : std::move(out);
}

ApiResult<Condition> PartiQlParser::parse_primary() {
  if (++depth_ > kDepthMax) return not_well_formed("Unexpected term");
  Condition out;
  if (take("(")) {
    out = PAWL_TRY(parse_or());
    if (!take(")")) return unexpected();
  } else if (at_value()) {
    out.kind = Kind::Value;
    out.value = PAWL_TRY(parse_value());
  } else if (peek().kind == TokenKind::Word && peek(1).is("(") && !is_keyword(peek())) {
    out = PAWL_TRY(parse_function());
  } else {
    out.kind = Kind::Path;
    out.path = PAWL_TRY(parse_path());
  }
  --depth_;
  return out;
}

ApiResult<Condition> PartiQlParser::parse_function() {
  const std::string name = next().text;
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto* const known =
      std::find_if(kFunctions.begin(), kFunctions.end(),
                   [&](const auto& function) { return function.first == lower; });
  if (known == kFunctions.end()) return invalid("Unsupported function: " + name);
  next();
  std::vector<Condition> args;
  do {
    args.push_back(PAWL_TRY(parse_primary()));
  } while (take(","));
  if (!take(")")) return unexpected();
  if (args.size() != (known->second == Function::Size ? 1U : 2U))
    return invalid("Incorrect number of operands for operator or function; operator or function: " +
                   lower + ", number of operands: " + std::to_string(args.size()));
  Condition out = combined(Kind::Function, lower, std::move(args));
  out.function = known->second;
  return out;
}

}  // namespace pawl::dynamodb
