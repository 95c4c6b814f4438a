// SPDX-License-Identifier: Apache-2.0
// FilterPolicy::compile: the text of a policy to conditions. It goes through the tokens in the
// order of AWS's rule compiler (event-ruler, JsonRuleCompiler), because what it says of a mistake
// names the place where that one stands.
#include <cmath>
#include <limits>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "services/sns/filter_policy.h"
#include "services/sns/match_expression.h"
#include "services/sns/policy_reader.h"

namespace pawl::sns {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;
using Token = PolicyReader::Token;
using Alternatives = std::vector<FilterPolicy::Alternative>;

constexpr std::string_view kOr = "$or";
constexpr size_t kDepthMax = 100;

bool is_reserved_beside_or(std::string_view name) {
  for (const std::string_view reserved : {"exactly", "prefix", "suffix", "anything-but", "numeric",
                                          "exists", "cidr", "equals-ignore-case", "wildcard"})
    if (name == reserved) return true;
  return false;
}

/// Keys that have conditions, through objects and "$or".
size_t count_keys(const Value& policy) {
  size_t keys = 0;
  for (const json::Member& member : policy.members()) {
    if (member.value.is_object()) {
      keys += count_keys(member.value);
    } else if (member.name() == kOr && member.value.is_array()) {
      for (const Value& item : member.value.items())
        if (item.is_object()) keys += count_keys(item);
    } else {
      ++keys;
    }
  }
  return keys;
}

bool is_nested(const Value& policy) {
  for (const json::Member& member : policy.members()) {
    if (member.value.is_object()) return true;
    if (member.name() != kOr || !member.value.is_array()) continue;
    for (const Value& item : member.value.items())
      if (item.is_object() && is_nested(item)) return true;
  }
  return false;
}

/// "Filter policy complexity". At most a few more than the bound: the numbers stay small.
uint64_t combinations(const Value& policy, uint64_t depth) {
  uint64_t product = 1;
  for (const json::Member& member : policy.members()) {
    uint64_t factor = 0;
    if (member.value.is_object()) {
      factor = combinations(member.value, depth + 1);
    } else if (member.name() == kOr && member.value.is_array()) {
      for (const Value& item : member.value.items())
        factor += item.is_object() ? combinations(item, depth) : 0;
    } else if (member.value.is_array()) {
      factor = member.value.size() * depth;
    }
    product = std::min<uint64_t>(product * factor, uint64_t{1} << 20);
  }
  return product;
}

class Compiler {
 public:
  explicit Compiler(std::string_view text) : reader_(text) {}

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
      alternatives.insert(alternatives.end(), branch.begin(), branch.end());
    }
    if (objects < 2)
      return mistake_at(reader_, "There must have at least 2 Objects in $or relationship.");
    return {};
  }

  Result<void> conditions(Alternatives& alternatives, const std::string& path) {
    std::vector<FilterPattern> patterns;
    for (Token token = reader_.next(); token != Token::ArrayEnd; token = reader_.next()) {
      if (token == Token::ObjectStart) {
        patterns.push_back(PAWL_TRY(read_match_expression(reader_)));
      } else if (token == Token::String) {
        patterns.push_back({.kind = FilterPattern::Kind::Text, .texts = {reader_.text()}});
      } else if (token == Token::Literal) {
        patterns.push_back({.kind = FilterPattern::Kind::Literal, .texts = {reader_.text()}});
      } else if (token == Token::Number) {
        patterns.push_back(number_pattern(reader_));
      } else {
        return mistake_at(reader_, "Match value must be String, number, true, false, or null");
      }
    }
    if (patterns.empty()) return mistake_at(reader_, "Empty arrays are not allowed");
    if (alternatives.empty()) alternatives.emplace_back();
    for (FilterPolicy::Alternative& alternative : alternatives) {
      std::erase_if(alternative, [&](const FilterPolicy::Condition& condition) {
        return condition.path == path;
      });
      alternative.push_back({path, patterns});
    }
    return {};
  }

  PolicyReader reader_;
};

}  // namespace

Result<FilterPolicy> FilterPolicy::compile(std::string_view text, FilterScope scope) {
  if (text.size() > kFilterPolicyBytesMax)
    return Error{ErrorKind::LimitExceeded, "FilterPolicy: Filter policy is too large"};
  const Result<Value> parsed = json::parse(text, {.depth_max = kDepthMax});
  if (!parsed) return Error{ErrorKind::InvalidSyntax, "FilterPolicy: failed to parse JSON."};
  if (parsed->is_object()) {
    if (scope == FilterScope::MessageAttributes && is_nested(*parsed))
      return Error{ErrorKind::InvalidSyntax,
                   "Filter policy scope MessageAttributes does not support nested filter policy"};
    if (count_keys(*parsed) > kFilterKeysMax)
      return Error{ErrorKind::LimitExceeded, "FilterPolicy: Filter policy can not have more than " +
                                                 std::to_string(kFilterKeysMax) + " keys"};
  }
  const std::string compact = json::write(*parsed);
  FilterPolicy policy;
  policy.alternatives_ = PAWL_TRY(Compiler(compact).compile());
  if (combinations(*parsed, 1) > kFilterCombinationsMax)
    return Error{ErrorKind::LimitExceeded, "FilterPolicy: Filter policy is too complex"};
  return policy;
}

}  // namespace pawl::sns
