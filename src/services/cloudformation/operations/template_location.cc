// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/template_location.h"

#include "aws/http_message.h"

namespace pawl::cloudformation {
namespace {

bool is_local(std::string_view host) {
  const std::string_view name = host.substr(0, host.find(':', host.starts_with('[') ? 2 : 0));
  return name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") ||
         host.starts_with("[::1]");
}

bool is_aws(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

/// "s3.amazonaws.com", "s3-eu-west-1.amazonaws.com", "s3.eu-west-1.localhost:4566".
bool is_s3_itself(std::string_view host) {
  return host.starts_with("s3.") || host.starts_with("s3-");
}

/// Where the name of S3 begins behind a bucket's; npos if there is none.
size_t s3_label(std::string_view host) {
  const size_t dot = host.find(".s3.");
  return dot != std::string_view::npos ? dot : host.find(".s3-");
}

}  // namespace

std::optional<ObjectLocation> template_location(std::string_view url) {
  const size_t mark = url.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = url.substr(0, mark);
  if (scheme != "https" && scheme != "http") return std::nullopt;
  std::string_view rest = url.substr(mark + 3);
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view host = rest.substr(0, slash);
  std::string_view path = rest.substr(slash + 1);
  const size_t question = path.find('?');
  const std::string_view query =
      question == std::string_view::npos ? std::string_view() : path.substr(question + 1);
  path = path.substr(0, question);
  if (!is_local(host) && !is_aws(host)) return std::nullopt;

  ObjectLocation found;
  const size_t label = is_s3_itself(host) ? std::string_view::npos : s3_label(host);
  if (label != std::string_view::npos) {
    found.bucket = std::string(host.substr(0, label));
  } else if (is_s3_itself(host) || is_local(host)) {
    const size_t end = path.find('/');
    if (end == std::string_view::npos) return std::nullopt;
    found.bucket = std::string(path.substr(0, end));
    path.remove_prefix(end + 1);
  }
  found.key = aws::uri_decode(path);
  const aws::QueryParameters parameters = aws::parse_query(query);
  if (const std::string* version = aws::find_parameter(parameters, "versionId")) {
    found.version = *version;
  }
  if (found.bucket.empty() || found.key.empty()) return std::nullopt;
  return found;
}

std::optional<ObjectLocation> object_location(std::string_view location) {
  constexpr std::string_view kScheme = "s3://";
  if (!location.starts_with(kScheme)) return template_location(location);
  location.remove_prefix(kScheme.size());
  const size_t slash = location.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == location.size()) {
    return std::nullopt;
  }
  return ObjectLocation{
      std::string(location.substr(0, slash)), std::string(location.substr(slash + 1)), {}};
}

}  // namespace pawl::cloudformation
