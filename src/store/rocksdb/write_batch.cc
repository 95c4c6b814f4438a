// SPDX-License-Identifier: Apache-2.0
// A Batch as RocksDB's WriteBatch.
#include "store/rocksdb/write_batch.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace pawl::store {
namespace {

namespace rdb = ::rocksdb;

/// Up to so many keys, single tombstones are cheaper than one for the range.
constexpr size_t kKeysErasedSingly = 128;
/// Dead keys met while looking; a range full of them is left to a range tombstone.
constexpr uint64_t kDeadKeysSkipped = 1'024;
/// Operations of the same batch that are looked through for puts into the range.
constexpr size_t kOperationsCompared = 8'192;

bool is_in_range(std::string_view key, const Batch::Operation& range) {
  return key >= range.key && key < range.value;
}

class Translation {
 public:
  Translation(rdb::DB& db, const Families& families, rdb::WriteBatch& writes,
              RangeTombstones& tombstones)
      : db_(db), families_(families), writes_(writes), tombstones_(tombstones) {}

  rdb::Status add(const Batch::Operation& operation) {
    const auto shape = static_cast<size_t>(operation.shape);
    switch (operation.kind) {
      case Batch::Kind::Put:
        puts_.push_back(operation.key);
        return writes_.Put(families_[shape], operation.key, operation.value);
      case Batch::Kind::Erase: return writes_.Delete(families_[shape], operation.key);
      case Batch::Kind::EraseRange: break;
    }
    if (!has_put_in(operation) && few_keys_in(operation, families_[shape])) {
      for (const std::string& key : keys_)
        if (rdb::Status status = writes_.Delete(families_[shape], key); !status.ok()) return status;
      return {};
    }
    ++tombstones_[shape];
    return writes_.DeleteRange(families_[shape], operation.key, operation.value);
  }

 private:
  /// Puts of this batch are not in the database yet, so looking there does not find them.
  bool has_put_in(const Batch::Operation& range) const {
    return puts_.size() > kOperationsCompared ||
           std::any_of(puts_.begin(), puts_.end(),
                       [&](std::string_view key) { return is_in_range(key, range); });
  }

  /// Whether the range has at most kKeysErasedSingly keys; they are in keys_ then.
  bool few_keys_in(const Batch::Operation& range, rdb::ColumnFamilyHandle* family) {
    keys_.clear();
    const rdb::Slice begin(range.key), end(range.value);
    rdb::ReadOptions options;
    options.iterate_lower_bound = &begin;
    options.iterate_upper_bound = &end;
    options.max_skippable_internal_keys = kDeadKeysSkipped;
    const std::unique_ptr<rdb::Iterator> found(db_.NewIterator(options, family));
    for (found->SeekToFirst(); found->Valid(); found->Next()) {
      if (keys_.size() == kKeysErasedSingly) return false;
      keys_.push_back(found->key().ToString());
    }
    // Too many dead keys, or damage: a range tombstone needs to read nothing.
    return found->status().ok();
  }

  rdb::DB& db_;
  const Families& families_;
  rdb::WriteBatch& writes_;
  RangeTombstones& tombstones_;
  std::vector<std::string_view> puts_;
  std::vector<std::string> keys_;
};

}  // namespace

rdb::Status translate(const Batch& batch, rdb::DB& db, const Families& families,
                      rdb::WriteBatch& writes, RangeTombstones& tombstones) {
  std::vector<Batch::Operation> operations;
  operations.reserve(batch.size());
  bool has_ranges = false;
  batch.for_each([&](const Batch::Operation& operation) {
    operations.push_back(operation);
    has_ranges = has_ranges || operation.kind == Batch::Kind::EraseRange;
  });
  // A memtable remembers where it has inserted last: keys in order mostly need no search, which was
  // a fifth of what an execution computes. Operations on one key keep their order.
  if (!has_ranges) {
    std::stable_sort(operations.begin(), operations.end(),
                     [](const Batch::Operation& a, const Batch::Operation& b) {
                       return a.shape != b.shape ? a.shape < b.shape : a.key < b.key;
                     });
  }
  Translation translation(db, families, writes, tombstones);
  rdb::Status status;
  for (const Batch::Operation& operation : operations) {
    if (status.ok()) status = translation.add(operation);
  }
  return status;
}

}  // namespace pawl::store
