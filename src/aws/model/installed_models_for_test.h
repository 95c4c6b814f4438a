// SPDX-License-Identifier: Apache-2.0
// The models that are installed where the tests run, with our overlays. Tests of them skip if there
// are none. PAWL_MODELS (directories, ":" between) adds to Debian's.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "aws/model/model_catalog.h"

namespace pawl::aws {

inline ModelSearchPath installed_search_path() {
  ModelSearchPath path;
  if (const char* more = std::getenv("PAWL_MODELS")) {
    std::string_view rest(more);
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(':'), rest.size());
      path.directories.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (std::string& directory : botocore_directories({})) {
    path.directories.push_back(std::move(directory));
  }
  path.overlay_directories.push_back(PAWL_SOURCE_DIR "/models");
  return path;
}

inline ModelCatalog& installed_models() {
  static ModelCatalog catalog(installed_search_path());
  return catalog;
}

/// Null if that service's model is not installed.
inline const ServiceModel* installed_model(std::string_view service) {
  const auto found = installed_models().find(service);
  return found ? *found : nullptr;
}

}  // namespace pawl::aws
