// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/message.h"

#include "base/wire.h"

namespace pawl::sqs {
namespace {

constexpr uint8_t kMessageVersion = 1;
constexpr uint8_t kStateVersion = 1;

}  // namespace

std::string encode_message(const Message& message) {
  std::string record;
  record.reserve(message.body.size() + 160);
  base::ByteWriter out(record);
  out.byte(kMessageVersion);
  out.signed_varint(message.sent_ms);
  out.sized(message.group_id);
  out.sized(message.id);
  out.sized(message.sender_id);
  out.sized(message.deduplication_id);
  out.sized(message.trace_header);
  out.sized(message.dead_letter_source);
  out.varint(message.received_elsewhere);
  out.signed_varint(message.first_received_ms);
  out.varint(message.attributes.size());
  for (const MessageAttribute& attribute : message.attributes) {
    out.sized(attribute.name);
    out.sized(attribute.data_type);
    out.sized(attribute.value);
  }
  out.sized(message.body);
  return record;
}

base::Result<MessageSummary> decode_message_summary(std::string_view record) {
  base::ByteReader in(record);
  MessageSummary summary;
  if (in.byte() != kMessageVersion) in.fail();
  summary.sent_ms = in.signed_varint();
  summary.group_id = in.sized();
  if (!in.ok()) return base::malformed_record("message");
  return summary;
}

base::Result<Message> decode_message(std::string_view record) {
  base::ByteReader in(record);
  Message message;
  if (in.byte() != kMessageVersion) in.fail();
  message.sent_ms = in.signed_varint();
  message.group_id = in.sized();
  message.id = in.sized();
  message.sender_id = in.sized();
  message.deduplication_id = in.sized();
  message.trace_header = in.sized();
  message.dead_letter_source = in.sized();
  message.received_elsewhere = in.varint32();
  message.first_received_ms = in.signed_varint();
  message.attributes.resize(in.count());
  for (MessageAttribute& attribute : message.attributes) {
    attribute.name = in.sized();
    attribute.data_type = in.sized();
    attribute.value = in.sized();
  }
  message.body = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("message");
  return message;
}

std::string encode_state(const MessageState& state) {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kStateVersion);
  out.signed_varint(state.position.order_ms);
  out.signed_varint(state.sent_ms);
  out.signed_varint(state.visible_ms);
  out.signed_varint(state.first_received_ms);
  out.signed_varint(state.received_ms);
  out.varint(state.receive_count);
  out.varint(state.receipt);
  return record;
}

base::Result<MessageState> decode_state(uint64_t sequence, std::string_view record) {
  base::ByteReader in(record);
  MessageState state;
  if (in.byte() != kStateVersion) in.fail();
  state.position = {in.signed_varint(), sequence};
  state.sent_ms = in.signed_varint();
  state.visible_ms = in.signed_varint();
  state.first_received_ms = in.signed_varint();
  state.received_ms = in.signed_varint();
  state.receive_count = in.varint32();
  state.receipt = in.varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("message state");
  return state;
}

}  // namespace pawl::sqs
