// SPDX-License-Identifier: Apache-2.0
// Store: ordered keys and values that survive, as everything above sees it. Implementations:
// store/rocksdb (files), store/memory (EXPRESS, tests, simulation), store/faulting (a decorator
// that fails on purpose).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/batch.h"
#include "store/keyspace.h"
#include "store/statistics.h"

namespace pawl::store {

/// Whether a commit returns only when its batch would survive a power failure. Without it the batch
/// survives the death of the process, and a power failure loses at most the newest such batches: no
/// batch survives that followed a lost one.
enum class Sync { No, Yes };

/// A place in a range of keys, over the state of the moment it was made. Each move answers whether
/// there is a key to stand on. `key` and `value` may be called only then and live until the next
/// move. One thread; must end before its Store and Snapshot.
///
///     for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next()))
///
/// Errors: Io naming the file when stored bytes are damaged or unreadable.
class Cursor {
 public:
  virtual ~Cursor() = default;

  virtual base::Result<bool> first() = 0;
  virtual base::Result<bool> last() = 0;
  /// To the first key of the range that is not less than `key`.
  virtual base::Result<bool> seek(std::string_view key) = 0;
  /// To the last key of the range that is less than `key`.
  virtual base::Result<bool> seek_before(std::string_view key) = 0;
  /// next and prev demand that the cursor stands on a key.
  virtual base::Result<bool> next() = 0;
  virtual base::Result<bool> prev() = 0;

  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

/// What can be read: a Store, as of each call, or a Snapshot, as of one moment. Thread-safe.
/// Errors: Io naming the file when stored bytes are damaged or unreadable.
class Reader {
 public:
  virtual ~Reader() = default;

  /// The value, or nullopt if the key is not there.
  virtual base::Result<std::optional<std::string>> get(Keyspace keyspace,
                                                       std::string_view key) const = 0;
  /// The same for many keys of one moment, in their order; cheaper than one by one.
  virtual base::Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const = 0;
  /// Stands on no key yet. Give the narrowest range: it also ends the walk over tombstones.
  virtual std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const = 0;
};

/// The state of one moment. Keeps what it sees from being cleared away, so let it go soon. Must end
/// before its Store.
using Snapshot = Reader;

/// Thread-safe. A failed commit is final: whether the log holds the batch is not known, so the
/// store stays readable but answers every later commit with that first error, until it is opened
/// anew. An unacknowledged batch may be there after that, whole; never a part of one.
class Store : public Reader {
 public:
  /// The keyspace of that name; made on first use, its shape kept. Names are for good:
  /// "states/executions". At most kKeyBytesMax bytes.
  /// Errors: TypeMismatch if it exists with another shape.
  virtual base::Result<Keyspace> keyspace(std::string_view name, Shape shape) = 0;

  /// Makes the batch visible and, with Sync::Yes, durable together with every batch before it.
  /// Threads that commit at the same time share one write and one sync. May wait when flushes
  /// cannot follow. An empty batch with Sync::Yes makes durable what is there.
  /// Errors: LimitExceeded (nothing happened); Io (final).
  virtual base::Result<void> commit(const Batch& batch, Sync sync) = 0;

  virtual std::unique_ptr<Snapshot> snapshot() const = 0;

  /// Reads everything stored and verifies all checksums; runs beside commits.
  /// Errors: Io naming the first damaged file.
  virtual base::Result<void> check() const = 0;

  /// Writes a copy of this moment to the folder `to`, which must not exist; the copy can be opened
  /// as a store. Runs beside commits.
  /// Errors: Io; Unsupported if the store has no files.
  virtual base::Result<void> backup(const std::string& to) = 0;

  virtual Statistics statistics() const = 0;
};

}  // namespace pawl::store
