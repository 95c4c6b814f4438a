// SPDX-License-Identifier: Apache-2.0
// The ARNs of Step Functions' own resources and the names inside them: state machines with their
// versions, aliases and Map state labels, and activities.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/arn.h"

namespace pawl::states {

/// A resource in its account and region; what records are kept under.
struct ResourceKey {
  std::string account_id;
  std::string region;
  std::string name;

  friend bool operator==(const ResourceKey&, const ResourceKey&) = default;
};

/// "arn:aws:states:us-east-1:000000000000:stateMachine:NAME"
std::string state_machine_arn(const ResourceKey& key);
std::string activity_arn(const ResourceKey& key);
/// The same with ":VERSION" or ":ALIAS" behind it.
std::string version_arn(const ResourceKey& key, uint64_t version);
std::string alias_arn(const ResourceKey& key, std::string_view alias);

/// A parsed state machine ARN. At most one of version, alias and label is there.
struct StateMachineArn {
  ResourceKey key;
  std::optional<uint64_t> version;  ///< "…:stateMachine:NAME:10"
  std::string alias;                ///< "…:stateMachine:NAME:PROD"
  std::string label;                ///< "…:stateMachine:NAME/LABEL": a Distributed Map state

  bool is_qualified() const { return version || !alias.empty() || !label.empty(); }
};

/// An ARN of service states and one of `types` ("stateMachine", "execution", …). The type is what
/// stands before the first ":" of the resource.
/// Errors: InvalidArn, in AWS's words: "Invalid Arn: 'Invalid ARN prefix: x'",
/// "Invalid Arn: 'Resource type not valid in this context: execution'".
aws::ApiResult<aws::Arn> parse_states_arn(std::string_view text,
                                          std::initializer_list<std::string_view> types);

/// Errors: InvalidArn. Thread-safe.
aws::ApiResult<StateMachineArn> parse_state_machine_arn(std::string_view text);
/// Errors: InvalidArn.
aws::ApiResult<ResourceKey> parse_activity_arn(std::string_view text);

/// True if a machine, activity or execution may be called so (API CreateStateMachine, `name`): no
/// white space, none of <>{}[]?*"#%\^|~`$&,;:/, no control character, surrogate or U+FFFE, U+FFFF,
/// U+10FFFF. Its length is the model's to check.
bool is_valid_resource_name(std::string_view name);

}  // namespace pawl::states
