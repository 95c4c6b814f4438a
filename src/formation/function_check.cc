// SPDX-License-Identifier: Apache-2.0
#include "formation/function_check.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "formation/expressions.h"
#include "formation/words.h"

namespace pawl::formation {
namespace {

using Value = json::Value;

constexpr std::string_view kJoin =
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
    "(2) a list of strings to be joined or a function that returns a list of strings (such as "
    "Fn::GetAZs) to be joined.";
constexpr std::string_view kSplit =
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
    "(2) a string to be split or a function that returns a string to be split.";
constexpr std::string_view kSelect =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and "
    "a list";
constexpr std::string_view kSub =
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
    "Specify a string as first argument, and an optional second argument to specify a mapping of "
    "values to replace in the string";
constexpr std::string_view kFindInMap =
    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key "
    "and the attribute for return value";
constexpr std::string_view kSupported =
    " Supported functions are: [Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, "
    "Fn::Split, Fn::FindInMap, Fn::Select, Ref, Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, "
    "Fn::Or, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, Fn::ValueOf, Fn::ValueOfAll, "
    "Fn::RefAll, Fn::Sub, Fn::Cidr]";

bool is_scalar(const Value& value) { return scalar_text(value).has_value(); }

/// What may stand where a text is wanted.
bool may_be_text(const Value& value) { return is_scalar(value) || function_of(value).has_value(); }

/// What may stand where a list is wanted.
bool may_be_list(const Value& value) { return value.is_array() || function_of(value).has_value(); }

bool is_list_of(const Value& value, size_t items) {
  return value.is_array() && value.size() == items;
}

std::optional<int64_t> integer_of(const Value& value) {
  const std::optional<std::string> text = scalar_text(value);
  if (!text) return std::nullopt;
  int64_t integer = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, integer);
  if (error != std::errc() || stop != end) return std::nullopt;
  return integer;
}

class FunctionCheck {
 public:
  FunctionCheck(Section section, const CheckContext& context)
      : section_(section), context_(context) {}

  base::Result<void> check(const Value& value) const {
    if (value.is_array()) {
      for (const Value& item : value.items()) PAWL_TRY_VOID(check(item));
      return {};
    }
    if (const auto call = function_of(value)) {
      PAWL_TRY_VOID(check_call(*call));
      if (call->name == "Ref") return {};
      return check(*call->argument);
    }
    for (const json::Member& member : members_of(value)) PAWL_TRY_VOID(check(member.value));
    return {};
  }

 private:
  using Check = base::Result<void> (FunctionCheck::*)(const Value&) const;
  struct Row {
    std::string_view name;
    Check check;
    bool in_rules = false;
  };
  static std::span<const Row> rows();
  static std::span<const Row> rule_rows();

  static base::Result<void> require(bool holds, std::string_view message) {
    if (holds) return {};
    return template_error(std::string(message));
  }

  base::Result<void> check_call(const FunctionCall& call) const {
    for (const Row& row : rows()) {
      if (row.name != call.name) continue;
      if (section_ == Section::Rules && !row.in_rules) return not_in_rules(call.name);
      return (this->*row.check)(*call.argument);
    }
    if (section_ == Section::Rules) {
      for (const Row& row : rule_rows()) {
        if (row.name == call.name) return (this->*row.check)(*call.argument);
      }
    }
    const bool is_extension = call.name == "Fn::Length" || call.name == "Fn::ToJsonString";
    if (is_extension && context_.has_language_extensions) return {};
    return template_error("Template Error: Encountered unsupported function: " +
                          std::string(call.name) + std::string(kSupported));
  }

  static base::Error not_in_rules(std::string_view name) {
    return template_error(
        "Template format error: Following functions are not supported in the Rules block of the "
        "template: [" +
        std::string(name) + "]");
  }

  base::Result<void> ref(const Value& argument) const {
    return require(argument.is_string(),
                   "Template error: every Ref object must have a single "
                   "String value.");
  }

  base::Result<void> get_att(const Value& argument) const {
    if (argument.is_string()) {
      return require(attribute_argument(argument).has_value(),
                     "Template error: if specifying one argument to Fn::GetAtt, that argument must "
                     "be a non-empty string in format <LogicalId>.<Attribute>");
    }
    return require(attribute_argument(argument).has_value(),
                   "Template error: every Fn::GetAtt object requires two non-empty parameters, the "
                   "resource name and the resource attribute");
  }

  base::Result<void> join(const Value& argument) const {
    if (!is_list_of(argument, 2)) return require(false, kJoin);
    const Value& items = argument.items()[1];
    if (!argument.items()[0].is_string() || !may_be_list(items)) return require(false, kJoin);
    if (!items.is_array()) return {};
    const auto good = [](const Value& item) { return may_be_text(item); };
    return require(std::all_of(items.items().begin(), items.items().end(), good), kJoin);
  }

