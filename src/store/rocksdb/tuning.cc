// SPDX-License-Identifier: Apache-2.0
// How RocksDB is set up for the engine's loads: many small synced batches, short-lived queue and
// timer keys, some large values, bounded memory, a quick open.
#include "store/rocksdb/tuning.h"

#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

namespace pawl::store {
namespace {

namespace rdb = ::rocksdb;

constexpr size_t kMiB = 1 << 20;
constexpr uint64_t kRecordBlobBytesMin = uint64_t{16} << 10;
constexpr uint64_t kObjectBlobBytesMin = uint64_t{4} << 10;
// A table is compacted early when half of some stretch of this many keys are tombstones.
constexpr size_t kTombstoneWindow = 4'096;
constexpr size_t kTombstonesInWindow = 2'048;

rdb::ColumnFamilyOptions family_options(const std::shared_ptr<rdb::Cache>& cache,
                                        size_t write_buffer_bytes) {
  rdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rdb::NewBloomFilterPolicy(10));
  // Indexes and filters count against the cache: memory stays bounded however much is stored.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.checksum = rdb::kXXH3;
  table.format_version = 5;

  rdb::ColumnFamilyOptions family;
  family.table_factory.reset(rdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = write_buffer_bytes;
  family.max_write_buffer_number = 3;
  family.target_file_size_base = 32 * kMiB;
  family.max_bytes_for_level_base = 128 * kMiB;
  family.level_compaction_dynamic_level_bytes = true;
  family.compression = rdb::kLZ4Compression;
  // What was just written is compacted soon again: compressing it there costs more than it saves.
  family.compression_per_level = {rdb::kNoCompression, rdb::kNoCompression, rdb::kLZ4Compression};
  return family;
}

void separate_blobs(rdb::ColumnFamilyOptions& family, uint64_t blob_bytes_min) {
  family.enable_blob_files = true;
  family.min_blob_size = blob_bytes_min;
  family.blob_file_size = 64 * kMiB;
  family.enable_blob_garbage_collection = true;
  // The tables hold only keys and so are rarely compacted; without force, dead blobs would stay.
  family.blob_garbage_collection_age_cutoff = 0.5;
  family.blob_garbage_collection_force_threshold = 0.5;
}

rdb::DBOptions database_options(const RocksDbOptions& options, rdb::Env* env,
                                std::shared_ptr<rdb::Logger> log) {
  rdb::DBOptions database;
  database.env = env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.paranoid_checks = true;
  // A failed write is final (Store): RocksDB must not resume by itself behind our back.
  database.max_bgerror_resume_count = 0;

  // A crash leaves a log that ends in the middle of a record (why not worse: ObservedFile's
  // PrepareWrite); such a tail was never acknowledged and is dropped. Any other damage fails the
  // open. kPointInTimeRecovery would take it for the end and drop every acknowledged batch behind
  // it without a word. For the same reason log files are not recycled: old bytes would follow the
  // end, and damage could not be told from it. (Recycling saved 10 % of a synced commit's time.)
  database.wal_recovery_mode = options.salvage_damaged_log
                                   ? rdb::WALRecoveryMode::kPointInTimeRecovery
                                   : rdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Replay fills memtables and leaves the log: opening writes next to nothing, closing too.
  database.avoid_flush_during_recovery = true;
  database.avoid_flush_during_shutdown = true;
  // Bounds the replay (about 200 MB/s) and keeps a rarely written family from pinning old logs.
  database.max_total_wal_size = 128 * kMiB;

  // Not pipelined: RocksDB's plain queue already joins waiting writers into one write and one sync,
  // pipelining measured no gain here, and this way a batch whose sync failed never becomes visible.
  database.enable_pipelined_write = false;

  database.max_background_jobs = 2;
  database.bytes_per_sync = 1 * kMiB;  // a flush must not make the log's sync wait behind 32 MiB
  database.max_open_files = 512;
  database.file_checksum_gen_factory = rdb::GetFileChecksumGenCrc32cFactory();

  // Nobody reads these; the process is to sleep when idle.
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.info_log = std::move(log);
  return database;
}

}  // namespace

Tuning tune(const RocksDbOptions& options, rdb::Env* env, std::shared_ptr<rdb::Logger> log) {
  Tuning tuning;
  tuning.cache = rdb::NewLRUCache(options.memory_bytes);
  tuning.database = database_options(options, env, std::move(log));
  // Memtables are charged to the cache, so both together stay within its size.
  tuning.database.write_buffer_manager =
      std::make_shared<rdb::WriteBufferManager>(options.memory_bytes / 2, tuning.cache);

  const size_t buffer_bytes = options.memory_bytes / 4;
  auto records = family_options(tuning.cache, buffer_bytes);
  separate_blobs(records, kRecordBlobBytesMin);
  records.blob_compression_type = rdb::kLZ4Compression;

  auto queue = family_options(tuning.cache, buffer_bytes);
  queue.table_properties_collector_factories.push_back(
      rdb::NewCompactOnDeletionCollectorFactory(kTombstoneWindow, kTombstonesInWindow));

  auto blobs = family_options(tuning.cache, buffer_bytes);
  separate_blobs(blobs, kObjectBlobBytesMin);
  blobs.blob_compression_type = rdb::kNoCompression;  // objects mostly are compressed already

  tuning.families = {{rdb::kDefaultColumnFamilyName, records}, {"queue", queue}, {"blobs", blobs}};
  return tuning;
}

}  // namespace pawl::store
