// SPDX-License-Identifier: Apache-2.0
// What only the store on files does: staying there, versions, the lock, damage, failing disks,
// backup. What needs a second process is in process_test.cc.
#include "store/rocksdb/rocksdb_store.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/rocksdb/catalog.h"
#include "store/rocksdb/failing_disk_for_test.h"
#include "store/rocksdb/open_on.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

class RocksDbFolder : public testing::Test {
 protected:
  std::unique_ptr<Store> open(const RocksDbOptions& options = {}) {
    auto opened = open_rocksdb_store(path_, options);
    if (!opened) ADD_FAILURE() << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  base::Error open_fails(const std::string& path, const RocksDbOptions& options = {}) {
    const auto opened = open_rocksdb_store(path, options);
    EXPECT_FALSE(opened);
    return opened ? base::Error(ErrorKind::Io, "it opened") : opened.error();
  }

  /// The newest file of the folder with that ending.
  static fs::path newest(const std::string& folder, const std::string& ending) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ending && entry.path() > found) found = entry.path();
    EXPECT_FALSE(found.empty()) << "no " << ending << " in " << folder;
    return found;
  }
  static void flip_bit(const fs::path& file, uint64_t offset) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(stream.get() ^ 0x10);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(byte);
    ASSERT_TRUE(stream.good());
  }
  std::string copied(const std::string& name) {
    fs::copy(path_, folder_.at(name), fs::copy_options::recursive);
    return folder_.at(name);
  }

  static base::Result<void> put(Store& store, std::string_view key, std::string_view value,
                                Sync sync = Sync::Yes) {
    const Keyspace keyspace = PAWL_TRY(store.keyspace("test", Shape::Records));
    Batch batch;
    batch.put(keyspace, key, value);
    return store.commit(batch, sync);
  }
  static std::optional<std::string> get(Store& store, std::string_view key) {
    return store.get(store.keyspace("test", Shape::Records).value(), key).value();
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.at("data/store");
};

TEST_F(RocksDbFolder, KeepsWhatWasStored) {
  {
    const auto store = open();
    ASSERT_TRUE(put(*store, "synced", "1"));
    ASSERT_TRUE(put(*store, "not synced", "2", Sync::No));
  }
  const auto store = open();
  const Keyspace other = store->keyspace("other", Shape::Queue).value();
  EXPECT_NE(other.id, store->keyspace("test", Shape::Records).value().id);
  EXPECT_EQ(get(*store, "synced"), "1");
  EXPECT_EQ(get(*store, "not synced"), "2");
}

TEST_F(RocksDbFolder, RefusesASecondStoreOfThisProcess) {
  const auto store = open();
  const auto error = open_fails(path_);
  EXPECT_EQ(error.kind, ErrorKind::Io);
  EXPECT_NE(error.message.find("in use"), std::string::npos) << error.message;
}

TEST_F(RocksDbFolder, RefusesNewerFormatsAndUpgradesOlderOnes) {
  ASSERT_TRUE(put(*open({.format_version = 3}), "record", "3"));
  const auto error = open_fails(path_, {.format_version = 2});
  EXPECT_EQ(error.kind, ErrorKind::Unsupported);
  EXPECT_NE(error.message.find("format version 3, this Pawl knows version 2"), std::string::npos)
      << error.message;
  EXPECT_EQ(open_fails(path_, {.format_version = 4}).kind, ErrorKind::Unsupported)
      << "older, and nobody to upgrade it";

  std::vector<uint32_t> steps;
  RocksDbOptions options{.format_version = 5};
  options.upgrade = [&](Store& store, uint32_t from) -> base::Result<Batch> {
    steps.push_back(from);
    if (from == 4 && steps.size() == 2) return base::Error(ErrorKind::Io, "half way");
    Batch batch;
    batch.put(PAWL_TRY(store.keyspace("test", Shape::Records)), "record", std::to_string(from + 1));
    return batch;
  };
  EXPECT_EQ(open_fails(path_, options).message, "half way");
  const auto store = open(options);
  EXPECT_EQ(steps, (std::vector<uint32_t>{3, 4, 4})) << "what was upgraded stays so";
  EXPECT_EQ(get(*store, "record"), "5");
}

TEST_F(RocksDbFolder, RefusesANewerLayout) {
  {
    const auto store = open();
    Batch batch;
    put_versions(batch, {kLayoutVersion + 1, 1});
    ASSERT_TRUE(store->commit(batch, Sync::Yes));
  }
  const auto error = open_fails(path_);
  EXPECT_EQ(error.kind, ErrorKind::Unsupported);
  EXPECT_NE(error.message.find("layout version 2"), std::string::npos) << error.message;
}

