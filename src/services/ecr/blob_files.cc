// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/blob_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "aws/spooled_body.h"

namespace pawl::ecr {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kDigestPrefix = 7;  ///< "sha256:"
constexpr size_t kPieceBytes = size_t{256} << 10;

Error io_error(const std::string& path) {
  return Error(ErrorKind::Io, path + ": " + strerror(errno));
}

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags, 0600)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<void> sync(const std::string& path, int flags) {
  const OpenFile file(path, flags | O_CLOEXEC);
  if (file.get() < 0 || fsync(file.get()) != 0) return io_error(path);
  return {};
}

Result<void> write_all(int file, const char* bytes, size_t count, const std::string& path) {
  while (count > 0) {
    const ssize_t written = write(file, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path);
    bytes += written;
    count -= static_cast<size_t>(written);
  }
  return {};
}

}  // namespace

Result<BlobFiles> BlobFiles::open(const std::string& folder) {
  std::error_code failure;
  for (const char* inner : {"/blobs", "/uploads"}) {
    fs::create_directories(folder + inner, failure);
    if (failure) return Error(ErrorKind::Io, folder + inner + ": " + failure.message());
  }
  return BlobFiles(folder);
}

std::string BlobFiles::blob_path(std::string_view digest) const {
  return folder_ + "/blobs/" + std::string(digest.substr(kDigestPrefix));
}

std::string BlobFiles::upload_path(std::string_view id) const {
  return folder_ + "/uploads/" + std::string(id);
}

Result<void> BlobFiles::begin_upload(std::string_view id) const {
  const std::string path = upload_path(id);
  const OpenFile file(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
  return file.get() >= 0 ? Result<void>() : io_error(path);
}

Result<uint64_t> BlobFiles::upload_bytes(std::string_view id) const {
  struct stat status {};
  const std::string path = upload_path(id);
  if (stat(path.c_str(), &status) != 0) return io_error(path);
  return static_cast<uint64_t>(status.st_size);
}

Result<uint64_t> BlobFiles::append(std::string_view id, std::string_view body,
                                   aws::BodySource* stream, uint64_t bytes_max) const {
  const std::string path = upload_path(id);
  const uint64_t before = PAWL_TRY(upload_bytes(id));
  const auto too_large = [] {
    return Error(ErrorKind::LimitExceeded, "the layer is larger than a layer may be");
  };
  if (auto* spooled = dynamic_cast<aws::SpooledBody*>(stream); spooled != nullptr && before == 0) {
    const uint64_t size = spooled->size().value_or(0);
    if (size > bytes_max) return too_large();
    if (spooled->move_to(path)) return size;  // else it lies in another file system
  }
  const OpenFile file(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file.get() < 0) return io_error(path);
  uint64_t size = before;
  const auto write_some = [&](const char* bytes, size_t count) -> Result<void> {
    size += count;
    if (size > bytes_max) return too_large();
    return write_all(file.get(), bytes, count, path);
  };
  const auto write_body = [&]() -> Result<void> {
    if (stream == nullptr) return write_some(body.data(), body.size());
    std::vector<char> piece(kPieceBytes);
    for (;;) {
      const size_t count = PAWL_TRY(stream->read(piece.data(), piece.size()));
      if (count == 0) return {};
      PAWL_TRY_VOID(write_some(piece.data(), count));
    }
  };
  const Result<void> written = write_body();
  if (written) return size;
  if (ftruncate(file.get(), static_cast<off_t>(before)) != 0) return io_error(path);
  return written.error();
}

void BlobFiles::remove_upload(std::string_view id) const { unlink(upload_path(id).c_str()); }

Result<void> BlobFiles::keep(std::string_view id, std::string_view digest) const {
  const std::string from = upload_path(id);
  const std::string to = blob_path(digest);
  PAWL_TRY_VOID(sync(from, O_RDONLY));
  if (rename(from.c_str(), to.c_str()) != 0) return io_error(to);
  return sync(folder_ + "/blobs", O_RDONLY | O_DIRECTORY);
}

void BlobFiles::remove_blob(std::string_view digest) const { unlink(blob_path(digest).c_str()); }

}  // namespace pawl::ecr
