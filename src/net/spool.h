// SPDX-License-Identifier: Apache-2.0
// SpoolFolder and SpoolFile: where bodies of requests go that are too large for memory, while they
// arrive.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::net {

class SpoolFile;

/// A folder of its own. Thread-safe.
class SpoolFolder : public std::enable_shared_from_this<SpoolFolder> {
 public:
  /// Makes the folder, or empties it: what an earlier process left there nobody will ask for.
  /// `bytes_max` bounds what all files together hold. Errors: Io.
  static base::Result<std::shared_ptr<SpoolFolder>> open(std::string path, uint64_t bytes_max);
  /// One in the system's folder for temporary files, of this process alone; removed with the
  /// object. Errors: Io.
  static base::Result<std::shared_ptr<SpoolFolder>> open_temporary(uint64_t bytes_max);
  ~SpoolFolder();
  SpoolFolder(const SpoolFolder&) = delete;
  SpoolFolder& operator=(const SpoolFolder&) = delete;

  /// A new, empty file. Errors: Io.
  base::Result<std::unique_ptr<SpoolFile>> create();

  const std::string& path() const { return path_; }
  /// In files that have not been let go.
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  friend class SpoolFile;
  SpoolFolder(std::string path, uint64_t bytes_max, bool is_temporary)
      : path_(std::move(path)), bytes_max_(bytes_max), is_temporary_(is_temporary) {}
  bool reserve(uint64_t bytes);

  const std::string path_;
  const uint64_t bytes_max_;
  const bool is_temporary_;
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> last_file_{0};
};

/// One body. Written by one thread; the end of the object removes the file, unless somebody has
/// renamed it.
class SpoolFile {
 public:
  SpoolFile(std::shared_ptr<SpoolFolder> folder, std::string path, int descriptor);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  /// Into the page cache; the disk is asked to begin with it, not waited for. False if there is no
  /// room or the disk fails: status() then says which.
  bool append(std::string_view bytes);
  /// Nothing is appended any more.
  void finish();

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  /// After a failure: 507 if there is no room, else 500 (RFC 9110, RFC 4918).
  int status() const { return status_; }

 private:
  bool fail(int error);

  const std::shared_ptr<SpoolFolder> folder_;
  const std::string path_;
  int descriptor_;
  uint64_t size_ = 0;
  uint64_t flushed_ = 0;
  int status_ = 0;
};

}  // namespace pawl::net
