// SPDX-License-Identifier: Apache-2.0
// The store in memory. A version of a key is kept while a snapshot or cursor sees it or, if power
// can be lost, while a power failure could bring it back.
#include "store/memory/memory_store.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/assert.h"

namespace pawl::store {

using base::Error;
using base::ErrorKind;
using base::Result;

/// Holds a pin, so the entries it can stand on stay in the map; only stepping needs the lock. Key
/// and value are copies: a newer version may move the stored strings.
class MemoryCursor final : public Cursor {
 public:
  MemoryCursor(const MemoryStore& store, Keyspace keyspace, const Range& range,
               MemoryStore::Sequence at)
      : store_(store), keyspace_(keyspace), range_(keyspace, range), at_(at) {}
  MemoryCursor(const MemoryCursor&) = delete;
  MemoryCursor& operator=(const MemoryCursor&) = delete;
  ~MemoryCursor() override { store_.unpin(at_); }

  Result<bool> first() override { return forward_from(range_.begin.view()); }
  Result<bool> last() override { return backward_from(range_.end.view()); }
  Result<bool> seek(std::string_view key) override {
    const StoredKey stored(keyspace_, key);
    return forward_from(std::max(stored.view(), range_.begin.view()));
  }
  Result<bool> seek_before(std::string_view key) override {
    const StoredKey stored(keyspace_, key);
    return backward_from(std::min(stored.view(), range_.end.view()));
  }
  Result<bool> next() override {
    PAWL_ASSERT(stands_);
    const std::shared_lock lock(store_.mutex_);
    return settle_forward(std::next(place_));
  }
  Result<bool> prev() override {
    PAWL_ASSERT(stands_);
    const std::shared_lock lock(store_.mutex_);
    return settle_backward(place_);
  }

  std::string_view key() const override {
    PAWL_ASSERT(stands_);
    return StoredKey::strip(place_->first);
  }
  std::string_view value() const override {
    PAWL_ASSERT(stands_);
    return value_;
  }

 private:
  using Place = MemoryStore::Map::const_iterator;

  bool forward_from(std::string_view key) {
    const std::shared_lock lock(store_.mutex_);
    return settle_forward(store_.map_.lower_bound(key));
  }
  bool backward_from(std::string_view key) {
    const std::shared_lock lock(store_.mutex_);
    return settle_backward(store_.map_.lower_bound(key));
  }

  /// To `place` or the next one that is visible.
  bool settle_forward(Place place) {
    for (; place != store_.map_.end() && place->first < range_.end.view(); ++place)
      if (stand_on(place)) return true;
    return stands_ = false;
  }
  /// To the last visible one before `place`.
  bool settle_backward(Place place) {
    while (place != store_.map_.begin() && (--place)->first >= range_.begin.view())
      if (stand_on(place)) return true;
    return stands_ = false;
  }
  bool stand_on(Place place) {
    const std::string* value = MemoryStore::visible(place->second, at_);
    if (value == nullptr) return false;
    place_ = place;
    value_ = *value;
    return stands_ = true;
  }

  const MemoryStore& store_;
  const Keyspace keyspace_;
  const StoredRange range_;
  const MemoryStore::Sequence at_;
  Place place_;
  std::string value_;
  bool stands_ = false;
};

class MemorySnapshot final : public Snapshot {
 public:
  explicit MemorySnapshot(const MemoryStore& store) : store_(store), at_(store.pin()) {}
  MemorySnapshot(const MemorySnapshot&) = delete;
  MemorySnapshot& operator=(const MemorySnapshot&) = delete;
  ~MemorySnapshot() override { store_.unpin(at_); }

  Result<std::optional<std::string>> get(Keyspace keyspace, std::string_view key) const override {
    const std::shared_lock lock(store_.mutex_);
    return store_.value_at(keyspace, key, at_);
  }
  Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override {
    const std::shared_lock lock(store_.mutex_);
    std::vector<std::optional<std::string>> values;
    for (const std::string_view key : keys) values.push_back(store_.value_at(keyspace, key, at_));
    return values;
  }
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override {
    store_.pin_again(at_);
    return std::make_unique<MemoryCursor>(store_, keyspace, range, at_);
  }

