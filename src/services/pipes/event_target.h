// SPDX-License-Identifier: Apache-2.0
// From a pipe's settings and an event to the target of a call: its parameters, which may be paths
// into the event (API PipeTargetParameters).
#pragma once

#include <string>

#include "aws/event/target_call.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::pipes {

/// Whether the target gets a batch as one JSON array: functions and state machines.
bool takes_arrays(const std::string& arn);

/// `event` is null for a target that takes arrays. Whether its answer is waited for:
/// InvocationType, which is REQUEST_RESPONSE if it is not given.
aws::Target target_for(const json::Value& settings, const json::Value& event, std::string payload,
                       base::Timestamp now);

/// The same for the enrichment, whose answer is always waited for.
aws::Target enrichment_for(const json::Value& settings, const json::Value& event,
                           std::string payload, base::Timestamp now);

}  // namespace pawl::pipes
