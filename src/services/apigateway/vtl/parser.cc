// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/vtl/parser.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "text/number.h"

namespace pawl::apigateway::vtl {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Kind = Expression::Kind;

constexpr int kDepthMax = 100;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '-'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class Parser {
 public:
  explicit Parser(std::string_view text, int depth = 0) : text_(text), depth_(depth) {}

  Result<std::vector<Node>> whole() {
    std::vector<Node> nodes;
    PAWL_TRY_VOID(block(nodes, /*is_inner=*/false));
    return nodes;
  }

 private:
  /// Counts how deep the parser calls itself.
  class Descent {
   public:
    explicit Descent(int& depth) : depth_(++depth) {}
    ~Descent() { --depth_; }
    Descent(const Descent&) = delete;
    Descent& operator=(const Descent&) = delete;

   private:
    int& depth_;
  };

  Error failure(std::string_view what) const {
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    return {ErrorKind::InvalidSyntax,
            "line " + std::to_string(line + 1) + " of the template: " + std::string(what)};
  }
  Error too_deep() const { return {ErrorKind::LimitExceeded, "the template is nested too deeply"}; }

  bool at_end() const { return at_ >= text_.size(); }
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool take(std::string_view what) {
    if (!starts(what)) return false;
    at_ += what.size();
    return true;
  }
  void skip_spaces() {
    while (!at_end() && is_space(peek())) ++at_;
  }
  /// An operator's word, not the beginning of a longer one.
  bool take_word(std::string_view word) {
    if (!starts(word) || is_word(peek(word.size()))) return false;
    at_ += word.size();
    return true;
  }

  /// "#name" or "#{name}" at the cursor.
  bool is_directive(std::string_view name) const {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("#{")) {
      return rest.substr(2).starts_with(name) && rest.substr(2 + name.size(), 1) == "}";
    }
    return rest.starts_with('#') && rest.substr(1).starts_with(name) &&
           (rest.size() == name.size() + 1 || !is_word(rest[name.size() + 1]) || name == "else" ||
            name == "end");
  }
  bool take_directive(std::string_view name) {
    if (!is_directive(name)) return false;
    at_ += name.size() + (text_[at_ + 1] == '{' ? 3 : 1);
    return true;
  }
  bool ends_block() const {
    return is_directive("end") || is_directive("else") || is_directive("elseif");
  }

  static void add_text(std::vector<Node>& nodes, std::string_view text) {
    if (nodes.empty() || nodes.back().kind != Node::Kind::Text) nodes.emplace_back();
    nodes.back().text += text;
  }

  /// A directive that stands alone on its line takes the line's end with it.
  void swallow_line_end(std::vector<Node>& nodes, size_t begin) {
    size_t before = begin;
    while (before > 0 && (text_[before - 1] == ' ' || text_[before - 1] == '\t')) --before;
    if (before > 0 && text_[before - 1] != '\n') return;
    size_t after = at_;
    while (after < text_.size() && (text_[after] == ' ' || text_[after] == '\t')) ++after;
    if (after < text_.size() && text_[after] == '\r') ++after;
    if (after < text_.size() && text_[after] != '\n') return;
    at_ = std::min(after + 1, text_.size());
    if (!nodes.empty() && nodes.back().kind == Node::Kind::Text) {
      std::string& text = nodes.back().text;
      const size_t spaces = begin - before;
      if (text.size() >= spaces) text.resize(text.size() - spaces);
    }
  }

  Result<void> block(std::vector<Node>& nodes, bool is_inner) {
    const Descent descent(depth_);
    if (depth_ > kDepthMax) return too_deep();
    while (!at_end()) {
      if (peek() == '#') {
        if (ends_block()) {
          if (is_inner) return {};
          return failure("an #end or #else without its beginning");
        }
        PAWL_TRY_VOID(directive(nodes));
      } else if (peek() == '$') {
        PAWL_TRY_VOID(printed_reference(nodes));
      } else if (peek() == '\\' && (peek(1) == '$' || peek(1) == '#')) {
        add_text(nodes, text_.substr(at_ + 1, 1));
        at_ += 2;
      } else {
        const size_t end = std::min(text_.find_first_of("#$\\", at_ + 1), text_.size());
        add_text(nodes, text_.substr(at_, end - at_));
        at_ = end;
      }
    }
    if (is_inner) return failure("a block has no #end");
    return {};
  }

