// SPDX-License-Identifier: Apache-2.0
// EventPattern::compile: the text of a pattern to conditions. It goes through the tokens in the
// order of AWS's rule compiler (event-ruler, JsonRuleCompiler), because what it says of a mistake
// names the place where that one stands. Matching is in pattern_matcher.cc.
#include "aws/event/event_pattern.h"

#include <algorithm>
#include <utility>

#include "aws/event/match_expression.h"
#include "aws/event/pattern_reader.h"
#include "json/jackson_error.h"
#include "json/parse.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Alternative = EventPattern::Alternative;
using Alternatives = std::vector<Alternative>;
using Token = PatternReader::Token;

constexpr std::string_view kOr = "$or";
constexpr size_t kDepthMax = 100;
/// NOTE: AWS has such a bound and does not tell it.
constexpr size_t kWildcardComplexityMax = 10;
constexpr const char* kTooComplex =
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
    "sequences after a wildcard character";

bool is_reserved_beside_or(std::string_view name) {
  for (const std::string_view reserved : {"exactly",
                                          "prefix",
                                          "suffix",
                                          "anything-but",
                                          "numeric",
                                          "exists",
                                          "cidr",
                                          "equals-ignore-case",
                                          "wildcard",
                                          "=",
                                          "<",
                                          "<=",
                                          ">",
                                          ">=",
                                          "regex",
                                          "not-wildcard",
                                          "not-equals-ignore-case",
                                          "date-after",
                                          "date-on-or-after",
                                          "date-before",
                                          "date-on-or-before",
                                          "in-date-range",
                                          "ip-address-in-range",
                                          "ip-address-not-in-range"})
    if (name == reserved) return true;
  return false;
}

class Compiler {
 public:
  Compiler(std::string_view text, EventPattern::Options options)
      : reader_(text), options_(options) {}

  Result<Alternatives> compile() {
    if (reader_.next() != Token::ObjectStart) return mistake_at(reader_, "Filter is not an object");
    Alternatives alternatives;
    PAWL_TRY_VOID(object(alternatives, "", false));
    return alternatives;
  }

 private:
  Result<void> object(Alternatives& alternatives, const std::string& path, bool is_beside_or) {
    bool has_members = false;
    while (reader_.next() != Token::ObjectEnd) {
      has_members = true;
      const std::string name = reader_.text();
      if (name == kOr) {
        PAWL_TRY_VOID(either(alternatives, path));
        continue;
      }
      if (is_beside_or && is_reserved_beside_or(name))
        return mistake_at(reader_,
                          name + " is Ruler reserved fieldName which cannot be used inside $or.");
      const std::string below = path.empty() ? name : path + "." + name;
      const Token token = reader_.next();
      if (token == Token::ObjectStart) {
        PAWL_TRY_VOID(object(alternatives, below, is_beside_or));
      } else if (token == Token::ArrayStart) {
        PAWL_TRY_VOID(conditions(alternatives, below));
      } else {
        return mistake_at(reader_, "\"" + name + "\" must be an object or an array");
      }
    }
    if (!has_members) return mistake_at(reader_, "Empty objects are not allowed");
    return {};
  }

  /// "$or": what was there before, once with each object of the array.
  Result<void> either(Alternatives& alternatives, const std::string& path) {
    if (reader_.next() != Token::ArrayStart)
      return mistake_at(reader_, "It must be an Array followed with $or.");
    const Alternatives before = std::exchange(alternatives, {});
    size_t objects = 0;
    for (Token token = reader_.next(); token != Token::ArrayEnd; token = reader_.next()) {
      if (token != Token::ObjectStart)
        return mistake_at(reader_, "Only JSON object is allowed in array of $or relationship.");
      ++objects;
      Alternatives branch = before.empty() ? Alternatives(1) : before;
      PAWL_TRY_VOID(object(branch, path, true));
      if (alternatives.size() + branch.size() > EventPattern::kAlternativesMax)
        return Error{ErrorKind::LimitExceeded, "Rule is too complex - it has more than " +
                                                   std::to_string(EventPattern::kAlternativesMax) +
                                                   " combinations of $or"};
      std::move(branch.begin(), branch.end(), std::back_inserter(alternatives));
    }
    if (objects < 2)
      return mistake_at(reader_, "There must have at least 2 Objects in $or relationship.");
    return {};
  }

  Result<ValuePattern> expression() {
    ValuePattern pattern = PAWL_TRY(read_match_expression(reader_));
    if (pattern.kind == ValuePattern::Kind::Present && options_.presence_needs_content)
      pattern.kind = ValuePattern::Kind::PresentAndNotEmpty;
    return pattern;
  }