TEST_F(RocksDbFolder, RefusesAFolderItCannotMake) {
  std::ofstream(folder_.at("file")) << "in the way";
  EXPECT_EQ(open_fails(folder_.at("file") + "/store").kind, ErrorKind::Io);
}

/// Ten batches of two records each; the log's records are of equal size.
class RocksDbLog : public RocksDbFolder {
 protected:
  static constexpr int kBatches = 10;
  static constexpr uint64_t kValueBytes = 500;

  void SetUp() override {
    const auto store = open_rocksdb_store(folder_.at("running")).value();
    const Keyspace keyspace = store->keyspace("test", Shape::Records).value();
    for (int i = 0; i < kBatches; ++i) {
      Batch batch;
      for (const char* half : {"x", "y"})
        batch.put(keyspace, half + std::to_string(i), std::string(kValueBytes, half[0]));
      ASSERT_TRUE(store->commit(batch, Sync::Yes));
    }
    // As a killed process leaves it: ending it properly writes to the log again.
    fs::create_directories(path_);
    fs::copy(folder_.at("running"), path_, fs::copy_options::recursive);
  }
  /// How many batches are there; fails unless they are the first ones, whole.
  int batches_in(Store& store) {
    int count = 0;
    for (int i = 0; i < kBatches; ++i) {
      const bool x = get(store, "x" + std::to_string(i)).has_value();
      EXPECT_EQ(x, get(store, "y" + std::to_string(i)).has_value()) << "half a batch: " << i;
      if (!x) continue;
      EXPECT_EQ(count++, i) << "a batch is missing before " << i;
    }
    return count;
  }
};

TEST_F(RocksDbLog, TornTailLosesOnlyTheTornBatch) {
  constexpr uint64_t kRecordBytes = 2 * kValueBytes;  // and some
  for (const uint64_t cut : {uint64_t{1}, uint64_t{8}, uint64_t{500}, kRecordBytes}) {
    const std::string copy = copied("torn-" + std::to_string(cut));
    const fs::path log = newest(copy, ".log");
    fs::resize_file(log, fs::file_size(log) - cut);
    for (int opening = 0; opening < 2; ++opening) {  // the torn log stays; it must open again
      const auto opened = open_rocksdb_store(copy);
      ASSERT_TRUE(opened) << opened.error().message;
      EXPECT_EQ(batches_in(**opened), kBatches - 1) << cut;
      EXPECT_TRUE(put(**opened, "after", "it goes on"));
    }
  }
}

