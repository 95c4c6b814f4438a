// SPDX-License-Identifier: Apache-2.0
// RootDirectory: names inside the root directory of an image, resolved as they would be in the
// running container, so that none leads outside (openat2(2), RESOLVE_IN_ROOT; Linux 5.6).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "container/file_descriptor.h"

namespace pawl::container {

/// Not thread-safe; several objects for one directory are fine.
class RootDirectory {
 public:
  /// Errors: NotFound, Io.
  static base::Result<RootDirectory> open(const std::string& path);

  int descriptor() const { return root_.get(); }

  /// Opens `path` with open(2)'s flags, symbolic links followed inside the root (unless O_NOFOLLOW,
  /// the last). A negative descriptor and errno if that fails.
  FileDescriptor open_at(const std::string& path, int flags, mode_t mode = 0) const;

  /// The same name without symbolic links, absolute, as far as it exists; what does not is left as
  /// it is. nullopt if it leads through ".." where nothing is, or in circles.
  std::optional<std::string> canonical(const std::string& path) const;

  /// The text of a small file; nullopt if it is not there or has more than `bytes_max`.
  std::optional<std::string> read_file(const std::string& path, size_t bytes_max) const;

  /// Where `program` is found by `search_path` (PATH), or by itself if it has a slash, relative to
  /// `working_directory`; nullopt if no executable file is there.
  std::optional<std::string> find_program(std::string_view program, std::string_view search_path,
                                          const std::string& working_directory) const;

 private:
  explicit RootDirectory(FileDescriptor root) : root_(std::move(root)) {}
  FileDescriptor root_;
};

/// The ids that "1000", "name", "name:group" or "1000:1000" stand for in this image (/etc/passwd,
/// /etc/group); "" is root. Errors: NotFound if a name is not there, with Docker's words.
struct ContainerUser {
  uint32_t user = 0;
  uint32_t group = 0;
  std::string home = "/";
};
base::Result<ContainerUser> find_user(const RootDirectory& root, std::string_view user);

}  // namespace pawl::container