  base::Result<void> split(const Value& argument) const {
    return require(is_list_of(argument, 2) && argument.items()[0].is_string() &&
                       may_be_text(argument.items()[1]),
                   kSplit);
  }

  // NOTE an index beyond a list that is written out has this text too
  // ("test_invalid_select_index_type[index-out-of-range]").
  base::Result<void> select(const Value& argument) const {
    if (!is_list_of(argument, 2)) return require(false, kSelect);
    const Value& index = argument.items()[0];
    const Value& list = argument.items()[1];
    if (!may_be_list(list)) return require(false, kSelect);
    if (function_of(index)) return {};
    const std::optional<int64_t> number = integer_of(index);
    if (!number || *number < 0) return require(false, kSelect);
    return require(!list.is_array() || static_cast<uint64_t>(*number) < list.size(), kSelect);
  }

  base::Result<void> sub(const Value& argument) const {
    const auto parts = sub_argument(argument);
    if (!parts) return require(false, kSub);
    const base::Result<std::vector<SubPart>> parsed = parse_sub(parts->text);
    if (!parsed) return parsed.error();
    return {};
  }

  base::Result<void> base64(const Value& argument) const {
    return require(may_be_text(argument),
                   "Template error: every Fn::Base64 object must have a String-typed value.");
  }

  base::Result<void> get_azs(const Value& argument) const {
    return require(may_be_text(argument),
                   "Template error: every Fn::GetAZs object must have a String-typed value.");
  }

  base::Result<void> import_value(const Value& argument) const {
    PAWL_TRY_VOID(require(section_ != Section::Conditions,
                          "Template error: Cannot use Fn::ImportValue in Conditions."));
    PAWL_TRY_VOID(require(may_be_text(argument),
                          "Template error: every Fn::ImportValue object must have a String-typed "
                          "value."));
    return {};
  }

  base::Result<void> get_stack_output(const Value& argument) const {
    PAWL_TRY_VOID(require(section_ != Section::Conditions,
                          "Template error: Cannot use Fn::GetStackOutput in Conditions."));
    const Value* stack = argument.find("StackName");
    const Value* output = argument.find("OutputName");
    return require(
        stack != nullptr && output != nullptr && may_be_text(*stack) && may_be_text(*output),
        "Template error: every Fn::GetStackOutput object requires a StackName and an "
        "OutputName");
  }

  base::Result<void> find_in_map(const Value& argument) const {
    const bool extended = context_.has_language_extensions;
    if (!argument.is_array() || argument.size() < 3 || argument.size() > (extended ? 4 : 3)) {
      return require(false, kFindInMap);
    }
    for (const Value& part : argument.items().first(3)) {
      const auto call = function_of(part);
      const bool simple = call && (call->name == "Ref" || call->name == "Fn::FindInMap");
      if (!is_scalar(part) && !simple && !(extended && call)) return require(false, kFindInMap);
    }
    if (argument.size() == 4) return {};
    const std::optional<std::string> map = scalar_text(argument.items()[0]);
    if (!map || context_.mappings.find(*map) != nullptr) return {};
    return template_error("Template error: Mapping named '" + *map +
                          "' is not present in the 'Mappings' section of template.");
  }

  base::Result<void> cidr(const Value& argument) const {
    const bool good = argument.is_array() && (argument.size() == 2 || argument.size() == 3) &&
                      std::all_of(argument.items().begin(), argument.items().end(),
                                  [](const Value& part) { return may_be_text(part); });
    return require(good || function_of(argument).has_value(),
                   "Template error: every Fn::Cidr object requires two to three parameters, the IP "
                   "block, the count and the number of CIDR bits");
  }

  base::Result<void> if_(const Value& argument) const {
    PAWL_TRY_VOID(
        require(argument.is_array() && argument.size() > 0 && argument.items()[0].is_string(),
                "Template error: Fn::If requires a list argument with the first element being a "
                "condition"));
    PAWL_TRY_VOID(require(argument.size() == 3,
                          "Template error: Fn::If requires a list argument with three elements"));
    const std::string_view name = argument.items()[0].as_string();
    if (context_.conditions.find(name) != nullptr) return {};
    return template_error("Template error: unresolved condition dependency " + std::string(name) +
                          " in Fn::If");
  }

