// SPDX-License-Identifier: Apache-2.0
// From JSON to statements. What is refused, and in which words: policy_checks.cc.
#include "aws/policy/policy_document.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/http_message.h"
#include "aws/policy/policy_checks.h"
#include "aws/policy/policy_pattern.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using json::Value;

/// IAM's quotas are far below; a policy is a person's work.
constexpr size_t kDepthMax = 32;

struct NamedTest {
  std::string_view name;
  ConditionTest test;
  bool is_negated;
};

// IAM User Guide, "IAM JSON policy elements: Condition operators".
constexpr std::array kTests = {
    NamedTest{"StringEquals", ConditionTest::StringEquals, false},
    NamedTest{"StringNotEquals", ConditionTest::StringEquals, true},
    NamedTest{"StringEqualsIgnoreCase", ConditionTest::StringEqualsIgnoreCase, false},
    NamedTest{"StringNotEqualsIgnoreCase", ConditionTest::StringEqualsIgnoreCase, true},
    NamedTest{"StringLike", ConditionTest::StringLike, false},
    NamedTest{"StringNotLike", ConditionTest::StringLike, true},
    NamedTest{"NumericEquals", ConditionTest::NumericEquals, false},
    NamedTest{"NumericNotEquals", ConditionTest::NumericEquals, true},
    NamedTest{"NumericLessThan", ConditionTest::NumericLessThan, false},
    NamedTest{"NumericLessThanEquals", ConditionTest::NumericLessThanEquals, false},
    NamedTest{"NumericGreaterThan", ConditionTest::NumericGreaterThan, false},
    NamedTest{"NumericGreaterThanEquals", ConditionTest::NumericGreaterThanEquals, false},
    NamedTest{"DateEquals", ConditionTest::DateEquals, false},
    NamedTest{"DateNotEquals", ConditionTest::DateEquals, true},
    NamedTest{"DateLessThan", ConditionTest::DateLessThan, false},
    NamedTest{"DateLessThanEquals", ConditionTest::DateLessThanEquals, false},
    NamedTest{"DateGreaterThan", ConditionTest::DateGreaterThan, false},
    NamedTest{"DateGreaterThanEquals", ConditionTest::DateGreaterThanEquals, false},
    NamedTest{"Bool", ConditionTest::Bool, false},
    NamedTest{"BinaryEquals", ConditionTest::BinaryEquals, false},
    NamedTest{"IpAddress", ConditionTest::IpAddress, false},
    NamedTest{"NotIpAddress", ConditionTest::IpAddress, true},
    NamedTest{"ArnEquals", ConditionTest::ArnLike, false},
    NamedTest{"ArnLike", ConditionTest::ArnLike, false},
    NamedTest{"ArnNotEquals", ConditionTest::ArnLike, true},
    NamedTest{"ArnNotLike", ConditionTest::ArnLike, true},
    NamedTest{"Null", ConditionTest::Null, false},
};

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size() || !equals_ignoring_case(text.substr(0, prefix.size()), prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() ||
      !equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix))
    return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// A text as it is, numbers and booleans as they are written.
