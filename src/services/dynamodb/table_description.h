// SPDX-License-Identifier: Apache-2.0
// API TableDescription of a table, and of what is not the same everywhere.
#pragma once

#include <string_view>

#include "json/value.h"
#include "services/dynamodb/database.h"

namespace pawl::dynamodb {

/// What an operation answers with: NOTE: AWS shows other members when a table is made, described,
/// changed and deleted (recorded).
enum class TableMoment { Created, Described, Updated, Deleted };

/// `counts` are the table's.
json::Value describe_table(const TableSchema& schema, const Counts& counts, TableMoment moment);

/// Seconds, as timestamps of the API.
json::Value timestamp(int64_t ms);

/// A UUID of now.
std::string new_uuid();

}  // namespace pawl::dynamodb
