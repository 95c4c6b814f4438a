// SPDX-License-Identifier: Apache-2.0
// Layers of images, two over each other: whatever they hold, nothing is made, changed or linked
// outside the root directory, and all that is made can be removed.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "container/layer_unpack.h"
#include "container/remove_tree.h"

namespace {

namespace fs = std::filesystem;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Removed at exit.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/pawl-layer-fuzz-XXXXXX";
    require(mkdtemp(name) != nullptr);
    path_ = name;
    std::ofstream(path_ + "/victim") << "whole";
  }
  ~Folder() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void apply(std::string_view layer, const std::string& folder) {
  std::ofstream(folder + "/layer", std::ios::binary) << layer;
  pawl::container::UnpackTotals totals;
  const auto unpacked = pawl::container::unpack_layer(
      folder + "/layer", folder + "/root", {.bytes_max = 1 << 20, .entries_max = 200}, totals);
  static_cast<void>(unpacked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Folder kFolder;
  const std::string& folder = kFolder.path();
  fs::create_directories(folder + "/root");
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  apply(bytes, folder);
  apply(bytes.substr(size / 2), folder);
  struct stat victim {};
  require(stat((folder + "/victim").c_str(), &victim) == 0);
  require(victim.st_size == 5 && victim.st_nlink == 1);
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    require(name == "root" || name == "layer" || name == "victim");
  }
  require(pawl::container::remove_tree(folder + "/root"));
  return 0;
}
