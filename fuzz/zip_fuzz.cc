// SPDX-License-Identifier: Apache-2.0
// Deployment packages: whatever they hold, nothing appears outside the folder they are unpacked to,
// and a package that is refused leaves nothing behind.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "services/lambda/code_package.h"

namespace {

/// Removed at exit.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/pawl-zip-fuzz-XXXXXX";
    if (mkdtemp(name) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace fs = std::filesystem;
  static const Folder kFolder;
  const std::string to = kFolder.path() + "/package";
  pawl::lambda::PackageLimits limits;
  limits.unzipped_bytes_max = 1 << 20;
  limits.entries_max = 200;
  const auto unpacked = pawl::lambda::unpack_package(
      std::string_view(reinterpret_cast<const char*>(data), size), to, limits);
  size_t others = 0;
  for (const auto& entry : fs::directory_iterator(kFolder.path())) {
    if (entry.path() != to) ++others;
  }
  require(others == 0);
  require(fs::exists(to) == static_cast<bool>(unpacked));
  if (!unpacked) return 0;
  for (const auto& entry : fs::recursive_directory_iterator(to)) {
    if (!entry.is_symlink()) continue;
    const std::string target = fs::weakly_canonical(entry.path()).string();
    require(target == to || target.starts_with(to + "/"));
  }
  fs::remove_all(to);
  return 0;
}