 private:
  const MemoryStore& store_;
  const MemoryStore::Sequence at_;
};

MemoryStore::~MemoryStore() { PAWL_ASSERT(pins_.empty()); }

const std::string* MemoryStore::visible(const Versions& versions, Sequence at) {
  for (auto version = versions.list.rbegin(); version != versions.list.rend(); ++version)
    if (version->sequence <= at) return version->value ? &*version->value : nullptr;
  return nullptr;
}

std::optional<std::string> MemoryStore::value_at(Keyspace keyspace, std::string_view key,
                                                 Sequence at) const {
  const auto entry = map_.find(StoredKey(keyspace, key).view());
  const std::string* value = entry == map_.end() ? nullptr : visible(entry->second, at);
  return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
}

Result<std::optional<std::string>> MemoryStore::get(Keyspace keyspace, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  return value_at(keyspace, key, sequence_);
}

Result<std::vector<std::optional<std::string>>> MemoryStore::multi_get(
    Keyspace keyspace, std::span<const std::string_view> keys) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::optional<std::string>> values;
  for (const std::string_view key : keys) values.push_back(value_at(keyspace, key, sequence_));
  return values;
}

std::unique_ptr<Cursor> MemoryStore::cursor(Keyspace keyspace, const Range& range) const {
  return std::make_unique<MemoryCursor>(*this, keyspace, range, pin());
}

std::unique_ptr<Snapshot> MemoryStore::snapshot() const {
  return std::make_unique<MemorySnapshot>(*this);
}

MemoryStore::Sequence MemoryStore::pin() const {
  const std::scoped_lock lock(mutex_);
  pins_.insert(sequence_);
  return sequence_;
}

void MemoryStore::pin_again(Sequence at) const {
  const std::scoped_lock lock(mutex_);
  pins_.insert(at);
}

void MemoryStore::unpin(Sequence at) const {
  const std::scoped_lock lock(mutex_);
  pins_.erase(pins_.find(at));
  settle_crowded();
}

Result<Keyspace> MemoryStore::keyspace(std::string_view name, Shape shape) {
  const std::scoped_lock lock(mutex_);
  const auto id = static_cast<uint32_t>(keyspaces_.size() + 1);
  const auto [known, is_new] = keyspaces_.emplace(name, Keyspace{id, shape});
  if (known->second.shape != shape)
    return Error(ErrorKind::TypeMismatch,
                 "store: keyspace " + std::string(name) + " exists with another shape");
  return known->second;
}

Result<void> MemoryStore::commit(const Batch& batch, Sync sync) {
  PAWL_TRY_VOID(batch.check_limits());
  const std::scoped_lock lock(mutex_);
  ++sequence_;
  batch.for_each([this](const Batch::Operation& operation) {
    switch (operation.kind) {
      case Batch::Kind::Put: write(place_of(operation.key), std::string(operation.value)); break;
      case Batch::Kind::Erase:
        if (const auto entry = map_.find(operation.key); entry != map_.end())
          write(entry, std::nullopt);
        break;
      case Batch::Kind::EraseRange: erase_range(operation.key, operation.value); break;
    }
  });
  ++statistics_.commits;
  if (sync == Sync::Yes) {
    ++statistics_.synced_commits;
    synced_ = sequence_;
    settle_crowded();
  }
  return {};
}

MemoryStore::Map::iterator MemoryStore::place_of(std::string_view key) {
  const auto entry = map_.lower_bound(key);
  if (entry != map_.end() && entry->first == key) return entry;
  return map_.emplace_hint(entry, key, Versions());
}

void MemoryStore::erase_range(std::string_view begin, std::string_view end) {
  auto entry = map_.lower_bound(begin);
  while (entry != map_.end() && entry->first < end) {
    const auto erased = entry++;  // writing a tombstone may take the entry out of the map
    write(erased, std::nullopt);
  }
}

