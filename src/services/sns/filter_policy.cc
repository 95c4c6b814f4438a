// SPDX-License-Identifier: Apache-2.0
#include "services/sns/filter_policy.h"

#include <algorithm>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::sns {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr std::string_view kOr = "$or";
constexpr size_t kDepthMax = 100;

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
  // What is said of a mistake quotes the compact text.
  Result<aws::EventPattern> pattern =
      aws::EventPattern::compile_rule(json::write(*parsed), {.presence_needs_content = true});
  if (!pattern) return Error{pattern.error().kind, "FilterPolicy: " + pattern.error().message};
  if (combinations(*parsed, 1) > kFilterCombinationsMax)
    return Error{ErrorKind::LimitExceeded, "FilterPolicy: Filter policy is too complex"};
  return FilterPolicy(*std::move(pattern));
}

bool FilterPolicy::matches(const Value& message) const {
  // "Attribute key matching": an empty set of attributes matches nothing, not even absence.
  return message.is_object() && message.size() != 0 && pattern_.matches(message);
}

}  // namespace pawl::sns
