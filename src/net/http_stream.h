// SPDX-License-Identifier: Apache-2.0
// HttpStream: the body of an answer that goes on, written while the client reads it: events as they
// happen. Made by HttpReply::stream.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "base/body_source.h"

namespace pawl::net {

/// Movable; its end closes it. The functions may be called from any thread.
class HttpStream {
 public:
  static constexpr size_t kBufferBytesMax = 256 * 1024;

  HttpStream() = default;  ///< gone from the beginning
  HttpStream(HttpStream&&) noexcept = default;
  HttpStream& operator=(HttpStream&& other) noexcept;
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;
  ~HttpStream() { close(); }

  /// Sends all of `bytes`, without waiting. False if nothing of them was taken: it is closed, or
  /// the client is gone or does not read, so that more than the buffer holds would wait. Nothing is
  /// lost by that: the writer says later what is true then. Whatever its size, the first text of an
  /// empty buffer is taken.
  bool write(std::string_view bytes);
  /// Nothing more comes; what was written is still sent. Idempotent.
  void close();
  /// Nobody reads any more: the client has gone, the server ends, or it was closed. Where it was
  /// not closed the answer is broken off, so that a client can tell the end from an interruption.
  bool is_gone() const;

  /// `changed` is called after a refused write() when there is room again, and once when the stream
  /// is gone: on the server's thread, or at once if it is gone already. It must not block; it may
  /// use the stream. Once, before anybody else has the stream.
  void on_change(std::function<void()> changed);

 private:
  friend class HttpReply;
  class State;
  class Body;
  /// The stream, and what the connection reads.
  static std::pair<HttpStream, std::shared_ptr<base::BodySource>> make(size_t buffer_bytes_max);

  std::shared_ptr<State> state_;
};

}  // namespace pawl::net
