// SPDX-License-Identifier: Apache-2.0
// Statistics: what a store tells the metrics. Numbers only; names and text are the server's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pawl::store {

/// Upper bounds, inclusive, in microseconds; a last bucket without a bound follows.
inline constexpr std::array<uint64_t, 15> kSyncBucketsUs = {
    50,     100,    150,    250,     500,     1'000,   2'000,    5'000,
    10'000, 20'000, 50'000, 100'000, 250'000, 500'000, 1'000'000};

/// Totals since the store was opened, and sizes now. Times in microseconds. Of a store in memory
/// the members about files are 0.
struct Statistics {
  uint64_t commits = 0;         ///< acknowledged
  uint64_t synced_commits = 0;  ///< those of them with Sync::Yes; several share one sync
  uint64_t syncs = 0;           ///< of the log
  uint64_t sync_us = 0;         ///< together
  std::array<uint64_t, kSyncBucketsUs.size() + 1> syncs_by_time = {};  ///< not cumulative
  uint64_t log_bytes = 0;                                              ///< written to the log
  uint64_t bytes_written = 0;     ///< to all files: with flushes and compactions
  uint64_t memtable_bytes = 0;    ///< not flushed yet
  uint64_t cache_bytes = 0;       ///< of the block cache, memtables counted in
  uint64_t disk_bytes = 0;        ///< tables and blobs
  uint64_t compaction_bytes = 0;  ///< waiting to be compacted, estimated
  bool writes_stopped = false;    ///< commits wait for flushes or compactions
  bool failed = false;            ///< a commit failed: the store answers no further one
};

}  // namespace pawl::store
