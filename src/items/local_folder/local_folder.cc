// SPDX-License-Identifier: Apache-2.0
#include "items/local_folder/local_folder.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "items/local_folder/file_descriptor.h"
#include "items/text_stream.h"

namespace pawl::items {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::string_view kTemporaryPrefix = ".pawl-";
constexpr size_t kKeyBytesMax = 1'024;  // S3 User Guide "Object key naming guidelines"
constexpr size_t kPageObjectsMax = 1'000;
constexpr uint64_t kDigestedBytesMax = 8 * 1024 * 1024;
constexpr mode_t kFolderMode = 0777;
constexpr mode_t kFileMode = 0666;

ObjectError error_of(int error, ObjectError if_absent) {
  if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG)
    return if_absent;
  if (error == EACCES || error == EPERM || error == EROFS) return access_denied();
  return internal_error(std::strerror(error));
}

/// S3 User Guide "Bucket naming rules", as far as they keep a name from being a path.
bool is_bucket_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

/// The names on the way to a key's file; none if a folder cannot hold the key.
std::vector<std::string> path_of(std::string_view key) {
  std::vector<std::string> names;
  if (key.size() > kKeyBytesMax || key.find('\0') != std::string_view::npos ||
      key.starts_with(kTemporaryPrefix))
    return {};
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('/', begin), key.size());
    const std::string_view name = key.substr(begin, end - begin);
    if (name.empty() || name == "." || name == "..") return {};
    names.emplace_back(name);
    begin = end + 1;
  }
  return names;
}

FileDescriptor open_folder(int at, const std::string& name) {
  return FileDescriptor(::openat(at, name.c_str(), kFolderFlags));
}

ObjectResult<FileDescriptor> open_bucket(const std::string& folder, const std::string& bucket) {
  if (!is_bucket_name(bucket)) return no_such_bucket();
  const FileDescriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  FileDescriptor opened = root.is_open() ? open_folder(root.get(), bucket) : FileDescriptor();
  if (!opened.is_open()) return error_of(errno, no_such_bucket());
  return opened;
}

ObjectResult<size_t> read_some(int file, char* buffer, size_t bytes) {
  for (;;) {
    const ssize_t count = ::read(file, buffer, bytes);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return internal_error(std::strerror(errno));
  }
}

std::string quoted_md5(std::string_view bytes, std::string_view suffix) {
  return '"' + base::hex_encode(base::digest(base::DigestAlgorithm::Md5, bytes)) +
         std::string(suffix) + '"';
}

/// Reads the file, unless it is large, and goes back to its beginning.
ObjectResult<std::string> etag_of(int file, const struct stat& status) {
  const auto size = static_cast<uint64_t>(status.st_size);
  if (size > kDigestedBytesMax) {
    const std::string change = std::to_string(size) + '/' + std::to_string(status.st_mtim.tv_sec) +
                               '/' + std::to_string(status.st_mtim.tv_nsec);
    return quoted_md5(change, '-' + std::to_string((size - 1) / kDigestedBytesMax + 1));
  }
  std::string bytes(size, 0);
  size_t filled = 0;
  while (filled < size) {
    const size_t count = PAWL_TRY(read_some(file, bytes.data() + filled, size - filled));
    if (count == 0) break;
    filled += count;
  }
  bytes.resize(filled);
  if (::lseek(file, 0, SEEK_SET) != 0) return internal_error(std::strerror(errno));
  return quoted_md5(bytes, "");
}

