// SPDX-License-Identifier: Apache-2.0
// ConsoleGate: which requests are the console's, and from which pages its API may be called: from
// its own, as no other page's scripts may act for whoever looks at it. Not who calls (gateway.h).
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "net/http_message.h"
#include "server/cross_origin.h"

namespace pawl::server {

/// Immutable; thread-safe.
class ConsoleGate {
 public:
  /// `origins` must outlive it. `signs`: requests must be signed, so that a page that was fetched
  /// under a foreign name (DNS rebinding) can do nothing.
  ConsoleGate(const CrossOriginRules& origins, bool signs) : origins_(origins), signs_(signs) {}

  /// Whether a request is the console's: by its path, on hosts that serve no content of others.
  static bool is_for(const net::HttpRequest& request);
  /// "config" of "/_pawl/console/api/config"; empty: it is for a page.
  static std::string_view api_name(const net::HttpRequest& request);

  /// Whether a call of the API comes from where it may. Errors: AccessDeniedException (403), in
  /// words that say what to do.
  aws::ApiResult<void> admit(const net::HttpRequest& request) const;

 private:
  const CrossOriginRules& origins_;
  const bool signs_;
};

}  // namespace pawl::server
