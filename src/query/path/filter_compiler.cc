// SPDX-License-Identifier: Apache-2.0
// Filter text to Filter: Jayway's FilterCompiler. Or binds weaker than And, And weaker than Not.
#include "query/path/filter_compiler.h"

#include <array>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query::path {
namespace {

constexpr int kNestingMax = 100;

struct OperatorName {
  std::string_view text;
  FilterOperator op;
};

/// Longer spellings before their prefixes.
constexpr std::array<OperatorName, 21> kOperators = {{
    {"===", FilterOperator::TypeSafeEquals},
    {"!==", FilterOperator::TypeSafeNotEquals},
    {"==", FilterOperator::Equals},
    {"!=", FilterOperator::NotEquals},
    {"<=", FilterOperator::LessEquals},
    {">=", FilterOperator::GreaterEquals},
    {"=~", FilterOperator::Matches},
    {"<", FilterOperator::Less},
    {">", FilterOperator::Greater},
    {"subsetof", FilterOperator::SubsetOf},
    {"SUBSETOF", FilterOperator::SubsetOf},
    {"anyof", FilterOperator::AnyOf},
    {"ANYOF", FilterOperator::AnyOf},
    {"noneof", FilterOperator::NoneOf},
    {"NONEOF", FilterOperator::NoneOf},
    {"contains", FilterOperator::Contains},
    {"CONTAINS", FilterOperator::Contains},
    {"nin", FilterOperator::NotIn},
    {"NIN", FilterOperator::NotIn},
    {"in", FilterOperator::In},
    {"IN", FilterOperator::In},
}};

constexpr std::array<OperatorName, 6> kLaterOperators = {{
    {"size", FilterOperator::Size},
    {"SIZE", FilterOperator::Size},
    {"empty", FilterOperator::Empty},
    {"EMPTY", FilterOperator::Empty},
    {"all", FilterOperator::All},
    {"ALL", FilterOperator::All},
}};

using FilterPointer = std::shared_ptr<const Filter>;

class FilterCompiler {
 public:
  explicit FilterCompiler(Scanner& scanner) : scanner_(scanner) {}

  base::Result<FilterPointer> compile() {
    const size_t start = scanner_.position();
    scanner_.skip_spaces();
    if (!scanner_.take('(')) return scanner_.error("Expected '(' after '?'.");
    FilterPointer filter = PAWL_TRY(read_or());
    scanner_.skip_spaces();
    if (!scanner_.take(')')) return scanner_.error("Expected ')'.");
    auto named = std::make_shared<Filter>();
    named->op = FilterOperator::And;
    named->parts = {std::move(filter)};
    named->text = "[?" + std::string(scanner_.since(start)) + "]";
    return FilterPointer(std::move(named));
  }

 private:
  base::Result<FilterPointer> read_or() { return read_chain("||", FilterOperator::Or); }
  base::Result<FilterPointer> read_and() { return read_chain("&&", FilterOperator::And); }

  base::Result<FilterPointer> read_chain(std::string_view symbol, FilterOperator op) {
    std::vector<FilterPointer> parts;
    do {
      parts.push_back(op == FilterOperator::Or ? PAWL_TRY(read_and()) : PAWL_TRY(read_operand()));
      scanner_.skip_spaces();
    } while (scanner_.take(symbol));
    if (parts.size() == 1) return std::move(parts.front());
    auto chain = std::make_shared<Filter>();
    chain->op = op;
    chain->parts = std::move(parts);
    return FilterPointer(std::move(chain));
  }

  base::Result<FilterPointer> read_operand() {
    if (++nesting_ > kNestingMax) return scanner_.error("The filter is nested too deep.");
    base::Result<FilterPointer> operand = read_operand_unchecked();
    --nesting_;
    return operand;
  }

  base::Result<FilterPointer> read_operand_unchecked() {
    scanner_.skip_spaces();
    if (scanner_.peek() == '!' && scanner_.peek(1) != '=') {
      scanner_.next();
      auto negation = std::make_shared<Filter>();
      negation->op = FilterOperator::Not;
      negation->parts.push_back(PAWL_TRY(read_operand()));
      return FilterPointer(std::move(negation));
    }
    if (scanner_.take('(')) {
      FilterPointer inner = PAWL_TRY(read_or());
      scanner_.skip_spaces();
      if (!scanner_.take(')')) return scanner_.error("Expected ')'.");
      return inner;
    }
    return read_relation();
  }

  base::Result<FilterPointer> read_relation() {
    auto relation = std::make_shared<Filter>();
    relation->left = PAWL_TRY(read_value());
    scanner_.skip_spaces();
    if (const std::optional<FilterOperator> op = take_operator()) {
      relation->op = *op;
      relation->right = PAWL_TRY(read_value());
      return FilterPointer(std::move(relation));
    }
    if (relation->left.kind != Operand::Kind::ItemPath &&
        relation->left.kind != Operand::Kind::DocumentPath) {
      return scanner_.error("Expected an operator.");
    }
    relation->op = FilterOperator::Exists;
    return FilterPointer(std::move(relation));
  }

