// SPDX-License-Identifier: Apache-2.0
// HttpSite: what a service answers over HTTP that is no operation of its API: function URLs, web
// sites, certificates, the pages behind a link in an e-mail.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "aws/http_message.h"

namespace pawl::aws {

/// The server asks its sites, in order, before it looks for an operation. Thread-safe.
class HttpSite {
 public:
  using Answer = std::function<void(HttpResponse)>;

  virtual ~HttpSite() = default;
  /// By method, host and path: cheap, and false for every request that is for an API.
  virtual bool serves(const HttpRequest& request) const = 0;
  /// Whether its users let pages of the request's Origin call, besides those that the server lets
  /// (S3's CORS). `request` may be without its body.
  virtual bool allows_origin(const HttpRequest& request) const {
    static_cast<void>(request);
    return false;
  }
  /// What the body of a request that it serves may have, if that is more than requests of APIs may.
  virtual uint64_t body_bytes_max() const { return 0; }
  /// Whether its answers say themselves which pages may read them; else the server does.
  virtual bool answers_origins() const { return false; }
  /// Its own words for a request that never reached it: too large (413), too slow (408). nullopt:
  /// the server's.
  virtual std::optional<HttpResponse> refusal(int status) const {
    static_cast<void>(status);
    return std::nullopt;
  }
  /// Answers exactly once, from any thread. `request` lives until then.
  virtual void serve(const HttpRequest& request, Answer answer) = 0;
};

}  // namespace pawl::aws
