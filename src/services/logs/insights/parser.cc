// SPDX-License-Identifier: Apache-2.0
// InsightsQuery::parse: commands between bars; expressions by precedence: or, and, not, comparison,
// sum, product, power, sign.
#include <algorithm>
#include <utility>

#include "base/time.h"
#include "services/logs/insights/query.h"
#include "text/number.h"

namespace pawl::logs {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Kind = InsightsExpression::Kind;

constexpr size_t kDepthMax = 60;
constexpr size_t kOperatorsMax = 1'000;
constexpr size_t kRowsMax = 10'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '@' || c == '.';
}

bool is_aggregate(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "avg", "count", "count_distinct", "earliest", "latest", "max", "min", "pct", "stddev", "sum"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<InsightsQuery> parse() {
    InsightsQuery query;
    do {
      skip();
      if (at_end() && !query.commands.empty()) return wrong();
      query.commands.push_back(PAWL_TRY(command()));
      skip();
    } while (take("|"));
    if (!at_end()) return wrong();
    return query;
  }

 private:
  Error wrong(std::string why = "") const {
    if (why.empty()) {
      why = at_end() ? "unexpected end of the query"
                     : "unexpected symbol found " + std::string(1, text_[at_]);
    }
    const auto before = text_.substr(0, at_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t newline = before.rfind('\n');
    const size_t column = newline == std::string_view::npos ? at_ + 1 : at_ - newline;
    return {ErrorKind::InvalidSyntax,
            why + " at line " + std::to_string(line) + " and position " + std::to_string(column),
            {static_cast<int>(line), static_cast<int>(column)}};
  }

  bool at_end() const { return at_ >= text_.size(); }
  void skip() {
    while (!at_end()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }
  bool take(std::string_view symbol) {
    skip();
    if (text_.substr(at_).substr(0, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
  }
  std::string peek_word() {
    skip();
    std::string word;
    for (size_t i = at_; i < text_.size() && is_word(text_[i]); ++i) word += lower(text_[i]);
    return word;
  }
  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  Result<InsightsCommand> command() {
    using Command = InsightsCommand::Kind;
    InsightsCommand command;
    const std::string name = peek_word();
    const size_t start = at_;
    at_ += name.size();
    if (name == "fields" || name == "display" || name == "dedup") {
      command.kind = name == "fields"    ? Command::Fields
                     : name == "display" ? Command::Display
                                         : Command::Dedup;
      command.columns = PAWL_TRY(columns(false));
    } else if (name == "filter") {
      command.kind = Command::Filter;
      command.columns.push_back({"", PAWL_TRY(expression(0))});
    } else if (name == "sort") {
      command.kind = Command::Sort;
      command.columns = PAWL_TRY(columns(false));
    } else if (name == "limit" || name == "head") {
      command.kind = Command::Limit;
      skip();
      const size_t first = at_;
      while (!at_end() && is_digit(text_[at_])) ++at_;
      if (at_ == first || at_ - first > 6) return wrong("limit takes a number");
      command.limit =
          static_cast<size_t>(std::stoul(std::string(text_.substr(first, at_ - first))));
      if (command.limit == 0 || command.limit > kRowsMax)
        return wrong("limit must be between 1 and 10000");
    } else if (name == "stats") {
      command.kind = Command::Stats;
      command.columns = PAWL_TRY(columns(true));
      if (take_word("by")) command.by = PAWL_TRY(columns(false));
    } else if (name == "parse") {
      PAWL_TRY_VOID(parse_command(command));
    } else {
      at_ = start;
      return wrong(name.empty() ? "" : "the command '" + name + "' is not supported: it was found");
    }
    return command;
  }

  /// Expressions, each perhaps "as name", "asc" or "desc".
  Result<std::vector<InsightsColumn>> columns(bool aggregates) {
    std::vector<InsightsColumn> found;
    do {
      skip();
      const size_t start = at_;
      InsightsColumn column = PAWL_TRY(aggregates ? aggregate() : plain_column());
      size_t end = at_;
      while (end > start && is_space(text_[end - 1])) --end;
      column.name = text_.substr(start, end - start);
      if (column.expression.kind == Kind::Field && !aggregates)
        column.name = column.expression.name;
      if (take_word("as")) column.name = PAWL_TRY(field_name());
      if (take_word("desc")) column.is_descending = true;
      take_word("asc");
      found.push_back(std::move(column));
    } while (take(","));
    return found;
  }

  Result<InsightsColumn> plain_column() {
    InsightsColumn column;
    column.expression = PAWL_TRY(expression(0));
    return column;
  }

  Result<InsightsColumn> aggregate() {
    InsightsColumn column;
    column.aggregate = peek_word();
    if (!is_aggregate(column.aggregate))
      return wrong("'" + column.aggregate + "' is no supported aggregate function: it was found");
    at_ += column.aggregate.size();
    if (!take("(")) return wrong();
    if (take("*")) {
      if (column.aggregate != "count") return wrong();
      column.expression.literal = 1.0;
    } else if (column.aggregate == "count" && take(")")) {
      column.expression.literal = 1.0;
      return column;
    } else {
      column.expression = PAWL_TRY(expression(0));
    }
    if (column.aggregate == "pct") {
      if (!take(",")) return wrong();
      const InsightsExpression percentile = PAWL_TRY(expression(0));
      column.percentile = number_of(percentile.literal).value_or(-1);
      if (column.percentile < 0 || column.percentile > 100)
        return wrong("a percentile is between 0 and 100");
    }
    if (!take(")")) return wrong();
    return column;
  }

  /// parse @message "a * b *" as x, y   or   parse /(?<x>…)/
  Result<void> parse_command(InsightsCommand& command) {
    command.kind = InsightsCommand::Kind::Parse;
    skip();
    InsightsExpression from;
    from.kind = Kind::Field;
    from.name = "@message";
    const char next = at_end() ? '\0' : text_[at_];
    if (next != '"' && next != '\'' && next != '/') from.name = PAWL_TRY(field_name());
    command.columns.push_back({"", std::move(from)});
    skip();
    std::string pattern;
    if (!at_end() && text_[at_] == '/') {
      pattern = PAWL_TRY(regex_text());
      command.names = group_names(pattern);
    } else {
      pattern = glob_as_regex(PAWL_TRY(quoted()));
    }
    if (take_word("as")) {
      command.names.clear();
      do {
        command.names.push_back(PAWL_TRY(field_name()));
      } while (take(","));
    }
    if (command.names.empty()) return wrong("parse needs names");
    text::RegexFlags flags;
    flags.dot_all = true;
    Result<text::Regex> compiled = text::Regex::compile(pattern, flags);
    if (!compiled) return wrong(compiled.error().message);
    command.regex = *std::move(compiled);
    return {};
  }

  /// The names of (?<name>…) groups; "" for a group without.
  static std::vector<std::string> group_names(std::string_view pattern) {
    std::vector<std::string> names;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '\\') {
        ++i;
      } else if (pattern[i] == '(') {
        size_t name = 0;
        if (pattern.substr(i).starts_with("(?<")) name = i + 3;
        if (pattern.substr(i).starts_with("(?P<")) name = i + 4;
        const bool is_look_behind =
            name != 0 && name < pattern.size() && (pattern[name] == '=' || pattern[name] == '!');
        if (is_look_behind || (name == 0 && pattern.substr(i).starts_with("(?"))) continue;
        const size_t end = name == 0 ? 0 : std::min(pattern.find('>', name), pattern.size());
        names.emplace_back(name == 0 ? "" : pattern.substr(name, end - name));
      }
    }
    return names;
  }

  static std::string glob_as_regex(std::string_view glob) {
    std::string regex;
    for (size_t i = 0; i < glob.size(); ++i) {
      if (glob[i] == '*') {
        regex += i + 1 == glob.size() ? "(.*)" : "(.*?)";
      } else {
        if (!is_word(glob[i]) || glob[i] == '.' || glob[i] == '@') regex += '\\';
        regex += glob[i];
      }
    }
    return regex;
  }

  Result<std::string> field_name() {
    skip();
    if (take("`")) {
      const size_t end = text_.find('`', at_);
      if (end == std::string_view::npos) return wrong("a name is not closed");
      std::string name(text_.substr(at_, end - at_));
      at_ = end + 1;
      return name;
    }
    std::string name;
    while (!at_end() && is_word(text_[at_])) name += text_[at_++];
    if (name.empty()) return wrong();
    return name;
  }

  /// "text" or 'text'; a backslash stands before what would end it, and before itself.
  Result<std::string> quoted() {
    skip();
    const char quote = at_end() ? '\0' : text_[at_];
    if (quote != '"' && quote != '\'') return wrong();
    std::string out;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return out;
      }
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (text_[at_] == '\\' && (next == quote || next == '\\')) ++at_;
      out += text_[at_];
    }
    return wrong("a quote is not closed");
  }

  Result<std::string> regex_text() {
    if (!take("/")) return wrong();
    std::string out;
    for (; !at_end(); ++at_) {
      if (text_[at_] == '/') {
        ++at_;
        return out;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        if (text_[at_ + 1] != '/') out += '\\';
        ++at_;
      }
      out += text_[at_];
    }
    return wrong("a regular expression is not closed");
  }

  /// A chain of operators is as deep as it is long.
  Result<void> count_operator() {
    if (++operators_ > kOperatorsMax) return wrong("the query has too many operators");
    return {};
  }

  static InsightsExpression binary(std::string op, InsightsExpression left,
                                   InsightsExpression right) {
    InsightsExpression made;
    made.kind = Kind::Binary;
    made.name = std::move(op);
    made.parts.push_back(std::move(left));
    made.parts.push_back(std::move(right));
    return made;
  }

  Result<InsightsExpression> expression(size_t depth) {
    if (depth > kDepthMax) return wrong("the expression is nested too deep");
    InsightsExpression left = PAWL_TRY(conjunction(depth));
    while (take_word("or")) left = binary("or", std::move(left), PAWL_TRY(conjunction(depth)));
    return left;
  }

  Result<InsightsExpression> conjunction(size_t depth) {
    InsightsExpression left = PAWL_TRY(negation(depth));
    while (take_word("and")) left = binary("and", std::move(left), PAWL_TRY(negation(depth)));
    return left;
  }

  Result<InsightsExpression> negation(size_t depth) {
    size_t times = 0;
    while (take_word("not")) ++times;
    InsightsExpression inner = PAWL_TRY(comparison(depth));
    if (times % 2 == 0) return inner;
    InsightsExpression made;
    made.kind = Kind::Not;
    made.parts.push_back(std::move(inner));
    return made;
  }

  Result<InsightsExpression> comparison(size_t depth) {
    InsightsExpression left = PAWL_TRY(sum(depth));
    const size_t before = at_;
    const bool is_negated = take_word("not");
    if (take_word("like") || take("=~")) {
      InsightsExpression made;
      made.kind = Kind::Like;
      made.is_negated = is_negated;
      made.parts.push_back(std::move(left));
      skip();
      if (!at_end() && text_[at_] == '/') {
        Result<text::Regex> regex = text::Regex::compile(PAWL_TRY(regex_text()));
        if (!regex) return wrong(regex.error().message);
        made.regex = *std::move(regex);
      } else {
        made.literal = PAWL_TRY(quoted());
      }
      return made;
    }
    if (take_word("in")) {
      InsightsExpression made;
      made.kind = Kind::In;
      made.is_negated = is_negated;
      made.parts.push_back(std::move(left));
      if (!take("[")) return wrong();
      do {
        made.parts.push_back(PAWL_TRY(sum(depth + 1)));
      } while (take(","));
      if (!take("]")) return wrong();
      return made;
    }
    if (is_negated) at_ = before;
    for (const char* op : {"!=", "<=", ">=", "==", "=", "<", ">"}) {
      if (take(op)) {
        const std::string name = std::string(op) == "==" ? "=" : op;
        return binary(name, std::move(left), PAWL_TRY(sum(depth)));
      }
    }
    return left;
  }

  Result<InsightsExpression> sum(size_t depth) {
    InsightsExpression left = PAWL_TRY(product(depth));
    while (true) {
      if (take("+")) {
        left = binary("+", std::move(left), PAWL_TRY(product(depth)));
      } else if (take("-")) {
        left = binary("-", std::move(left), PAWL_TRY(product(depth)));
      } else {
        return left;
      }
    }
  }

  Result<InsightsExpression> product(size_t depth) {
    InsightsExpression left = PAWL_TRY(power(depth));
    while (true) {
      const char* found = nullptr;
      for (const char* op : {"*", "/", "%"}) {
        if (found == nullptr && take(op)) found = op;
      }
      if (found == nullptr) return left;
      left = binary(found, std::move(left), PAWL_TRY(power(depth)));
    }
  }

  Result<InsightsExpression> power(size_t depth) {
    InsightsExpression left = PAWL_TRY(primary(depth));
    while (take("^")) left = binary("^", std::move(left), PAWL_TRY(primary(depth)));
    return left;
  }

  Result<InsightsExpression> primary(size_t depth) {
    PAWL_TRY_VOID(count_operator());
    if (depth > kDepthMax) return wrong("the expression is nested too deep");
    skip();
    InsightsExpression made;
    if (take("(")) {
      made = PAWL_TRY(expression(depth + 1));
      if (!take(")")) return wrong();
      return made;
    }
    if (take("-")) {
      made.kind = Kind::Negate;
      made.parts.push_back(PAWL_TRY(primary(depth + 1)));
      return made;
    }
    const char next = at_end() ? '\0' : text_[at_];
    if (next == '"' || next == '\'') {
      made.literal = PAWL_TRY(quoted());
      return made;
    }
    if (is_digit(next)) {
      made.literal = PAWL_TRY(number());
      return made;
    }
    made.name = PAWL_TRY(field_name());
    if (at_end() || text_[at_] != '(') {
      made.kind = Kind::Field;
      return made;
    }
    return call(std::move(made), depth);
  }

  Result<InsightsExpression> call(InsightsExpression made, size_t depth) {
    made.kind = Kind::Call;
    take("(");
    std::string name;
    for (const char c : made.name) name += lower(c);
    if (name == "bin") {  // of @timestamp
      InsightsExpression timestamp;
      timestamp.kind = Kind::Field;
      timestamp.name = "@timestamp";
      made.parts.push_back(std::move(timestamp));
    }
    if (!take(")")) {
      do {
        made.parts.push_back(PAWL_TRY(expression(depth + 1)));
      } while (take(","));
      if (!take(")")) return wrong();
    }
    const auto arity = insights_function(name);
    if (!arity) return wrong("the function '" + made.name + "' is not supported: it ends");
    if (made.parts.size() < arity->least || made.parts.size() > arity->most)
      return wrong("wrong number of arguments for '" + made.name + "'");
    return made;
  }

  /// A number, or a time: 5m is 300000.
  Result<double> number() {
    const size_t start = at_;
    while (!at_end() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    const auto value = text::parse_double(text_.substr(start, at_ - start));
    if (!value) return wrong("a number does not parse");
    const std::string unit = at_end() || !is_word(text_[at_]) ? "" : peek_word();
    at_ += unit.size();
    struct Unit {
      std::string_view names[4];
      double ms;
    };
    constexpr Unit kUnits[] = {
        {{"", "ms", "msec", "millis"}, 1},        {{"s", "sec", "second", "seconds"}, 1e3},
        {{"m", "min", "minute", "minutes"}, 6e4}, {{"h", "hr", "hour", "hours"}, 36e5},
        {{"d", "day", "days", "d"}, 864e5},       {{"w", "week", "weeks", "w"}, 6048e5}};
    for (const Unit& known : kUnits) {
      if (std::find(std::begin(known.names), std::end(known.names), unit) != std::end(known.names))
        return *value * known.ms;
    }
    return wrong("'" + unit + "' is no unit of time: it ends");
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t operators_ = 0;
};

}  // namespace

Result<InsightsQuery> InsightsQuery::parse(std::string_view text) { return Parser(text).parse(); }

}  // namespace pawl::logs
