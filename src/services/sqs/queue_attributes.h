// SPDX-License-Identifier: Apache-2.0
// A queue's attributes as the API has them (API SetQueueAttributes): texts by name, checked here
// and given their defaults. What other queues have to say (dead letters) is the service's to check.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/sqs/queue_name.h"

namespace pawl::sqs {

/// Only those that were set, in their canonical form: "true", "30", RedrivePolicy without spaces.
using AttributeMap = std::map<std::string, std::string>;

/// API RedrivePolicy.
struct RedrivePolicy {
  std::string dead_letter_arn;
  uint32_t receive_count_max = 0;
};

/// API RedriveAllowPolicy.
struct RedriveAllowPolicy {
  std::string permission = "allowAll";
  std::vector<std::string> source_arns;

  bool allows(std::string_view source_arn) const;
};

/// What the attributes say, for use.
struct QueueSettings {
  int64_t delay_ms = 0;
  int64_t retention_ms = 345'600'000;
  int64_t visibility_ms = 30'000;
  int64_t wait_ms = 0;
  size_t message_bytes_max = 1'048'576;
  bool content_based_deduplication = false;
  bool deduplicates_by_group = false;
  std::optional<RedrivePolicy> redrive;
};
QueueSettings settings_of(const AttributeMap& attributes);
RedriveAllowPolicy redrive_allow_policy_of(const AttributeMap& attributes);

/// Checks `changes` and puts them into `attributes`; "" takes an attribute away where that means
/// something. `is_new`: the queue is being made. Errors: InvalidAttributeName,
/// InvalidAttributeValue, InvalidParameterValueException; then `attributes` may be half changed.
aws::ApiResult<void> change_attributes(AttributeMap& attributes, const AttributeMap& changes,
                                       bool is_fifo, bool is_new);

/// The name of the first attribute of `given` that another queue of that name has differently.
std::optional<std::string> first_difference(const AttributeMap& existing,
                                            const AttributeMap& given);

/// Everything that GetQueueAttributes says of attributes, defaults included, but what is counted.
AttributeMap described_attributes(const AttributeMap& attributes, bool is_fifo);

/// True for the names that GetQueueAttributes takes; "All" among them.
bool is_attribute_name(std::string_view name);

/// API CreateQueue "QueueName". Errors: InvalidParameterValueException.
aws::ApiResult<void> check_queue_name(std::string_view name, bool is_fifo);

}  // namespace pawl::sqs
