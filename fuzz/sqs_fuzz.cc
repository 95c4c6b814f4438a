// SPDX-License-Identifier: Apache-2.0
// Any bytes are stored records of SQS or errors, and what is read is written in the same form; no
// bytes are a receipt handle that was not made; URLs, ARNs, policies and attributes are taken apart
// or refused.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "services/sqs/access_policy.h"
#include "services/sqs/message.h"
#include "services/sqs/message_attributes.h"
#include "services/sqs/queue_attributes.h"
#include "services/sqs/queue_name.h"
#include "services/sqs/receipt_handle.h"

using namespace pawl;
using namespace pawl::sqs;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto message = decode_message(text)) {
    const std::string first = encode_message(*message);
    const auto again = decode_message(first);
    PAWL_ASSERT(again && encode_message(*again) == first);
    const auto summary = decode_message_summary(first);
    PAWL_ASSERT(summary && summary->group_id == message->group_id);
  }
  if (const auto state = decode_state(7, text)) {
    const auto again = decode_state(7, encode_state(*state));
    PAWL_ASSERT(again && again->receipt == state->receipt && again->position == state->position);
  }
  if (const auto handle = parse_receipt_handle(text)) {
    PAWL_ASSERT(parse_receipt_handle(write_receipt_handle(*handle))->receipt == handle->receipt);
  }
  if (const auto name = parse_queue_url(text, "us-east-1")) {
    PAWL_ASSERT(parse_queue_url(queue_url("http://h", *name), name->region) == name);
  }
  (void)parse_queue_arn(text);
  (void)policy_allows(text, {}, "sqs:SendMessage");
  (void)has_valid_characters(text);
  for (const char* name : {"RedrivePolicy", "RedriveAllowPolicy", "Policy", "VisibilityTimeout"}) {
    AttributeMap attributes;
    if (change_attributes(attributes, {{name, std::string(text)}}, false, false)) {
      (void)settings_of(attributes);
      (void)redrive_allow_policy_of(attributes);
    }
  }
  return 0;
}
