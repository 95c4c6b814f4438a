// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/node_packages.h"

#include <stdlib.h>

#include <filesystem>
#include <system_error>

namespace pawl::lambda {

std::string find_node_packages() {
  namespace fs = std::filesystem;
  std::error_code failure;
  if (const char* set = getenv("PAWL_NODE_MODULES"); set != nullptr) {
    const fs::path folder = fs::canonical(set, failure);
    return failure ? std::string() : folder.string();
  }
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  for (const fs::path& folder :
       {program.parent_path().parent_path() / "share/pawl/node_modules",
        fs::path("/usr/local/lib/node_modules"), fs::path("/usr/lib/node_modules")}) {
    if (fs::is_directory(folder / "@aws-sdk", failure)) return fs::canonical(folder, failure);
  }
  return {};
}

}  // namespace pawl::lambda
