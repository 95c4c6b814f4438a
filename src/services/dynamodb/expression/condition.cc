// SPDX-License-Identifier: Apache-2.0
// Checks a parsed condition: of several mistakes the one is told that DynamoDB tells.
#include "services/dynamodb/expression/condition.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression/condition_parser.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = Condition::Kind;
using Function = Condition::Function;

struct FunctionName {
  std::string_view name;
  Function function;
  size_t operands;
};
constexpr std::array<FunctionName, 6> kFunctions = {
    {{"attribute_exists", Function::Exists, 1},
     {"attribute_not_exists", Function::NotExists, 1},
     {"attribute_type", Function::TypeIs, 2},
     {"begins_with", Function::BeginsWith, 2},
     {"contains", Function::Contains, 2},
     {"size", Function::Size, 1}}};
constexpr size_t kOperatorsMax = 300;
constexpr size_t kInOperandsMax = 100;

bool is_size(const Condition& node) { return node.function == Function::Size; }

/// The type that is known before any item is: of a value, of what a function gives.
std::optional<Type> known_type(const Condition& node) {
  if (node.kind == Kind::Value) return node.value.type;
  if (node.kind != Kind::Function) return std::nullopt;
  return is_size(node) ? Type::N : Type::Bool;
}

class Analyzer {
 public:
  explicit Analyzer(Placeholders& placeholders) : placeholders_(placeholders) {}

  void check(Condition& root) {
    visit(root);
    if (root.kind == Kind::Function && is_size(root)) misused(root);
    if (operators_ > kOperatorsMax && condition_.empty()) {
      condition_ = "The expression contains too many operators; operator count: " +
                   std::to_string(operators_);
    }
  }

  /// "" if there is none.
  std::string mistake() const {
    for (const std::string* found :
         {&parentheses_, &unknown_function_, &misused_function_, &reserved_, &condition_}) {
      if (!found->empty()) return *found;
    }
    return {};
  }

 private:
  static void note(std::string& place, std::string message) {
    if (place.empty()) place = std::move(message);
  }
  void misused(const Condition& node) {
    note(
        misused_function_,
        "The function is not allowed to be used this way in an expression; function: " + node.text);
  }

  void visit(Condition& node) {
    if (node.parentheses > 1) note(parentheses_, "The expression has redundant parentheses;");
    for (Condition& arg : node.args) visit(arg);
    switch (node.kind) {
      case Kind::Path: resolve_names(node.path, placeholders_, reserved_, undefined_); return;
      case Kind::Value: resolve_value(node); return;
      case Kind::And:
      case Kind::Or:
      case Kind::Not:
        ++operators_;
        for (const Condition& arg : node.args) {
          if (arg.kind == Kind::Function && is_size(arg)) misused(arg);
        }
        return;
      case Kind::Compare:
        check_operands(node);
        check_distinct(node);
        break;
      case Kind::Between:
        check_operands(node);
        check_between(node);
        break;
      case Kind::In:
        check_operands(node);
        if (node.args.size() > kInOperandsMax + 1) {
          note(operand_, wrong_count(node, node.args.size() - 1));
        }
        break;
      case Kind::Function: check_function(node); break;
      case Kind::Always: break;
    }
    ++operators_;
    for (const std::string* found : {&undefined_, &operand_, &distinct_, &function_}) {
      if (!found->empty()) note(condition_, *found);
    }
  }

  void resolve_value(Condition& node) {
    if (const AttributeValue* value = placeholders_.value(node.text)) {
      node.value = *value;
    } else {
      note(undefined_,
           "An expression attribute value used in expression is not defined; attribute value: " +
               node.text);
    }
  }

  void check_operands(const Condition& node) {
    for (const Condition& arg : node.args) {
      if (arg.kind == Kind::Function && !is_size(arg)) misused(arg);
    }
  }

  static std::string wrong_count(const Condition& node, size_t count) {
    return "Incorrect number of operands for operator or function; operator or function: " +
           node.text + ", number of operands: " + std::to_string(count);
  }
  static std::string wrong_type(const Condition& node, std::string_view type) {
    return "Incorrect operand type for operator or function; operator or function: " + node.text +
           ", operand type: " + std::string(type);
  }

