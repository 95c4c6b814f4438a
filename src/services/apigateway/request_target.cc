// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/request_target.h"

#include <algorithm>

namespace pawl::apigateway {
namespace {

constexpr std::string_view kOwnPath = "/_pawl/api/";
constexpr std::string_view kOtherPath = "/_aws/execute-api/";
constexpr std::string_view kOldPath = "/restapis/";
constexpr std::string_view kOldMark = "/_user_request_";
constexpr std::string_view kHostPart = ".execute-api.";

std::string_view without_port(std::string_view host) {
  const size_t colon = host.rfind(':');
  return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

bool may_have_names_below(std::string_view host) {
  const std::string_view name = without_port(host);
  if (name.empty() || name.front() == '[' || name == "localhost") return false;
  return std::any_of(name.begin(), name.end(),
                     [](char c) { return c != '.' && (c < '0' || c > '9'); });
}

/// "ID/path" behind a prefix.
RequestTarget behind_prefix(std::string_view rest, std::string_view host) {
  const size_t end = std::min(rest.find('/'), rest.size());
  std::string path(rest.substr(end));
  return {std::string(rest.substr(0, end)), path.empty() ? "/" : std::move(path),
          std::string(without_port(host))};
}

}  // namespace

std::optional<RequestTarget> request_target(const aws::HttpRequest& request) {
  const std::string_view path = request.path;
  const std::string_view host = request.headers.get("Host");
  for (const std::string_view prefix : {kOwnPath, kOtherPath}) {
    if (path.starts_with(prefix)) return behind_prefix(path.substr(prefix.size()), host);
  }
  if (path.starts_with(kOldPath)) {
    const size_t mark = path.find(kOldMark);
    if (mark != std::string_view::npos &&
        std::count(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(mark), '/') == 3) {
      const std::string joined = std::string(path.substr(kOldPath.size(), mark - kOldPath.size())) +
                                 std::string(path.substr(mark + kOldMark.size()));
      return behind_prefix(joined, host);
    }
  }
  const size_t at = host.find(kHostPart);
  if (at == std::string_view::npos || at == 0 || host.find('.') != at) return std::nullopt;
  return RequestTarget{std::string(host.substr(0, at)), request.path,
                       std::string(without_port(host))};
}

std::string api_endpoint(const std::string& api_id, const std::string& region,
                         const std::string& host) {
  if (without_port(host).ends_with(".amazonaws.com")) {
    return "https://" + api_id + std::string(kHostPart) + region + ".amazonaws.com";
  }
  if (!may_have_names_below(host)) return "http://" + host + std::string(kOwnPath) + api_id;
  return "http://" + api_id + std::string(kHostPart) + region + "." + host;
}

std::string host_of_url(std::string_view url) {
  const size_t mark = url.find("://");
  if (mark != std::string_view::npos) url.remove_prefix(mark + 3);
  return std::string(url.substr(0, url.find('/')));
}

}  // namespace pawl::apigateway
