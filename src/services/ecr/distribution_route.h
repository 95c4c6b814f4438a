// SPDX-License-Identifier: Apache-2.0
// DistributionRoute: what a path of the OCI distribution API names ("/v2/…", specification 1.1,
// "Endpoints").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::ecr {

struct DistributionRoute {
  enum class Kind { Base, Catalog, Tags, Manifest, Blob, Uploads, Upload, Referrers };
  Kind kind = Kind::Base;
  std::string name = {};       ///< as it stands in the path, decoded; not checked
  std::string reference = {};  ///< tag, digest or upload id
};

/// nullopt if it is no path of that API.
std::optional<DistributionRoute> route_of(std::string_view path);

}  // namespace pawl::ecr
