// SPDX-License-Identifier: Apache-2.0
// One precedence level a function. Operands and conditions share the parser, because a parenthesis
// may begin either.
#include "services/dynamodb/expression/condition_parser.h"

#include <array>
#include <charconv>
#include <utility>

#include "services/dynamodb/expression/reserved_words.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = Condition::Kind;

constexpr size_t kDepthMax = 200;      ///< of parentheses, NOTs and functions
constexpr size_t kIndexDigitsMax = 9;  ///< lists are far shorter

bool is_keyword(const Token& token) {
  return token.is_word("AND") || token.is_word("OR") || token.is_word("NOT") ||
         token.is_word("BETWEEN") || token.is_word("IN");
}

constexpr std::array<std::pair<std::string_view, Condition::Comparator>, 6> kComparators = {{
    {"=", Condition::Comparator::Equal},
    {"<>", Condition::Comparator::NotEqual},
    {"<", Condition::Comparator::Less},
    {"<=", Condition::Comparator::LessOrEqual},
    {">", Condition::Comparator::Greater},
    {">=", Condition::Comparator::GreaterOrEqual},
}};

class ConditionParser {
 public:
  ConditionParser(std::string_view title, std::string_view text) : reader_(title, text) {}

  ApiResult<Condition> parse() {
    Condition out = PAWL_TRY(parse_or());
    if (reader_.peek().kind != Token::Kind::End) return reader_.syntax_error();
    if (!is_condition(out)) return reader_.syntax_error();
    return out;
  }

 private:
  static bool is_condition(const Condition& node) {
    return node.kind != Kind::Path && node.kind != Kind::Value;
  }

  static Condition joined(Kind kind, std::string_view text, Condition a, Condition b) {
    Condition out;
    out.kind = kind;
    out.text = text;
    out.args.push_back(std::move(a));
    out.args.push_back(std::move(b));
    return out;
  }

  ApiResult<Condition> parse_or() {
    Condition left = PAWL_TRY(parse_and());
    while (is_condition(left) && reader_.take_word("OR")) {
      Condition right = PAWL_TRY(parse_and());
      if (!is_condition(right)) return reader_.syntax_error();
      left = joined(Kind::Or, "OR", std::move(left), std::move(right));
    }
    return left;
  }

  ApiResult<Condition> parse_and() {
    Condition left = PAWL_TRY(parse_not());
    while (is_condition(left) && reader_.take_word("AND")) {
      Condition right = PAWL_TRY(parse_not());
      if (!is_condition(right)) return reader_.syntax_error();
      left = joined(Kind::And, "AND", std::move(left), std::move(right));
    }
    return left;
  }

  ApiResult<Condition> parse_not() {
    if (!reader_.take_word("NOT")) return parse_comparison();
    if (++depth_ > kDepthMax) return reader_.syntax_error();
    Condition out;
    out.kind = Kind::Not;
    out.text = "NOT";
    out.args.push_back(PAWL_TRY(parse_not()));
    --depth_;
    if (!is_condition(out.args[0])) return reader_.syntax_error();
    return out;
  }

  ApiResult<Condition> parse_comparison() {
    Condition left = PAWL_TRY(parse_primary());
    if (!left.is_operand()) return left;
    for (const auto& [symbol, comparator] : kComparators) {
      if (!reader_.take(symbol)) continue;
      Condition right = PAWL_TRY(parse_operand());
      Condition out = joined(Kind::Compare, symbol, std::move(left), std::move(right));
      out.comparator = comparator;
      return out;
    }
    if (reader_.take_word("BETWEEN")) {
      Condition low = PAWL_TRY(parse_operand());
      if (!reader_.take_word("AND")) return reader_.syntax_error();
      Condition out = joined(Kind::Between, "BETWEEN", std::move(left), std::move(low));
      out.args.push_back(PAWL_TRY(parse_operand()));
      return out;
    }
    if (reader_.take_word("IN")) {
      Condition out;
      out.kind = Kind::In;
      out.text = "IN";
      out.args.push_back(std::move(left));
      if (!reader_.take("(")) return reader_.syntax_error();
      PAWL_TRY_VOID(parse_arguments(out.args));
      return out;
    }
    return left;
  }

