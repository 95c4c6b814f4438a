// SPDX-License-Identifier: Apache-2.0
// API Query, Scan.
#include "services/dynamodb/actions/read_request.h"

#include <utility>

#include "json/members.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/legacy_conditions.h"
#include "services/dynamodb/service.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::Value;

constexpr int64_t kSegmentsMax = 1'000'000;

/// "Filter Expression can only contain non-primary key attributes".
ApiResult<void> check_filter(const ReadRequest& read, const KeySchema& keys, bool is_legacy) {
  if (!read.filter) return {};
  for (const std::string_view attribute : attributes_of(*read.filter)) {
    if (!keys.contains(attribute)) continue;
    return invalid((is_legacy ? "QueryFilter" : "Filter Expression") +
                   std::string(" can only contain non-primary key attributes: Primary key "
                               "attribute: ") +
                   std::string(attribute));
  }
  return {};
}

ApiResult<std::vector<KeyCondition>> read_keys(const Value& input, Placeholders& placeholders) {
  if (const Value* text = member_of(input, "KeyConditionExpression")) {
    return key_conditions(
        PAWL_TRY(compile_condition("KeyConditionExpression", text->as_string(), placeholders)));
  }
  if (member_of(input, "KeyConditions") == nullptr) {
    return invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  return read_key_conditions(input);
}

/// Of legacy filters.
ApiResult<std::optional<Condition>> read_legacy_filter(const Value& input, const char* member) {
  std::optional<Condition> out = PAWL_TRY(read_filter(input, member));
  if (!out && member_of(input, "ConditionalOperator") != nullptr)
    return invalid("ConditionalOperator cannot be used without Filter or Expected");
  return out;
}

struct Segment {
  uint64_t index = 0;
  uint64_t total = 1;
};

ApiResult<Segment> read_segment(const Value& input) {
  const auto segment = find_integer(input, "Segment");
  const auto total = find_integer(input, "TotalSegments");
  if (segment && !total) {
    return invalid(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (total && !segment) {
    return invalid(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (!segment) return Segment();
  if (*segment >= *total || *total > kSegmentsMax) {
    return invalid(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  return Segment{static_cast<uint64_t>(*segment), static_cast<uint64_t>(*total)};
}

}  // namespace

ActionResult DynamoDbService::query(const Request& request) {
  const Value& input = request.input;
  PAWL_TRY_VOID(check_expression_parameters(
      input, {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"},
      {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
      {"FilterExpression", "KeyConditionExpression"}));
  ReadRequest read = PAWL_TRY(read_common(input));
  std::optional<Condition> legacy = PAWL_TRY(read_legacy_filter(input, "QueryFilter"));
  Placeholders placeholders = PAWL_TRY(Placeholders::read(input));
  const std::vector<KeyCondition> conditions = PAWL_TRY(read_keys(input, placeholders));
  read.filter = PAWL_TRY(read_condition(input, "FilterExpression", placeholders));
  read.paths = PAWL_TRY(read_projection(input, placeholders));
  PAWL_TRY_VOID(placeholders.check_all_used());
  const bool is_legacy = legacy.has_value();
  if (is_legacy) read.filter = std::move(legacy);
  PAWL_TRY_VOID(locate_read(db(), request, read));
  const KeySchema& keys = read.keys();
  const store::Range range = PAWL_TRY(key_range(*read.schema, read.index_id(), keys, conditions));
  PAWL_TRY_VOID(check_filter(read, keys, is_legacy));
  read.range = range;
  read.hash = find_hash(conditions, keys);
  return run_read(db(), input, read);
}

ActionResult DynamoDbService::scan(const Request& request) {
  const Value& input = request.input;
  PAWL_TRY_VOID(check_expression_parameters(
      input, {"ProjectionExpression", "FilterExpression"},
      {"AttributesToGet", "ScanFilter", "ConditionalOperator"}, {"FilterExpression"}));
  ReadRequest read = PAWL_TRY(read_common(input));
  std::optional<Condition> legacy = PAWL_TRY(read_legacy_filter(input, "ScanFilter"));
  const Segment segment = PAWL_TRY(read_segment(input));
  Placeholders placeholders = PAWL_TRY(Placeholders::read(input));
  read.filter = PAWL_TRY(read_condition(input, "FilterExpression", placeholders));
  read.paths = PAWL_TRY(read_projection(input, placeholders));
  PAWL_TRY_VOID(placeholders.check_all_used());
  if (legacy) read.filter = std::move(legacy);
  read.is_scan = true;
  PAWL_TRY_VOID(locate_read(db(), request, read));
  const uint64_t table = read.schema->number;
  read.range = {segment_start(table, read.index_id(), segment.index, segment.total),
                segment_start(table, read.index_id(), segment.index + 1, segment.total)};
  return run_read(db(), input, read);
}

}  // namespace pawl::dynamodb