std::string scalar_text(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

/// One text or a list of them.
std::vector<std::string> texts(const Value* value) {
  std::vector<std::string> found;
  if (value == nullptr || value->is_null()) return found;
  if (!value->is_array()) return {scalar_text(*value)};
  for (const Value& each : value->items()) {
    if (!each.is_null()) found.push_back(scalar_text(each));
  }
  return found;
}

std::vector<PolicyPrincipal> read_principals(const Value& value) {
  if (!value.is_object()) return {{"AWS", scalar_text(value)}};
  std::vector<PolicyPrincipal> principals;
  for (const json::Member& each : value.members()) {
    for (std::string& text : texts(&each.value))
      principals.push_back({std::string(each.name()), std::move(text)});
  }
  return principals;
}

void read_conditions(const Value& value, PolicyStatement& statement,
                     std::vector<std::string>& keys) {
  for (const json::Member& operation : value.members()) {
    PolicyCondition condition;
    if (!read_condition_operator(operation.name(), condition)) continue;  // empty: checked
    for (const json::Member& each : operation.value.members()) {
      condition.key = policy_lower_case(each.name());
      condition.values = texts(&each.value);
      keys.emplace_back(each.name());
      statement.conditions.push_back(condition);
    }
  }
}

PolicyStatement read_statement(const Value& value, std::vector<std::string>& keys) {
  PolicyStatement statement;
  if (const Value* sid = value.find("Sid")) statement.sid = sid->as_string();
  const Value* effect = value.find("Effect");
  statement.effect = effect != nullptr && effect->is_string() && effect->as_string() == "Deny"
                         ? PolicyEffect::Deny
                         : PolicyEffect::Allow;
  statement.is_not_action = value.find("NotAction") != nullptr;
  statement.actions = texts(value.find(statement.is_not_action ? "NotAction" : "Action"));
  statement.is_not_resource = value.find("NotResource") != nullptr;
  statement.resources = texts(value.find(statement.is_not_resource ? "NotResource" : "Resource"));
  statement.is_not_principal = value.find("NotPrincipal") != nullptr;
  const Value* principal = value.find(statement.is_not_principal ? "NotPrincipal" : "Principal");
  if (principal != nullptr) statement.principals = read_principals(*principal);
  if (const Value* condition = value.find("Condition"))
    read_conditions(*condition, statement, keys);
  return statement;
}

/// Where the statements of a valid policy begin and end. The text is walked once.
class StatementPlaces {
 public:
  explicit StatementPlaces(std::string_view text) : text_(text) {}

  void mark(std::vector<PolicyStatement>& statements) {
    size_t next = 0;
    for (at_ = 0; at_ < text_.size(); advance()) {
      const char c = text_[at_];
      if (c == '"') {
        const std::string_view name = skip_string();
        if (depth_ == 1 && !is_value_) is_inside_ = name == "Statement";
      } else if (c == '{' || c == '[') {
        ++depth_;
        if (c == '[' && depth_ == 2 && is_inside_) list_ = 1;
        if (c == '{' && is_inside_ && depth_ == 2 + list_ && next < statements.size())
          statements[next].start = behind();
      } else if (c == '}' || c == ']') {
        if (c == '}' && is_inside_ && depth_ == 2 + list_ && next < statements.size())
          statements[next++].end = behind();
        --depth_;
        if (depth_ == 1) list_ = 0;
      } else if (depth_ == 1 && c == ':') {
        is_value_ = true;
      } else if (depth_ == 1 && c == ',') {
        is_value_ = false;
      }
    }
  }

 private:
  void advance() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }
  std::string_view skip_string() {
    const size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return text_.substr(begin, at_ - begin);
  }
  base::SourcePosition behind() const {
    return {.line = line_, .column = static_cast<int>(at_ - line_start_) + 2};
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
  int depth_ = 0;
  int list_ = 0;
  bool is_inside_ = false;
  bool is_value_ = false;
};

/// The names in "${…}" of a text; not those of single characters.
void find_variables(std::string_view text, std::vector<std::string>& names) {
  size_t at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    const size_t end = text.find('}', at);
    if (end == std::string_view::npos) return;
    std::string_view name = text.substr(at + 2, end - at - 2);
    name = name.substr(0, name.find(','));
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name.size() > 1) names.emplace_back(name);
    at = end;
  }
}

}  // namespace

bool read_condition_operator(std::string_view name, PolicyCondition& condition) {
  condition.set = PolicyCondition::Set::None;
  if (drop_prefix(name, "ForAllValues:")) {
    condition.set = PolicyCondition::Set::ForAllValues;
  } else if (drop_prefix(name, "ForAnyValue:")) {
    condition.set = PolicyCondition::Set::ForAnyValue;
  }
  condition.if_exists = drop_suffix(name, "IfExists");
  const auto found = std::find_if(kTests.begin(), kTests.end(), [name](const NamedTest& each) {
    return equals_ignoring_case(each.name, name);
  });
  if (found == kTests.end()) return false;
  condition.test = found->test;
  condition.is_negated = found->is_negated;
  return true;
}

base::Result<PolicyDocument> PolicyDocument::parse(std::string_view text, PolicyKind kind) {
  const auto refuse = [](std::string message) {
    return Error(ErrorKind::InvalidSyntax, std::move(message));
  };
  const bool is_identity = kind == PolicyKind::Identity || kind == PolicyKind::Inline;
  const auto policy = json::parse(text, {.depth_max = kDepthMax});
  if (!policy || !policy->is_object()) {
    return refuse(is_identity ? "Syntax errors in policy." : "This policy contains invalid Json");
  }
  auto fault =
      is_identity ? identity_policy_fault(*policy, kind) : principal_policy_fault(*policy, kind);
  if (fault) return refuse(*std::move(fault));
  PolicyDocument document;
  const Value* version = policy->find("Version");
  document.has_variables_ =
      version != nullptr && version->is_string() && version->as_string() == "2012-10-17";
  for (const Value& each : policy_statements(*policy))
    document.statements_.push_back(read_statement(each, document.condition_keys_));
  StatementPlaces(text).mark(document.statements_);
  return document;
}

std::vector<std::string> PolicyDocument::context_keys() const {
  std::vector<std::string> keys = condition_keys_;
  if (has_variables_) {
    for (const PolicyStatement& statement : statements_) {
      for (const std::string& resource : statement.resources) find_variables(resource, keys);
      for (const PolicyCondition& condition : statement.conditions) {
        for (const std::string& value : condition.values) find_variables(value, keys);
      }
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace pawl::aws
