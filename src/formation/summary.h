// SPDX-License-Identifier: Apache-2.0
// What a template says of itself before it is deployed: the answers of ValidateTemplate and
// GetTemplateSummary, and the capabilities that its deployment must acknowledge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formation/parameters.h"
#include "json/value.h"

namespace pawl::formation {

struct NeededCapabilities {
  std::vector<std::string> capabilities = {};  ///< "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", …
  std::string reason = {};                     ///< CapabilitiesReason; "" if nothing is needed
};

/// Of a template as it was given or after its transforms (then macros ask for nothing).
NeededCapabilities needed_capabilities(const json::Value& template_document);

/// InsufficientCapabilitiesException's message, "Requires capabilities : [CAPABILITY_NAMED_IAM]",
/// or "" if `given` has all that is needed; CAPABILITY_NAMED_IAM includes CAPABILITY_IAM.
std::string missing_capabilities(const NeededCapabilities& needed,
                                 const std::vector<std::string>& given);

/// ValidateTemplate's answer, or what is wrong: without transforms the template is compiled.
base::Result<json::Value> validate_answer(const json::Value& template_document);

/// GetTemplateSummary's answer but for ResourceIdentifierSummaries, which need resource schemas.
base::Result<json::Value> summary_answer(const json::Value& template_document);

}  // namespace pawl::formation
