// SPDX-License-Identifier: Apache-2.0
// Whether a job that has failed is tried again: its retry strategy.
#pragma once

#include <string_view>
#include <vector>

#include "services/batch/job.h"

namespace pawl::batch {

/// Whether `text` is what the pattern of an EvaluateOnExit means: case does not count, and "*" at
/// the end stands for any rest.
bool matches_exit_pattern(std::string_view pattern, std::string_view text);

/// API RetryStrategy: of the conditions the first that matches the last attempt decides; without
/// one the job is retried. At most as often as it says.
bool retries(const json::Value& strategy, const std::vector<Attempt>& attempts);

}  // namespace pawl::batch
