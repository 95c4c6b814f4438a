// SPDX-License-Identifier: Apache-2.0
// What this service's things are called: event buses and rules, their ARNs, and their keys in the
// store (Service Authorization Reference, "Resource types defined by Amazon EventBridge").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/key.h"

namespace pawl::events {

inline constexpr std::string_view kDefaultBus = "default";
/// Who acts when this service calls others.
inline constexpr std::string_view kServiceName = "events.amazonaws.com";

/// Whose it is and where.
struct Scope {
  std::string account;
  std::string region;

  store::KeyBuilder key() const;
  /// "arn:aws:events:REGION:ACCOUNT:RESOURCE".
  std::string arn(std::string_view resource) const;
  friend bool operator==(const Scope&, const Scope&) = default;
};

struct BusName {
  Scope scope;
  std::string name;

  bool is_default() const { return name == kDefaultBus; }
  store::KeyBuilder key() const;
  std::string arn() const { return scope.arn("event-bus/" + name); }
  /// nullopt if it is the ARN of something else.
  static std::optional<BusName> of_arn(std::string_view arn);
  friend bool operator==(const BusName&, const BusName&) = default;
};

struct RuleName {
  BusName bus;
  std::string name;

  store::KeyBuilder key() const;
  std::string arn() const;
  static std::optional<RuleName> of_arn(std::string_view arn);
  friend bool operator==(const RuleName&, const RuleName&) = default;
};

}  // namespace pawl::events
