// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/mapping.h"

#include <algorithm>

#include "aws/arn.h"
#include "json/members.h"

namespace pawl::lambda {
namespace {

using json::Value;

int64_t in_ms(int64_t seconds) { return seconds < 0 ? -1 : seconds * 1'000; }

/// FunctionArn of a mapping is a whole ARN with or without qualifier.
FunctionReference function_of(const std::string& text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn) return {};
  const std::vector<std::string_view> parts = arn->resource_parts();
  FunctionReference function{{arn->account_id, arn->region, ""}, ""};
  if (parts.size() > 1) function.key.name = parts[1];
  if (parts.size() > 2) function.qualifier = parts[2];
  return function;
}

}  // namespace

std::string source_service(std::string_view source_arn) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(source_arn);
  return arn ? arn->service : "";
}

Mapping mapping_of(const ResourceScope& scope, const Value& record) {
  Mapping mapping;
  mapping.uuid = text_member(record, "UUID");
  mapping.scope = scope;
  mapping.source_arn = text_member(record, "EventSourceArn");
  mapping.function = function_of(text_member(record, "FunctionArn"));
  mapping.is_enabled = text_member(record, "State") == "Enabled";
  mapping.batch_size =
      static_cast<size_t>(std::max<int64_t>(integer_member(record, "BatchSize", 10), 1));
  mapping.window_ms = integer_member(record, "MaximumBatchingWindowInSeconds") * 1'000;
  const Value criteria = object_member(record, "FilterCriteria");
  if (const Value* filters = criteria.find("Filters"); filters != nullptr && filters->is_array()) {
    for (const Value& filter : filters->items()) {
      if (auto pattern = aws::EventPattern::compile(text_member(filter, "Pattern"))) {
        mapping.filters.push_back(*std::move(pattern));
      }
    }
  }
  const Value* types = record.find("FunctionResponseTypes");
  mapping.reports_item_failures = types != nullptr && types->is_array() && types->size() != 0;
  const int64_t concurrency =
      integer_member(object_member(record, "ScalingConfig"), "MaximumConcurrency");
  if (concurrency > 0) mapping.concurrency_max = static_cast<size_t>(concurrency);
  mapping.from_the_beginning = text_member(record, "StartingPosition") == "TRIM_HORIZON";
  mapping.retries_max = integer_member(record, "MaximumRetryAttempts", -1);
  mapping.age_ms_max = in_ms(integer_member(record, "MaximumRecordAgeInSeconds", -1));
  mapping.lanes = static_cast<size_t>(
      std::clamp<int64_t>(integer_member(record, "ParallelizationFactor", 1), 1, 10));
  mapping.bisects = flag_member(record, "BisectBatchOnFunctionError");
  mapping.on_failure = text_member(
      object_member(object_member(record, "DestinationConfig"), "OnFailure"), "Destination");
  return mapping;
}

}  // namespace pawl::lambda
