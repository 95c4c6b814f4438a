// SPDX-License-Identifier: Apache-2.0
// libarchive reads; files are made here, always by one name component in a directory that was
// opened with the image's root as its root.
#include "container/layer_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "container/remove_tree.h"
#include "container/root_directory.h"

namespace pawl::container {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr uint64_t kRatioFreeBytes = uint64_t{64} << 20;
constexpr size_t kNameBytesMax = 4'095;
constexpr std::string_view kWhiteOut = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr mode_t kModeBits = 01777;  ///< no set-user-id, no set-group-id

struct ArchiveCloser {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, ArchiveCloser>;

Error io_error(std::string_view name) {
  return Error(ErrorKind::Io, std::string(name) + ": " + strerror(errno));
}

Error hostile(std::string_view what, std::string_view name) {
  return Error(ErrorKind::InvalidSyntax,
               "the layer has " + std::string(what) + ": " + std::string(name.substr(0, 200)));
}

Error damaged(archive* reader) {
  const char* reason = archive_error_string(reader);
  return Error(ErrorKind::InvalidSyntax,
               std::string("the layer is damaged: ") + (reason != nullptr ? reason : "no archive"));
}

/// The parts of a name, without "." and the "/" at its beginning. nullopt if a part is "..".
std::optional<std::vector<std::string>> parts_of(std::string_view name) {
  std::vector<std::string> out;
  while (!name.empty()) {
    const size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part == "..") return std::nullopt;
    if (!part.empty() && part != ".") out.emplace_back(part);
    if (slash == std::string_view::npos) break;
    name.remove_prefix(slash + 1);
  }
  return out;
}

std::string join(const std::vector<std::string>& parts, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    if (i != 0) out += '/';
    out += parts[i];
  }
  return out;
}

class LayerUnpacking {
 public:
  LayerUnpacking(RootDirectory root, const UnpackLimits& limits, UnpackTotals& totals)
      : root_(std::move(root)), limits_(limits), totals_(totals) {}

