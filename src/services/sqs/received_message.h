// SPDX-License-Identifier: Apache-2.0
// A received message as ReceiveMessage answers it (API Message).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "json/value.h"
#include "services/sqs/message.h"

namespace pawl::sqs {

struct ReceivedMessage {
  uint64_t queue = 0;  ///< its number
  bool is_fifo = false;
  const MessageState& state;
  const Message& message;
};

/// `system_names`: which of the system attributes are wanted, "All" for all; `attribute_names`
/// likewise of the message's own.
json::Value write_received_message(const ReceivedMessage& received,
                                   const std::vector<std::string>& system_names,
                                   const std::vector<std::string>& attribute_names);

/// 20 digits, in the order of sequences.
std::string sequence_number(uint64_t sequence);

}  // namespace pawl::sqs
