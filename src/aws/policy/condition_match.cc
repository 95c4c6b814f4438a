// SPDX-License-Identifier: Apache-2.0
#include "aws/policy/condition_match.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "aws/http_message.h"
#include "aws/policy/policy_checks.h"
#include "base/bytes.h"

namespace pawl::aws {
namespace {

std::optional<double> number(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return *end == '\0' ? std::optional(value) : std::nullopt;
}

template <typename T>
bool compares(ConditionTest test, ConditionTest equals, const std::optional<T>& given,
              const std::optional<T>& wanted) {
  if (!given || !wanted) return false;
  // Both families are in this order: equals, less, less or equal, greater, greater or equal.
  switch (static_cast<int>(test) - static_cast<int>(equals)) {
    case 0: return *given == *wanted;
    case 1: return *given < *wanted;
    case 2: return *given <= *wanted;
    case 3: return *given > *wanted;
    default: return *given >= *wanted;
  }
}

/// Each of the six parts by itself.
bool arn_matches(const PolicyPattern& pattern, std::string_view arn) {
  constexpr size_t kParts = 6;
  const std::vector<PolicyPattern> patterns = pattern.split(kParts);
  if (patterns.size() != kParts) return pattern.text() == "*";
  for (size_t i = 0; i < kParts; ++i) {
    const size_t colon = i + 1 < kParts ? arn.find(':') : arn.size();
    if (colon == std::string_view::npos || !patterns[i].matches(arn.substr(0, colon))) return false;
    arn.remove_prefix(std::min(colon + 1, arn.size()));
  }
  return true;
}

/// `wanted` has no variables any more. Never negated.
bool value_matches(ConditionTest test, const std::string& given, const PolicyPattern& wanted) {
  switch (test) {
    case ConditionTest::StringLike: return wanted.matches(given);
    case ConditionTest::ArnLike: return arn_matches(wanted, given);
    default: break;
  }
  const std::string text = wanted.text();
  switch (test) {
    case ConditionTest::StringEqualsIgnoreCase:
    case ConditionTest::Bool: return equals_ignoring_case(given, text);
    case ConditionTest::IpAddress: return address_is_in(given, text);
    case ConditionTest::BinaryEquals: {
      const auto bytes = base::base64_decode(text);
      return given == text || (bytes && given == *bytes);
    }
    default: break;
  }
  if (test >= ConditionTest::NumericEquals && test <= ConditionTest::NumericGreaterThanEquals)
    return compares(test, ConditionTest::NumericEquals, number(given), number(text));
  if (test >= ConditionTest::DateEquals && test <= ConditionTest::DateGreaterThanEquals)
    return compares(test, ConditionTest::DateEquals, read_policy_date(given),
                    read_policy_date(text));
  return given == text;
}

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  ///< 32 or 128; 0: none
};

Address read_address(std::string_view text) {
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  }
  return address;
}

}  // namespace

bool address_is_in(std::string_view address, std::string_view block) {
  const size_t slash = block.find('/');
  const Address given = read_address(address);
  const Address wanted = read_address(block.substr(0, slash));
  if (given.bits == 0 || given.bits != wanted.bits) return false;
  int bits = wanted.bits;
  if (slash != std::string_view::npos) {
    const std::string_view length = block.substr(slash + 1);
    const auto read = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (read.ec != std::errc() || bits < 0 || bits > wanted.bits) return false;
  }
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<size_t>(i / 8);
    const int mask = 0x80 >> (i % 8);
    if (((given.bytes[byte] ^ wanted.bytes[byte]) & mask) != 0) return false;
  }
  return true;
}

bool condition_holds(const PolicyCondition& condition, const PolicyContext& context,
                     const PolicyContext* variables) {
  using Set = PolicyCondition::Set;
  const auto found = context.find(condition.key);
  const bool is_there = found != context.end() && !found->second.empty();
  if (condition.test == ConditionTest::Null) {
    return std::any_of(condition.values.begin(), condition.values.end(), [&](const auto& each) {
      return equals_ignoring_case(each, is_there ? "false" : "true");
    });
  }
  if (!is_there) {
    if (condition.set == Set::ForAnyValue) return false;
    return condition.if_exists || condition.is_negated || condition.set == Set::ForAllValues;
  }
  std::vector<PolicyPattern> wanted;
  for (const std::string& value : condition.values) {
    if (auto pattern = PolicyPattern::make(value, variables)) wanted.push_back(*std::move(pattern));
  }
  const auto matches = [&](const std::string& given) {
    const bool is_one =
        std::any_of(wanted.begin(), wanted.end(), [&](const PolicyPattern& pattern) {
          return value_matches(condition.test, given, pattern);
        });
    return is_one != condition.is_negated;
  };
  const std::vector<std::string>& given = found->second;
  // Without a set operator a key with many values is as with ForAnyValue, and none may match what
  // is negated.
  const bool wants_all =
      condition.set == Set::ForAllValues || (condition.set == Set::None && condition.is_negated);
  return wants_all ? std::all_of(given.begin(), given.end(), matches)
                   : std::any_of(given.begin(), given.end(), matches);
}

}  // namespace pawl::aws