/// Adds a version of this commit, `value` or a tombstone.
void MemoryStore::write(Map::iterator entry, std::optional<std::string> value) const {
  std::vector<Version>& list = entry->second.list;
  if (list.empty()) bytes_ += entry->first.size();
  if (value) bytes_ += value->size();
  if (!list.empty() && list.back().sequence == sequence_) {
    if (list.back().value) bytes_ -= list.back().value->size();
    list.back().value = std::move(value);
  } else {
    list.push_back({sequence_, std::move(value)});
  }
  settle(entry);
}

/// Whether somebody may read a version written at `since` and replaced at `until`.
bool MemoryStore::is_needed(Sequence since, Sequence until) const {
  if (options_.can_lose_power && until > synced_) return true;
  const auto seen = pins_.lower_bound(since);
  return seen != pins_.end() && *seen < until;
}

MemoryStore::Sequence MemoryStore::oldest_needed() const {
  const Sequence durable = options_.can_lose_power ? synced_ : sequence_;
  return pins_.empty() ? durable : std::min(durable, *pins_.begin());
}

/// Drops the versions of a key that nobody needs; the key too, if a tombstone is all there is.
void MemoryStore::settle(Map::iterator entry) const {
  Versions& versions = entry->second;
  std::vector<Version>& list = versions.list;
  const bool was_empty = list.empty();
  size_t kept = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    const bool is_newest = i + 1 == list.size();
    const bool hides_nothing = kept == 0 && !list[i].value;
    if (!hides_nothing && (is_newest || is_needed(list[i].sequence, list[i + 1].sequence))) {
      if (kept != i) list[kept] = std::move(list[i]);
      ++kept;
    } else if (list[i].value) {
      bytes_ -= list[i].value->size();
    }
  }
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(kept), list.end());
  if (list.empty() && !was_empty) bytes_ -= entry->first.size();
  if (list.size() > 1 && !versions.is_crowded) {
    versions.is_crowded = true;
    crowded_.push_back(entry);
  } else if (list.empty() && !versions.is_crowded) {
    map_.erase(entry);
  }
}

/// Only when what is needed has moved on, so a long snapshot does not make every commit walk all.
void MemoryStore::settle_crowded() const {
  const Sequence oldest = oldest_needed();
  if (oldest == settled_at_ || crowded_.empty()) return;
  settled_at_ = oldest;
  std::vector<Map::iterator> entries;
  entries.swap(crowded_);
  for (const Map::iterator entry : entries) {
    entry->second.is_crowded = false;
    settle(entry);
  }
}

Result<void> MemoryStore::backup(const std::string&) {
  return Error(ErrorKind::Unsupported, "store: one in memory has no files to back up");
}

Statistics MemoryStore::statistics() const {
  const std::shared_lock lock(mutex_);
  Statistics statistics = statistics_;
  statistics.memtable_bytes = bytes_;
  return statistics;
}

size_t MemoryStore::unsynced_commits() const {
  const std::shared_lock lock(mutex_);
  return sequence_ - synced_;
}

void MemoryStore::power_loss(size_t survivors) {
  const std::scoped_lock lock(mutex_);
  PAWL_ASSERT(options_.can_lose_power && pins_.empty());
  sequence_ = std::min<Sequence>(sequence_, synced_ + survivors);
  for (auto entry = map_.begin(); entry != map_.end();) {
    std::vector<Version>& list = entry->second.list;
    while (!list.empty() && list.back().sequence > sequence_) {
      if (list.back().value) bytes_ -= list.back().value->size();
      list.pop_back();
    }
    if (list.empty()) bytes_ -= entry->first.size();
    entry = list.empty() ? map_.erase(entry) : std::next(entry);
  }
  synced_ = sequence_;  // what survived is on the disk now
  crowded_.clear();
  for (auto entry = map_.begin(); entry != map_.end();) {
    const auto settled = entry++;
    settled->second.is_crowded = false;
    settle(settled);
  }
}

}  // namespace pawl::store
