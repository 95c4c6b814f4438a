// SPDX-License-Identifier: Apache-2.0
// W3C Fetch Metadata Request Headers; CSP Level 3, "sandbox".
#include "server/foreign_content.h"

#include <algorithm>

#include "server/host_name.h"

namespace pawl::server {

bool is_content_host(std::string_view host) {
  const std::string name = aws::lower_ascii(host_name_of(host));
  const auto stands_before = [&name](std::string_view mark) {
    const size_t at = name.find(mark);
    return at != std::string::npos && at > 0;
  };
  return stands_before(".s3.") || stands_before(".execute-api.") || stands_before(".lambda-url.");
}

bool is_document_beside_console(const aws::HttpRequest& request) {
  if (is_content_host(request.headers.get("Host"))) return false;
  const std::string_view destination = request.headers.get("Sec-Fetch-Dest");
  const std::string_view mode = request.headers.get("Sec-Fetch-Mode");
  if (destination.empty() && mode.empty()) {
    // Browsers send neither over plain HTTP to other computers. Every one of them says Mozilla.
    return request.headers.get("User-Agent").find("Mozilla/") != std::string_view::npos;
  }
  constexpr std::string_view kDocuments[] = {"document", "iframe", "frame",
                                             "object",   "embed",  "fencedframe"};
  return mode == "navigate" || std::find(std::begin(kDocuments), std::end(kDocuments),
                                         destination) != std::end(kDocuments);
}

}  // namespace pawl::server
