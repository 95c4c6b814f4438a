// SPDX-License-Identifier: Apache-2.0
// Mapping: an event source mapping as those who poll need it. The API's form of it stands in the
// store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/event/event_pattern.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/resource_store.h"

namespace pawl::lambda {

/// What can be polled: "sqs" and "dynamodb" (its streams).
std::string source_service(std::string_view source_arn);

struct Mapping {
  std::string uuid;
  ResourceScope scope;
  std::string source_arn;
  FunctionReference function;
  bool is_enabled = false;
  size_t batch_size = 10;
  int64_t window_ms = 0;
  std::vector<aws::EventPattern> filters;
  bool reports_item_failures = false;
  size_t concurrency_max = 5;
  // Of streams.
  bool from_the_beginning = false;
  int64_t retries_max = -1;  ///< -1: without end
  int64_t age_ms_max = -1;   ///< -1: without end
  bool bisects = false;
  size_t lanes = 1;             ///< ParallelizationFactor
  std::string on_failure = {};  ///< ARN; "": nowhere
};

/// Of a stored record.
Mapping mapping_of(const ResourceScope& scope, const json::Value& record);

}  // namespace pawl::lambda
