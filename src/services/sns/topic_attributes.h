// SPDX-License-Identifier: Apache-2.0
// The attributes of topics: which there are, what they may be, how they are shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "services/sns/topic.h"

namespace pawl::sns {

/// API CreateTopic: letters, digits, "-" and "_", at most 256; FIFO topics end in ".fifo".
aws::ApiResult<void> check_topic_name(std::string_view name, bool is_fifo);

/// Whether SetTopicAttributes knows it.
bool is_topic_attribute(std::string_view name);

/// What is wrong with a value, without "Invalid parameter: ". Errors: InvalidParameter, and
/// NotImplemented for what is not built.
aws::ApiResult<void> check_topic_attribute(const TopicName& topic, std::string_view name,
                                           const std::string& value);

/// The value, or what stands for none.
std::string effective_topic_attribute(const Topic& topic, std::string_view name);

struct SubscriptionCounts {
  uint64_t confirmed = 0;
  uint64_t pending = 0;
};

/// API GetTopicAttributes.
Attributes shown_attributes(const Topic& topic, SubscriptionCounts counts);

}  // namespace pawl::sns
