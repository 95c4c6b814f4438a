// SPDX-License-Identifier: Apache-2.0
// ObservedFileSystem: counts what RocksDB writes and times its log syncs, because RocksDB's own
// statistics give percentiles, not buckets, and cost on every read; and makes logs end the way the
// recovery (tuning.cc) relies on. Internal to store/rocksdb.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

#include "store/statistics.h"

namespace pawl::store {

/// Thread-safe; each counter is right, together they are of about one moment.
class WriteCounters {
 public:
  void log_synced(std::chrono::steady_clock::duration duration);
  void written(size_t bytes, bool to_log);
  void add_to(Statistics& statistics) const;

 private:
  std::atomic<uint64_t> syncs_ = 0;
  std::atomic<uint64_t> sync_us_ = 0;
  std::array<std::atomic<uint64_t>, kSyncBucketsUs.size() + 1> syncs_by_time_ = {};
  std::atomic<uint64_t> log_bytes_ = 0;
  std::atomic<uint64_t> bytes_written_ = 0;
};

class ObservedFile;

/// Forwards to `target`, with two exceptions: logs are not preallocated, and no log is begun before
/// the older ones are synced. `counters` must outlive every file, and so must this.
class ObservedFileSystem : public ::rocksdb::FileSystemWrapper {
 public:
  ObservedFileSystem(const std::shared_ptr<::rocksdb::FileSystem>& target, WriteCounters& counters);

  const char* Name() const override { return "pawl.ObservedFileSystem"; }
  ::rocksdb::IOStatus NewWritableFile(const std::string& name,
                                      const ::rocksdb::FileOptions& options,
                                      std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                      ::rocksdb::IODebugContext* debug) override;
  ::rocksdb::IOStatus ReopenWritableFile(const std::string& name,
                                         const ::rocksdb::FileOptions& options,
                                         std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                         ::rocksdb::IODebugContext* debug) override;

  /// Syncs what has been appended to any log. Beside RocksDB, which knows nothing of it.
  ::rocksdb::IOStatus sync_logs();

 private:
  friend class ObservedFile;

  void observe(const std::string& name, std::unique_ptr<::rocksdb::FSWritableFile>* file);
  void log_opened(ObservedFile& log);
  void log_closed(ObservedFile& log);

  WriteCounters& counters_;
  std::atomic<bool> is_order_lost_ = false;
  std::mutex logs_mutex_;
  std::vector<ObservedFile*> logs_;  ///< open ones, oldest first
};

}  // namespace pawl::store
