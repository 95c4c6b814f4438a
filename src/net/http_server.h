// SPDX-License-Identifier: Apache-2.0
// HttpServer: HTTP/1.1 on the loopback interface, for many listeners on one thread (Boost.Beast).
// Handlers answer now or later.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pawl::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string target;  ///< path and query as sent
  HttpHeaders headers;
  std::string body;

  /// The first header of that name, whatever its case; "" if there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
};

/// The way to answer one request: once, from any thread. Movable. One that is dropped unanswered
/// answers 500. What is sent after the client has gone is lost.
class HttpReply {
 public:
  /// What a reply needs of its connection; outlives it harmlessly.
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual void answer(HttpResponse response) = 0;
  };
  explicit HttpReply(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  HttpReply(HttpReply&&) noexcept = default;
  HttpReply& operator=(HttpReply&&) noexcept;
  HttpReply(const HttpReply&) = delete;
  HttpReply& operator=(const HttpReply&) = delete;
  ~HttpReply();

  void send(HttpResponse response);

 private:
  std::shared_ptr<Channel> channel_;
};

struct HttpLimits {
  size_t header_bytes_max = 16 * 1024;
  size_t body_bytes_max = 8 * 1024 * 1024;          ///< more answers 413
  std::chrono::milliseconds read_timeout{30'000};   ///< of one request, once it has begun
  std::chrono::milliseconds idle_timeout{300'000};  ///< between requests of one connection
  size_t connections_max = 1'000;                   ///< per server; more are closed at once
};

class HttpServer {
 public:
  /// Called on the server's thread; must not block.
  using Handler = std::function<void(HttpRequest, HttpReply)>;

  explicit HttpServer(HttpLimits limits = {});
  /// Stops: closes all connections and joins the thread. Replies that are still held may be dropped
  /// later.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens on 127.0.0.1; port 0 chooses a free one, which is returned. Thread-safe. Errors: Io.
  base::Result<uint16_t> listen(Handler handler, uint16_t port = 0);
  /// Closes the listener and its connections. Thread-safe.
  void close(uint16_t port);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace pawl::net
