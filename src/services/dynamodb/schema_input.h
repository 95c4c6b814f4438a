// SPDX-License-Identifier: Apache-2.0
// Parts of a table's schema as CreateTable and UpdateTable give them, checked.
#pragma once

#include <string>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/dynamodb/table_schema.h"

namespace pawl::dynamodb {

/// AttributeDefinitions.
aws::ApiResult<std::vector<KeyAttribute>> read_definitions(const json::Value& list);

/// A KeySchema whose attributes are among `definitions`.
aws::ApiResult<KeySchema> read_key_schema(const json::Value& list,
                                          const std::vector<KeyAttribute>& definitions);

/// A global index of CreateTable, or a Create of UpdateTable, without its id.
aws::ApiResult<IndexSchema> read_global_index(const json::Value& index,
                                              const std::vector<KeyAttribute>& definitions,
                                              bool is_on_demand);
aws::ApiResult<IndexSchema> read_local_index(const json::Value& index,
                                             const std::vector<KeyAttribute>& definitions,
                                             const KeySchema& table);

/// "Some AttributeDefinitions are not used".
aws::ApiResult<void> check_definitions_used(const TableSchema& schema);

/// ReadCapacityUnits and WriteCapacityUnits.
Throughput read_throughput(const json::Value& provisioned);
/// MaxReadRequestUnits and MaxWriteRequestUnits; what is not told is -1.
Throughput read_on_demand(const json::Value& on_demand);
/// ReadUnitsPerSecond and WriteUnitsPerSecond.
Throughput read_warm(const json::Value& warm, const Throughput& otherwise);

/// The ARN of the key of an SSESpecification that is enabled: the one that is named, or the
/// account's default key.
aws::ApiResult<std::string> read_sse_key(const json::Value& specification, std::string_view region,
                                         std::string_view account);

/// Tags of a request; errors of AWS's rules for keys.
aws::ApiResult<void> add_tags(const json::Value& list, std::map<std::string, std::string>& tags);

}  // namespace pawl::dynamodb