  void check_distinct(const Condition& node) {
    if (node.args.size() != 2 || node.args[0].kind != Kind::Path ||
        node.args[1].kind != Kind::Path || node.args[0].path != node.args[1].path) {
      return;
    }
    note(distinct_,
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: " +
             node.text + ", first operand: " + printed(node.args[0].path));
  }

  void check_between(const Condition& node) {
    const Condition& low = node.args[1];
    const Condition& high = node.args[2];
    if (low.kind != Kind::Value || high.kind != Kind::Value) return;
    const std::string operands = "lower bound operand: AttributeValue: " + quoted(low.value) +
                                 ", upper bound operand: AttributeValue: " + quoted(high.value);
    if (low.value.type != high.value.type) {
      note(function_,
           "The BETWEEN operator requires same data type for lower and upper bounds; " + operands);
    } else if (compare(low.value, high.value).value_or(0) > 0) {
      note(function_,
           "The BETWEEN operator requires upper bound to be greater than or equal to lower "
           "bound; " +
               operands);
    }
  }

  void check_function(Condition& node) {
    check_operands_of_function(node);
    const auto* const known =
        std::find_if(kFunctions.begin(), kFunctions.end(),
                     [&](const FunctionName& f) { return f.name == node.text; });
    if (known == kFunctions.end()) {
      note(unknown_function_, "Invalid function name; function: " + node.text);
      return;
    }
    node.function = known->function;
    if (known->operands != node.args.size()) {
      note(operand_, wrong_count(node, node.args.size()));
      return;
    }
    check_distinct(node);
    switch (node.function) {
      case Function::Exists:
      case Function::NotExists:
        if (node.args[0].kind != Kind::Path) {
          note(function_,
               "Operator or function requires a document path; operator or function: " + node.text);
        }
        return;
      case Function::BeginsWith:
        for (const Condition& arg : node.args) {
          const std::optional<Type> type = known_type(arg);
          if (type && *type != Type::S && *type != Type::B)
            note(function_, wrong_type(node, type_name(*type)));
        }
        return;
      case Function::TypeIs: check_type_name(node); return;
      case Function::Size: {
        const std::optional<Type> type = known_type(node.args[0]);
        if (type == Type::N || type == Type::Bool || type == Type::Null)
          note(function_, wrong_type(node, type_name(*type)));
        return;
      }
      case Function::Contains:
      case Function::Unknown: return;
    }
  }

  void check_operands_of_function(const Condition& node) {
    for (const Condition& arg : node.args) {
      if (arg.kind == Kind::Function && !is_size(arg) && arg.function != Function::Unknown)
        misused(arg);
    }
  }

  void check_type_name(const Condition& node) {
    const Condition& wanted = node.args[1];
    const std::optional<Type> type = known_type(wanted);
    if (type != Type::S) {
      note(function_, wrong_type(node, type ? type_name(*type) : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
    } else if (!type_named(wanted.value.text)) {
      note(function_, "Invalid attribute type name found; type: " + wanted.value.text +
                          ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }
  }

  Placeholders& placeholders_;
  size_t operators_ = 0;
  std::string parentheses_;
  std::string unknown_function_;
  std::string misused_function_;
  std::string reserved_;
  std::string condition_;  ///< the first of those below
  std::string undefined_;
  std::string operand_;
  std::string distinct_;
  std::string function_;
};

void collect(const Condition& node, std::vector<std::string_view>& out) {
  if (node.kind == Kind::Path) out.push_back(node.path[0].name);
  for (const Condition& arg : node.args) collect(arg, out);
}

}  // namespace

ApiResult<Condition> compile_condition(std::string_view title, std::string_view text,
                                       Placeholders& placeholders) {
  PAWL_TRY_VOID(check_expression_text(title, text));
  Condition out = PAWL_TRY(parse_condition(title, text));
  Analyzer analyzer(placeholders);
  analyzer.check(out);
  const std::string mistake = analyzer.mistake();
  if (!mistake.empty()) return invalid("Invalid " + std::string(title) + ": " + mistake);
  return out;
}

std::vector<std::string_view> attributes_of(const Condition& condition) {
  std::vector<std::string_view> out;
  collect(condition, out);
  return out;
}

}  // namespace pawl::dynamodb
