// SPDX-License-Identifier: Apache-2.0
// Stored records of SNS: what is read is written again as it was.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "services/sns/message.h"
#include "services/sns/topic.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::sns;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const TopicName name{{"000000000000", "us-east-1"}, "news"};
  if (const auto topic = read_topic(name, bytes))
    PAWL_ASSERT(read_topic(name, write_topic(*topic)));
  if (const auto message = read_message(bytes)) PAWL_ASSERT(read_message(write_message(*message)));
  if (const auto subscription = read_subscription(bytes))
    PAWL_ASSERT(read_subscription(write_subscription(*subscription)));
  if (const auto delivery = read_delivery(bytes))
    PAWL_ASSERT(read_delivery(write_delivery(*delivery)));
  return 0;
}
