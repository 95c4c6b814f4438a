// SPDX-License-Identifier: Apache-2.0
#include "services/cloudwatch/alarm_rule.h"

#include <algorithm>

namespace pawl::cloudwatch {

using base::Error;
using base::ErrorKind;
using base::Result;

class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : rest_(text) {}

  Result<AlarmRule> parse() {
    AlarmRule rule = PAWL_TRY(disjunction(0));
    skip();
    if (!rest_.empty()) return wrong();
    return rule;
  }

 private:
  static constexpr size_t kDepthMax = 50;

  Error wrong() const {
    return {ErrorKind::InvalidSyntax,
            "AlarmRule must not contain '" + std::string(rest_.substr(0, 20)) + "'"};
  }
  void skip() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' ||
                              rest_.front() == '\t' || rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }
  bool take(std::string_view text) {
    skip();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  static AlarmRule joined(AlarmRule::Kind kind, AlarmRule a, AlarmRule b) {
    AlarmRule rule;
    rule.kind_ = kind;
    rule.parts_ = {std::move(a), std::move(b)};
    return rule;
  }

  Result<AlarmRule> disjunction(size_t depth) {
    AlarmRule left = PAWL_TRY(conjunction(depth));
    while (take("OR "))
      left = joined(AlarmRule::Kind::Or, std::move(left), PAWL_TRY(conjunction(depth)));
    return left;
  }

  Result<AlarmRule> conjunction(size_t depth) {
    AlarmRule left = PAWL_TRY(primary(depth));
    while (take("AND "))
      left = joined(AlarmRule::Kind::And, std::move(left), PAWL_TRY(primary(depth)));
    return left;
  }

  Result<AlarmRule> primary(size_t depth) {
    if (depth > kDepthMax) return wrong();
    AlarmRule rule;
    if (take("NOT")) {
      rule.kind_ = AlarmRule::Kind::Not;
      rule.parts_.push_back(PAWL_TRY(primary(depth + 1)));
      return rule;
    }
    if (take("(")) {
      rule = PAWL_TRY(disjunction(depth + 1));
      if (!take(")")) return wrong();
      return rule;
    }
    if (take("TRUE")) {
      rule.constant_ = true;
      return rule;
    }
    if (take("FALSE")) return rule;
    for (const char* state : {"ALARM", "OK", "INSUFFICIENT_DATA"}) {
      if (!take(std::string(state) + "(")) continue;
      rule.kind_ = AlarmRule::Kind::State;
      rule.state_ = state;
      skip();
      const bool is_quoted = take("\"");
      const size_t end = rest_.find(is_quoted ? '"' : ')');
      if (end == std::string_view::npos) return wrong();
      rule.alarm_ = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (is_quoted) rest_.remove_prefix(1);
      while (rule.alarm_.ends_with(' ')) rule.alarm_.pop_back();
      constexpr std::string_view kArn = ":alarm:";
      if (rule.alarm_.starts_with("arn:") && rule.alarm_.find(kArn) != std::string::npos)
        rule.alarm_ = rule.alarm_.substr(rule.alarm_.find(kArn) + kArn.size());
      if (rule.alarm_.empty() || !take(")")) return wrong();
      return rule;
    }
    return wrong();
  }

  std::string_view rest_;
};

Result<AlarmRule> AlarmRule::parse(std::string_view text) { return RuleParser(text).parse(); }

bool AlarmRule::holds(const std::function<std::string(const std::string& alarm)>& state_of) const {
  const auto part_holds = [&](const AlarmRule& part) { return part.holds(state_of); };
  switch (kind_) {
    case Kind::Constant: return constant_;
    case Kind::State: return state_of(alarm_) == state_;
    case Kind::Not: return !parts_.front().holds(state_of);
    case Kind::And: return std::all_of(parts_.begin(), parts_.end(), part_holds);
    case Kind::Or: return std::any_of(parts_.begin(), parts_.end(), part_holds);
  }
  return false;
}

std::vector<std::string> AlarmRule::alarms() const {
  std::vector<std::string> names;
  if (kind_ == Kind::State) names.push_back(alarm_);
  for (const AlarmRule& part : parts_) {
    for (std::string& name : part.alarms()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pawl::cloudwatch
