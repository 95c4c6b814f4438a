// SPDX-License-Identifier: Apache-2.0
// The store on files: commits, catalog, check, backup. Reading is in rocksdb_reader.cc.
#include "store/rocksdb/rocksdb_store.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>

#include "base/assert.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/folder_copy.h"
#include "store/rocksdb/observed_file_system.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/rocksdb_reader.h"
#include "store/rocksdb/status.h"
#include "store/rocksdb/tuning.h"
#include "store/rocksdb/warning_log.h"
#include "store/rocksdb/write_batch.h"

namespace pawl::store {
namespace {

namespace rdb = ::rocksdb;
using base::Error;
using base::ErrorKind;
using base::Result;

class RocksDbStore final : public Store {
 public:
  explicit RocksDbStore(const std::shared_ptr<rdb::FileSystem>& files)
      : files_(std::make_shared<ObservedFileSystem>(files, counters_)),
        env_(rdb::NewCompositeEnv(files_)) {}
  RocksDbStore(const RocksDbStore&) = delete;
  RocksDbStore& operator=(const RocksDbStore&) = delete;
  ~RocksDbStore() override;

  /// Once, before anything else; `bring_up_to_date` follows, unless the records do not matter.
  Result<void> open_files(const std::string& folder, const RocksDbOptions& options);
  /// Checks the versions, upgrades, reads the catalog.
  Result<void> bring_up_to_date(const std::string& folder, const RocksDbOptions& options);

  Result<std::optional<std::string>> get(Keyspace keyspace, std::string_view key) const override {
    return read_value(*db_, families_, nullptr, keyspace, key);
  }
  Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override {
    return read_values(*db_, families_, nullptr, keyspace, keys);
  }
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override {
    return make_cursor(*db_, families_, nullptr, keyspace, range);
  }
  std::unique_ptr<Snapshot> snapshot() const override { return make_snapshot(*db_, families_); }

  Result<Keyspace> keyspace(std::string_view name, Shape shape) override;
  Result<void> commit(const Batch& batch, Sync sync) override;
  Result<void> check() const override;
  Result<void> backup(const std::string& to) override;
  Statistics statistics() const override;

 private:
  rdb::Status write(const Batch& batch, Sync sync);
  void flush_tombstones(const RangeTombstones& added);
  Error fail(Error error);

  WriteCounters counters_;
  std::shared_ptr<ObservedFileSystem> files_;
  std::unique_ptr<rdb::Env> env_;
  std::shared_ptr<rdb::Cache> cache_;
  std::unique_ptr<rdb::DB> db_;
  Families families_ = {};

  std::atomic<uint64_t> commits_ = 0;
  std::atomic<uint64_t> synced_commits_ = 0;

  std::array<std::atomic<size_t>, kShapes> tombstones_ = {};  ///< since the last flush for them

  std::atomic<bool> failed_ = false;  ///< set after `failure_`, so commits need no lock
  mutable std::mutex failure_mutex_;
  std::optional<Error> failure_;

