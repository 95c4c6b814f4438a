// SPDX-License-Identifier: Apache-2.0
// RequestParser: bytes of a connection to HTTP/1.0 and 1.1 requests (RFC 9112), strictly: what two
// readers could understand differently (two lengths, a length and chunks, folded lines, bare line
// feeds, white space before a colon) is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/large_bodies.h"

namespace pawl::net {

/// One request after another. Not thread-safe. O(bytes); of a head that comes in pieces nothing is
/// read twice.
class RequestParser {
 public:
  struct Limits {
    size_t header_bytes_max = 16 * 1024;  ///< request line and fields; also of trailers
    size_t body_bytes_max = 8 * 1024 * 1024;
  };
  enum class Status { NeedMore, Done, Refused };

  /// `large`, which may be null, must outlive the parser.
  explicit RequestParser(Limits limits, const LargeBodies* large = nullptr)
      : limits_(limits), large_(large) {}

  /// Takes bytes from the front of `data`. NeedMore: call again with what was left followed by what
  /// comes next; everything taken has been copied. Done: request() is whole, its views are of the
  /// bytes taken in this call or of a copy; reset() before the next one.
  Status parse(std::string_view& data);

  /// After Refused: 400, 413, 431, 500, 501, 505 or 507.
  int refusal() const { return refusal_; }
  HttpRequest& request() { return request_; }
  /// What was refused, if its head could be read; else null. Its views are of what parse() was
  /// given, or of a copy.
  const HttpRequest* refused_request() const { return has_fields_ ? &request_ : nullptr; }
  bool has_head() const { return stage_ != Stage::Head; }
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  /// Whether the connection may serve another request.
  bool keep_alive() const { return keep_alive_; }
  bool is_http_1_0() const { return is_http_1_0_; }
  /// Held in memory.
  size_t body_bytes() const { return request_.body.size(); }
  bool has_body_begun() const { return stage_ == Stage::ChunkData || received_ != 0; }
  /// The body may go into a file: it may take as long as it makes progress.
  bool is_spooled() const { return bound_.is_spooled; }

  void reset();

 private:
  enum class Stage { Head, Body, ChunkSize, ChunkData, ChunkEnd, Trailers, Done };

  Status refuse(int status) {
    refusal_ = status;
    return Status::Refused;
  }
  /// A part of the head: false after refuse().
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  bool note_field(const HttpField& field);
  bool read_content_length(std::string_view value);
  Status read_head(std::string_view& data);
  bool read_lines(std::string_view head);
  bool begin_body();
  Status read_body(std::string_view& data);
  /// A line without its end; nullopt-like: false if it is not whole yet or refused.
  Status take_line(std::string_view& data, std::string_view& line);
  Status read_chunk_size(std::string_view& data);
  Status read_chunk_end(std::string_view& data);
  Status read_trailer(std::string_view& data);
  Status take_data(std::string_view& data);
  Status keep(std::string_view bytes);
  void own_head(std::string_view head);

  const Limits limits_;
  const LargeBodies* const large_;
  Stage stage_ = Stage::Head;
  int refusal_ = 0;
  size_t scanned_ = 0;  ///< of an incomplete head
  HttpRequest request_;
  std::string head_;  ///< a copy, if the body came later
  BodyBound bound_;
  uint64_t remaining_ = 0;  ///< of the body or the chunk
  uint64_t received_ = 0;   ///< of the body
  size_t trailer_bytes_ = 0;
  bool has_fields_ = false;  ///< request line and fields have been read
  bool has_length_ = false;
  bool is_chunked_ = false;
  bool has_host_ = false;
  bool expects_continue_ = false;
  bool keep_alive_ = true;
  bool is_http_1_0_ = false;
};

}  // namespace pawl::net
