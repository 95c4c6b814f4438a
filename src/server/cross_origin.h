// SPDX-License-Identifier: Apache-2.0
// CrossOriginRules: which web pages may call (the CORS protocol, WHATWG Fetch). Without them every
// page that a browser shows could call a server on the same computer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace pawl::server {

/// Immutable; thread-safe.
class CrossOriginRules {
 public:
  /// `more`: origins besides those of this computer, "https://console.example"; "*" for all.
  explicit CrossOriginRules(std::vector<std::string> more = {}) : more_(std::move(more)) {}

  /// "http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080", "http://x.localhost", and
  /// those given.
  bool allows(std::string_view origin) const;
  /// One of those given.
  bool names(std::string_view origin) const;

  /// Whether `request` only asks if another one would be allowed.
  static bool is_preflight(const net::HttpRequest& request);
  /// The answer to it, for an allowed origin.
  static net::HttpResponse answer_preflight(const net::HttpRequest& request,
                                            std::string_view origin);
  /// Lets the page of that allowed origin read an answer.
  static void expose(net::HttpHeaders& headers, std::string_view origin);

 private:
  std::vector<std::string> more_;
};

}  // namespace pawl::server
