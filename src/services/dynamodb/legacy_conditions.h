// SPDX-License-Identifier: Apache-2.0
// The parameters from before expressions, to the same trees (Developer Guide "Legacy conditional
// parameters"): Expected, QueryFilter, ScanFilter, KeyConditions, AttributeUpdates.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/update.h"
#include "services/dynamodb/key_condition.h"

namespace pawl::dynamodb {

/// Of input.Expected; nothing if it is not there.
aws::ApiResult<std::optional<Condition>> read_expected(const json::Value& input);
/// Of input.QueryFilter or input.ScanFilter.
aws::ApiResult<std::optional<Condition>> read_filter(const json::Value& input,
                                                     std::string_view member);
/// Of input.KeyConditions.
aws::ApiResult<std::vector<KeyCondition>> read_key_conditions(const json::Value& input);
/// Of input.AttributeUpdates.
aws::ApiResult<std::optional<Update>> read_attribute_updates(const json::Value& input);

}  // namespace pawl::dynamodb
