// SPDX-License-Identifier: Apache-2.0
// Message: what was published, or what SNS itself says to an endpoint; Delivery: that it is owed to
// one subscription. Both are stored until the last endpoint has it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "services/sns/topic.h"

namespace pawl::sns {

struct MessageAttribute {
  std::string name;
  std::string data_type;  ///< "String", "String.Array", "Number", "Binary", perhaps with ".label"
  std::string value;      ///< of Binary: base64

  bool is_binary() const { return data_type.starts_with("Binary"); }
};

struct Message {
  enum class Type : uint8_t { Notification, SubscriptionConfirmation, UnsubscribeConfirmation };

  Type type = Type::Notification;
  std::string id;
  TopicName topic;
  base::Timestamp published_at;
  std::optional<std::string> subject;
  std::string text;
  /// MessageStructure json: what goes to a protocol instead of `text`.
  std::map<std::string, std::string, std::less<>> text_of_protocol;
  std::vector<MessageAttribute> attributes;
  std::string group_id;          ///< MessageGroupId; "" if none
  std::string deduplication_id;  ///< of FIFO topics
  std::string sequence_number;   ///< of FIFO topics
  std::string token;             ///< of confirmations

  const std::string& text_for(std::string_view protocol) const;
};

/// "Notification"
std::string_view type_name(Message::Type type);

/// The subscription as it was, for messages that outlive it: confirmations of an end.
struct Delivery {
  Subscription subscription;
  uint32_t attempts = 0;         ///< that have failed
  base::Timestamp next_at = {};  ///< not before
};

// docs/formats/sns.md. Errors of reading: InvalidSyntax.

std::string write_message(const Message& message);
base::Result<Message> read_message(std::string_view bytes);
std::string write_delivery(const Delivery& delivery);
base::Result<Delivery> read_delivery(std::string_view bytes);

}  // namespace pawl::sns
