// SPDX-License-Identifier: Apache-2.0
// HttpServer: HTTP/1.1 and 1.0, plain and TLS on one port, on an EventLoop. Handlers answer now or
// later. Written on epoll and not on Boost.Beast because an answer that is there at once then goes
// out without a trip through a queue, and an idle connection keeps no buffer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/event_loop.h"
#include "net/http_message.h"
#include "net/http_stream.h"
#include "net/large_bodies.h"
#include "net/tls.h"

namespace pawl::net {

/// The way to answer one request: once, from any thread. Movable. One that is dropped unanswered
/// answers 500. What is sent after the client has gone is lost.
class HttpReply {
 public:
  /// What a reply needs of its connection; outlives it harmlessly.
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual void answer(HttpResponse response) = 0;
    /// The client has closed its connection, or said that it sends no more. Any thread.
    virtual bool is_gone() const { return false; }
  };
  explicit HttpReply(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  HttpReply(HttpReply&&) noexcept = default;
  HttpReply& operator=(HttpReply&&) noexcept;
  HttpReply(const HttpReply&) = delete;
  HttpReply& operator=(const HttpReply&) = delete;
  ~HttpReply();

  /// On the server's thread the answer is written before this returns, as far as the client takes
  /// it at once.
  void send(HttpResponse response);
  /// Sends what `head` has but for its body, which is what is written to the stream: chunked, or,
  /// in HTTP/1.0, up to the end of the connection. `buffer_bytes_max` may wait for the client.
  HttpStream stream(HttpResponse head, size_t buffer_bytes_max = HttpStream::kBufferBytesMax);
  /// Nobody may be there to read the answer. Any thread, before send().
  bool is_client_gone() const { return channel_ && channel_->is_gone(); }

 private:
  std::shared_ptr<Channel> channel_;
};

/// Times are kept with a precision of a quarter of the shortest, a second at most.
struct HttpLimits {
  size_t header_bytes_max = 16 * 1024;      ///< more answers 431
  size_t body_bytes_max = 8 * 1024 * 1024;  ///< more answers 413
  /// Of requests that are being received, all connections together; more answers 503.
  size_t buffered_bytes_max = 512 * 1024 * 1024;
  std::chrono::milliseconds header_timeout{20'000};  ///< from its first byte; then 408
  std::chrono::milliseconds read_timeout{120'000};   ///< of a whole request; then 408. Of one
                                                     ///< that is spooled: without progress
  std::chrono::milliseconds write_timeout{30'000};   ///< without progress; then closed
  std::chrono::milliseconds idle_timeout{300'000};   ///< between requests of one connection
  size_t connections_max = 1'000;                    ///< per server; more are closed at once
};

class HttpServer;

struct ListenOptions {
  std::string host = "127.0.0.1";                   ///< an IPv4 or IPv6 address, or "localhost"
  uint16_t port = 0;                                ///< 0 chooses a free one
  std::shared_ptr<const TlsContext> tls = nullptr;  ///< a first byte 0x16 then begins TLS
  /// On other loops: connections are dealt out among this one and them. The handler is then called
  /// on all their threads.
  std::vector<HttpServer*> sharers = {};
};

/// Since the start; from any thread.
struct HttpStatistics {
  uint64_t connections_open = 0;
  uint64_t connections_accepted = 0;
  uint64_t connections_refused = 0;  ///< beyond connections_max
  uint64_t requests = 0;
  uint64_t requests_refused = 0;  ///< malformed, too large, too slow
};

class HttpServer {
 public:
  /// Called on the loop's thread; must not block. What it is given lives until it returns.
  using Handler = std::function<void(HttpRequest&, HttpReply)>;
  /// The answer to a request that never reached a handler: 400, 408, 413, 431, 500, 501, 503, 505
  /// or 507. `head` is null if not even that could be read; it has no body.
  using RefusalMaker = std::function<HttpResponse(int status, const HttpRequest* head)>;

  /// With a loop and a thread of its own.
  explicit HttpServer(HttpLimits limits = {});
  /// On that loop, which may have others. The object must then end after the loop has.
  HttpServer(std::shared_ptr<EventLoop> loop, HttpLimits limits, RefusalMaker refusal_maker = {},
             LargeBodies large_bodies = {});
  /// Closes all connections. Replies that are still held may be dropped later.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Returns the port. Thread-safe. Errors: Io.
  base::Result<uint16_t> listen(Handler handler, const ListenOptions& options);
  base::Result<uint16_t> listen(Handler handler, uint16_t port = 0);
  /// Closes the listener and its connections. Thread-safe.
  void close(uint16_t port);

  /// Takes no more connections, closes those that are idle, and each other one after the answer it
  /// waits for; streams are broken off behind what has been written. Then calls `done` on the
  /// loop's thread. Thread-safe.
  void drain(std::function<void()> done);

  HttpStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<LoopThread> own_thread_;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pawl::net
