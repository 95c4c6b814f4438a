// SPDX-License-Identifier: Apache-2.0
// The models that are installed where the tests run, with our overlays. Tests of them skip if there
// are none. PAWL_MODELS (directories, ":" between) adds to Debian's.
#pragma once

#include <string_view>

#include "aws/model/embedded_patches.h"

namespace pawl::aws {

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