  std::mutex keyspaces_mutex_;
  std::map<std::string, Keyspace, std::less<>> keyspaces_;
  uint32_t keyspace_id_next_ = 1;
};

Error open_error(const std::string& folder, const rdb::Status& status, const WarningLog& log) {
  const std::string text = status.ToString();
  // RocksDB has no code for this; it names the file it could not lock.
  if (text.find("/LOCK") != std::string::npos && text.find("lock") != std::string::npos)
    return Error(ErrorKind::Io, "store: " + folder +
                                    " is in use: another process, or another store of this one, "
                                    "holds " +
                                    folder + "/LOCK");
  if (status.IsInvalidArgument() && text.find("olumn famil") != std::string::npos)
    return Error(ErrorKind::Unsupported,
                 "store: " + folder + " was written by a newer version of Pawl: " + text);
  // Replaying a damaged log RocksDB names the file only in this warning.
  const std::string damage = log.log_damage();
  return status_error("opening " + folder + (damage.empty() ? "" : ": " + damage), status);
}

RocksDbStore::~RocksDbStore() {
  if (!db_) return;
  // What was not synced is in the log file already and outlives the process; this is for a power
  // failure soon after. Nobody is left to hear of a failure.
  if (!failed_) files_->sync_logs().PermitUncheckedError();
  rdb::CancelAllBackgroundWork(db_.get(), true);
  for (rdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
  db_->Close().PermitUncheckedError();
}

Result<void> RocksDbStore::open_files(const std::string& folder, const RocksDbOptions& options) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return Error(ErrorKind::Io, "store: making " + folder + ": " + code.message());

  const auto log = std::make_shared<WarningLog>(options.warn);
  const Tuning tuning = tune(options, env_.get(), log);
  cache_ = tuning.cache;
  rdb::DB* db = nullptr;
  std::vector<rdb::ColumnFamilyHandle*> handles;
  const rdb::Status status = rdb::DB::Open(tuning.database, folder, tuning.families, &handles, &db);
  if (!status.ok()) return open_error(folder, status, *log);
  db_.reset(db);
  PAWL_ASSERT(handles.size() == families_.size());
  std::copy(handles.begin(), handles.end(), families_.begin());
  return {};
}

Result<void> RocksDbStore::bring_up_to_date(const std::string& folder,
                                            const RocksDbOptions& options) {
  std::optional<Versions> versions = PAWL_TRY(read_versions(*this));
  if (!versions) {
    if (db_->GetLatestSequenceNumber() != 0)
      return Error(ErrorKind::Unsupported, "store: " + folder + " is no store of Pawl");
    versions = Versions{kLayoutVersion, options.format_version};
    Batch batch;
    put_versions(batch, *versions);
    PAWL_TRY_VOID(commit(batch, Sync::Yes));
  }
  const auto refuse = [&](const char* what, uint32_t stored, uint32_t known) {
    return Error(ErrorKind::Unsupported, "store: " + folder + " has " + what + " version " +
                                             std::to_string(stored) + ", this Pawl knows version " +
                                             std::to_string(known));
  };
  if (versions->layout != kLayoutVersion) return refuse("layout", versions->layout, kLayoutVersion);
  if (versions->format > options.format_version ||
      (versions->format < options.format_version && !options.upgrade))
    return refuse("format", versions->format, options.format_version);

  keyspaces_ = PAWL_TRY(read_keyspaces(*this));
  for (const auto& [name, keyspace] : keyspaces_)
    keyspace_id_next_ = std::max(keyspace_id_next_, keyspace.id + 1);

  for (; versions->format < options.format_version; ++versions->format) {
    Batch batch = PAWL_TRY(options.upgrade(*this, versions->format));
    put_versions(batch, {kLayoutVersion, versions->format + 1});
    PAWL_TRY_VOID(commit(batch, Sync::Yes));
  }
  return {};
}

Result<Keyspace> RocksDbStore::keyspace(std::string_view name, Shape shape) {
  const std::scoped_lock lock(keyspaces_mutex_);
  if (const auto known = keyspaces_.find(name); known != keyspaces_.end()) {
    if (known->second.shape != shape)
      return Error(ErrorKind::TypeMismatch,
                   "store: keyspace " + std::string(name) + " exists with another shape");
    return known->second;
  }
  const Keyspace made{keyspace_id_next_, shape};
  Batch batch;
  put_keyspace(batch, name, made);
  // No sync: the log keeps order, so whatever is stored under this id survives only after this.
  PAWL_TRY_VOID(commit(batch, Sync::No));
  ++keyspace_id_next_;
  keyspaces_.emplace(name, made);
  return made;
}

Result<void> RocksDbStore::commit(const Batch& batch, Sync sync) {
  PAWL_TRY_VOID(batch.check_limits());
  if (failed_.load(std::memory_order_acquire)) {
    const std::scoped_lock lock(failure_mutex_);
    return *failure_;
  }
  if (const rdb::Status status = write(batch, sync); !status.ok())
    return fail(status_error("committing", status));
  commits_.fetch_add(1, std::memory_order_relaxed);
  if (sync == Sync::Yes) synced_commits_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

rdb::Status RocksDbStore::write(const Batch& batch, Sync sync) {
  // Not DB::SyncWAL, which aborts the process when a background job has met a failing log before
  // (Debian builds RocksDB with its assertions).
  if (batch.empty()) return sync == Sync::Yes ? files_->sync_logs() : rdb::IOStatus::OK();
  constexpr size_t kOverheadBytes = 16;  // a record's tag, family and two lengths
  rdb::WriteBatch writes(batch.bytes() + batch.size() * kOverheadBytes + kOverheadBytes);
  RangeTombstones tombstones = {};
  rdb::Status status = translate(batch, *db_, families_, writes, tombstones);
  if (!status.ok()) return status;
  rdb::WriteOptions options;
  options.sync = sync == Sync::Yes;
  status = db_->Write(options, &writes);
  if (status.ok()) flush_tombstones(tombstones);
  return status;
}

/// Range tombstones cost readers most while they are in a memtable, where they are sorted anew for
/// the first read after each one that is added.
void RocksDbStore::flush_tombstones(const RangeTombstones& added) {
  constexpr size_t kRangeTombstonesInMemtable = 256;
  for (size_t shape = 0; shape < kShapes; ++shape) {
    if (added[shape] == 0) continue;
    const size_t before = tombstones_[shape].fetch_add(added[shape], std::memory_order_relaxed);
    if (before + added[shape] < kRangeTombstonesInMemtable) continue;
    tombstones_[shape].store(0, std::memory_order_relaxed);
    rdb::FlushOptions options;
    options.wait = false;
    options.allow_write_stall = true;
    // A failed flush shows up in the next commit.
    db_->Flush(options, families_[shape]).PermitUncheckedError();
  }
}

Error RocksDbStore::fail(Error error) {
  const std::scoped_lock lock(failure_mutex_);
  if (!failure_) failure_ = std::move(error);
  failed_.store(true, std::memory_order_release);
  return *failure_;
}

Result<void> RocksDbStore::check() const {
  const rdb::ReadOptions options;
  // The checksum of each whole file, tables and blobs, then of each block: the first finds damage
  // in parts that no key leads to, the second names the offset.
  if (const rdb::Status status = db_->VerifyChecksum(options); !status.ok())
    return status_error("checking", status);
  if (const rdb::Status status = db_->VerifyFileChecksums(options); !status.ok())
    return status_error("checking", status);
  return {};
}

Result<void> RocksDbStore::backup(const std::string& to) {
  rdb::Checkpoint* made = nullptr;
  rdb::Status status = rdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(to);
  if (!status.ok()) return status_error("backing up to " + to, status);
  return {};
}

Statistics RocksDbStore::statistics() const {
  Statistics statistics;
  statistics.commits = commits_.load(std::memory_order_relaxed);
  statistics.synced_commits = synced_commits_.load(std::memory_order_relaxed);
  statistics.failed = failed_.load(std::memory_order_relaxed);
  counters_.add_to(statistics);
  const auto sum = [this](const std::string& property) {
    uint64_t value = 0;
    return db_->GetAggregatedIntProperty(property, &value) ? value : 0;
  };
  statistics.memtable_bytes = sum(rdb::DB::Properties::kSizeAllMemTables);
  statistics.cache_bytes = cache_->GetUsage();
  statistics.disk_bytes =
      sum(rdb::DB::Properties::kTotalSstFilesSize) + sum(rdb::DB::Properties::kTotalBlobFileSize);
  statistics.compaction_bytes = sum(rdb::DB::Properties::kEstimatePendingCompactionBytes);
  uint64_t stopped = 0;
  statistics.writes_stopped =
      db_->GetIntProperty(rdb::DB::Properties::kIsWriteStopped, &stopped) && stopped != 0;
  return statistics;
}

}  // namespace

Result<std::unique_ptr<Store>> open_rocksdb_store_on(const std::shared_ptr<rdb::FileSystem>& files,
                                                     const std::string& folder,
                                                     const RocksDbOptions& options) {
  auto store = std::make_unique<RocksDbStore>(files);
  PAWL_TRY_VOID(store->open_files(folder, options));
  PAWL_TRY_VOID(store->bring_up_to_date(folder, options));
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<Store>> open_rocksdb_store(const std::string& folder,
                                                  const RocksDbOptions& options) {
  return open_rocksdb_store_on(rdb::FileSystem::Default(), folder, options);
}

Result<void> restore_rocksdb_store(const std::string& backup, const std::string& folder) {
  const std::string half = folder + ".restoring";
  PAWL_TRY_VOID(copy_store_folder(backup, half));
  {
    // Checked on the level of files: whatever format the records have is opened later.
    RocksDbStore copy(rdb::FileSystem::Default());
    PAWL_TRY_VOID(copy.open_files(half, {}));
    PAWL_TRY_VOID(copy.check());
  }
  return move_store_folder(half, folder);
}

}  // namespace pawl::store
