// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/received_message.h"

#include <algorithm>

#include "base/bytes.h"
#include "services/sqs/message_attributes.h"
#include "services/sqs/receipt_handle.h"

namespace pawl::sqs {
namespace {

json::Value system_attributes(const ReceivedMessage& received,
                              const std::vector<std::string>& names) {
  const auto wants = [&](std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view each) { return each == "All" || each == name; });
  };
  json::ObjectBuilder out;
  const auto tell = [&](std::string_view name, const std::string& value) {
    if (!value.empty() && wants(name)) out.set(name, json::Value(value));
  };
  const Message& message = received.message;
  const MessageState& state = received.state;
  const int64_t first =
      message.first_received_ms != 0 ? message.first_received_ms : state.first_received_ms;
  tell("SenderId", message.sender_id);
  tell("ApproximateFirstReceiveTimestamp", std::to_string(first));
  tell("ApproximateReceiveCount", std::to_string(message.received_elsewhere + state.receive_count));
  tell("SentTimestamp", std::to_string(message.sent_ms));
  tell("MessageGroupId", message.group_id);
  if (received.is_fifo) {
    tell("SequenceNumber", sequence_number(state.position.sequence));
    tell("MessageDeduplicationId", message.deduplication_id);
  }
  tell("AWSTraceHeader", message.trace_header);
  tell("DeadLetterQueueSourceArn", message.dead_letter_source);
  return std::move(out).build();
}

}  // namespace

json::Value write_received_message(const ReceivedMessage& received,
                                   const std::vector<std::string>& system_names,
                                   const std::vector<std::string>& attribute_names) {
  const Message& message = received.message;
  json::ObjectBuilder out;
  out.set("MessageId", json::Value(message.id));
  out.set("ReceiptHandle", json::Value(write_receipt_handle(
                               {received.queue, received.state.position, received.state.receipt})));
  out.set("MD5OfBody",
          json::Value(base::hex_encode(base::digest(base::DigestAlgorithm::Md5, message.body))));
  out.set("Body", json::Value(message.body));
  json::Value system = system_attributes(received, system_names);
  if (system.size() > 0) out.set("Attributes", std::move(system));
  const std::vector<MessageAttribute> wanted =
      wanted_attributes(message.attributes, attribute_names);
  if (!wanted.empty()) {
    out.set("MD5OfMessageAttributes", json::Value(md5_of_attributes(wanted)));
    out.set("MessageAttributes", write_message_attributes(wanted));
  }
  return std::move(out).build();
}

std::string sequence_number(uint64_t sequence) {
  // AWS's are not consecutive and begin with a 1.
  const std::string digits = std::to_string(sequence * 256);
  return "1" + std::string(19 - std::min<size_t>(19, digits.size()), '0') + digits;
}

}  // namespace pawl::sqs
