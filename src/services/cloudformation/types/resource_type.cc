// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/resource_type.h"

#include <algorithm>

#include "aws/signing/hmac.h"

namespace pawl::cloudformation {
namespace {

constexpr size_t kRandomLength = 12;

/// Twelve characters as AWS's: digits and capitals, the same for the same token.
std::string random_part(std::string_view token) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string digest = aws::sha256_hex(token);
  std::string text;
  for (size_t i = 0; i < kRandomLength; ++i) {
    const std::string two_bytes = digest.substr(4 * i, 4);
    text += kAlphabet[std::stoul(two_bytes, nullptr, 16) % kAlphabet.size()];
  }
  return text;
}

}  // namespace

std::string ResourceRequest::generated_name(size_t length_max) const {
  // "Name Type": what is too long is cut, the stack's name and the logical id equally.
  const size_t room = length_max - std::min(length_max, kRandomLength + 2);
  std::string_view stack = environment.stack_name;
  std::string_view id = logical_id;
  if (stack.size() + id.size() > room) {
    const size_t half = room / 2;
    if (stack.size() <= half) {
      id = id.substr(0, room - stack.size());
    } else if (id.size() <= room - half) {
      stack = stack.substr(0, room - id.size());
    } else {
      stack = stack.substr(0, half);
      id = id.substr(0, room - half);
    }
  }
  return std::string(stack) + "-" + std::string(id) + "-" + random_part(token);
}

}  // namespace pawl::cloudformation
