// SPDX-License-Identifier: Apache-2.0
#include "services/sns/message.h"

#include "services/sns/record_parts.h"

namespace pawl::sns {
namespace {

constexpr uint8_t kMessageVersion = 1;
constexpr uint8_t kDeliveryVersion = 1;

}  // namespace

const std::string& Message::text_for(std::string_view protocol) const {
  const auto found = text_of_protocol.find(protocol);
  return found == text_of_protocol.end() ? text : found->second;
}

std::string_view type_name(Message::Type type) {
  switch (type) {
    case Message::Type::Notification: return "Notification";
    case Message::Type::SubscriptionConfirmation: return "SubscriptionConfirmation";
    case Message::Type::UnsubscribeConfirmation: return "UnsubscribeConfirmation";
  }
  return "";
}

std::string write_message(const Message& message) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kMessageVersion);
  out.byte(static_cast<uint8_t>(message.type));
  out.sized(message.id);
  out.sized(message.topic.scope.account);
  out.sized(message.topic.scope.region);
  out.sized(message.topic.name);
  out.signed_varint(message.published_at.ms);
  out.boolean(message.subject.has_value());
  out.sized(message.subject.value_or(""));
  out.sized(message.text);
  out.varint(message.text_of_protocol.size());
  for (const auto& [protocol, text] : message.text_of_protocol) {
    out.sized(protocol);
    out.sized(text);
  }
  out.varint(message.attributes.size());
  for (const MessageAttribute& each : message.attributes) {
    out.sized(each.name);
    out.sized(each.data_type);
    out.sized(each.value);
  }
  out.sized(message.group_id);
  out.sized(message.deduplication_id);
  out.sized(message.sequence_number);
  out.sized(message.token);
  return bytes;
}

base::Result<Message> read_message(std::string_view bytes) {
  base::ByteReader in(bytes);
  Message message;
  if (in.byte() != kMessageVersion) in.fail();
  message.type = static_cast<Message::Type>(
      in.at_most(in.byte(), static_cast<uint64_t>(Message::Type::UnsubscribeConfirmation)));
  message.id = in.sized();
  message.topic.scope.account = in.sized();
  message.topic.scope.region = in.sized();
  message.topic.name = in.sized();
  message.published_at.ms = in.signed_varint();
  const bool has_subject = in.boolean();
  const std::string_view subject = in.sized();
  if (has_subject) message.subject = subject;
  message.text = in.sized();
  for (size_t left = in.count(); left > 0; --left) {
    const std::string protocol(in.sized());
    message.text_of_protocol.emplace(protocol, in.sized());
  }
  for (size_t left = in.count(); left > 0; --left) {
    MessageAttribute each;
    each.name = in.sized();
    each.data_type = in.sized();
    each.value = in.sized();
    message.attributes.push_back(std::move(each));
  }
  message.group_id = in.sized();
  message.deduplication_id = in.sized();
  message.sequence_number = in.sized();
  message.token = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS message");
  return message;
}

std::string write_delivery(const Delivery& delivery) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kDeliveryVersion);
  out.sized(write_subscription(delivery.subscription));
  out.varint(delivery.attempts);
  out.signed_varint(delivery.next_at.ms);
  return bytes;
}

base::Result<Delivery> read_delivery(std::string_view bytes) {
  base::ByteReader in(bytes);
  Delivery delivery;
  if (in.byte() != kDeliveryVersion) in.fail();
  delivery.subscription = PAWL_TRY(read_subscription(in.sized()));
  delivery.attempts = in.varint32();
  delivery.next_at.ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS delivery");
  return delivery;
}

}  // namespace pawl::sns
