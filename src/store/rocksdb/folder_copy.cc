// SPDX-License-Identifier: Apache-2.0
// Copying a store folder durably.
#include "store/rocksdb/folder_copy.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace pawl::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

Error io_error(const std::string& doing, const std::string& why) {
  return Error(ErrorKind::Io, "store: " + doing + ": " + why);
}

/// A file or a folder.
Result<void> sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return io_error("opening " + path.string(), std::strerror(errno));
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) return io_error("syncing " + path.string(), std::strerror(failed));
  return {};
}

fs::path parent_of(const fs::path& path) {
  const fs::path parent = fs::absolute(path).lexically_normal().parent_path();
  return parent.empty() ? "/" : parent;
}

/// The lock and RocksDB's text logs belong to the process that wrote them.
bool is_copied(const std::string& name) { return name != "LOCK" && !name.starts_with("LOG"); }

}  // namespace

Result<void> copy_store_folder(const std::string& from, const std::string& to) {
  std::error_code code;
  if (!fs::exists(fs::path(from) / "CURRENT", code))
    return io_error("restoring from " + from, "no store there");
  fs::remove_all(to, code);
  if (!code) fs::create_directories(to, code);
  if (code) return io_error("making " + to, code.message());

  for (fs::directory_iterator entry(from, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!is_copied(name)) continue;
    const fs::path copy = fs::path(to) / name;
    // Copied, not linked: the backup must stay what it is when this store goes on writing.
    if (std::error_code failed; !fs::copy_file(entry->path(), copy, failed))
      return io_error("copying " + entry->path().string(), failed.message());
    PAWL_TRY_VOID(sync_path(copy));
  }
  if (code) return io_error("reading " + from, code.message());
  return sync_path(to);
}

Result<void> move_store_folder(const std::string& from, const std::string& to) {
  // rename(2) replaces an empty folder and refuses any other.
  std::error_code code;
  fs::rename(from, to, code);
  if (code) return io_error("restoring to " + to, code.message());
  return sync_path(parent_of(to));
}

}  // namespace pawl::store
