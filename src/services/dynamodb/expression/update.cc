// SPDX-License-Identifier: Apache-2.0
// Text to an Update. Applying it: update_apply.cc.
#include "services/dynamodb/expression/update.h"

#include <array>
#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression/condition_parser.h"
#include "services/dynamodb/expression/projection.h"
#include "services/dynamodb/expression/token.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = UpdateOperand::Kind;

constexpr size_t kDepthMax = 100;
constexpr std::string_view kTitle = "UpdateExpression";
constexpr std::array<std::string_view, 4> kSections = {"SET", "REMOVE", "ADD", "DELETE"};

class UpdateParser {
 public:
  explicit UpdateParser(std::string_view text) : reader_(kTitle, text) {}

  ApiResult<Update> parse() {
    do {
      PAWL_TRY_VOID(parse_section());
    } while (reader_.peek().kind != Token::Kind::End);
    return std::move(update_);
  }

  const TokenReader& reader() const { return reader_; }
  const std::string& repeated_section() const { return repeated_; }

 private:
  bool at_section() const {
    for (const std::string_view section : kSections) {
      if (reader_.peek().is_word(section)) return true;
    }
    return false;
  }

  ApiResult<void> parse_section() {
    for (size_t i = 0; i < kSections.size(); ++i) {
      if (!reader_.take_word(kSections[i])) continue;
      if (seen_[i] && repeated_.empty()) {
        repeated_ = "The \"" + std::string(kSections[i]) +
                    "\" section can only be used once in an update expression;";
      }
      seen_[i] = true;
      do {
        PAWL_TRY_VOID(parse_action(static_cast<UpdateAction::Kind>(i)));
      } while (reader_.take(","));
      return {};
    }
    return reader_.syntax_error();
  }

  ApiResult<void> parse_action(UpdateAction::Kind kind) {
    UpdateAction action;
    action.kind = kind;
    if (at_section()) return reader_.syntax_error();
    action.path = PAWL_TRY(parse_path(reader_));
    if (kind == UpdateAction::Kind::Set) {
      if (!reader_.take("=")) return reader_.syntax_error();
      action.operand = PAWL_TRY(parse_value());
    } else if (kind != UpdateAction::Kind::Remove) {
      action.operand = PAWL_TRY(parse_placeholder());
    }
    update_.actions.push_back(std::move(action));
    return {};
  }

  ApiResult<UpdateOperand> parse_placeholder() {
    if (reader_.peek().kind != Token::Kind::Value) return reader_.syntax_error();
    UpdateOperand out;
    out.text = reader_.next().text;
    return out;
  }

  ApiResult<UpdateOperand> parse_value() {
    UpdateOperand left = PAWL_TRY(parse_operand());
    if (!reader_.peek().is("+") && !reader_.peek().is("-")) return left;
    UpdateOperand out;
    out.text = reader_.next().text;
    out.kind = out.text == "+" ? Kind::Plus : Kind::Minus;
    out.args.push_back(std::move(left));
    out.args.push_back(PAWL_TRY(parse_operand()));
    return out;
  }

  ApiResult<UpdateOperand> parse_operand() {
    if (++depth_ > kDepthMax) return reader_.syntax_error();
    UpdateOperand out;
    const Token token = reader_.peek();
    if (reader_.take("(")) {
      out = PAWL_TRY(parse_value());
      if (!reader_.take(")")) return reader_.syntax_error();
    } else if (token.kind == Token::Kind::Value) {
      out = PAWL_TRY(parse_placeholder());
    } else if (at_section()) {
      return reader_.syntax_error();
    } else if (token.kind == Token::Kind::Identifier && reader_.peek(1).is("(")) {
      out.kind = Kind::Unknown;
      out.text = token.text;
      reader_.next();
      reader_.next();
      do {
        out.args.push_back(PAWL_TRY(parse_operand()));
      } while (reader_.take(","));
      if (!reader_.take(")")) return reader_.syntax_error();
    } else {
      out.kind = Kind::Path;
      out.path = PAWL_TRY(parse_path(reader_));
    }
    --depth_;
    return out;
  }

  TokenReader reader_;
  Update update_;
  std::array<bool, 4> seen_ = {};
  std::string repeated_;
  size_t depth_ = 0;
};

