// SPDX-License-Identifier: Apache-2.0
// How a resource differs from what its template says.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html
#pragma once

#include <string>

#include "json/value.h"
#include "services/cloudformation/state/drift_records.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

struct PropertyComparison {
  json::Value expected = json::Value::object();    ///< of what can be read, what the template has
  json::Value actual = json::Value::object();      ///< the same properties as they are
  json::Value differences = json::Value::array();  ///< the API's PropertyDifferences
};

/// `expected`: what the template says, resolved; `actual`: what a reader answered. Only properties
/// that the template has are compared, as AWS does. Lists are compared whatever their order.
PropertyComparison compare_properties(const std::string& type, const json::Value& expected,
                                      const json::Value& actual);

/// Reads the resource back. Blocks. nullopt: its type cannot be checked. Errors: the service's.
aws::ApiResult<std::optional<DriftRecord>> detect_drift(StackCalls& calls,
                                                        const formation::Environment& environment,
                                                        const ResourceRecord& resource,
                                                        int64_t now_ms);

}  // namespace pawl::cloudformation
