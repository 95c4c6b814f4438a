// SPDX-License-Identifier: Apache-2.0
// Batch: changes that are committed together or not at all, over all keyspaces. Knows no database:
// an implementation reads the list of operations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/keyspace.h"

namespace pawl::store {

/// A key as stored: the keyspace's id, four bytes big-endian, then the caller's key.
class StoredKey {
 public:
  static constexpr size_t kPrefixBytes = 4;

  StoredKey(Keyspace keyspace, std::string_view key);
  /// The first stored key behind all keys of `keyspace`.
  static StoredKey after(Keyspace keyspace);

  std::string_view view() const { return bytes_; }
  /// The caller's part of a stored key.
  static std::string_view strip(std::string_view stored) { return stored.substr(kPrefixBytes); }

 private:
  std::string bytes_;
};

/// A range as stored: both bounds are there, inside the keyspace.
struct StoredRange {
  StoredRange(Keyspace keyspace, const Range& range);
  bool is_empty() const { return begin.view() >= end.view(); }

  StoredKey begin;
  StoredKey end;
};

/// Operations apply in their order: a put after an erase_range over its key stays. Owns copies of
/// all bytes, in one block; `clear` keeps the memory, so one Batch a partition is reused without
/// allocation. One thread.
class Batch {
 public:
  enum class Kind : uint8_t { Put, Erase, EraseRange };

  struct Operation {
    Kind kind;
    Shape shape;
    std::string_view key;    ///< stored key; EraseRange: the first one erased
    std::string_view value;  ///< Put: the value; EraseRange: the stored key behind the last
  };

  void put(Keyspace keyspace, std::string_view key, std::string_view value);
  /// A key that is not there is no error.
  void erase(Keyspace keyspace, std::string_view key);
  /// All keys of the range, at the price of one operation when they are many, of reading and
  /// erasing them when they are few. Keys that another thread puts into the range while this is
  /// being committed may stay.
  void erase_range(Keyspace keyspace, const Range& range);
  /// Adds the operations of `other` behind these.
  void append(const Batch& other);
  void clear();

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  /// Keys and values together.
  size_t bytes() const { return bytes_.size(); }
  /// LimitExceeded if a key, a value or the whole is beyond the bounds in store/keyspace.h. A
  /// commit checks this first.
  base::Result<void> check_limits() const;

  /// Calls `visit(const Operation&)` for each operation in order.
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const Entry& entry : entries_) visit(operation(entry));
  }

 private:
  struct Entry {
    Kind kind;
    Shape shape;
    size_t offset;
    size_t key_bytes;
    size_t value_bytes;
  };

  Operation operation(const Entry& entry) const;
  void add(Kind kind, Keyspace keyspace, std::string_view key, std::string_view value);

  std::string bytes_;
  std::vector<Entry> entries_;
  size_t key_bytes_longest_ = 0;
  size_t value_bytes_longest_ = 0;
};

}  // namespace pawl::store