/// DynamoDB's names of types in one kind of message.
std::string_view long_type_name(Type type) {
  switch (type) {
    case Type::S: return "STRING";
    case Type::N: return "NUMBER";
    case Type::B: return "BINARY";
    case Type::Null: return "NULL";
    case Type::Bool: return "BOOLEAN";
    case Type::L: return "LIST";
    case Type::M: return "MAP";
    default: return "";
  }
}

class Analyzer {
 public:
  explicit Analyzer(Placeholders& placeholders) : placeholders_(placeholders) {}

  void check(UpdateAction& action) {
    resolve_names(action.path, placeholders_, reserved_, undefined_name_);
    if (action.kind == UpdateAction::Kind::Remove) return;
    visit(action.operand);
    if (action.kind == UpdateAction::Kind::Set || action.operand.kind != Kind::Value) return;
    const Type type = action.operand.value.type;
    const bool is_add = action.kind == UpdateAction::Kind::Add;
    if (!undefined_value_.empty() || action.operand.value.is_set() || (is_add && type == Type::N))
      return;
    note(operand_, std::string("Incorrect operand type for operator or function; operator: ") +
                       (is_add ? "ADD" : "DELETE") +
                       ", operand type: " + std::string(long_type_name(type)));
  }

  std::string mistake(const std::string& section, const std::string& collision) const {
    for (const std::string* found : {&reserved_, &unknown_function_, &section, &undefined_name_,
                                     &undefined_value_, &collision, &operand_, &function_}) {
      if (!found->empty()) return *found;
    }
    return {};
  }

 private:
  static void note(std::string& place, std::string message) {
    if (place.empty()) place = std::move(message);
  }

  void visit(UpdateOperand& node) {
    for (UpdateOperand& arg : node.args) visit(arg);
    switch (node.kind) {
      case Kind::Path: resolve_names(node.path, placeholders_, reserved_, undefined_name_); return;
      case Kind::Value:
        if (const AttributeValue* value = placeholders_.value(node.text)) {
          node.value = *value;
        } else {
          note(undefined_value_,
               "An expression attribute value used in expression is not defined; attribute "
               "value: " +
                   node.text);
        }
        return;
      case Kind::Plus:
      case Kind::Minus: check_types(node, Type::N); return;
      default: check_function(node); return;
    }
  }

  void check_function(UpdateOperand& node) {
    if (node.text == "if_not_exists") node.kind = Kind::IfNotExists;
    if (node.text == "list_append") node.kind = Kind::ListAppend;
    if (node.kind == Kind::Unknown) {
      note(unknown_function_, "Invalid function name; function: " + node.text);
      return;
    }
    if (node.args.size() != 2) {
      note(function_,
           "Incorrect number of operands for operator or function; operator or function: " +
               node.text + ", number of operands: " + std::to_string(node.args.size()));
    } else if (node.kind == Kind::ListAppend) {
      check_types(node, Type::L);
    } else if (node.args[0].kind != Kind::Path) {
      note(function_,
           "Operator or function requires a document path; operator or function: " + node.text);
    }
  }

  void check_types(const UpdateOperand& node, Type wanted) {
    for (const UpdateOperand& arg : node.args) {
      if (arg.kind != Kind::Value || arg.value.type == wanted || !undefined_value_.empty())
        continue;
      note(function_, "Incorrect operand type for operator or function; operator or function: " +
                          node.text + ", operand type: " + std::string(type_name(arg.value.type)));
    }
  }

  Placeholders& placeholders_;
  std::string reserved_;
  std::string unknown_function_;
  std::string undefined_name_;
  std::string undefined_value_;
  std::string operand_;
  std::string function_;
};

}  // namespace

std::vector<DocumentPath> Update::paths() const {
  std::vector<DocumentPath> out;
  out.reserve(actions.size());
  for (const UpdateAction& action : actions) out.push_back(action.path);
  return out;
}

ApiResult<Update> compile_update(std::string_view text, Placeholders& placeholders) {
  PAWL_TRY_VOID(check_expression_text(kTitle, text));
  UpdateParser parser(text);
  Update out = PAWL_TRY(parser.parse());
  Analyzer analyzer(placeholders);
  for (UpdateAction& action : out.actions) analyzer.check(action);
  const std::string mistake =
      analyzer.mistake(parser.repeated_section(), path_collision(out.paths()));
  if (!mistake.empty()) return parser.reader().error(mistake);
  return out;
}

}  // namespace pawl::dynamodb
