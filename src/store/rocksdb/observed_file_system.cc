// SPDX-License-Identifier: Apache-2.0
// Counting and timing writes below RocksDB.
#include "store/rocksdb/observed_file_system.h"

#include <algorithm>
#include <utility>

namespace pawl::store {
namespace {

namespace rdb = ::rocksdb;

constexpr auto kRelaxed = std::memory_order_relaxed;

/// "000123.log" is a write-ahead log; RocksDB's own text log would be called LOG.
bool is_log(const std::string& name) { return name.ends_with(".log"); }

}  // namespace

class ObservedFile : public rdb::FSWritableFileOwnerWrapper {
 public:
  ObservedFile(std::unique_ptr<rdb::FSWritableFile> target, ObservedFileSystem& files, bool is_log)
      : FSWritableFileOwnerWrapper(std::move(target)),
        files_(files),
        counters_(files.counters_),
        is_log_(is_log) {
    if (is_log_) files_.log_opened(*this);
  }
  ObservedFile(const ObservedFile&) = delete;
  ObservedFile& operator=(const ObservedFile&) = delete;
  ~ObservedFile() override {
    if (is_log_) files_.log_closed(*this);
  }

  rdb::IOStatus Append(const rdb::Slice& data, const rdb::IOOptions& options,
                       rdb::IODebugContext* debug) override {
    if (is_log_ && files_.is_order_lost_) return order_lost();
    return written(data.size(), FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rdb::IOStatus Append(const rdb::Slice& data, const rdb::IOOptions& options,
                       const rdb::DataVerificationInfo& verification,
                       rdb::IODebugContext* debug) override {
    if (is_log_ && files_.is_order_lost_) return order_lost();
    return written(data.size(),
                   FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
  }
  rdb::IOStatus Sync(const rdb::IOOptions& options, rdb::IODebugContext* debug) override {
    return timed([&] { return FSWritableFileOwnerWrapper::Sync(options, debug); });
  }
  rdb::IOStatus Fsync(const rdb::IOOptions& options, rdb::IODebugContext* debug) override {
    return timed([&] { return FSWritableFileOwnerWrapper::Fsync(options, debug); });
  }

  /// No sync after this: the older log may be closed in the background while a new one begins.
  rdb::IOStatus Close(const rdb::IOOptions& options, rdb::IODebugContext* debug) override {
    if (is_log_) files_.log_closed(*this);
    return FSWritableFileOwnerWrapper::Close(options, debug);
  }
  /// What is appended meanwhile may stay unsynced.
  rdb::IOStatus sync_if_dirty() {
    if (bytes_.load() == bytes_synced_.load()) return rdb::IOStatus::OK();
    return Sync(rdb::IOOptions(), nullptr);
  }
  void PrepareWrite(size_t offset, size_t bytes, const rdb::IOOptions& options,
                    rdb::IODebugContext* debug) override {
    // Preallocates, which tables gain from. A log must not: after a power failure its preallocated
    // blocks could read as zeros before data that did arrive, and a torn tail look like damage.
    // Blocks allocated by the write itself come with their data or are cut off (ext4, XFS, btrfs).
    if (!is_log_) FSWritableFileOwnerWrapper::PrepareWrite(offset, bytes, options, debug);
  }

 private:
  template <typename Call>
  rdb::IOStatus timed(Call call) {
    if (!is_log_) return call();
    const uint64_t bytes = bytes_.load();
    const auto start = std::chrono::steady_clock::now();
    rdb::IOStatus status = call();
    counters_.log_synced(std::chrono::steady_clock::now() - start);
    if (status.ok()) bytes_synced_.store(bytes);
    return status;
  }
  static rdb::IOStatus order_lost() {
    return rdb::IOStatus::IOError("an older log could not be synced");
  }
  rdb::IOStatus written(size_t bytes, rdb::IOStatus status) {
    counters_.written(bytes, is_log_);
    bytes_.fetch_add(bytes);
    return status;
  }

  ObservedFileSystem& files_;
  WriteCounters& counters_;
  const bool is_log_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<uint64_t> bytes_synced_ = 0;
};

void WriteCounters::log_synced(std::chrono::steady_clock::duration duration) {
  const auto us = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  const auto bucket = std::lower_bound(kSyncBucketsUs.begin(), kSyncBucketsUs.end(), us);
  syncs_by_time_[static_cast<size_t>(bucket - kSyncBucketsUs.begin())].fetch_add(1, kRelaxed);
  syncs_.fetch_add(1, kRelaxed);
  sync_us_.fetch_add(us, kRelaxed);
}

void WriteCounters::written(size_t bytes, bool to_log) {
  bytes_written_.fetch_add(bytes, kRelaxed);
  if (to_log) log_bytes_.fetch_add(bytes, kRelaxed);
}

void WriteCounters::add_to(Statistics& statistics) const {
  statistics.syncs += syncs_.load(kRelaxed);
  statistics.sync_us += sync_us_.load(kRelaxed);
  for (size_t i = 0; i < syncs_by_time_.size(); ++i)
    statistics.syncs_by_time[i] += syncs_by_time_[i].load(kRelaxed);
  statistics.log_bytes += log_bytes_.load(kRelaxed);
  statistics.bytes_written += bytes_written_.load(kRelaxed);
}

ObservedFileSystem::ObservedFileSystem(const std::shared_ptr<rdb::FileSystem>& target,
                                       WriteCounters& counters)
    : FileSystemWrapper(target), counters_(counters) {}

rdb::IOStatus ObservedFileSystem::NewWritableFile(const std::string& name,
                                                  const rdb::FileOptions& options,
                                                  std::unique_ptr<rdb::FSWritableFile>* file,
                                                  rdb::IODebugContext* debug) {
  // A new log begins only when all of the older ones is on the disk. RocksDB does not wait for
  // that; then a power failure could keep unsynced batches of the new log and lose earlier ones.
  // If that fails, writing to the new log fails, not beginning it: a failed write is final in every
  // path of RocksDB.
  if (is_log(name) && !sync_logs().ok()) is_order_lost_ = true;
  rdb::IOStatus status = target()->NewWritableFile(name, options, file, debug);
  if (status.ok()) observe(name, file);
  return status;
}

rdb::IOStatus ObservedFileSystem::ReopenWritableFile(const std::string& name,
                                                     const rdb::FileOptions& options,
                                                     std::unique_ptr<rdb::FSWritableFile>* file,
                                                     rdb::IODebugContext* debug) {
  rdb::IOStatus status = target()->ReopenWritableFile(name, options, file, debug);
  if (status.ok()) observe(name, file);
  return status;
}

void ObservedFileSystem::observe(const std::string& name,
                                 std::unique_ptr<rdb::FSWritableFile>* file) {
  *file = std::make_unique<ObservedFile>(std::move(*file), *this, is_log(name));
}

void ObservedFileSystem::log_opened(ObservedFile& log) {
  const std::scoped_lock lock(logs_mutex_);
  logs_.push_back(&log);
}

void ObservedFileSystem::log_closed(ObservedFile& log) {
  const std::scoped_lock lock(logs_mutex_);
  std::erase(logs_, &log);
}

rdb::IOStatus ObservedFileSystem::sync_logs() {
  const std::scoped_lock lock(logs_mutex_);
  rdb::IOStatus status;
  for (ObservedFile* log : logs_)
    if (status.ok()) status = log->sync_if_dirty();
  return status;
}

}  // namespace pawl::store
