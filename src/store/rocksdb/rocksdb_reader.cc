// SPDX-License-Identifier: Apache-2.0
// Reading RocksDB: get, multi_get, cursors, snapshots.
#include "store/rocksdb/rocksdb_reader.h"

#include <utility>

#include "base/assert.h"
#include "store/rocksdb/status.h"

namespace pawl::store {
namespace {

namespace rdb = ::rocksdb;

rdb::ColumnFamilyHandle* family_of(const Families& families, Keyspace keyspace) {
  return families[static_cast<size_t>(keyspace.shape)];
}

rdb::ReadOptions read_options(const rdb::Snapshot* snapshot) {
  rdb::ReadOptions options;
  options.snapshot = snapshot;
  return options;
}

class RocksDbCursor final : public Cursor {
 public:
  RocksDbCursor(rdb::DB& db, rdb::ColumnFamilyHandle* family, const rdb::Snapshot* snapshot,
                Keyspace keyspace, const Range& range)
      : keyspace_(keyspace), range_(keyspace, range) {
    // The bounds are what keeps a scan short: without the upper one, a walk past the last live key
    // goes on over the tombstones of the next bucket until it meets a key.
    lower_ = range_.begin.view();
    upper_ = range_.end.view();
    rdb::ReadOptions options = read_options(snapshot);
    options.iterate_lower_bound = &lower_;
    options.iterate_upper_bound = &upper_;
    iterator_.reset(db.NewIterator(options, family));
  }

  base::Result<bool> first() override {
    iterator_->SeekToFirst();
    return standing();
  }
  base::Result<bool> last() override {
    iterator_->SeekToLast();
    return standing();
  }
  base::Result<bool> seek(std::string_view key) override {
    iterator_->Seek(StoredKey(keyspace_, key).view());
    return standing();
  }
  base::Result<bool> seek_before(std::string_view key) override {
    const StoredKey stored(keyspace_, key);
    iterator_->SeekForPrev(stored.view());
    if (iterator_->Valid() && iterator_->key() == rdb::Slice(stored.view())) iterator_->Prev();
    return standing();
  }
  base::Result<bool> next() override {
    PAWL_ASSERT(iterator_->Valid());
    iterator_->Next();
    return standing();
  }
  base::Result<bool> prev() override {
    PAWL_ASSERT(iterator_->Valid());
    iterator_->Prev();
    return standing();
  }

  std::string_view key() const override {
    PAWL_ASSERT(iterator_->Valid());
    return StoredKey::strip(iterator_->key().ToStringView());
  }
  std::string_view value() const override {
    PAWL_ASSERT(iterator_->Valid());
    return iterator_->value().ToStringView();
  }

 private:
  base::Result<bool> standing() const {
    if (iterator_->Valid()) return true;
    if (const rdb::Status status = iterator_->status(); !status.ok())
      return status_error("reading", status);
    return false;
  }

  const Keyspace keyspace_;
  const StoredRange range_;
  rdb::Slice lower_;
  rdb::Slice upper_;
  std::unique_ptr<rdb::Iterator> iterator_;
};

class RocksDbSnapshot final : public Snapshot {
 public:
  RocksDbSnapshot(rdb::DB& db, const Families& families)
      : db_(db), families_(families), snapshot_(db.GetSnapshot()) {}
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }

  base::Result<std::optional<std::string>> get(Keyspace keyspace,
                                               std::string_view key) const override {
    return read_value(db_, families_, snapshot_, keyspace, key);
  }
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override {
    return read_values(db_, families_, snapshot_, keyspace, keys);
  }
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override {
    return make_cursor(db_, families_, snapshot_, keyspace, range);
  }

 private:
  rdb::DB& db_;
  const Families& families_;
  const rdb::Snapshot* const snapshot_;
};

}  // namespace

base::Result<std::optional<std::string>> read_value(rdb::DB& db, const Families& families,
                                                    const rdb::Snapshot* snapshot,
                                                    Keyspace keyspace, std::string_view key) {
  std::string value;
  const rdb::Status status = db.Get(read_options(snapshot), family_of(families, keyspace),
                                    StoredKey(keyspace, key).view(), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return status_error("reading", status);
  return std::optional<std::string>(std::move(value));
}

base::Result<std::vector<std::optional<std::string>>> read_values(
    rdb::DB& db, const Families& families, const rdb::Snapshot* snapshot, Keyspace keyspace,
    std::span<const std::string_view> keys) {
  std::vector<StoredKey> stored;
  std::vector<rdb::Slice> slices;
  stored.reserve(keys.size());
  slices.reserve(keys.size());
  for (const std::string_view key : keys)
    slices.emplace_back(stored.emplace_back(keyspace, key).view());

  std::vector<rdb::PinnableSlice> values(keys.size());
  std::vector<rdb::Status> statuses(keys.size());
  db.MultiGet(read_options(snapshot), family_of(families, keyspace), keys.size(), slices.data(),
              values.data(), statuses.data());

  std::vector<std::optional<std::string>> found(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return status_error("reading", statuses[i]);
    found[i].emplace(values[i].data(), values[i].size());
  }
  return found;
}

std::unique_ptr<Cursor> make_cursor(rdb::DB& db, const Families& families,
                                    const rdb::Snapshot* snapshot, Keyspace keyspace,
                                    const Range& range) {
  return std::make_unique<RocksDbCursor>(db, family_of(families, keyspace), snapshot, keyspace,
                                         range);
}

std::unique_ptr<Snapshot> make_snapshot(rdb::DB& db, const Families& families) {
  return std::make_unique<RocksDbSnapshot>(db, families);
}

}  // namespace pawl::store
