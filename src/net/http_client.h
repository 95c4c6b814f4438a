// SPDX-License-Identifier: Apache-2.0
// HttpClient: HTTP/1.1 requests to other servers, plain and TLS (libcurl). Bodies are held in
// memory in both directions.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "net/http_message.h"

namespace pawl::net {

struct ClientRequest {
  std::string method = "GET";
  std::string url;      ///< http or https; sent as it stands, "/../" too
  HttpHeaders headers;  ///< Host is the URL's if it is not here; Content-Length is ours
  std::string body = {};
  /// From connecting to the last byte; zero: HttpClientOptions::total_timeout.
  std::chrono::milliseconds timeout{0};
};

struct HttpClientOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{60'000};
  size_t response_bytes_max = 64 * 1024 * 1024;  ///< of a body
  size_t requests_max = 10'000;                  ///< under way or waiting
  size_t connections_max = 500;                  ///< more requests wait for one
  /// PEM certificates that are trusted instead of the system's bundle; "": the system's.
  std::string ca_file = {};
};

/// Certificates are checked, redirects are answers like others. Proxies are those of the
/// environment (http_proxy, https_proxy, no_proxy), never for this computer. Thread-safe.
class HttpClient {
 public:
  /// Called on the client's own thread, once; must not block. Errors: Io if no whole answer came,
  /// LimitExceeded if it was too large or too many requests are under way, InvalidSyntax for a URL
  /// that is none.
  using Receiver = std::function<void(base::Result<HttpResponse>)>;

  explicit HttpClient(HttpClientOptions options = {});
  /// Requests under way are broken off; their receivers get an error.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(ClientRequest request, Receiver receiver);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::net
