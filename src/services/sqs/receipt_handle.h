// SPDX-License-Identifier: Apache-2.0
// ReceiptHandle: what ReceiveMessage gives out for one receive of one message: opaque text that
// names both and cannot be mistaken for anything else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/sqs/message.h"

namespace pawl::sqs {

struct ReceiptHandle {
  uint64_t queue = 0;  ///< the queue's number
  Position position;
  uint64_t receipt = 0;  ///< MessageState::receipt
};

std::string write_receipt_handle(const ReceiptHandle& handle);
/// nullopt unless write_receipt_handle made it.
std::optional<ReceiptHandle> parse_receipt_handle(std::string_view text);

}  // namespace pawl::sqs
