// SPDX-License-Identifier: Apache-2.0
// Messages of application/vnd.amazon.eventstream ("Amazon Event Stream Specification", Smithy 2.0):
// frames of typed headers and a payload with checksums. Not what events mean (event_codec.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::aws {

inline constexpr std::string_view kEventStreamType = "application/vnd.amazon.eventstream";

/// The numbers are those on the wire; 0 and 1 are both Boolean.
enum class EventHeaderType : uint8_t {
  Boolean = 0,
  Byte = 2,
  Short = 3,
  Integer = 4,
  Long = 5,
  Bytes = 6,
  String = 7,
  Timestamp = 8,
  Uuid = 9
};

struct EventHeader {
  std::string name;
  EventHeaderType type = EventHeaderType::String;
  std::string text = {};  ///< String, Bytes, and the 16 bytes of a Uuid
  int64_t number = 0;     ///< all others; a Timestamp in milliseconds since 1970

  bool operator==(const EventHeader&) const = default;
};

struct EventMessage {
  std::vector<EventHeader> headers = {};
  std::string payload = {};

  void add(std::string_view name, std::string_view text);
  /// The text of a String header; "" if there is none.
  std::string_view text(std::string_view name) const;
  bool operator==(const EventMessage&) const = default;
};

/// Names and values must keep their limits (255 bytes, 32,767 bytes): broken invariants otherwise.
std::string write_event_message(const EventMessage& message);

/// Takes bytes as they come. Not thread-safe.
class EventMessageReader {
 public:
  /// Appends the bytes; the messages that are whole now can be taken by next().
  void feed(std::string_view bytes);
  /// The next message; nullopt if it is not whole yet. Errors: InvalidSyntax (a checksum that does
  /// not match, lengths that contradict each other, an unknown type of header), LimitExceeded
  /// (headers over 128 KiB, a message over 24 MiB); then the stream is broken for good.
  base::Result<std::optional<EventMessage>> next();
  /// Nothing of a message has come that is not whole.
  bool is_at_end() const { return at_ == pending_.size(); }

 private:
  std::string pending_;
  size_t at_ = 0;
};

}  // namespace pawl::aws