  Result<void> run(const std::string& layer) {
    const FileDescriptor file(open(layer.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0) return io_error(layer);
    packed_bytes_ = static_cast<uint64_t>(status.st_size);
    const Archive reader(archive_read_new());
    archive_read_support_format_tar(reader.get());
    archive_read_support_format_empty(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_zstd(reader.get());
    if (archive_read_open_fd(reader.get(), file.get(), size_t{64} << 10) != ARCHIVE_OK) {
      return damaged(reader.get());
    }
    for (;;) {
      archive_entry* entry = nullptr;
      const int read = archive_read_next_header(reader.get(), &entry);
      if (read == ARCHIVE_EOF) return {};
      if (read < ARCHIVE_WARN) return damaged(reader.get());
      if (++totals_.entries > limits_.entries_max) {
        return Error(ErrorKind::LimitExceeded, "the image has too many files");
      }
      PAWL_TRY_VOID(apply(reader.get(), entry));
    }
  }

 private:
  Result<void> apply(archive* reader, archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    const std::string_view name = raw != nullptr ? raw : "";
    if (name.size() > kNameBytesMax) return hostile("a name that is too long", name);
    const auto parts = parts_of(name);
    if (!parts) return hostile("a name that leads upward", name);
    if (parts->empty()) return {};  // the root itself
    const std::string path = join(*parts, parts->size());
    const std::string& last = parts->back();
    const std::string above = join(*parts, parts->size() - 1);
    if (last.starts_with(kWhiteOut)) return white_out(*parts, above);
    const int folder = PAWL_TRY(open_folder(*parts, parts->size() - 1));
    remember(*parts);
    const char* link = archive_entry_hardlink(entry);
    if (link != nullptr) return make_hard_link(folder, last, link);
    switch (archive_entry_filetype(entry)) {
      case AE_IFDIR: return make_folder(folder, last, path, archive_entry_perm(entry));
      case AE_IFLNK: return make_symbolic_link(folder, last, archive_entry_symlink(entry));
      case AE_IFREG: return make_file(reader, entry, folder, last);
      default: return {};  // devices and FIFOs: a container has its own /dev
    }
  }

  // OCI "Whiteouts": they hide what lower layers have, not what this one brings.
  Result<void> white_out(const std::vector<std::string>& parts, const std::string& above) {
    const std::string& last = parts.back();
    const std::string hidden = last.substr(kWhiteOut.size());
    if (hidden.empty() || hidden == "." || hidden == "..") {
      return hostile("a white-out of no file", last);
    }
    const FileDescriptor folder = root_.open_at(above, O_RDONLY | O_DIRECTORY);
    if (!folder) return {};  // nothing there to hide
    forget_folder();
    if (last == kOpaque) return empty_lower(folder.get(), above);
    if (last.starts_with(".wh..wh.")) return {};  // aufs' own records
    const std::string path = above.empty() ? hidden : above + "/" + hidden;
    if (made_.contains(std::hash<std::string>{}(path))) return {};
    return remove_at(folder.get(), hidden) ? Result<void>() : io_error(path);
  }

  /// Removes all below the folder that this layer has not made.
  Result<void> empty_lower(int folder, const std::string& path) {
    DIR* listing = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (listing == nullptr) return io_error(path);
    std::vector<std::string> names;
    while (const dirent* entry = readdir(listing)) names.emplace_back(entry->d_name);
    closedir(listing);
    for (const std::string& name : names) {
      if (name == "." || name == "..") continue;
      const std::string inner = path.empty() ? name : path + "/" + name;
      if (!made_.contains(std::hash<std::string>{}(inner))) {
        if (!remove_at(folder, name)) return io_error(inner);
        continue;
      }
      const FileDescriptor below(
          openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      // No deeper than names are long: what this layer made has a name of 4 KiB at most.
      if (below) PAWL_TRY_VOID(empty_lower(below.get(), inner));
    }
    return {};
  }

  void remember(const std::vector<std::string>& parts) {
    std::string path;
    for (const std::string& part : parts) {
      if (!path.empty()) path += '/';
      path += part;
      made_.insert(std::hash<std::string>{}(path));
    }
  }

  /// The folder of the first `count` parts, made where it is not there. Kept open: the next entry
  /// mostly stands in the same one.
  Result<int> open_folder(const std::vector<std::string>& parts, size_t count) {
    const std::string path = join(parts, count);
    if (folder_ && path == folder_path_) return folder_.get();
    FileDescriptor found = root_.open_at(path, O_PATH | O_DIRECTORY);
    if (!found && errno == ENOENT) {
      found = root_.open_at("", O_PATH | O_DIRECTORY);
      for (size_t i = 0; i < count && found; ++i) {
        const std::string prefix = join(parts, i + 1);
        FileDescriptor next = root_.open_at(prefix, O_PATH | O_DIRECTORY);
        if (!next && errno == ENOENT) {
          // EEXIST: a link that leads nowhere stands there, and is not to be followed.
          if (mkdirat(found.get(), parts[i].c_str(), 0755) != 0) {
            return errno == EEXIST ? Result<int>(hostile("a file below a broken link", path))
                                   : Result<int>(io_error(path));
          }
          next = root_.open_at(prefix, O_PATH | O_DIRECTORY);
        }
        found = std::move(next);
      }
    }
    if (!found) {
      const bool is_theirs = errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG;
      if (is_theirs) return hostile("a file below something that is no folder", path);
      return io_error(path);
    }
    folder_ = std::move(found);
    folder_path_ = path;
    return folder_.get();
  }

  void forget_folder() { folder_.reset(); }

  Result<void> make_room(int folder, const std::string& name) {
    if (unlinkat(folder, name.c_str(), 0) == 0) return {};
    if (errno == ENOENT) return {};
    const bool is_removed = remove_at(folder, name);
    return is_removed ? Result<void>() : io_error(name);
  }

  Result<void> make_folder(int folder, const std::string& name, const std::string& path,
                           mode_t mode) {
    mode = (mode & kModeBits) | 0700;
    struct stat there {};
    const bool exists = fstatat(folder, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists || !S_ISDIR(there.st_mode)) {
      PAWL_TRY_VOID(make_room(folder, name));
      if (mkdirat(folder, name.c_str(), 0700) != 0) return io_error(path);
    }
    const FileDescriptor made(
        openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!made || fchmod(made.get(), mode) != 0) return io_error(path);
    return {};
  }

  Result<void> make_symbolic_link(int folder, const std::string& name, const char* target) {
    if (target == nullptr || *target == '\0' || strlen(target) > kNameBytesMax) {
      return hostile("a link to nothing", name);
    }
    PAWL_TRY_VOID(make_room(folder, name));
    return symlinkat(target, folder, name.c_str()) == 0 ? Result<void>() : io_error(name);
  }

  Result<void> make_hard_link(int folder, const std::string& name, const char* target) {
    const auto parts = parts_of(target);
    if (!parts || parts->empty()) return hostile("a hard link that leads outside", target);
    const FileDescriptor source =
        root_.open_at(join(*parts, parts->size() - 1), O_PATH | O_DIRECTORY);
    struct stat there {};
    const std::string& last = parts->back();
    if (!source || fstatat(source.get(), last.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 ||
        S_ISDIR(there.st_mode)) {
      return hostile("a hard link to nothing", target);
    }
    struct stat here {};
    const bool is_same = fstatat(folder, name.c_str(), &here, AT_SYMLINK_NOFOLLOW) == 0 &&
                         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
    if (is_same) return {};
    PAWL_TRY_VOID(make_room(folder, name));
    const int made = linkat(source.get(), last.c_str(), folder, name.c_str(), 0);
    return made == 0 ? Result<void>() : io_error(name);
  }

  Result<void> make_file(archive* reader, archive_entry* entry, int folder,
                         const std::string& name) {
    PAWL_TRY_VOID(make_room(folder, name));
    const FileDescriptor file(
        openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return io_error(name);
    for (;;) {
      const void* bytes = nullptr;
      size_t count = 0;
      la_int64_t offset = 0;
      const int read = archive_read_data_block(reader, &bytes, &count, &offset);
      if (read == ARCHIVE_EOF) break;
      if (read < ARCHIVE_WARN) return damaged(reader);
      PAWL_TRY_VOID(count_bytes(count));
      PAWL_TRY_VOID(write_at(file.get(), static_cast<const char*>(bytes), count, offset, name));
    }
    // A sparse file may end in a hole, which costs nothing on the disk but reads as zeros.
    const la_int64_t size = archive_entry_size(entry);
    if (size < 0 || static_cast<uint64_t>(size) > limits_.bytes_max) return too_large();
    if (ftruncate(file.get(), size) != 0) return io_error(name);
    if (fchmod(file.get(), (archive_entry_perm(entry) & kModeBits) | 0400) != 0) {
      return io_error(name);
    }
    // Python compares it with what its compiled files say.
    timespec times[2] = {{0, UTIME_OMIT}, {archive_entry_mtime(entry), 0}};
    futimens(file.get(), times);
    return {};
  }

  static Result<void> write_at(int file, const char* bytes, size_t count, la_int64_t offset,
                               const std::string& name) {
    while (count > 0) {
      const ssize_t written = pwrite(file, bytes, count, offset);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return io_error(name);
      bytes += written;
      offset += written;
      count -= static_cast<size_t>(written);
    }
    return {};
  }

  static Error too_large() {
    return Error(ErrorKind::LimitExceeded, "the image is larger than an image may be");
  }

  Result<void> count_bytes(size_t count) {
    totals_.bytes += count;
    layer_bytes_ += count;
    const bool is_bomb =
        layer_bytes_ > kRatioFreeBytes && layer_bytes_ / limits_.ratio_max > packed_bytes_;
    if (totals_.bytes > limits_.bytes_max || is_bomb) return too_large();
    return {};
  }

  const RootDirectory root_;
  const UnpackLimits& limits_;
  UnpackTotals& totals_;
  uint64_t packed_bytes_ = 0;
  uint64_t layer_bytes_ = 0;
  FileDescriptor folder_;
  std::string folder_path_;
  std::unordered_set<size_t> made_;  ///< hashes of the paths that this layer has made
};

}  // namespace

Result<void> unpack_layer(const std::string& layer, const std::string& root,
                          const UnpackLimits& limits, UnpackTotals& totals) {
  return LayerUnpacking(PAWL_TRY(RootDirectory::open(root)), limits, totals).run(layer);
}

}  // namespace pawl::container
