// SPDX-License-Identifier: Apache-2.0
// One HTTP request to a running `pawl serve`, for the commands that ask it. Plain HTTP, a
// connection a call; not a client for the world.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::app {

/// "http://127.0.0.1:4566"
struct Endpoint {
  std::string host;
  std::string port;
};
/// A path behind the port must be "/". Errors: InvalidSyntax; Unsupported for https.
base::Result<Endpoint> parse_endpoint(std::string_view url);

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::seconds timeout{30};  ///< for each wait
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// Blocks. Errors: Io (no connection, none in time, not HTTP, more than 256 MiB).
base::Result<HttpAnswer> call_http(const Endpoint& endpoint, const HttpCall& call);

/// POSTs `body` to one of server::AdminActions and gives what it answers. Errors: as call_http;
/// NotFound for 404, else Io, with the server's words or, where it has no such action, why.
base::Result<json::Value> call_admin_action(const std::string& url, const std::string& action,
                                            const json::Value& body, std::chrono::seconds timeout);

}  // namespace pawl::app