  Result<void> directive(std::vector<Node>& nodes) {
    const size_t begin = at_;
    if (take("##")) {
      at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
      return {};
    }
    if (take("#*")) {
      const size_t end = text_.find("*#", at_);
      if (end == std::string_view::npos) return failure("a comment has no end");
      at_ = end + 2;
      return {};
    }
    if (take_directive("set")) return set(nodes, begin);
    if (take_directive("if")) return if_block(nodes, begin);
    if (take_directive("foreach")) return for_each(nodes, begin);
    if (take_directive("break")) return plain(nodes, Node::Kind::Break);
    if (take_directive("stop")) return plain(nodes, Node::Kind::Stop);
    for (const char* name : {"macro", "parse", "include", "evaluate", "define"}) {
      if (is_directive(name)) return failure(std::string("#") + name + " is not known here");
    }
    add_text(nodes, "#");
    ++at_;
    return {};
  }

  static Result<void> plain(std::vector<Node>& nodes, Node::Kind kind) {
    nodes.emplace_back();
    nodes.back().kind = kind;
    return {};
  }

  Result<void> set(std::vector<Node>& nodes, size_t begin) {
    skip_spaces();
    if (!take("(")) return failure("#set wants (");
    skip_spaces();
    Node node;
    node.kind = Node::Kind::Set;
    std::optional<Reference> target = PAWL_TRY(reference());
    if (!target) return failure("#set wants a reference");
    node.reference = *std::move(target);
    skip_spaces();
    if (!take("=")) return failure("#set wants =");
    node.expression = PAWL_TRY(expression());
    skip_spaces();
    if (!take(")")) return failure("#set wants )");
    swallow_line_end(nodes, begin);
    nodes.push_back(std::move(node));
    return {};
  }

  Result<Expression> condition() {
    skip_spaces();
    if (!take("(")) return failure("a condition wants (");
    Expression found = PAWL_TRY(expression());
    skip_spaces();
    if (!take(")")) return failure("a condition wants )");
    return found;
  }

  Result<void> if_block(std::vector<Node>& nodes, size_t begin) {
    Node node;
    node.kind = Node::Kind::If;
    Branch branch;
    branch.condition = PAWL_TRY(condition());
    swallow_line_end(nodes, begin);
    while (true) {
      PAWL_TRY_VOID(block(branch.body, /*is_inner=*/true));
      const size_t mark = at_;
      std::vector<Node>& body = branch.body;
      const bool was_else = branch.is_else;
      if (take_directive("end")) {
        swallow_line_end(body, mark);
        node.branches.push_back(std::move(branch));
        break;
      }
      if (was_else) return failure("#else is the last of an #if");
      Branch next;
      if (take_directive("elseif")) {
        next.condition = PAWL_TRY(condition());
      } else {
        take_directive("else");
        next.is_else = true;
      }
      swallow_line_end(body, mark);
      node.branches.push_back(std::move(branch));
      branch = std::move(next);
    }
    nodes.push_back(std::move(node));
    return {};
  }

  Result<void> for_each(std::vector<Node>& nodes, size_t begin) {
    Node node;
    node.kind = Node::Kind::ForEach;
    skip_spaces();
    if (!take("(")) return failure("#foreach wants (");
    skip_spaces();
    const std::optional<Reference> variable = PAWL_TRY(reference());
    if (!variable || !variable->accesses.empty()) return failure("#foreach wants a variable");
    node.text = variable->name;
    skip_spaces();
    if (!take_word("in")) return failure("#foreach wants in");
    node.expression = PAWL_TRY(expression());
    skip_spaces();
    if (!take(")")) return failure("#foreach wants )");
    swallow_line_end(nodes, begin);
    PAWL_TRY_VOID(block(node.body, /*is_inner=*/true));
    const size_t mark = at_;
    if (!take_directive("end")) return failure("#foreach has no #else");
    swallow_line_end(node.body, mark);
    nodes.push_back(std::move(node));
    return {};
  }

  Result<void> printed_reference(std::vector<Node>& nodes) {
    const size_t begin = at_;
    std::optional<Reference> found = PAWL_TRY(reference());
    if (!found) {
      at_ = begin + 1;
      add_text(nodes, "$");
      return {};
    }
    Node node;
    node.kind = Node::Kind::Reference;
    node.reference = *std::move(found);
    nodes.push_back(std::move(node));
    return {};
  }