  Result<void> conditions(Alternatives& alternatives, const std::string& path) {
    std::vector<ValuePattern> patterns;
    for (Token token = reader_.next(); token != Token::ArrayEnd; token = reader_.next()) {
      if (token == Token::ObjectStart) {
        patterns.push_back(PAWL_TRY(expression()));
      } else if (token == Token::String) {
        patterns.push_back({.kind = ValuePattern::Kind::Text, .texts = {reader_.text()}});
      } else if (token == Token::Literal) {
        patterns.push_back({.kind = ValuePattern::Kind::Literal, .texts = {reader_.text()}});
      } else if (token == Token::Number) {
        patterns.push_back(number_pattern(reader_));
      } else {
        return mistake_at(reader_, "Match value must be String, number, true, false, or null");
      }
    }
    if (patterns.empty()) return mistake_at(reader_, "Empty arrays are not allowed");
    std::vector<std::string> wildcards;
    for (const ValuePattern& pattern : patterns)
      if (pattern.kind == ValuePattern::Kind::Wildcard)
        wildcards.insert(wildcards.end(), pattern.texts.begin(), pattern.texts.end());
    if (!wildcards.empty() &&
        wildcard_complexity(wildcards, kWildcardComplexityMax) > kWildcardComplexityMax)
      return Error{ErrorKind::LimitExceeded, kTooComplex};
    if (alternatives.empty()) alternatives.emplace_back();
    for (Alternative& alternative : alternatives) {
      std::erase_if(alternative.conditions, [&](const EventPattern::Condition& condition) {
        return condition.path == path;
      });
      alternative.conditions.push_back({path, patterns});
    }
    return {};
  }

  PatternReader reader_;
  EventPattern::Options options_;
};

/// The steps of a path: an event's "a.b" takes two.
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    steps.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return steps;
}

using Branch = std::pair<std::vector<std::string>, int32_t>;

/// The nodes for branches[first, last), which agree in their first `depth` steps.
void add_nodes(Alternative& alternative, std::string name, const std::vector<Branch>& branches,
               size_t first, size_t last, size_t depth) {
  const size_t node = alternative.nodes.size();
  alternative.nodes.push_back({.name = std::move(name)});
  while (first < last) {
    if (branches[first].first.size() == depth) {
      alternative.nodes[node].condition = branches[first++].second;
      continue;
    }
    const std::string& step = branches[first].first[depth];
    size_t end = first;
    while (end < last && branches[end].first.size() > depth && branches[end].first[depth] == step)
      ++end;
    add_nodes(alternative, step, branches, first, end, depth + 1);
    first = end;
  }
  alternative.nodes[node].end = static_cast<uint32_t>(alternative.nodes.size());
}

void make_tree(Alternative& alternative) {
  std::vector<Branch> branches;
  for (size_t i = 0; i < alternative.conditions.size(); ++i)
    branches.emplace_back(steps_of(alternative.conditions[i].path), static_cast<int32_t>(i));
  std::sort(branches.begin(), branches.end());
  add_nodes(alternative, "", branches, 0, branches.size(), 0);
}

}  // namespace

bool EventPattern::Condition::wants_absence() const {
  return std::any_of(patterns.begin(), patterns.end(), [](const ValuePattern& pattern) {
    return pattern.kind == ValuePattern::Kind::Absent;
  });
}

Result<EventPattern> EventPattern::compile_rule(std::string_view text, Options options) {
  const auto valid = json::validate(text, {.depth_max = kDepthMax});
  if (!valid && !text.empty()) {
    const json::JacksonError mistake = json::jackson_error(text, valid.error());
    return Error{ErrorKind::InvalidSyntax, mistake.message + "\n at " + mistake.location};
  }
  EventPattern pattern;
  pattern.alternatives_ = PAWL_TRY(Compiler(text, options).compile());
  for (Alternative& alternative : pattern.alternatives_) make_tree(alternative);
  return pattern;
}

Result<EventPattern> EventPattern::compile(std::string_view text) {
  Result<EventPattern> pattern = compile_rule(text, {});
  if (!pattern)
    return Error{pattern.error().kind,
                 "Event pattern is not valid. Reason: " + pattern.error().message};
  return pattern;
}

bool EventPattern::looks_below(std::string_view path) const {
  for (const Alternative& alternative : alternatives_)
    for (const Condition& condition : alternative.conditions)
      if (condition.path.size() > path.size() && condition.path.starts_with(path) &&
          condition.path[path.size()] == '.')
        return true;
  return false;
}

}  // namespace pawl::aws
