// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/actions/read_request.h"

#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

bool is_projected(const ReadRequest& read, const DocumentPath& path) {
  return projects(*read.schema, *read.index, path[0].name);
}

ApiResult<void> check_select(const ReadRequest& read, bool has_paths) {
  if (read.select == "ALL_PROJECTED_ATTRIBUTES" && read.index == nullptr) {
    return invalid(
        "One or more parameter values were invalid: ALL_PROJECTED_ATTRIBUTES can be used only "
        "when Querying using an IndexName");
  }
  if (has_paths && !read.select.empty() && read.select != "SPECIFIC_ATTRIBUTES") {
    return invalid(read.select == "COUNT"
                       ? "Cannot specify the ProjectionExpression when choosing to get only the "
                         "Count"
                       : "Cannot specify the ProjectionExpression when choosing to get " +
                             read.select);
  }
  if (!has_paths && read.select == "SPECIFIC_ATTRIBUTES") {
    return invalid(
        "Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  return {};
}

/// What a query of an index may ask for that the index does not hold.
ApiResult<void> check_projection(ReadRequest& read) {
  if (read.index == nullptr || read.index->projection == "ALL") return {};
  std::vector<std::string> missing;
  if (read.paths) {
    for (const DocumentPath& path : *read.paths) {
      if (!is_projected(read, path)) missing.push_back(path[0].name);
    }
  }
  const bool wants_all = read.select == "ALL_ATTRIBUTES";
  if (!wants_all && missing.empty()) return {};
  if (!read.index->is_global) {
    read.fetches_whole_items = true;
    return {};
  }
  if (wants_all) {
    return invalid_parameter(
        "Select type ALL_ATTRIBUTES is not supported for global secondary index " +
        read.index->name + " because its projection type is not ALL");
  }
  std::string names;
  for (const std::string& name : missing) names += (names.empty() ? "" : ", ") + name;
  return invalid_parameter("Global secondary index " + read.index->name + " does not project [" +
                           names + "]");
}

ApiResult<void> check_start(const ReadRequest& read) {
  const Item& start = *read.start;
  size_t wanted = 0;
  const auto fits = [&](const KeyAttribute& key) {
    const AttributeValue* value = find(start, key.name);
    return value != nullptr && value->type == key.type && !value->text.empty();
  };
  std::vector<const KeyAttribute*> keys;
  const auto add = [&](const KeySchema& schema) {
    for (const KeyAttribute* key : {&schema.hash, schema.range ? &*schema.range : nullptr}) {
      if (key == nullptr || std::any_of(keys.begin(), keys.end(), [&](const KeyAttribute* k) {
            return k->name == key->name;
          })) {
        continue;
      }
      keys.push_back(key);
    }
  };
  add(read.schema->keys);
  if (read.index != nullptr) add(read.index->keys);
  for (const KeyAttribute* key : keys) wanted += fits(*key) ? 1 : 0;
  if (wanted == keys.size() && start.size() == keys.size()) return {};
  const std::string text = "The provided starting key is invalid";
  return invalid(read.is_scan ? text + ": The provided key element does not match the schema"
                              : text);
}

Value capacity(const Value& input, const ReadRequest& read, const Page& page) {
  const std::string wanted = text_member(input, "ReturnConsumedCapacity");
  Consumed consumed{.table = read.schema->name};
  const double units = read_units(page.bytes, read.is_consistent);
  for (const size_t bytes : page.fetched) consumed.read += read_units(bytes, read.is_consistent);
  if (read.index == nullptr) {
    consumed.read += units;
  } else {
    (read.index->is_global ? consumed.global_indexes : consumed.local_indexes)[read.index->name] =
        units;
  }
  return consumed.shown(wanted);
}

}  // namespace

ApiResult<ReadRequest> read_common(const Value& input) {
  ReadRequest out;
  out.table_name = text_member(input, "TableName");
  out.index_name = text_member(input, "IndexName");
  out.select = text_member(input, "Select");
  out.is_consistent = flag_member(input, "ConsistentRead");
  out.forward = flag_member(input, "ScanIndexForward", true);
  if (const auto limit = find_integer(input, "Limit")) out.limit = static_cast<size_t>(*limit);
  if (const Value* start = member_of(input, "ExclusiveStartKey")) {
    auto key = read_item(*start);
    if (!key) {
      const std::string message = key.error().message.value_or("");
      const bool is_named = message.starts_with("Supplied AttributeValue");
      return invalid((is_named ? "The provided starting key is invalid: " : "") + message);
    }
    out.start = *std::move(key);
  }
  const bool has_paths = member_of(input, "ProjectionExpression") != nullptr ||
                         member_of(input, "AttributesToGet") != nullptr;
  if (has_paths && out.select == "COUNT") PAWL_TRY_VOID(check_select(out, true));
  if (!has_paths && out.select == "SPECIFIC_ATTRIBUTES") PAWL_TRY_VOID(check_select(out, false));
  return out;
}

ApiResult<void> locate_read(const Database& database, const aws::Request& request,
                            ReadRequest& read) {
  read.table = PAWL_TRY(find_table(database, request, read.table_name));
  read.schema = read.table->schema();
  if (!read.index_name.empty()) {
    read.index = read.schema->find_index(read.index_name);
    if (read.index == nullptr)
      return invalid("The table does not have the specified index: " + read.index_name);
    if (read.is_consistent && read.index->is_global)
      return invalid("Consistent reads are not supported on global secondary indexes");
    if (read.index->is_filling) {
      return invalid("Cannot read from backfilling global secondary index: " + read.index_name);
    }
  }
  PAWL_TRY_VOID(check_select(read, read.paths.has_value()));
  PAWL_TRY_VOID(check_projection(read));
  return read.start ? check_start(read) : ApiResult<void>();
}

std::optional<AttributeValue> find_hash(const std::vector<KeyCondition>& conditions,
                                        const KeySchema& keys) {
  for (const KeyCondition& condition : conditions) {
    if (condition.attribute == keys.hash.name) return condition.values[0];
  }
  return std::nullopt;
}

ApiResult<void> continue_read(ReadRequest& read) {
  if (!read.start) return {};
  if (read.hash && !equal(*find(*read.start, read.keys().hash.name), *read.hash)) {
    return invalid(
        "The provided starting key is outside query boundaries based on provided conditions");
  }
  const std::string key = read.index != nullptr ? index_key(*read.schema, *read.index, *read.start)
                                                : item_key(*read.schema, *read.start);
  if (continue_behind(read.range, key, read.forward)) return {};
  return invalid(read.is_scan
                     ? "The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
                       "use ExclusiveStartKey with correct Segment. TotalSegments and Segment "
                       "must match"
                     : "The provided starting key does not match the range key predicate");
}

Item last_key(const ReadRequest& read, const Item& last) {
  Item out = key_attributes(read.schema->keys, last);
  if (read.index != nullptr) {
    for (Attribute& attribute : key_attributes(read.index->keys, last))
      set(out, attribute.name, std::move(attribute.value));
  }
  return out;
}

ActionResult run_read(Database& database, const Value& input, ReadRequest& read) {
  PAWL_TRY_VOID(continue_read(read));
  PageRequest wanted{.range = read.range, .forward = read.forward, .limit = read.limit};
  wanted.filter = read.filter ? &*read.filter : nullptr;
  wanted.keeps_items = read.select != "COUNT";
  if (read.fetches_whole_items) wanted.fetch_from = read.schema.get();
  const Page page = PAWL_TRY(read_page(database, wanted));
  ObjectBuilder out;
  if (wanted.keeps_items) {
    std::vector<Value> items;
    items.reserve(page.items.size());
    for (const Item& item : page.items) items.push_back(write_item(chosen(read.paths, item)));
    out.set("Items", Value::array(std::move(items)));
  }
  out.set("Count", Value(static_cast<int64_t>(page.count)));
  out.set("ScannedCount", Value(static_cast<int64_t>(page.scanned)));
  if (page.last) out.set("LastEvaluatedKey", write_item(last_key(read, *page.last)));
  if (Value shown = capacity(input, read, page); !shown.is_null())
    out.set("ConsumedCapacity", std::move(shown));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
