// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/capacity.h"

#include <algorithm>
#include <cmath>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"

namespace pawl::dynamodb {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr size_t kReadUnitBytes = 4096;
constexpr size_t kWriteUnitBytes = 1024;

Value units_json(double units) {
  ObjectBuilder out;
  out.set("CapacityUnits", Value(units));
  return std::move(out).build();
}

double sum(const std::map<std::string, double>& units) {
  double out = 0;
  for (const auto& [name, each] : units) out += each;
  return out;
}

Value indexes_json(const std::map<std::string, double>& units) {
  ObjectBuilder out;
  for (const auto& [name, each] : units) out.set(name, units_json(each));
  return std::move(out).build();
}

}  // namespace

double read_units(size_t bytes, bool is_consistent) {
  const size_t units = std::max<size_t>(1, (bytes + kReadUnitBytes - 1) / kReadUnitBytes);
  return static_cast<double>(units) * (is_consistent ? 1.0 : 0.5);
}

double write_units(const Written& written) {
  const size_t bytes = std::max(written.old_bytes, written.new_bytes);
  return static_cast<double>(std::max<size_t>(1, (bytes + kWriteUnitBytes - 1) / kWriteUnitBytes));
}

double Consumed::total() const { return read + write + sum(global_indexes) + sum(local_indexes); }

void Consumed::add_write(const TableSchema& schema, const Written& written) {
  const double factor = is_transaction ? 2 : 1;
  const double units = write_units(written) * factor;
  write += units;
  for (const auto& [name, count] : written.index_writes) {
    const IndexSchema* index = schema.find_index(name);
    if (index == nullptr) continue;
    (index->is_global ? global_indexes : local_indexes)[name] += units * count;
  }
}

Value Consumed::shown(std::string_view return_consumed_capacity) const {
  if (return_consumed_capacity != "TOTAL" && return_consumed_capacity != "INDEXES") return {};
  ObjectBuilder out;
  out.set("TableName", Value(table)).set("CapacityUnits", Value(total()));
  if (is_transaction && write > 0)
    out.set("WriteCapacityUnits", Value(write + sum(global_indexes) + sum(local_indexes)));
  if (is_transaction && read > 0) out.set("ReadCapacityUnits", Value(read));
  if (return_consumed_capacity == "INDEXES") {
    out.set("Table", units_json(read + write));
    if (!global_indexes.empty()) out.set("GlobalSecondaryIndexes", indexes_json(global_indexes));
    if (!local_indexes.empty()) out.set("LocalSecondaryIndexes", indexes_json(local_indexes));
  }
  return std::move(out).build();
}

Value collection_metrics(const Value& input, const TableSchema& schema, const Item& item) {
  if (text_member(input, "ReturnItemCollectionMetrics") != "SIZE") return {};
  const bool has_local = std::any_of(schema.indexes.begin(), schema.indexes.end(),
                                     [](const IndexSchema& index) { return !index.is_global; });
  const AttributeValue* hash = find(item, schema.keys.hash.name);
  if (!has_local || hash == nullptr) return {};
  ObjectBuilder key;
  key.set(schema.keys.hash.name, write_attribute(*hash));
  ObjectBuilder out;
  out.set("ItemCollectionKey", std::move(key).build());
  out.set("SizeEstimateRangeGB", Value::array({Value(0.0), Value(1.0)}));
  return std::move(out).build();
}

}  // namespace pawl::dynamodb
