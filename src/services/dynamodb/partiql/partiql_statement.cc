// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/partiql/partiql_statement.h"

#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression/projection.h"
#include "services/dynamodb/partiql/partiql_expression.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = PartiQlStatement::Kind;
using TokenKind = PartiQlToken::Kind;

class StatementParser {
 public:
  StatementParser(std::vector<PartiQlToken> tokens, const std::vector<AttributeValue>& parameters)
      : in_(std::move(tokens), parameters), parameters_(parameters.size()) {}

  ApiResult<PartiQlStatement> parse() {
    if (in_.take_word("SELECT")) {
      PAWL_TRY_VOID(parse_select());
    } else if (in_.take_word("INSERT")) {
      PAWL_TRY_VOID(parse_insert());
    } else if (in_.take_word("UPDATE")) {
      PAWL_TRY_VOID(parse_update());
    } else if (in_.take_word("DELETE")) {
      PAWL_TRY_VOID(parse_delete());
    } else if (in_.peek().is_word("EXISTS") && in_.peek(1).is("(")) {
      in_.next();
      in_.next();
      if (!in_.take_word("SELECT")) return not_well_formed("Unexpected term");
      PAWL_TRY_VOID(parse_select());
      out_.kind = Kind::Exists;
      if (!in_.take(")")) return not_well_formed("Unexpected term");
    } else {
      return not_well_formed("Expected data manipulation");
    }
    in_.take(";");
    if (in_.peek().kind != TokenKind::End)
      return not_well_formed("Unexpected token after expression");
    if (in_.parameters_used() != parameters_)
      return invalid("Number of parameters in request and statement don't match.");
    return std::move(out_);
  }

 private:
  ApiResult<void> parse_select() {
    out_.kind = Kind::Select;
    if (!in_.take("*")) {
      std::vector<DocumentPath> paths;
      do {
        paths.push_back(PAWL_TRY(in_.parse_path()));
      } while (in_.take(","));
      if (const std::string collision = path_collision(paths); !collision.empty())
        return invalid(collision);
      out_.paths = std::move(paths);
    }
    if (!in_.take_word("FROM")) return not_well_formed("Expected FROM");
    PAWL_TRY_VOID(parse_table("Unexpected term"));
    if (in_.take(".")) {
      if (!at_name()) return not_well_formed("Unexpected term");
      out_.index = in_.next().text;
    }
    PAWL_TRY_VOID(refuse_alias());
    PAWL_TRY_VOID(parse_where());
    return parse_order();
  }

  ApiResult<void> parse_insert() {
    out_.kind = Kind::Insert;
    if (!in_.take_word("INTO")) return not_well_formed("Expected INTO");
    PAWL_TRY_VOID(parse_table("Expected identifier for simple path"));
    if (!in_.take_word("VALUE")) return not_well_formed("Unexpected token after expression");
    AttributeValue value = PAWL_TRY(in_.parse_value());
    if (value.type != Type::M) return not_well_formed("Expected a tuple in VALUE");
    out_.item = std::move(value.map);
    return {};
  }

  ApiResult<void> parse_update() {
    out_.kind = Kind::Update;
    PAWL_TRY_VOID(parse_table("Expected identifier for simple path"));
    PAWL_TRY_VOID(refuse_alias());
    bool has_action = false;
    while (true) {
      if (in_.take_word("SET")) {
        do {
          PAWL_TRY_VOID(parse_set());
        } while (in_.take(","));
      } else if (in_.take_word("REMOVE")) {
        do {
          UpdateAction action;
          action.kind = UpdateAction::Kind::Remove;
          action.path = PAWL_TRY(in_.parse_path());
          out_.update.actions.push_back(std::move(action));
        } while (in_.take(","));
      } else {
        break;
      }
      has_action = true;
    }
    if (!has_action) return not_well_formed("Expected SET or REMOVE");
    if (const std::string collision = path_collision(out_.update.paths()); !collision.empty())
      return invalid("Invalid UpdateExpression: " + collision);
    PAWL_TRY_VOID(parse_where());
    return parse_returning();
  }

  ApiResult<void> parse_delete() {
    out_.kind = Kind::Delete;
    if (!in_.take_word("FROM")) return not_well_formed("Expected FROM");
    PAWL_TRY_VOID(parse_table("Expected identifier for simple path"));
    PAWL_TRY_VOID(refuse_alias());
    PAWL_TRY_VOID(parse_where());
    PAWL_TRY_VOID(parse_returning());
    if (out_.returning.empty() || out_.returning == "ALL OLD") return {};
    return invalid("Invalid returning clause: RETURNING " + out_.returning +
                   " *. Only RETURNING ALL OLD * is allowed in DELETE statements.");
  }

  bool at_name() const {
    const PartiQlToken& token = in_.peek();
    if (token.kind == TokenKind::Quoted) return true;
    return token.kind == TokenKind::Word && !token.is_word("WHERE") && !token.is_word("SET") &&
           !token.is_word("VALUE");
  }

