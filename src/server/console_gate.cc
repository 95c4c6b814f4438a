// SPDX-License-Identifier: Apache-2.0
#include "server/console_gate.h"

#include <string>

#include "console/console.h"
#include "server/foreign_content.h"
#include "server/host_name.h"

namespace pawl::server {
namespace {

constexpr std::string_view kApi = "api/";

std::string_view path_of(const net::HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

aws::ApiResult<void> refuse(std::string message) {
  return aws::ApiError("AccessDeniedException", std::move(message), 403);
}

/// Nobody else can make a browser believe that this name is his.
bool is_own_name(std::string_view host) {
  const std::string_view name = host_name_of(host);
  return is_ip_address(name) || net::equal_ignoring_case(name, "localhost") ||
         (name.size() > 10 &&
          net::equal_ignoring_case(name.substr(name.size() - 10), ".localhost"));
}

/// "http://localhost:4566" for "localhost:4566": the port tells origins on one host apart. The
/// scheme does not matter: both are answered on the one port.
bool is_origin_of(std::string_view origin, std::string_view host) {
  for (const auto& [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}}) {
    if (!origin.starts_with(scheme)) continue;
    const std::string_view given = origin.substr(scheme.size());
    return net::equal_ignoring_case(given, host) ||
           (host.ends_with(port) &&
            net::equal_ignoring_case(given, host.substr(0, host.size() - port.size())));
  }
  return false;
}

}  // namespace

bool ConsoleGate::is_for(const net::HttpRequest& request) {
  const std::string_view path = path_of(request);
  const std::string_view root = console::Console::kPath;
  const bool is_path = path.starts_with(root) || path == root.substr(0, root.size() - 1);
  return is_path && !is_content_host(request.header("Host"));
}

std::string_view ConsoleGate::api_name(const net::HttpRequest& request) {
  const std::string_view path = path_of(request);
  const std::string_view root = console::Console::kPath;
  if (!path.starts_with(root) || !path.substr(root.size()).starts_with(kApi)) return {};
  return path.substr(root.size() + kApi.size());
}

aws::ApiResult<void> ConsoleGate::admit(const net::HttpRequest& request) const {
  const std::string_view host = request.header("Host");
  const std::string_view origin = request.header("Origin");
  if (!origin.empty() && origin != "null" && origins_.names(origin)) return {};
  if (!signs_ && !is_own_name(host)) {
    return refuse(
        "Without --credentials the console answers under localhost and IP addresses only: any "
        "page could have made its own name lead here. See pawl serve --credentials and "
        "--cors-origin.");
  }
  if (!origin.empty() && !is_origin_of(origin, host)) {
    return refuse(
        "Pages of this origin may not call the console's API; behind a proxy that changes Host "
        "say with pawl serve --cors-origin which origin it shows.");
  }
  return {};
}

}  // namespace pawl::server
