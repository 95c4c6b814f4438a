// SPDX-License-Identifier: Apache-2.0
// A disk below RocksDB that fails when told, and remembers what of each log was synced, so that a
// test can make the copy a power failure would have left.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <rocksdb/file_system.h>

namespace pawl::store {

class FailingDisk : public ::rocksdb::FileSystemWrapper {
 public:
  FailingDisk() : FileSystemWrapper(::rocksdb::FileSystem::Default()) {}

  std::atomic<bool> fails_log_sync = false;
  std::atomic<bool> is_full = false;
  std::atomic<int> logs_begun = 0;
  std::atomic<int> logs_left_unsynced = 0;  ///< counted whenever another log is begun

  const char* Name() const override { return "pawl.FailingDisk"; }

  ::rocksdb::IOStatus NewWritableFile(const std::string& name,
                                      const ::rocksdb::FileOptions& options,
                                      std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                      ::rocksdb::IODebugContext* debug) override {
    if (name.ends_with(".log")) {
      const std::scoped_lock lock(mutex_);
      for (const auto& [log, bytes] : synced_bytes_) {
        std::error_code is_gone;  // RocksDB deletes old logs meanwhile
        const uint64_t written = std::filesystem::file_size(log, is_gone);
        if (!is_gone && written != bytes) ++logs_left_unsynced;
      }
      ++logs_begun;
    }
    auto status = target()->NewWritableFile(name, options, file, debug);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), *this, name);
    return status;
  }

  /// Copies the folder of a store that may still run, each log cut to what was synced.
  void copy_after_power_loss(const std::string& from, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    for (const auto& [name, bytes] : synced_bytes_) {
      const auto copy = std::filesystem::path(to) / std::filesystem::path(name).filename();
      if (std::filesystem::exists(copy)) std::filesystem::resize_file(copy, bytes);
    }
  }

 private:
  class File : public ::rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<::rocksdb::FSWritableFile> target, FailingDisk& disk, std::string name)
        : FSWritableFileOwnerWrapper(std::move(target)),
          disk_(disk),
          name_(std::move(name)),
          is_log_(name_.ends_with(".log")) {
      if (is_log_) remember_synced(0);
    }

    ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const ::rocksdb::IOOptions& options,
                               ::rocksdb::IODebugContext* debug) override {
      if (disk_.is_full) return full(data, options, debug);
      bytes_ += data.size();
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    ::rocksdb::IOStatus Append(const ::rocksdb::Slice& data, const ::rocksdb::IOOptions& options,
                               const ::rocksdb::DataVerificationInfo& verification,
                               ::rocksdb::IODebugContext* debug) override {
      if (disk_.is_full) return full(data, options, debug);
      bytes_ += data.size();
      return FSWritableFileOwnerWrapper::Append(data, options, verification, debug);
    }
    ::rocksdb::IOStatus Sync(const ::rocksdb::IOOptions& options,
                             ::rocksdb::IODebugContext* debug) override {
      if (is_log_ && disk_.fails_log_sync)
        return ::rocksdb::IOStatus::IOError("while syncing " + name_, "Input/output error");
      const uint64_t bytes = bytes_;
      auto status = FSWritableFileOwnerWrapper::Sync(options, debug);
      if (is_log_ && status.ok()) remember_synced(bytes);
      return status;
    }

   private:
    /// As write(2) does: a part still fits.
    ::rocksdb::IOStatus full(const ::rocksdb::Slice& data, const ::rocksdb::IOOptions& options,
                             ::rocksdb::IODebugContext* debug) {
      FSWritableFileOwnerWrapper::Append(::rocksdb::Slice(data.data(), data.size() / 2), options,
                                         debug)
          .PermitUncheckedError();
      return ::rocksdb::IOStatus::NoSpace("while writing " + name_, "No space left on device");
    }
    void remember_synced(uint64_t bytes) {
      const std::scoped_lock lock(disk_.mutex_);
      disk_.synced_bytes_[name_] = bytes;
    }

    FailingDisk& disk_;
    const std::string name_;
    const bool is_log_;
    std::atomic<uint64_t> bytes_ = 0;
  };

  std::mutex mutex_;
  std::map<std::string, uint64_t> synced_bytes_;
};

}  // namespace pawl::store