  ApiResult<void> parse_table(std::string_view complaint) {
    if (!at_name()) return not_well_formed(complaint);
    out_.table = in_.next().text;
    return {};
  }

  ApiResult<void> refuse_alias() {
    const PartiQlToken& token = in_.peek();
    const bool is_clause = token.is_word("WHERE") || token.is_word("SET") ||
                           token.is_word("REMOVE") || token.is_word("ORDER") ||
                           token.is_word("RETURNING");
    if (token.kind == TokenKind::Quoted || (token.kind == TokenKind::Word && !is_clause))
      return invalid("Aliasing is not supported");
    return {};
  }

  ApiResult<void> parse_where() {
    if (!in_.take_word("WHERE")) return {};
    out_.where = PAWL_TRY(in_.parse_condition());
    return {};
  }

  ApiResult<void> parse_order() {
    if (!in_.peek().is_word("ORDER") || !in_.peek(1).is_word("BY")) return {};
    in_.next();
    in_.next();
    do {
      const DocumentPath path = PAWL_TRY(in_.parse_path());
      PartiQlStatement::Order order{path[0].name};
      if (in_.take_word("DESC")) {
        order.descending = true;
      } else {
        in_.take_word("ASC");
      }
      out_.order.push_back(std::move(order));
    } while (in_.take(","));
    return {};
  }

  ApiResult<void> parse_returning() {
    if (!in_.take_word("RETURNING")) return {};
    const bool is_all = in_.take_word("ALL");
    if (!is_all && !in_.take_word("MODIFIED")) return not_well_formed("Unexpected term");
    const bool is_old = in_.take_word("OLD");
    if (!is_old && !in_.take_word("NEW")) return not_well_formed("Unexpected term");
    if (!in_.take("*")) return not_well_formed("Unexpected term");
    out_.returning = std::string(is_all ? "ALL" : "MODIFIED") + (is_old ? " OLD" : " NEW");
    return {};
  }

  ApiResult<void> parse_set() {
    UpdateAction action;
    action.path = PAWL_TRY(in_.parse_path());
    if (!in_.take("=")) return not_well_formed("Expected assignment");
    const PartiQlToken& token = in_.peek();
    const bool is_adding = token.is_word("SET_ADD");
    if (is_adding || token.is_word("SET_DELETE")) {
      in_.next();
      if (!in_.take("(")) return not_well_formed("Unexpected term");
      const DocumentPath source = PAWL_TRY(in_.parse_path());
      if (!in_.take(",")) return not_well_formed("Unexpected term");
      action.kind = is_adding ? UpdateAction::Kind::Add : UpdateAction::Kind::Delete;
      action.operand.value = PAWL_TRY(in_.parse_value());
      if (!in_.take(")")) return not_well_formed("Unexpected term");
      if (source != action.path || !action.operand.value.is_set()) return unsupported_value();
    } else {
      action.operand = PAWL_TRY(parse_operand());
      if (in_.peek().is("+") || in_.peek().is("-")) {
        UpdateOperand sum;
        sum.kind = in_.next().is("+") ? UpdateOperand::Kind::Plus : UpdateOperand::Kind::Minus;
        sum.args.push_back(std::move(action.operand));
        sum.args.push_back(PAWL_TRY(parse_operand()));
        action.operand = std::move(sum);
      }
    }
    out_.update.actions.push_back(std::move(action));
    return {};
  }

  static aws::ApiError unsupported_value() { return invalid("Unsupported value in SET clause"); }

  ApiResult<UpdateOperand> parse_operand() {
    UpdateOperand out;
    const PartiQlToken& token = in_.peek();
    const bool is_append = token.is_word("LIST_APPEND");
    if ((is_append || token.is_word("IF_NOT_EXISTS")) && in_.peek(1).is("(")) {
      in_.next();
      in_.next();
      out.kind = is_append ? UpdateOperand::Kind::ListAppend : UpdateOperand::Kind::IfNotExists;
      out.args.push_back(PAWL_TRY(parse_operand()));
      if (!in_.take(",")) return not_well_formed("Unexpected term");
      out.args.push_back(PAWL_TRY(parse_operand()));
      if (!in_.take(")")) return not_well_formed("Unexpected term");
      if (!is_append && out.args[0].kind != UpdateOperand::Kind::Path) return unsupported_value();
      return out;
    }
    if (in_.at_value()) {
      out.value = PAWL_TRY(in_.parse_value());
      return out;
    }
    out.kind = UpdateOperand::Kind::Path;
    out.path = PAWL_TRY(in_.parse_path());
    return out;
  }

  PartiQlParser in_;
  size_t parameters_;
  PartiQlStatement out_;
};

}  // namespace

ApiResult<PartiQlStatement> parse_partiql(std::string_view text,
                                          const std::vector<AttributeValue>& parameters) {
  return StatementParser(PAWL_TRY(tokenize_partiql(text)), parameters).parse();
}

}  // namespace pawl::dynamodb
