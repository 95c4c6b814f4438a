// SPDX-License-Identifier: Apache-2.0
// The store in memory: for EXPRESS, which keeps nothing, for tests, and for the simulator, which
// takes the power away.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace pawl::store {

struct MemoryOptions {
  /// Remember what each commit since the last sync replaced, so that power_loss can take it back.
  /// Costs memory until a sync; off, power_loss must not be called.
  bool can_lose_power = false;
};

/// An ordered map that keeps of each key the versions somebody can still see. Reads and writes
/// O(log n) under one reader-writer lock; dropping the oldest snapshot costs what was overwritten
/// meanwhile. backup is Unsupported; check finds nothing to read.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(MemoryOptions options = {}) : options_(options) {}
  ~MemoryStore() override;

  base::Result<std::optional<std::string>> get(Keyspace keyspace,
                                               std::string_view key) const override;
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override;
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override;
  std::unique_ptr<Snapshot> snapshot() const override;

  base::Result<Keyspace> keyspace(std::string_view name, Shape shape) override;
  base::Result<void> commit(const Batch& batch, Sync sync) override;
  base::Result<void> check() const override { return {}; }
  base::Result<void> backup(const std::string& to) override;
  Statistics statistics() const override;

  /// Commits since the last synced one, each of which a power failure may take.
  size_t unsynced_commits() const;
  /// Loses the commits after the last synced one, except the first `survivors` of them, which
  /// happened to reach the disk. Demands can_lose_power and that no Snapshot or Cursor is alive.
  /// Keyspaces stay valid.
  void power_loss(size_t survivors = 0);

 private:
  friend class MemoryCursor;
  friend class MemorySnapshot;

  using Sequence = uint64_t;  ///< number of a commit
  struct Version {
    Sequence sequence;
    std::optional<std::string> value;  ///< nullopt: erased
  };
  struct Versions {
    std::vector<Version> list;  ///< oldest first; a tombstone is never the first
    bool is_crowded = false;    ///< is in crowded_, and so stays in the map even when empty
  };
  using Map = std::map<std::string, Versions, std::less<>>;

  static const std::string* visible(const Versions& versions, Sequence at);
  std::optional<std::string> value_at(Keyspace keyspace, std::string_view key, Sequence at) const;
  std::unique_ptr<Cursor> cursor_at(Keyspace keyspace, const Range& range, Sequence at) const;
  Sequence pin() const;
  void pin_again(Sequence at) const;
  void unpin(Sequence at) const;

  bool is_needed(Sequence since, Sequence until) const;
  Sequence oldest_needed() const;
  Map::iterator place_of(std::string_view key);
  void write(Map::iterator entry, std::optional<std::string> value) const;
  void erase_range(std::string_view begin, std::string_view end);
  void settle(Map::iterator entry) const;
  void settle_crowded() const;

  const MemoryOptions options_;
  mutable std::shared_mutex mutex_;
  // Mutable, because ending a Snapshot of a const store clears away what only that one saw.
  mutable Map map_;
  mutable std::vector<Map::iterator> crowded_;  ///< keys with more than one version
  mutable Sequence settled_at_ = 0;             ///< oldest_needed() when crowded_ was last settled
  mutable std::multiset<Sequence> pins_;        ///< what the live snapshots and cursors see
  mutable size_t bytes_ = 0;
  Sequence sequence_ = 0;
  Sequence synced_ = 0;
  Statistics statistics_;
  std::map<std::string, Keyspace, std::less<>> keyspaces_;
};

}  // namespace pawl::store