  ApiResult<Condition> parse_operand() {
    Condition out = PAWL_TRY(parse_primary());
    if (!out.is_operand()) return reader_.syntax_error();
    return out;
  }

  /// The list behind "(", and its ")".
  ApiResult<void> parse_arguments(std::vector<Condition>& args) {
    do {
      args.push_back(PAWL_TRY(parse_operand()));
    } while (reader_.take(","));
    if (!reader_.take(")")) return reader_.syntax_error();
    return {};
  }

  ApiResult<Condition> parse_primary() {
    if (depth_ >= kDepthMax) return reader_.syntax_error();
    const Token token = reader_.peek();
    if (token.is("(")) {
      reader_.next();
      ++depth_;
      Condition inner = PAWL_TRY(parse_or());
      --depth_;
      if (!reader_.take(")")) return reader_.syntax_error();
      ++inner.parentheses;
      if (inner.kind == Kind::Path) PAWL_TRY_VOID(parse_path_rest(reader_, inner.path));
      return inner;
    }
    if (token.kind == Token::Kind::Value) {
      reader_.next();
      Condition out;
      out.kind = Kind::Value;
      out.text = token.text;
      return out;
    }
    if (is_keyword(token)) return reader_.syntax_error();
    if (token.kind == Token::Kind::Identifier && reader_.peek(1).is("(")) return parse_function();
    Condition out;
    out.kind = Kind::Path;
    out.path = PAWL_TRY(parse_path(reader_));
    return out;
  }

  ApiResult<Condition> parse_function() {
    Condition out;
    out.kind = Kind::Function;
    out.text = reader_.next().text;
    reader_.next();
    ++depth_;
    PAWL_TRY_VOID(parse_arguments(out.args));
    --depth_;
    return out;
  }

  TokenReader reader_;
  size_t depth_ = 0;
};

ApiResult<PathElement> parse_name(TokenReader& reader) {
  const Token& token = reader.peek();
  if ((token.kind != Token::Kind::Identifier && token.kind != Token::Kind::Name) ||
      is_keyword(token)) {
    return reader.syntax_error();
  }
  reader.next();
  return PathElement{std::string(token.text)};
}

}  // namespace

ApiResult<Condition> parse_condition(std::string_view title, std::string_view text) {
  return ConditionParser(title, text).parse();
}

ApiResult<DocumentPath> parse_path(TokenReader& reader) {
  DocumentPath out{PAWL_TRY(parse_name(reader))};
  PAWL_TRY_VOID(parse_path_rest(reader, out));
  return out;
}

ApiResult<void> parse_path_rest(TokenReader& reader, DocumentPath& path) {
  while (true) {
    if (reader.take(".")) {
      path.push_back(PAWL_TRY(parse_name(reader)));
    } else if (reader.take("[")) {
      const Token& token = reader.peek();
      PathElement element;
      if (token.kind != Token::Kind::Digits || token.text.size() > kIndexDigitsMax)
        return reader.syntax_error();
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), element.index);
      reader.next();
      if (!reader.take("]")) return reader.syntax_error();
      path.push_back(std::move(element));
    } else {
      return {};
    }
  }
}

void resolve_names(DocumentPath& path, Placeholders& placeholders, std::string& reserved,
                   std::string& undefined) {
  for (PathElement& element : path) {
    if (element.is_index()) continue;
    if (!element.name.starts_with('#')) {
      if (reserved.empty() && is_reserved_word(element.name)) {
        reserved = "Attribute name is a reserved keyword; reserved keyword: " + element.name;
      }
      continue;
    }
    if (const std::string* name = placeholders.name(element.name)) {
      element.name = *name;
    } else if (undefined.empty()) {
      undefined =
          "An expression attribute name used in the document path is not defined; attribute "
          "name: " +
          element.name;
    }
  }
}

}  // namespace pawl::dynamodb
