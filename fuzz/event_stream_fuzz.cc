// SPDX-License-Identifier: Apache-2.0
// A stream of events: the same messages come out, however the bytes are cut, and each is written as
// it was read. The first byte says how; if it is odd the checksums are made right, so that what
// they guard is reached.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/protocol/event_stream.h"
#include "base/assert.h"

namespace {

using namespace pawl;

struct Outcome {
  std::vector<aws::EventMessage> messages;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

Outcome read_all(std::string_view bytes, size_t piece) {
  aws::EventMessageReader reader;
  Outcome outcome;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      auto next = reader.next();
      if (!next) {
        outcome.error = next.error().message;
        return outcome;
      }
      if (!*next) break;
      outcome.messages.push_back(**std::move(next));
    }
  }
  return outcome;
}

/// The bytes as headers and payload of one message.
std::string framed(std::string_view bytes) {
  const size_t header_bytes = static_cast<unsigned char>(bytes.front()) % bytes.size();
  aws::EventMessage message;
  message.payload = bytes.substr(1 + header_bytes);
  message.headers.push_back(
      {"raw", aws::EventHeaderType::Bytes, std::string(bytes.substr(1, header_bytes))});
  return aws::write_event_message(message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1) != 0 && bytes.size() < 10'000) bytes = framed(bytes);
  const Outcome whole = read_all(bytes, bytes.size());
  PAWL_ASSERT(whole == read_all(bytes, data[0] / 2 % 16 + 1U));
  for (const aws::EventMessage& message : whole.messages) {
    const Outcome again = read_all(aws::write_event_message(message), 1'000);
    PAWL_ASSERT(again.messages.size() == 1 && again.messages.front() == message);
  }
  return 0;
}
