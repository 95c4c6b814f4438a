// SPDX-License-Identifier: Apache-2.0
// What a template says of a DynamoDB table, in the form of AWS::DynamoDB::Table's properties, and
// the calls that make it so.
#pragma once

#include <string>
#include <string_view>

#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation::dynamodb {

inline constexpr std::string_view kTable = "AWS::DynamoDB::Table";
inline constexpr std::string_view kGlobalTable = "AWS::DynamoDB::GlobalTable";

struct Table {
  std::string_view type;   ///< kTable or kGlobalTable
  json::Value properties;  ///< of an AWS::DynamoDB::Table, whatever the type
};

/// Errors: properties that our DynamoDB does not serve; a global table of more than this region.
aws::ApiResult<Table> read_table(std::string_view type, const ResourceRequest& request);
/// Of the resource as it is.
aws::ApiResult<Table> read_previous_table(std::string_view type, const ResourceRequest& request);

Tags tags_of(const Table& table, const ResourceRequest& request);

json::Value create_input(StackCalls& calls, const Table& table, const ResourceRequest& request,
                         const std::string& name);

/// CloudFormation refuses more than one new or removed index, and indexes that change.
aws::ApiResult<void> check_index_changes(const Table& before, const Table& after);

/// UpdateTable's next input without TableName; null if the table is as it should be. DynamoDB takes
/// some changes only one by one.
json::Value next_change(const Table& before, const Table& after, const json::Value& description);

/// An attribute with another type, other local indexes: a new table.
bool replaces(const json::Value& previous, const json::Value& next);

}  // namespace pawl::cloudformation::dynamodb
