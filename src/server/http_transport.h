// SPDX-License-Identifier: Apache-2.0
// HttpClientTransport: aws::HttpTransport over net::HttpClient.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "net/http_client.h"

namespace pawl::server {

/// A client that is made when it is first needed: its thread and its certificates cost a start
/// milliseconds. Thread-safe.
class LazyHttpClient {
 public:
  explicit LazyHttpClient(net::HttpClientOptions options) : options_(std::move(options)) {}
  net::HttpClient& get();

 private:
  const net::HttpClientOptions options_;
  std::once_flag made_;
  std::unique_ptr<net::HttpClient> client_;
};

/// Both must outlive it. What it sends is in memory (HttpRequest::body, not stream).
class HttpClientTransport final : public aws::HttpTransport {
 public:
  HttpClientTransport(LazyHttpClient& client, aws::ServiceLoop& loop,
                      std::chrono::milliseconds timeout)
      : client_(client), loop_(loop), timeout_(timeout) {}

  void send(std::string url, aws::HttpRequest request, Receiver receiver) override;

 private:
  LazyHttpClient& client_;
  aws::ServiceLoop& loop_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace pawl::server