TEST_F(RocksDbLog, ZerosBehindTheEndAreNoDamage) {
  const fs::path log = newest(path_, ".log");
  fs::resize_file(log, fs::file_size(log) + 3'000);
  EXPECT_EQ(batches_in(*open()), kBatches);
}

TEST_F(RocksDbLog, DamageInTheMiddleIsReportedAndCanBeSalvaged) {
  const fs::path log = newest(path_, ".log");
  flip_bit(log, fs::file_size(log) / 2);
  const auto error = open_fails(path_);
  EXPECT_EQ(error.kind, ErrorKind::Io);
  EXPECT_NE(error.message.find("damaged data"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find(log.filename().string()), std::string::npos) << error.message;

  std::string warnings;
  const auto store =
      open({.salvage_damaged_log = true, .warn = [&](std::string_view line) { warnings += line; }});
  ASSERT_TRUE(store);
  EXPECT_NE(warnings.find("dropping"), std::string::npos) << warnings;
  EXPECT_GE(batches_in(*store), 4);
  EXPECT_LE(batches_in(*store), 5);
}

/// Values big enough that most bytes of a table or blob file are theirs.
class RocksDbTables : public RocksDbFolder {
 protected:
  void fill() {
    const auto store = open();
    const Keyspace records = store->keyspace("test", Shape::Records).value();
    const Keyspace blobs = store->keyspace("blobs", Shape::Blobs).value();
    Batch batch;
    for (int i = 0; i < 100; ++i) batch.put(records, "key" + std::to_string(i), noise(1'000));
    batch.put(blobs, "object", noise(1 << 20));
    ASSERT_TRUE(store->commit(batch, Sync::Yes));
    ASSERT_TRUE(store->backup(copy_)) << "a backup has no log: all is in tables";
  }
  static std::string noise(size_t bytes) {
    std::string text(bytes, '\0');
    for (size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * 2654435761u >> 11);
    return text;
  }
  /// The file with that ending in which most bytes are.
  static fs::path biggest(const std::string& folder, const std::string& ending) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ending &&
          (found.empty() || fs::file_size(entry) > fs::file_size(found)))
        found = entry.path();
    return found;
  }

  const std::string copy_ = folder_.at("copy");
};

TEST_F(RocksDbTables, BackupOpensAndChecks) {
  fill();
  const auto store = open_rocksdb_store(copy_).value();
  EXPECT_TRUE(store->check());
  EXPECT_EQ(get(*store, "key7"), noise(1'000));
  EXPECT_FALSE(open()->backup(copy_)) << "never over something";
}

TEST_F(RocksDbTables, FlippedBitInATableIsReported) {
  fill();
  const fs::path table = biggest(copy_, ".sst");
  flip_bit(table, fs::file_size(table) / 3);
  const auto store = open_rocksdb_store(copy_).value();
  const auto checked = store->check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::Io);
  EXPECT_NE(checked.error().message.find("damaged data"), std::string::npos);
  EXPECT_NE(checked.error().message.find(table.filename().string()), std::string::npos)
      << checked.error().message;

  // A reader meets it too, instead of getting wrong bytes or none.
  const Keyspace keyspace = store->keyspace("test", Shape::Records).value();
  const auto cursor = store->cursor(keyspace, Range::all());
  base::Result<bool> more = cursor->first();
  while (more && *more) more = cursor->next();
  ASSERT_FALSE(more);
  EXPECT_NE(more.error().message.find(table.filename().string()), std::string::npos)
      << more.error().message;
}

TEST_F(RocksDbTables, FlippedBitInABlobIsReported) {
  fill();
  const fs::path blob = biggest(copy_, ".blob");
  flip_bit(blob, fs::file_size(blob) / 2);
  const auto store = open_rocksdb_store(copy_).value();
  const auto read = store->get(store->keyspace("blobs", Shape::Blobs).value(), "object");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::Io);
  const auto checked = store->check();
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find(blob.filename().string()), std::string::npos)
      << checked.error().message;
}

TEST_F(RocksDbTables, RestoreChecksTheCopyAndLeavesTheBackupAlone) {
  fill();
  const std::string restored = folder_.at("restored");
  const auto done = restore_rocksdb_store(copy_, restored);
  ASSERT_TRUE(done) << done.error().message;
  {
    const auto store = open_rocksdb_store(restored).value();
    EXPECT_EQ(get(*store, "key99"), noise(1'000));
    ASSERT_TRUE(put(*store, "key99", "changed"));
  }
  EXPECT_EQ(get(*open_rocksdb_store(copy_).value(), "key99"), noise(1'000));
  EXPECT_FALSE(restore_rocksdb_store(copy_, restored)) << "never over something";

  const fs::path table = biggest(copy_, ".sst");
  flip_bit(table, fs::file_size(table) / 3);
  const auto refused = restore_rocksdb_store(copy_, folder_.at("never"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(table.filename().string()), std::string::npos)
      << refused.error().message;
  EXPECT_FALSE(fs::exists(folder_.at("never")));
  EXPECT_FALSE(restore_rocksdb_store(folder_.at("nothing"), folder_.at("never")));
}

class RocksDbOnFailingDisk : public RocksDbFolder {
 protected:
  const std::shared_ptr<FailingDisk> disk_ = std::make_shared<FailingDisk>();
};

TEST_F(RocksDbOnFailingDisk, FailedSyncIsFinal) {
  {
    const auto store = open_rocksdb_store_on(disk_, path_, {}).value();
    ASSERT_TRUE(put(*store, "before", "1"));
    disk_->fails_log_sync = true;
    const auto failed = put(*store, "lost", "1");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::Io);
    EXPECT_EQ(get(*store, "lost"), std::nullopt) << "not acknowledged, not visible";
    disk_->fails_log_sync = false;
    for (const Sync sync : {Sync::No, Sync::Yes}) {
      const auto later = put(*store, "later", "1", sync);
      ASSERT_FALSE(later) << "the disk is well again, the log is not";
      EXPECT_EQ(later.error().message, failed.error().message);
    }
    EXPECT_EQ(get(*store, "before"), "1") << "reading goes on";
    EXPECT_TRUE(store->statistics().failed);
  }
  const auto store = open_rocksdb_store_on(disk_, path_, {}).value();
  EXPECT_EQ(get(*store, "before"), "1");
  EXPECT_EQ(get(*store, "later"), std::nullopt);
  EXPECT_TRUE(put(*store, "again", "1"));
}

TEST_F(RocksDbOnFailingDisk, FullDiskIsFinalUntilOpenedAnew) {
  {
    const auto store = open_rocksdb_store_on(disk_, path_, {}).value();
    ASSERT_TRUE(put(*store, "before", "1"));
    disk_->is_full = true;
    const auto failed = put(*store, "lost", std::string(5'000, 'x'));
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message.find("disk full"), std::string::npos)
        << failed.error().message;
    disk_->is_full = false;
    EXPECT_FALSE(put(*store, "later", "1"));
  }
  const auto store = open_rocksdb_store_on(disk_, path_, {}).value();
  EXPECT_EQ(get(*store, "before"), "1");
  EXPECT_EQ(get(*store, "lost"), std::nullopt) << "only half of it was written";
  EXPECT_TRUE(put(*store, "again", "1"));
}

TEST_F(RocksDbOnFailingDisk, AcknowledgedCommitsSurviveAPowerFailure) {
  constexpr int kThreads = 8, kRounds = 40;
  const auto store = open_rocksdb_store_on(disk_, path_, {.memory_bytes = 1 << 20}).value();
  const Keyspace keyspace = store->keyspace("test", Shape::Records).value();
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i)
    writers.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        Batch batch;
        batch.put(keyspace, std::to_string(i) + "/" + std::to_string(round),
                  std::string(1'000, 'v'));
        EXPECT_TRUE(store->commit(batch, Sync::Yes));
      }
    });
  for (std::thread& writer : writers) writer.join();
  const Statistics statistics = store->statistics();
  EXPECT_LE(statistics.syncs, statistics.synced_commits) << "threads share syncs";
  ASSERT_TRUE(put(*store, "unsynced", "1", Sync::No));

  disk_->copy_after_power_loss(path_, folder_.at("after"));
  const auto after = open_rocksdb_store(folder_.at("after")).value();
  EXPECT_EQ(get(*after, "unsynced"), std::nullopt);
  for (int i = 0; i < kThreads; ++i)
    for (int round = 0; round < kRounds; ++round)
      ASSERT_TRUE(get(*after, std::to_string(i) + "/" + std::to_string(round)));
}

TEST_F(RocksDbOnFailingDisk, EmptySyncedCommitSyncsWhatIsThere) {
  const auto store = open_rocksdb_store_on(disk_, path_, {}).value();
  ASSERT_TRUE(put(*store, "a", "1", Sync::No));
  ASSERT_TRUE(store->commit(Batch(), Sync::Yes));
  disk_->copy_after_power_loss(path_, folder_.at("after"));
  EXPECT_EQ(get(*open_rocksdb_store(folder_.at("after")).value(), "a"), "1");
}

TEST_F(RocksDbOnFailingDisk, FailuresInTheBackgroundEndInErrorsNotInAnAbort) {
  for (std::atomic<bool>* failure : {&disk_->fails_log_sync, &disk_->is_full}) {
    fs::remove_all(path_);
    const auto store = open_rocksdb_store_on(disk_, path_, {.memory_bytes = 256 * 1024}).value();
    *failure = true;
    base::Result<void> done;  // unsynced, so the first to fail is the change of log or a flush
    for (int i = 0; i < 2'000 && done; ++i)
      done = put(*store, std::to_string(i), std::string(1'000, 'v'), Sync::No);
    EXPECT_FALSE(done);
    EXPECT_FALSE(store->commit(Batch(), Sync::Yes));
    *failure = false;
  }
}

TEST_F(RocksDbOnFailingDisk, NoLogBeginsBeforeTheOldOnesAreSynced) {
  const auto store = open_rocksdb_store_on(disk_, path_, {.memory_bytes = 256 * 1024}).value();
  for (int i = 0; i < 2'000; ++i)
    ASSERT_TRUE(put(*store, std::to_string(i), std::string(1'000, 'v'), Sync::No));
  EXPECT_GT(disk_->logs_begun, 3);
  EXPECT_EQ(disk_->logs_left_unsynced, 0) << "a power failure could leave a gap";
}

TEST_F(RocksDbFolder, CountsSyncsAndBytes) {
  const auto store = open();
  const Statistics before = store->statistics();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(put(*store, std::to_string(i), std::string(1'000, 'v')));
  const Statistics after = store->statistics();
  EXPECT_EQ(after.syncs - before.syncs, 5u);
  uint64_t in_buckets = 0;
  for (const uint64_t count : after.syncs_by_time) in_buckets += count;
  EXPECT_EQ(in_buckets, after.syncs);
  EXPECT_GE(after.log_bytes - before.log_bytes, 5'000u);
  EXPECT_GE(after.bytes_written, after.log_bytes);
  EXPECT_GT(after.memtable_bytes, 5'000u);
}

}  // namespace
}  // namespace pawl::store