  base::Result<void> equals(const Value& argument) const {
    bool good = is_list_of(argument, 2);
    for (size_t i = 0; good && i < 2; ++i) {
      const Value& side = argument.items()[i];
      const auto call = function_of(side);
      good = may_be_text(side) && !(call && call->name == "Ref" && call->argument->is_string() &&
                                    context_.is_list_parameter(call->argument->as_string()));
    }
    return require(good,
                   "Template error: every Fn::Equals object requires a list of 2 string "
                   "parameters.");
  }

  base::Result<void> and_or(std::string_view name, const Value& argument) const {
    const bool good =
        argument.is_array() && argument.size() >= 2 && argument.size() <= 10 &&
        std::all_of(argument.items().begin(), argument.items().end(), is_boolean_function);
    return require(good, "Template error: every " + std::string(name) +
                             " object requires a list of at least 2 and at most 10 boolean "
                             "parameters.");
  }
  base::Result<void> and_(const Value& argument) const { return and_or("Fn::And", argument); }
  base::Result<void> or_(const Value& argument) const { return and_or("Fn::Or", argument); }

  base::Result<void> not_(const Value& argument) const {
    return require(is_list_of(argument, 1) && is_boolean_function(argument.items()[0]),
                   "Template error: every Fn::Not object requires one boolean parameter.");
  }

  base::Result<void> list_and_text(const Value& argument) const {
    return require(is_list_of(argument, 2) && may_be_list(argument.items()[0]) &&
                       may_be_text(argument.items()[1]),
                   "Template error: every Fn::Contains and Fn::EachMemberEquals object requires a "
                   "list of strings and a string.");
  }

  base::Result<void> two_lists(const Value& argument) const {
    return require(is_list_of(argument, 2) && may_be_list(argument.items()[0]) &&
                       may_be_list(argument.items()[1]),
                   "Template error: every Fn::EachMemberIn object requires two lists of strings.");
  }

  base::Result<void> text(const Value& argument) const {
    return require(argument.is_string(),
                   "Template error: every Fn::RefAll object must have a String-typed value.");
  }

  base::Result<void> two_texts(const Value& argument) const {
    return require(is_list_of(argument, 2) && argument.items()[0].is_string() &&
                       argument.items()[1].is_string(),
                   "Template error: every Fn::ValueOf and Fn::ValueOfAll object requires two "
                   "string parameters.");
  }

  Section section_;
  const CheckContext& context_;
};

std::span<const FunctionCheck::Row> FunctionCheck::rows() {
  static constexpr Row kRows[] = {
      {"Ref", &FunctionCheck::ref, true},
      {"Fn::GetAtt", &FunctionCheck::get_att},
      {"Fn::Join", &FunctionCheck::join},
      {"Fn::Split", &FunctionCheck::split},
      {"Fn::Select", &FunctionCheck::select},
      {"Fn::Sub", &FunctionCheck::sub},
      {"Fn::Base64", &FunctionCheck::base64},
      {"Fn::GetAZs", &FunctionCheck::get_azs},
      {"Fn::ImportValue", &FunctionCheck::import_value},
      {"Fn::GetStackOutput", &FunctionCheck::get_stack_output},
      {"Fn::FindInMap", &FunctionCheck::find_in_map},
      {"Fn::Cidr", &FunctionCheck::cidr},
      {"Fn::If", &FunctionCheck::if_},
      {"Fn::Equals", &FunctionCheck::equals, true},
      {"Fn::And", &FunctionCheck::and_, true},
      {"Fn::Or", &FunctionCheck::or_, true},
      {"Fn::Not", &FunctionCheck::not_, true},
  };
  return kRows;
}

std::span<const FunctionCheck::Row> FunctionCheck::rule_rows() {
  static constexpr Row kRows[] = {
      {"Fn::Contains", &FunctionCheck::list_and_text},
      {"Fn::EachMemberEquals", &FunctionCheck::list_and_text},
      {"Fn::EachMemberIn", &FunctionCheck::two_lists},
      {"Fn::RefAll", &FunctionCheck::text},
      {"Fn::ValueOf", &FunctionCheck::two_texts},
      {"Fn::ValueOfAll", &FunctionCheck::two_texts},
  };
  return kRows;
}

}  // namespace

base::Result<void> check_functions(const json::Value& expression, Section section,
                                   const CheckContext& context) {
  return FunctionCheck(section, context).check(expression);
}

bool is_boolean_function(const json::Value& expression) {
  constexpr std::string_view kNames[] = {"Fn::And",          "Fn::Or",       "Fn::Not",
                                         "Fn::Equals",       "Fn::Contains", "Fn::EachMemberEquals",
                                         "Fn::EachMemberIn", "Condition"};
  return expression.is_object() && expression.size() == 1 &&
         std::find(std::begin(kNames), std::end(kNames), expression.members()[0].name()) !=
             std::end(kNames);
}

}  // namespace pawl::formation
