// SPDX-License-Identifier: Apache-2.0
// libarchive reads; the files are written here, because its own writer follows what it finds on the
// way to the folder. Nothing of the package is on disk when a file is opened but directories and
// files made here, so no name can lead through a link.
#include "services/lambda/code_package.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace pawl::lambda {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kRatioFreeBytes = size_t{16} << 20;
constexpr size_t kNameBytesMax = 4'096;

struct ArchiveCloser {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Archive = std::unique_ptr<archive, ArchiveCloser>;

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error io_error(const fs::path& path) {
  return Error(ErrorKind::Io, path.string() + ": " + strerror(errno));
}

Error damaged(archive* reader) {
  const char* reason = archive_error_string(reader);
  return Error(ErrorKind::InvalidSyntax, reason != nullptr ? reason : "not a zip");
}

/// The name inside the folder; nullopt if it leads anywhere else.
std::optional<fs::path> inner_path(const char* name) {
  if (name == nullptr || *name == '\0' || strlen(name) > kNameBytesMax) return std::nullopt;
  const fs::path path = fs::path(name).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..") return std::nullopt;
  return path;
}

class Unpacking {
 public:
  Unpacking(std::string_view zip, fs::path folder, const PackageLimits& limits)
      : zip_(zip), folder_(std::move(folder)), limits_(limits) {}

  Result<void> run() {
    // APPNOTE 4.3.16: the end of the directory comes first when there is nothing before it.
    // libarchive does not take that for a zip.
    if (zip_.starts_with("PK\5\6")) return Error(ErrorKind::NotFound, "no file in the package");
    const Archive reader(archive_read_new());
    // By its directory at the end, without which a package is damaged; not entry by entry.
    archive_read_support_format_zip_seekable(reader.get());
    if (archive_read_open_memory(reader.get(), zip_.data(), zip_.size()) != ARCHIVE_OK) {
      return damaged(reader.get());
    }
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      if (status < ARCHIVE_WARN) return damaged(reader.get());
      if (++entries_ > limits_.entries_max) {
        return Error(ErrorKind::LimitExceeded, "too many entries");
      }
      PAWL_TRY_VOID(unpack_entry(reader.get(), entry));
    }
    PAWL_TRY_VOID(make_links());
    if (files_ == 0) return Error(ErrorKind::NotFound, "no file in the package");
    return {};
  }

 private:
  Result<void> unpack_entry(archive* reader, archive_entry* entry) {
    const std::optional<fs::path> inside = inner_path(archive_entry_pathname(entry));
    if (!inside) return Error(ErrorKind::InvalidSyntax, "a name that leads outside");
    const fs::path path = folder_ / *inside;
    std::error_code failure;
    const auto type = archive_entry_filetype(entry);
    fs::create_directories(type == AE_IFDIR ? path : path.parent_path(), failure);
    if (failure) return Error(ErrorKind::InvalidSyntax, "a file is also a folder");
    if (type == AE_IFDIR) return {};
    if (type == AE_IFLNK) {
      const char* target = archive_entry_symlink(entry);
      links_.emplace_back(*inside, target != nullptr ? target : "");
      return {};
    }
    if (type != AE_IFREG) return Error(ErrorKind::InvalidSyntax, "neither file, folder nor link");
    return write_file(reader, path, (archive_entry_perm(entry) & 0111) != 0);
  }

  Result<void> write_file(archive* reader, const fs::path& path, bool executable) {
    const FileDescriptor file(open(path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                   executable ? 0755 : 0644));
    if (file.get() < 0) return io_error(path);
    std::vector<char> buffer(size_t{64} << 10);
    for (;;) {
      const la_ssize_t count = archive_read_data(reader, buffer.data(), buffer.size());
      if (count < 0) return damaged(reader);
      if (count == 0) break;
      unzipped_ += static_cast<size_t>(count);
      const bool is_bomb =
          unzipped_ > kRatioFreeBytes && unzipped_ / limits_.ratio_max > zip_.size();
      if (unzipped_ > limits_.unzipped_bytes_max || is_bomb) {
        return Error(ErrorKind::LimitExceeded, "larger than a function may be");
      }
      for (size_t written = 0; written < static_cast<size_t>(count);) {
        const ssize_t more =
            write(file.get(), buffer.data() + written, static_cast<size_t>(count) - written);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return io_error(path);
        written += static_cast<size_t>(more);
      }
    }
    ++files_;
    return {};
  }

