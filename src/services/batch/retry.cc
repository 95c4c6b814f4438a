// SPDX-License-Identifier: Apache-2.0
#include "json/members.h"
#include "services/batch/retry.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace pawl::batch {

using json::Value;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// All members that are there must match.
bool matches(const Value& condition, const Attempt& attempt) {
  const auto agrees = [&](std::string_view member, std::string_view text) {
    return !has_member(condition, member) ||
           matches_exit_pattern(text_member(condition, member), text);
  };
  const std::string code = attempt.exit_code ? std::to_string(*attempt.exit_code) : "";
  return agrees("onStatusReason", attempt.status_reason) && agrees("onReason", attempt.reason) &&
         agrees("onExitCode", code);
}

}  // namespace

bool matches_exit_pattern(std::string_view pattern, std::string_view text) {
  const std::string wanted = lower(pattern);
  const std::string given = lower(text);
  if (wanted.ends_with('*')) return given.starts_with(wanted.substr(0, wanted.size() - 1));
  return wanted == given;
}

bool retries(const Value& strategy, const std::vector<Attempt>& attempts) {
  const int64_t most = std::max<int64_t>(integer_member(strategy, "attempts", 1), 1);
  if (static_cast<int64_t>(attempts.size()) >= most) return false;
  const Value conditions = array_member(strategy, "evaluateOnExit");
  for (const Value& condition : conditions.items()) {
    if (!matches(condition, attempts.back())) continue;
    return lower(text_member(condition, "action")) == "retry";
  }
  return true;
}

}  // namespace pawl::batch