  std::string word() {
    const size_t begin = at_;
    while (!at_end() && is_word(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// nullopt if no reference stands at the cursor, which may have moved.
  Result<std::optional<Reference>> reference() {
    const size_t begin = at_;
    if (!take("$")) return std::optional<Reference>();
    Reference made;
    made.is_quiet = take("!");
    const bool is_braced = take("{");
    if (!is_letter(peek())) return std::optional<Reference>();
    made.name = word();
    // "$a-" ends before the dash.
    while (made.name.ends_with('-')) {
      made.name.pop_back();
      --at_;
    }
    PAWL_TRY_VOID(accesses(made.accesses));
    if (is_braced && !take("}")) return failure("a reference wants }");
    made.source = text_.substr(begin, at_ - begin);
    return std::optional<Reference>(std::move(made));
  }

  Result<void> accesses(std::vector<Access>& list) {
    while (true) {
      if (peek() == '.' && is_letter(peek(1))) {
        ++at_;
        Access access;
        access.name = word();
        while (access.name.ends_with('-')) {
          access.name.pop_back();
          --at_;
        }
        if (take("(")) {
          access.kind = Access::Kind::Call;
          PAWL_TRY_VOID(list_until(')', access.arguments));
        }
        list.push_back(std::move(access));
      } else if (peek() == '[') {
        // "$a[" is text unless an index follows.
        const size_t begin = at_;
        ++at_;
        Access access;
        access.kind = Access::Kind::Index;
        Result<Expression> index = expression();
        skip_spaces();
        if (!index || !take("]")) {
          if (!index && index.error().kind == ErrorKind::LimitExceeded) return index.error();
          at_ = begin;
          return {};
        }
        access.arguments.push_back(*std::move(index));
        list.push_back(std::move(access));
      } else {
        return {};
      }
    }
  }

  Result<void> list_until(char end, std::vector<Expression>& items) {
    skip_spaces();
    if (peek() == end) {
      ++at_;
      return {};
    }
    while (true) {
      items.push_back(PAWL_TRY(expression()));
      skip_spaces();
      if (peek() == end) {
        ++at_;
        return {};
      }
      if (!take(",")) return failure("a list wants a comma");
    }
  }

  static Expression binary(Kind kind, Expression&& left, Expression&& right) {
    Expression made;
    made.kind = kind;
    made.operands.push_back(std::move(left));
    made.operands.push_back(std::move(right));
    return made;
  }

  struct Operator {
    std::string_view symbol;
    Kind kind;
    bool is_word = false;
  };
  using Level = Result<Expression> (Parser::*)();

  template <size_t N>
  Result<Expression> chain(const Operator (&operators)[N], Level next) {
    Expression left = PAWL_TRY((this->*next)());
    while (true) {
      skip_spaces();
      const Operator* found = nullptr;
      for (const Operator& each : operators) {
        if (each.is_word ? take_word(each.symbol) : take(each.symbol)) {
          found = &each;
          break;
        }
      }
      if (found == nullptr) return left;
      left = binary(found->kind, std::move(left), PAWL_TRY((this->*next)()));
      if (++operators_ > 10'000) return too_deep();
    }
  }

  Result<Expression> expression() {
    const Descent descent(depth_);
    if (depth_ > kDepthMax) return too_deep();
    constexpr Operator kOr[] = {{"||", Kind::Or}, {"or", Kind::Or, true}};
    return chain(kOr, &Parser::conjunction);
  }
  Result<Expression> conjunction() {
    constexpr Operator kAnd[] = {{"&&", Kind::And}, {"and", Kind::And, true}};
    return chain(kAnd, &Parser::equality);
  }
  Result<Expression> equality() {
    constexpr Operator kEqual[] = {{"==", Kind::Equal},
                                   {"!=", Kind::NotEqual},
                                   {"eq", Kind::Equal, true},
                                   {"ne", Kind::NotEqual, true}};
    return chain(kEqual, &Parser::relation);
  }
  Result<Expression> relation() {
    constexpr Operator kOrder[] = {{"<=", Kind::LessOrEqual},
                                   {">=", Kind::GreaterOrEqual},
                                   {"<", Kind::Less},
                                   {">", Kind::Greater},
                                   {"le", Kind::LessOrEqual, true},
                                   {"ge", Kind::GreaterOrEqual, true},
                                   {"lt", Kind::Less, true},
                                   {"gt", Kind::Greater, true}};
    return chain(kOrder, &Parser::sum);
  }
  Result<Expression> sum() {
    constexpr Operator kSum[] = {{"+", Kind::Add}, {"-", Kind::Subtract}};
    return chain(kSum, &Parser::product);
  }
  Result<Expression> product() {
    constexpr Operator kProduct[] = {
        {"*", Kind::Multiply}, {"/", Kind::Divide}, {"%", Kind::Remainder}};
    return chain(kProduct, &Parser::unary);
  }
  Result<Expression> unary() {
    const Descent descent(depth_);
    if (depth_ > kDepthMax) return too_deep();
    skip_spaces();
    Expression made;
    if ((peek() == '!' && peek(1) != '=') || (starts("not") && !is_word(peek(3)))) {
      at_ += peek() == '!' ? 1 : 3;
      made.kind = Kind::Not;
    } else if (peek() == '-' && !is_digit(peek(1))) {
      ++at_;
      made.kind = Kind::Negative;
    } else {
      return primary();
    }
    made.operands.push_back(PAWL_TRY(unary()));
    return made;
  }

  Result<Expression> primary() {
    skip_spaces();
    const char c = peek();
    if (take("(")) {
      Expression inner = PAWL_TRY(expression());
      skip_spaces();
      if (!take(")")) return failure("an expression wants )");
      return inner;
    }
    if (c == '$') return referred();
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '[') return list();
    if (c == '{') return map();
    if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return number();
    Expression made;
    if (take_word("true") || take_word("false")) {
      made.kind = Kind::Boolean;
      made.integer = text_[at_ - 2] == 'u' ? 1 : 0;
      return made;
    }
    if (take_word("null")) return made;
    return failure("an expression is missing");
  }

  Result<Expression> referred() {
    std::optional<Reference> found = PAWL_TRY(reference());
    if (!found) return failure("a reference is missing");
    Expression made;
    made.kind = Kind::Reference;
    made.reference = *std::move(found);
    return made;
  }

  Result<Expression> quoted(char quote) {
    ++at_;
    std::string content;
    while (true) {
      if (at_end()) return failure("a string has no end");
      const char c = text_[at_++];
      if (c == quote) {
        if (peek() != quote) break;
        ++at_;  // a doubled quote is one
      } else if (c == '\\' && peek() == quote && quote == '"') {
        ++at_;
        content += quote;
        continue;
      }
      content += c;
    }
    Expression made;
    made.kind = Kind::Text;
    if (quote == '"' && content.find_first_of("$#") != std::string::npos) {
      Parser inner(content, depth_);
      made.kind = Kind::Interpolated;
      made.nodes = PAWL_TRY(inner.whole());
    } else {
      made.text = std::move(content);
    }
    return made;
  }

  Result<Expression> number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    while (is_digit(peek())) ++at_;
    Expression made;
    made.kind = Kind::Integer;
    if (peek() == '.' && is_digit(peek(1))) {
      made.kind = Kind::Double;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    const std::string lexeme(text_.substr(begin, at_ - begin));
    if (made.kind == Kind::Double) {
      made.number = text::parse_double(lexeme).value_or(0);
      return made;
    }
    const auto [end, error] =
        std::from_chars(lexeme.data(), lexeme.data() + lexeme.size(), made.integer);
    if (error != std::errc()) return failure("a number is too large");
    return made;
  }

  /// "[a, b]" or "[1..5]".
  Result<Expression> list() {
    ++at_;
    Expression made;
    made.kind = Kind::List;
    skip_spaces();
    if (take("]")) return made;
    made.operands.push_back(PAWL_TRY(expression()));
    skip_spaces();
    if (take("..")) {
      made.kind = Kind::Range;
      made.operands.push_back(PAWL_TRY(expression()));
      skip_spaces();
      if (!take("]")) return failure("a range wants ]");
      return made;
    }
    if (take("]")) return made;
    if (!take(",")) return failure("a list wants a comma");
    PAWL_TRY_VOID(list_until(']', made.operands));
    return made;
  }

  Result<Expression> map() {
    ++at_;
    Expression made;
    made.kind = Kind::Map;
    skip_spaces();
    if (take("}")) return made;
    while (true) {
      made.operands.push_back(PAWL_TRY(expression()));
      skip_spaces();
      if (!take(":")) return failure("a map wants a colon");
      made.operands.push_back(PAWL_TRY(expression()));
      skip_spaces();
      if (take("}")) return made;
      if (!take(",")) return failure("a map wants a comma");
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  int operators_ = 0;
};

}  // namespace

Result<std::vector<Node>> parse(std::string_view text) { return Parser(text).whole(); }

}  // namespace pawl::apigateway::vtl
