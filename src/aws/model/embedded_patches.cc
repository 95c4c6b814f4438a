// SPDX-License-Identifier: Apache-2.0
// The search path of the program; the patches themselves are generated (cmake/EmbedModels.cmake).
#include "aws/model/embedded_patches.h"

#include <algorithm>
#include <cstdlib>

namespace pawl::aws {

ModelSearchPath installed_search_path(const std::vector<std::string>& first) {
  ModelSearchPath path;
  path.directories = first;
  if (const char* more = std::getenv("PAWL_MODELS")) {
    std::string_view rest(more);
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(':'), rest.size());
      if (end > 0) path.directories.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (std::string& directory : botocore_directories({})) {
    path.directories.push_back(std::move(directory));
  }
  path.embedded_patches = embedded_patches();
  return path;
}

}  // namespace pawl::aws