/// A regular file, opened without waiting for what is none (a pipe).
ObjectResult<FileDescriptor> open_file(int at, const std::string& name, struct stat& status) {
  FileDescriptor file(::openat(at, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return error_of(errno, no_such_key());
  if (::fstat(file.get(), &status) != 0) return error_of(errno, no_such_key());
  if (!S_ISREG(status.st_mode)) return no_such_key();
  return file;
}

class FileReader : public ObjectReader {
 public:
  FileReader(FileDescriptor file, std::string etag)
      : file_(std::move(file)), etag_(std::move(etag)) {}
  ObjectResult<size_t> read(char* buffer, size_t bytes) override {
    return read_some(file_.get(), buffer, bytes);
  }
  std::string etag() const override { return etag_; }

 private:
  FileDescriptor file_;
  std::string etag_;
};

/// Writes beside the objects and moves the file to its place at the end.
class FileWriter : public ObjectWriter {
 public:
  FileWriter(FileDescriptor bucket, FileDescriptor file, std::string temporary_name,
             std::vector<std::string> path)
      : bucket_(std::move(bucket)),
        file_(std::move(file)),
        temporary_name_(std::move(temporary_name)),
        path_(std::move(path)) {}
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter() override {
    if (!is_committed_) ::unlinkat(bucket_.get(), temporary_name_.c_str(), 0);
  }

  ObjectResult<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) return internal_error(std::strerror(errno));
      if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    }
    return {};
  }

  ObjectResult<void> commit() override {
    if (::fsync(file_.get()) != 0) return internal_error(std::strerror(errno));
    FileDescriptor folder(::fcntl(bucket_.get(), F_DUPFD_CLOEXEC, 0));
    for (size_t i = 0; i + 1 < path_.size() && folder.is_open(); ++i) {
      if (::mkdirat(folder.get(), path_[i].c_str(), kFolderMode) == 0) {
        ::fsync(folder.get());
      } else if (errno != EEXIST) {
        return error_of(errno, cannot_hold());
      }
      folder = open_folder(folder.get(), path_[i]);
    }
    if (!folder.is_open()) return error_of(errno, cannot_hold());
    if (::renameat(bucket_.get(), temporary_name_.c_str(), folder.get(), path_.back().c_str()) != 0)
      return errno == EISDIR ? cannot_hold() : error_of(errno, cannot_hold());
    is_committed_ = true;
    if (::fsync(folder.get()) != 0) return internal_error(std::strerror(errno));
    return {};
  }

 private:
  static ObjectError cannot_hold() {
    return {.code = "InvalidRequest",
            .message = "A folder cannot hold this key beside the keys that it has.",
            .http_status = 400};
  }

  FileDescriptor bucket_;
  FileDescriptor file_;
  std::string temporary_name_;
  std::vector<std::string> path_;
  bool is_committed_ = false;
};

/// One page of a listing: walks the folder in the order of the keys.
class Walk {
 public:
  Walk(std::string_view prefix, std::string_view after, size_t objects_max)
      : prefix_(prefix), after_(after), objects_max_(objects_max) {}

