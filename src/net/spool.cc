// SPDX-License-Identifier: Apache-2.0
// Plain files, written through the page cache.
#include "net/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace pawl::net {
namespace {

/// So much is given to the disk at a time: who syncs the file later then waits for little, and no
/// writer is made to wait because too much of the page cache is dirty.
constexpr uint64_t kFlushBytes = 8 * 1024 * 1024;

base::Error failure(const std::string& path, const std::string& why) {
  return {base::ErrorKind::Io, "cannot spool requests in " + path + ": " + why};
}

}  // namespace

base::Result<std::shared_ptr<SpoolFolder>> SpoolFolder::open(std::string path, uint64_t bytes_max) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failure(path, error.message());
  std::filesystem::directory_iterator entries(path, error);
  if (error) return failure(path, error.message());
  for (const auto& entry : entries) {
    std::filesystem::remove_all(entry.path(), error);
    if (error) return failure(path, error.message());
  }
  return std::shared_ptr<SpoolFolder>(new SpoolFolder(std::move(path), bytes_max, false));
}

base::Result<std::shared_ptr<SpoolFolder>> SpoolFolder::open_temporary(uint64_t bytes_max) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string path = (error ? "/tmp" : parent.string()) + "/pawl-spool-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) return failure(path, std::strerror(errno));
  return std::shared_ptr<SpoolFolder>(new SpoolFolder(std::move(path), bytes_max, true));
}

SpoolFolder::~SpoolFolder() {
  std::error_code ignored;
  if (is_temporary_) std::filesystem::remove_all(path_, ignored);
}

base::Result<std::unique_ptr<SpoolFile>> SpoolFolder::create() {
  const std::string path = path_ + "/" + std::to_string(++last_file_);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure(path, std::strerror(errno));
  return std::make_unique<SpoolFile>(shared_from_this(), path, descriptor);
}

bool SpoolFolder::reserve(uint64_t bytes) {
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= bytes_max_) return true;
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

SpoolFile::SpoolFile(std::shared_ptr<SpoolFolder> folder, std::string path, int descriptor)
    : folder_(std::move(folder)), path_(std::move(path)), descriptor_(descriptor) {}

SpoolFile::~SpoolFile() {
  finish();
  ::unlink(path_.c_str());
  folder_->bytes_.fetch_sub(size_, std::memory_order_relaxed);
}

void SpoolFile::finish() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

bool SpoolFile::fail(int error) {
  status_ = error == ENOSPC || error == EDQUOT || error == EFBIG ? 507 : 500;
  return false;
}

bool SpoolFile::append(std::string_view bytes) {
  if (!folder_->reserve(bytes.size())) return fail(ENOSPC);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (size_ - flushed_ >= kFlushBytes) {
    // A hint: where it is not understood, nothing is lost.
    static_cast<void>(sync_file_range(descriptor_, static_cast<off64_t>(flushed_),
                                      static_cast<off64_t>(size_ - flushed_),
                                      SYNC_FILE_RANGE_WRITE));
    flushed_ = size_;
  }
  return true;
}

}  // namespace pawl::net