  Result<void> make_links() {
    for (const auto& [inside, target] : links_) {
      const bool stays = !target.empty() && fs::path(target).is_relative() &&
                         inner_path((inside.parent_path() / target).c_str()).has_value();
      if (!stays) return Error(ErrorKind::InvalidSyntax, "a link that leads outside");
      // A link that is made through a link could be reached, and lead, anywhere.
      std::error_code failure;
      if (is_below_link(inside)) return Error(ErrorKind::InvalidSyntax, "a link below a link");
      fs::create_symlink(target, folder_ / inside, failure);
      if (failure) return Error(ErrorKind::InvalidSyntax, "a link is also a file");
    }
    return check_links();
  }

  bool is_below_link(const fs::path& inside) const {
    std::error_code ignored;
    for (fs::path above = inside.parent_path(); !above.empty(); above = above.parent_path()) {
      if (fs::is_symlink(fs::symlink_status(folder_ / above, ignored))) return true;
    }
    return false;
  }

  /// A link's target may itself lead through links: where it ends counts, so it must end somewhere.
  Result<void> check_links() const {
    std::error_code failure;
    const fs::path root = fs::canonical(folder_, failure);
    for (const auto& [inside, target] : links_) {
      const fs::path end = fs::canonical(folder_ / inside, failure);
      const fs::path relative = end.lexically_relative(root);
      if (failure || relative.empty() || *relative.begin() == "..") {
        return Error(ErrorKind::InvalidSyntax, "a link that leads outside or nowhere");
      }
    }
    return {};
  }

  std::string_view zip_;
  fs::path folder_;
  const PackageLimits& limits_;
  std::vector<std::pair<fs::path, std::string>> links_;
  size_t entries_ = 0;
  size_t files_ = 0;
  size_t unzipped_ = 0;
};

}  // namespace

Result<void> unpack_package(std::string_view zip, const std::string& to,
                            const PackageLimits& limits) {
  const fs::path partial = to + ".partial";
  std::error_code failure;
  fs::remove_all(partial, failure);
  fs::create_directories(partial, failure);
  if (failure) return Error(ErrorKind::Io, partial.string() + ": " + failure.message());
  Result<void> unpacked = Unpacking(zip, partial, limits).run();
  if (unpacked) {
    fs::rename(partial, to, failure);
    if (failure) unpacked = Error(ErrorKind::Io, to + ": " + failure.message());
  }
  if (!unpacked) fs::remove_all(partial, failure);
  return unpacked;
}

namespace {

/// Files of `folder` into `to`, in place of those that are there.
std::error_code link_tree(const fs::path& folder, const fs::path& to) {
  std::error_code failure;
  for (fs::recursive_directory_iterator each(folder, failure), end; !failure && each != end;
       each.increment(failure)) {
    const fs::path target = to / each->path().lexically_relative(folder);
    if (each->is_directory() && !each->is_symlink()) {
      if (!fs::is_directory(target)) fs::remove(target, failure);
      fs::create_directories(target, failure);
      continue;
    }
    fs::remove_all(target, failure);
    if (each->is_symlink()) {
      fs::copy_symlink(each->path(), target, failure);
    } else {
      fs::create_hard_link(each->path(), target, failure);
    }
  }
  return failure;
}

}  // namespace

Result<void> merge_folders(const std::vector<std::string>& folders, const std::string& to) {
  std::error_code failure;
  if (fs::exists(to, failure)) return {};
  const fs::path partial = to + ".partial";
  fs::remove_all(partial, failure);
  fs::create_directories(partial, failure);
  for (const std::string& folder : folders) {
    if (failure) break;
    failure = link_tree(folder, partial);
  }
  if (!failure) fs::rename(partial, to, failure);
  if (!failure) return {};
  const std::string message = failure.message();
  fs::remove_all(partial, failure);
  return Error(ErrorKind::Io, to + ": " + message);
}

uint64_t folder_stamp(const std::string& folder) {
  constexpr size_t kFilesMax = 20'000;
  uint64_t stamp = 0;
  size_t files = 0;
  std::error_code failure;
  for (fs::recursive_directory_iterator each(folder, failure), end;
       !failure && each != end && files < kFilesMax; each.increment(failure), ++files) {
    struct stat status {};
    if (lstat(each->path().c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) continue;  // what an interpreter caches there changes its time
    // The order of a folder is not defined: the sum does not depend on it.
    const std::string text = each->path().string() + " " + std::to_string(status.st_size) + " " +
                             std::to_string(status.st_mtim.tv_sec) + "." +
                             std::to_string(status.st_mtim.tv_nsec);
    stamp += std::hash<std::string>{}(text);
  }
  return stamp;
}

}  // namespace pawl::lambda