  /// The objects below `folder`, whose keys begin with `key`. Stops at the end of the page.
  ObjectResult<void> visit(FileDescriptor folder, const std::string& key) {
    const std::vector<std::string> names = PAWL_TRY(names_in(folder.get(), key));
    for (const std::string& name : names) {
      const std::string child = key + name;
      if (name.back() == '/') {
        FileDescriptor below = open_folder(folder.get(), name.substr(0, name.size() - 1));
        if (!below.is_open()) {
          if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) continue;  // just gone
          return error_of(errno, no_such_key());
        }
        PAWL_TRY_VOID(visit(std::move(below), child));
      } else {
        PAWL_TRY_VOID(add(folder.get(), name, child));
      }
      if (is_full_) break;
    }
    return {};
  }

  ListedPage page() && {
    if (is_full_) page_.continuation = page_.objects.back().key;
    return std::move(page_);
  }

 private:
  /// Of files, and of folders with a "/" behind: then their order is that of the keys below them.
  /// Only those that this page may show.
  ObjectResult<std::vector<std::string>> names_in(int folder, const std::string& key) {
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* entries = copy < 0 ? nullptr : ::fdopendir(copy);
    if (entries == nullptr) return error_of(errno, no_such_key());
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(entries)) {
      std::string name = entry->d_name;
      if (name == "." || name == ".." || name.starts_with(kTemporaryPrefix)) continue;
      const unsigned char type = type_of(folder, *entry);
      if (type == DT_DIR) name += '/';
      const std::string child = key + name;
      const bool is_shown = type == DT_DIR   ? may_hold_objects(child)
                            : type == DT_REG ? child.starts_with(prefix_) && child > after_
                                             : false;
      std::string repaired = name;
      make_valid_utf8(repaired);
      if (is_shown && repaired == name) names.push_back(std::move(name));  // keys are UTF-8
    }
    ::closedir(entries);
    std::sort(names.begin(), names.end());
    return names;
  }

  /// Some file systems do not say what an entry is.
  static unsigned char type_of(int folder, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return entry.d_type;
    struct stat status;
    if (::fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
    return S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_UNKNOWN;
  }

  bool may_hold_objects(std::string_view key) const {
    const bool matches = key.starts_with(prefix_) || prefix_.starts_with(key);
    return matches && (key > after_ || after_.starts_with(key)) && key.size() < kKeyBytesMax;
  }

  ObjectResult<void> add(int folder, const std::string& name, const std::string& key) {
    if (key.size() > kKeyBytesMax) return {};
    if (page_.objects.size() == objects_max_) {
      is_full_ = true;
      return {};
    }
    struct stat status;
    const auto file = open_file(folder, name, status);
    if (!file) return file.error().code == "NoSuchKey" ? ObjectResult<void>() : file.error();
    ListedObject object;
    object.key = key;
    object.etag = PAWL_TRY(etag_of(file->get(), status));
    object.last_modified = {static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000 +
                            status.st_mtim.tv_nsec / 1'000'000};
    object.size_bytes = static_cast<uint64_t>(status.st_size);
    page_.objects.push_back(std::move(object));
    return {};
  }

  std::string_view prefix_;
  std::string_view after_;
  size_t objects_max_;
  ListedPage page_;
  bool is_full_ = false;  ///< there is at least one object more
};

}  // namespace

ObjectResult<std::unique_ptr<ObjectReader>> LocalFolder::get(const ObjectAddress& address) {
  FileDescriptor folder = PAWL_TRY(open_bucket(folder_, address.bucket));
  if (!address.version_id.empty() && address.version_id != "null") return no_such_version();
  const std::vector<std::string> path = path_of(address.key);
  if (path.empty()) return no_such_key();
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    folder = open_folder(folder.get(), path[i]);
    if (!folder.is_open()) return error_of(errno, no_such_key());
  }
  struct stat status;
  FileDescriptor file = PAWL_TRY(open_file(folder.get(), path.back(), status));
  std::string etag = PAWL_TRY(etag_of(file.get(), status));
  return std::make_unique<FileReader>(std::move(file), std::move(etag));
}

ObjectResult<ListedPage> LocalFolder::list(const ListRequest& request) {
  FileDescriptor bucket = PAWL_TRY(open_bucket(folder_, request.bucket));
  Walk walk(request.prefix, std::max(request.start_after, request.continuation),
            std::clamp<size_t>(request.objects_max, 1, kPageObjectsMax));
  PAWL_TRY_VOID(walk.visit(std::move(bucket), ""));
  return std::move(walk).page();
}

ObjectResult<std::unique_ptr<ObjectWriter>> LocalFolder::create(const ObjectAddress& address) {
  static std::atomic<uint64_t> number = 0;
  FileDescriptor bucket = PAWL_TRY(open_bucket(folder_, address.bucket));
  if (address.key.size() > kKeyBytesMax) {
    return ObjectError{
        .code = "KeyTooLongError", .message = "Your key is too long", .http_status = 400};
  }
  std::vector<std::string> path = path_of(address.key);
  if (path.empty()) {
    return ObjectError{.code = "InvalidRequest",
                       .message = "The key '" + address.key + "' does not name a file in a folder.",
                       .http_status = 400};
  }
  std::string name = std::string(kTemporaryPrefix) + std::to_string(::getpid()) + '-' +
                     std::to_string(number.fetch_add(1));
  FileDescriptor file(::openat(bucket.get(), name.c_str(),
                               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return error_of(errno, no_such_bucket());
  return std::make_unique<FileWriter>(std::move(bucket), std::move(file), std::move(name),
                                      std::move(path));
}

}  // namespace pawl::items
