// SPDX-License-Identifier: Apache-2.0
// Arn: Amazon Resource Names, "arn:partition:service:region:account-id:resource" (IAM User Guide,
// "Amazon Resource Names").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::aws {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;      ///< may be ""
  std::string account_id;  ///< may be ""
  std::string resource;    ///< all the rest: "stateMachine:name", "role/path/name"

  /// Splits at the first five colons. nullopt unless it begins with "arn:", partition, service and
  /// resource are not empty, and the account is "" or 12 digits or "aws".
  static std::optional<Arn> parse(std::string_view text);
  std::string text() const;

  /// The resource's parts between ":" and its kind: "stateMachine", "name", …
  std::vector<std::string_view> resource_parts(char separator = ':') const;
  /// What stands before the first ":" or "/" of the resource; "" if neither is there.
  std::string_view resource_type() const;
  /// What stands after it; the whole resource if neither is there.
  std::string_view resource_id() const;

  friend bool operator==(const Arn&, const Arn&) = default;
};

/// The partition of a region: "aws", "aws-cn", "aws-us-gov", "aws-iso", …
std::string_view partition_of(std::string_view region);

}  // namespace pawl::aws
