// SPDX-License-Identifier: Apache-2.0
// TableSchema: everything about a table but its items: keys, indexes, settings, and its record.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "services/dynamodb/attribute_value.h"

namespace pawl::dynamodb {

struct KeyAttribute {
  std::string name;
  Type type = Type::S;  ///< S, N or B
};

struct KeySchema {
  KeyAttribute hash;
  std::optional<KeyAttribute> range;

  bool contains(std::string_view name) const {
    return name == hash.name || (range && name == range->name);
  }
  size_t size() const { return range ? 2 : 1; }
};

struct Throughput {
  int64_t read = 0;
  int64_t write = 0;
};

struct IndexSchema {
  std::string name;
  uint32_t id = 0;  ///< in keys; not used again within its table
  bool is_global = true;
  KeySchema keys;
  std::string projection = "ALL";  ///< API ProjectionType
  std::vector<std::string> non_key_attributes;
  bool is_filling = false;  ///< IndexStatus CREATING
  Throughput provisioned;
  std::optional<Throughput> warm;
  std::optional<Throughput> on_demand;
};

/// A stream that is or was on; its records live for 24 hours.
struct StreamSchema {
  uint64_t number = 0;  ///< leads the keys of its records; never reused
  std::string label;    ///< its time, the last part of its ARN
  std::string view_type;
  int64_t created_ms = 0;
  int64_t closed_ms = 0;  ///< 0: records are still written
};

struct TableSchema {
  std::string account;
  std::string region;
  std::string name;
  uint64_t number = 0;  ///< leads the keys of its items; never reused
  std::string id;       ///< TableId, a UUID
  int64_t created_ms = 0;
  std::vector<KeyAttribute> definitions;  ///< AttributeDefinitions
  KeySchema keys;
  std::vector<IndexSchema> indexes;
  uint32_t next_index_id = 1;
  bool is_on_demand = false;
  bool has_billing_mode = false;  ///< BillingModeSummary is shown
  int64_t on_demand_since_ms = 0;
  Throughput provisioned;
  int64_t increased_ms = 0;
  int64_t decreased_ms = 0;
  std::optional<Throughput> warm;
  std::optional<Throughput> on_demand_max;
  std::optional<StreamSchema> stream;  ///< the latest, on or off
  std::string time_to_live_attribute;  ///< "": off
  bool is_deletion_protected = false;
  std::string sse_key_arn;  ///< "": the key that AWS owns
  std::string table_class;  ///< "": not told
  int64_t class_changed_ms = 0;
  bool has_point_in_time_recovery = false;
  int64_t recovery_days = 35;
  int64_t recovery_since_ms = 0;
  std::string policy;  ///< resource policy, JSON
  std::string policy_revision;
  std::map<std::string, std::string> tags;
  std::string destinations;  ///< KinesisDataStreamDestinations, JSON

  std::string arn() const;
  std::string stream_arn() const;
  bool has_stream() const { return stream && stream->closed_ms == 0; }
  const IndexSchema* find_index(std::string_view index) const;
  /// Nothing if the attribute is not defined.
  std::optional<Type> defined_type(std::string_view attribute) const;
};

std::string table_arn(std::string_view region, std::string_view account, std::string_view name);
std::string stream_arn(std::string_view region, std::string_view account, std::string_view table,
                       std::string_view label);

/// docs/formats/dynamodb.md "Table".
std::string encode_schema(const TableSchema& schema);
base::Result<TableSchema> decode_schema(std::string_view record);

}  // namespace pawl::dynamodb