  std::optional<FilterOperator> take_operator() {
    for (const OperatorName& name : kOperators) {
      if (scanner_.take(name.text)) return name.op;
    }
    for (const OperatorName& name : kLaterOperators) {
      if (scanner_.take(name.text)) return name.op;
    }
    return std::nullopt;
  }

  base::Result<Operand> read_value() {
    scanner_.skip_spaces();
    Operand operand;
    const char c = scanner_.peek();
    if (c == '@' || c == '$') {
      operand.kind = c == '@' ? Operand::Kind::ItemPath : Operand::Kind::DocumentPath;
      operand.path = PAWL_TRY(compile_program(scan_path_text(scanner_)));
    } else if (c == '\'' || c == '"') {
      operand.literal = json::FrozenValue(json::Value(PAWL_TRY(read_quoted(scanner_))));
    } else if (c == '/') {
      operand.kind = Operand::Kind::Regex;
      operand.regex = PAWL_TRY(read_regex());
    } else if (c == '[' || c == '{') {
      operand.literal = json::FrozenValue(PAWL_TRY(read_json()));
    } else {
      operand.literal = json::FrozenValue(PAWL_TRY(read_word()));
    }
    return operand;
  }

  base::Result<text::Regex> read_regex() {
    scanner_.take('/');
    const size_t start = scanner_.position();
    while (!scanner_.at_end() && scanner_.peek() != '/') {
      if (scanner_.next() == '\\' && !scanner_.at_end()) scanner_.next();
    }
    const std::string_view pattern = scanner_.since(start);
    if (!scanner_.take('/')) return scanner_.error("The regular expression has no end.");
    text::RegexFlags flags;
    for (bool more = true; more;) {
      switch (scanner_.peek()) {
        case 'i': flags.ignore_case = true; break;
        case 'm': flags.multiline = true; break;
        case 's': flags.dot_all = true; break;
        case 'x': flags.extended = true; break;
        case 'u': break;  // UTF is always on
        default: more = false;
      }
      if (more) scanner_.next();
    }
    return text::Regex::compile(pattern, flags);
  }

  /// A JSON array or object; strings in it may be in single quotes.
  base::Result<json::Value> read_json() {
    std::string text;
    int depth = 0;
    do {
      if (scanner_.at_end()) return scanner_.error("A literal has no end.");
      const char c = scanner_.peek();
      if (c == '\'' || c == '"') {
        json::write_string(PAWL_TRY(read_quoted(scanner_)), text);
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      text += scanner_.next();
    } while (depth > 0);
    base::Result<json::Value> value = json::parse(text);
    if (!value) return scanner_.error("A literal is not JSON: " + value.error().message);
    return value;
  }

  base::Result<json::Value> read_word() {
    const size_t start = scanner_.position();
    while (!scanner_.at_end() &&
           std::string_view(" )&|=!<>,]\t\n").find(scanner_.peek()) == std::string_view::npos) {
      scanner_.next();
    }
    const std::string_view word = scanner_.since(start);
    if (word.empty()) return scanner_.error("Expected a value.");
    // Definitions in use on AWS hold texts without quotes here: [?(@.Name==Receipt)].
    base::Result<json::Value> value = json::parse(word);
    return value ? *value : json::Value(word);
  }

  Scanner& scanner_;
  int nesting_ = 0;
};

}  // namespace

base::Result<FilterPointer> compile_filter(Scanner& scanner) {
  return FilterCompiler(scanner).compile();
}

base::Result<std::string> read_quoted(Scanner& scanner) {
  const char quote = scanner.next();
  std::string out;
  while (!scanner.at_end()) {
    const char c = scanner.next();
    if (c == quote) return out;
    if (c != '\\') {
      out += c;
      continue;
    }
    if (scanner.at_end()) break;
    const char escaped = scanner.next();
    switch (escaped) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      default: out += escaped;
    }
  }
  return scanner.error("A quoted text has no end.");
}

std::string_view scan_path_text(Scanner& scanner) {
  const size_t start = scanner.position();
  int brackets = 0;
  int parentheses = 0;
  while (!scanner.at_end()) {
    const char c = scanner.peek();
    if (brackets > 0 && (c == '\'' || c == '"')) {
      const base::Result<std::string> quoted = read_quoted(scanner);
      if (!quoted) break;
      continue;
    }
    if (brackets == 0 && parentheses == 0 &&
        std::string_view(" )&|=!<>,~\t\n").find(c) != std::string_view::npos)
      break;
    if (c == '[') ++brackets;
    if (c == ']' && --brackets < 0) break;
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    scanner.next();
  }
  return scanner.since(start);
}

}  // namespace pawl::query::path
