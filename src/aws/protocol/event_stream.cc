// SPDX-License-Identifier: Apache-2.0
// The layout of a message: total length, length of the headers, checksum of both; headers; payload;
// checksum of all before it. Numbers are big-endian.
#include "aws/protocol/event_stream.h"

#include <zlib.h>

#include "base/assert.h"

namespace pawl::aws {
namespace {

using base::Error;
using base::ErrorKind;

constexpr size_t kPreludeBytes = 12;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kOverheadBytes = kPreludeBytes + kChecksumBytes;
constexpr size_t kHeaderBytesMax = 128 * 1024;
constexpr size_t kMessageBytesMax = 24 * 1024 * 1024;
constexpr size_t kNameBytesMax = 255;
constexpr size_t kValueBytesMax = 32'767;
constexpr size_t kUuidBytes = 16;
constexpr uint8_t kTrue = 0;
constexpr uint8_t kFalse = 1;

uint32_t checksum(std::string_view bytes) {
  return static_cast<uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

template <typename T>
void put(T number, std::string& out) {
  for (int shift = (static_cast<int>(sizeof number) - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<uint64_t>(number) >> shift);
  }
}

/// Takes numbers and texts from the front; what is not there makes it fail for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t unsigned_number(size_t size) {
    uint64_t number = 0;
    for (const char c : text(size)) number = number << 8 | static_cast<unsigned char>(c);
    return number;
  }
  int64_t signed_number(size_t size) {
    const uint64_t number = unsigned_number(size);
    const unsigned unused = static_cast<unsigned>(8 - size) * 8;
    return static_cast<int64_t>(number << unused) >> unused;
  }
  std::string_view text(size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  bool empty() const { return bytes_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

size_t number_bytes(EventHeaderType type) {
  switch (type) {
    case EventHeaderType::Byte: return 1;
    case EventHeaderType::Short: return 2;
    case EventHeaderType::Integer: return 4;
    default: return 8;
  }
}

void write_header(const EventHeader& header, std::string& out) {
  PAWL_ASSERT(!header.name.empty() && header.name.size() <= kNameBytesMax);
  PAWL_ASSERT(header.text.size() <= kValueBytesMax);
  out += static_cast<char>(header.name.size());
  out += header.name;
  switch (header.type) {
    case EventHeaderType::Boolean:
      out += static_cast<char>(header.number != 0 ? kTrue : kFalse);
      return;
    case EventHeaderType::Bytes:
    case EventHeaderType::String:
      out += static_cast<char>(header.type);
      put(static_cast<uint16_t>(header.text.size()), out);
      out += header.text;
      return;
    case EventHeaderType::Uuid:
      PAWL_ASSERT(header.text.size() == kUuidBytes);
      out += static_cast<char>(header.type);
      out += header.text;
      return;
    default: break;
  }
  out += static_cast<char>(header.type);
  std::string number;
  put(header.number, number);
  out += number.substr(number.size() - number_bytes(header.type));
}

base::Result<EventHeader> read_header(Reader& in) {
  EventHeader header;
  header.name = in.text(in.unsigned_number(1));
  const auto type = static_cast<uint8_t>(in.unsigned_number(1));
  if (in.failed() || header.name.empty()) {
    return Error(ErrorKind::InvalidSyntax, "a header of an event is cut off or has no name");
  }
  header.type = static_cast<EventHeaderType>(type);
  switch (header.type) {
    case EventHeaderType::Byte:
    case EventHeaderType::Short:
    case EventHeaderType::Integer:
    case EventHeaderType::Long:
    case EventHeaderType::Timestamp:
      header.number = in.signed_number(number_bytes(header.type));
      break;
    case EventHeaderType::Bytes:
    case EventHeaderType::String: {
      const uint64_t size = in.unsigned_number(2);
      if (size > kValueBytesMax) {
        return Error(ErrorKind::InvalidSyntax, "the value of an event's header is too long");
      }
      header.text = in.text(size);
      break;
    }
    case EventHeaderType::Uuid: header.text = in.text(kUuidBytes); break;
    default:
      if (type != kTrue && type != kFalse) {
        return Error(ErrorKind::InvalidSyntax,
                     "a header of an event has the unknown type " + std::to_string(type));
      }
      header.type = EventHeaderType::Boolean;
      header.number = type == kTrue ? 1 : 0;
  }
  if (in.failed()) return Error(ErrorKind::InvalidSyntax, "a header of an event is cut off");
  return header;
}

}  // namespace

void EventMessage::add(std::string_view name, std::string_view text) {
  headers.push_back({std::string(name), EventHeaderType::String, std::string(text)});
}

std::string_view EventMessage::text(std::string_view name) const {
  for (const EventHeader& header : headers) {
    if (header.name == name && header.type == EventHeaderType::String) return header.text;
  }
  return {};
}

std::string write_event_message(const EventMessage& message) {
  std::string headers;
  for (const EventHeader& header : message.headers) write_header(header, headers);
  PAWL_ASSERT(headers.size() <= kHeaderBytesMax);
  PAWL_ASSERT(message.payload.size() <= kMessageBytesMax - kHeaderBytesMax - kOverheadBytes);
  std::string out;
  out.reserve(kOverheadBytes + headers.size() + message.payload.size());
  put(static_cast<uint32_t>(kOverheadBytes + headers.size() + message.payload.size()), out);
  put(static_cast<uint32_t>(headers.size()), out);
  put(checksum(out), out);
  out += headers;
  out += message.payload;
  put(checksum(out), out);
  return out;
}

void EventMessageReader::feed(std::string_view bytes) {
  if (at_ == pending_.size()) {
    pending_.clear();
    at_ = 0;
  } else if (at_ > pending_.size() / 2) {
    pending_.erase(0, at_);
    at_ = 0;
  }
  pending_ += bytes;
}

base::Result<std::optional<EventMessage>> EventMessageReader::next() {
  const std::string_view bytes = std::string_view(pending_).substr(at_);
  if (bytes.size() < kPreludeBytes) return std::nullopt;
  Reader prelude(bytes);
  const auto total = static_cast<size_t>(prelude.unsigned_number(4));
  const auto header_bytes = static_cast<size_t>(prelude.unsigned_number(4));
  if (prelude.unsigned_number(4) != checksum(bytes.substr(0, kPreludeBytes - kChecksumBytes))) {
    return Error(ErrorKind::InvalidSyntax, "the checksum of an event's prelude does not match");
  }
  if (total > kMessageBytesMax || header_bytes > kHeaderBytesMax) {
    return Error(ErrorKind::LimitExceeded, "an event is too large");
  }
  if (total < kOverheadBytes + header_bytes) {
    return Error(ErrorKind::InvalidSyntax, "the lengths of an event contradict each other");
  }
  if (bytes.size() < total) return std::nullopt;
  Reader trailer(bytes.substr(total - kChecksumBytes));
  if (trailer.unsigned_number(4) != checksum(bytes.substr(0, total - kChecksumBytes))) {
    return Error(ErrorKind::InvalidSyntax, "the checksum of an event does not match");
  }
  EventMessage message;
  Reader headers(bytes.substr(kPreludeBytes, header_bytes));
  while (!headers.empty()) message.headers.push_back(PAWL_TRY(read_header(headers)));
  message.payload =
      bytes.substr(kPreludeBytes + header_bytes, total - kOverheadBytes - header_bytes);
  at_ += total;
  return message;
}

}  // namespace pawl::aws
