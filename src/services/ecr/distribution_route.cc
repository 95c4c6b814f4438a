// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/distribution_route.h"

#include "aws/http_message.h"

namespace pawl::ecr {

std::optional<DistributionRoute> route_of(std::string_view path) {
  using Kind = DistributionRoute::Kind;
  constexpr std::string_view kPrefix = "/v2/";
  if (path == "/v2") return DistributionRoute{Kind::Base};
  if (!path.starts_with(kPrefix)) return std::nullopt;
  const std::string rest = aws::uri_decode(path.substr(kPrefix.size()));
  if (rest.empty()) return DistributionRoute{Kind::Base};
  if (rest == "_catalog") return DistributionRoute{Kind::Catalog};
  struct Pattern {
    std::string_view mark;
    Kind kind;
  };
  // The longest first: an upload's path has that of a blob in it.
  for (const Pattern& pattern :
       {Pattern{"/blobs/uploads/", Kind::Upload}, Pattern{"/manifests/", Kind::Manifest},
        Pattern{"/referrers/", Kind::Referrers}, Pattern{"/blobs/", Kind::Blob},
        Pattern{"/tags/", Kind::Tags}}) {
    const size_t at = rest.rfind(pattern.mark);
    if (at == std::string::npos || at == 0) continue;
    DistributionRoute out{pattern.kind, rest.substr(0, at), rest.substr(at + pattern.mark.size())};
    if (out.reference.find('/') != std::string::npos) continue;
    if (out.kind == Kind::Upload && out.reference.empty()) out.kind = Kind::Uploads;
    if (out.kind == Kind::Tags && out.reference != "list") return std::nullopt;
    if (out.kind != Kind::Uploads && out.reference.empty()) return std::nullopt;
    return out;
  }
  constexpr std::string_view kUploads = "/blobs/uploads";
  if (rest.ends_with(kUploads) && rest.size() > kUploads.size()) {
    return DistributionRoute{Kind::Uploads, rest.substr(0, rest.size() - kUploads.size())};
  }
  return std::nullopt;
}

}  // namespace pawl::ecr
