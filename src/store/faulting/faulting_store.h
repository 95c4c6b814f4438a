// SPDX-License-Identifier: Apache-2.0
// A store that fails on purpose: for tests of whatever commits, and for the simulator. The same
// seed and calls give the same failures.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "store/memory/memory_store.h"
#include "store/store.h"

namespace pawl::store {

/// Chances are from 0 to 1, drawn for each commit.
struct FaultPlan {
  uint64_t seed = 0;
  double sync_failure_chance = 0;        ///< for commits with Sync::Yes
  double disk_full_chance = 0;           ///< for every commit
  uint64_t disk_bytes_max = UINT64_MAX;  ///< the disk is full after so many bytes of batches
};

/// Fails as the store on files does: after a failure every commit answers that error until
/// power_loss or process_crash "opens the store anew". A batch that failed is not visible before
/// that; afterwards it may be there, whole, because nobody knows what reached the disk.
/// Thread-safe; failures are reproducible with one thread.
class FaultingStore final : public Store {
 public:
  explicit FaultingStore(const FaultPlan& plan);

  base::Result<std::optional<std::string>> get(Keyspace keyspace,
                                               std::string_view key) const override;
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override;
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override;
  std::unique_ptr<Snapshot> snapshot() const override;

  base::Result<Keyspace> keyspace(std::string_view name, Shape shape) override;
  base::Result<void> commit(const Batch& batch, Sync sync) override;
  base::Result<void> check() const override;
  base::Result<void> backup(const std::string& to) override;
  Statistics statistics() const override;

  /// The next commit with Sync::Yes fails.
  void fail_next_sync();
  /// Every commit fails until make_room; even then the store has failed until it is opened anew.
  void fill_disk();
  /// Also sets the count for disk_bytes_max back.
  void make_room();

  /// The machine dies and comes back: of the commits not synced a prefix of drawn length survives;
  /// the one that follows it was torn and is gone. No Snapshot or Cursor may be alive.
  void power_loss();
  /// Only the process dies: every commit that was acknowledged, synced or not, survives, and the
  /// failed one by chance. No Snapshot or Cursor may be alive.
  void process_crash();

 private:
  base::Result<void> fail(const char* why, const Batch& batch, bool may_be_there);
  bool happens(double chance);
  /// With the failed batch, as durable as told, or without it.
  void open_anew(std::optional<Sync> failed_batch);

  MemoryStore memory_;
  const FaultPlan plan_;
  mutable std::mutex mutex_;
  base::Random random_;
  bool fail_next_sync_ = false;
  bool is_disk_full_ = false;
  uint64_t bytes_ = 0;
  std::optional<base::Error> failure_;
  std::optional<Batch> failed_batch_;  ///< written, not known to be on the disk
};

}  // namespace pawl::store
