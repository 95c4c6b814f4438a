// SPDX-License-Identifier: Apache-2.0
// What an input says about the session it asks for: its tags and its policies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/identities.h"
#include "json/value.h"

namespace pawl::sts {

/// Tags and TransitiveTagKeys, and what the caller's own session hands on.
/// Errors: InvalidParameterValue.
aws::ApiResult<void> add_tags(const json::Value& input, const std::optional<aws::Session>& calling,
                              aws::Session& session);

/// Policy and PolicyArns; the latter as texts "arn:…" that whoever evaluates looks up.
/// Errors: MalformedPolicyDocument.
aws::ApiResult<void> add_policies(const json::Value& input, aws::Session& session);

/// PackedPolicySize: how much of what a session may carry these take, in percent; 0: nothing.
int64_t packed_percent(const aws::Session& session);

}  // namespace pawl::sts
