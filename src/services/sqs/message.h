// SPDX-License-Identifier: Apache-2.0
// Message and MessageState: what was sent, which never changes, and what receiving has made of it.
// Their stored form is docs/formats/sqs.md.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::sqs {

/// API MessageAttributeValue: DataType, and StringValue or BinaryValue.
struct MessageAttribute {
  std::string name;
  std::string data_type;  ///< "String", "Number.int", "Binary.gif"
  std::string value;      ///< raw bytes

  bool is_binary() const { return data_type.starts_with("Binary"); }
  size_t bytes() const { return name.size() + data_type.size() + value.size(); }
};

struct Message {
  std::string id;  ///< a UUID
  int64_t sent_ms = 0;
  std::string sender_id;
  std::string group_id;             ///< "": none
  std::string deduplication_id;     ///< "": none
  std::string trace_header;         ///< AWSTraceHeader; "": none
  std::string dead_letter_source;   ///< ARN of the queue it was a dead letter of; "": none
  uint32_t received_elsewhere = 0;  ///< times it was received before it came to this queue
  int64_t first_received_ms = 0;    ///< there; 0: never
  std::vector<MessageAttribute> attributes;
  std::string body;
};

/// Where a message stands in its queue; no two are equal. Standard queues order by the time from
/// which a message can be received first, FIFO queues (order_ms 0) by sequence alone.
struct Position {
  int64_t order_ms = 0;
  uint64_t sequence = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// What changes when a message is received. `receive_count` 0: it never was, and nothing of this
/// but `position` and `sent_ms` means anything.
struct MessageState {
  Position position;
  int64_t sent_ms = 0;
  int64_t visible_ms = 0;  ///< can be received (again) from then on
  int64_t first_received_ms = 0;
  int64_t received_ms = 0;  ///< last
  uint32_t receive_count = 0;
  uint64_t receipt = 0;  ///< random, of the last receive

  bool was_received() const { return receive_count != 0; }
};

std::string encode_message(const Message& message);
/// Errors: InvalidSyntax.
base::Result<Message> decode_message(std::string_view record);

/// The part of a stored message by which queues are ordered, without the rest.
struct MessageSummary {
  int64_t sent_ms = 0;
  std::string group_id;
};
base::Result<MessageSummary> decode_message_summary(std::string_view record);

std::string encode_state(const MessageState& state);
/// `sequence` is in the key.
base::Result<MessageState> decode_state(uint64_t sequence, std::string_view record);

}  // namespace pawl::sqs
