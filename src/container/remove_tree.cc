// SPDX-License-Identifier: Apache-2.0
// Removing what others have written: no path is ever built, so none can be redirected, and trees
// deeper than the stack or the table of open files is are folded upward first.
#include "container/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "container/file_descriptor.h"

namespace pawl::container {
namespace {

constexpr int kDepthMax = 64;

/// A folder that whoever made it may have closed to us. A link is not followed by either call that
/// opens; the one that changes the mode is made only after opening found a folder (EACCES).
FileDescriptor open_folder(int above, const std::string& name) {
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  FileDescriptor folder(openat(above, name.c_str(), flags));
  if (!folder && errno == EACCES) {
    fchmodat(above, name.c_str(), 0700, 0);
    folder = FileDescriptor(openat(above, name.c_str(), flags));
  }
  if (folder) fchmod(folder.get(), 0700);
  return folder;
}

class Removal {
 public:
  explicit Removal(int top) : top_(top) {}

  /// Empties the directory `folder`; false if something is left.
  bool empty(int folder, int depth) {
    bool is_clean = true;
    for (const std::string& name : names_in(folder)) {
      if (unlinkat(folder, name.c_str(), 0) == 0) continue;
      is_clean = remove_folder(folder, name, depth) && is_clean;
    }
    return is_clean;
  }

  /// Folders that were too deep now stand in `top`, to be emptied by another turn.
  bool has_folded() const { return has_folded_; }
  void begin_turn() { has_folded_ = false; }

 private:
  static std::vector<std::string> names_in(int folder) {
    std::vector<std::string> out;
    DIR* directory = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory == nullptr) return out;
    while (const dirent* entry = readdir(directory)) {
      if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
        out.emplace_back(entry->d_name);
      }
    }
    closedir(directory);
    return out;
  }

  bool remove_folder(int folder, const std::string& name, int depth) {
    if (depth >= kDepthMax) {
      const std::string folded = ".folded-" + std::to_string(++folded_);
      if (renameat2(folder, name.c_str(), top_, folded.c_str(), RENAME_NOREPLACE) != 0) {
        return false;
      }
      has_folded_ = true;
      return true;
    }
    const FileDescriptor inner = open_folder(folder, name);
    if (!inner) return errno == ENOENT;
    const bool is_clean = empty(inner.get(), depth + 1);
    return unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0 && is_clean;
  }

  const int top_;
  int folded_ = 0;
  bool has_folded_ = false;
};

}  // namespace

bool empty_folder(int folder) {
  Removal removal(folder);
  for (;;) {
    removal.begin_turn();
    const bool is_clean = removal.empty(folder, 0);
    if (!removal.has_folded()) return is_clean;
  }
}

bool remove_at(int folder, const std::string& name) {
  if (unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return true;
  const FileDescriptor inner = open_folder(folder, name);
  if (!inner) return false;
  return empty_folder(inner.get()) && unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0;
}

bool remove_tree(const std::string& path) { return remove_at(AT_FDCWD, path); }

}  // namespace pawl::container
