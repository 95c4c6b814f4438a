// SPDX-License-Identifier: Apache-2.0
#include "store/sync_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "store/memory/memory_store.h"

namespace pawl::store {
namespace {

/// Counts the syncs and holds the first one until it is let go.
class SlowDisk final : public Store {
 public:
  base::Result<Keyspace> keyspace(std::string_view name, Shape shape) override {
    return store_.keyspace(name, shape);
  }
  base::Result<void> commit(const Batch& batch, Sync sync) override {
    if (sync == Sync::Yes && syncs++ == 0) {
      began.set_value();
      go_on.get_future().wait();
    }
    if (fails) return base::Error(base::ErrorKind::Io, "no space left on device");
    return store_.commit(batch, sync);
  }
  std::unique_ptr<Snapshot> snapshot() const override { return store_.snapshot(); }
  base::Result<void> check() const override { return store_.check(); }
  base::Result<void> backup(const std::string& to) override { return store_.backup(to); }
  Statistics statistics() const override { return store_.statistics(); }
  base::Result<std::optional<std::string>> get(Keyspace keyspace,
                                               std::string_view key) const override {
    return store_.get(keyspace, key);
  }
  base::Result<std::vector<std::optional<std::string>>> multi_get(
      Keyspace keyspace, std::span<const std::string_view> keys) const override {
    return store_.multi_get(keyspace, keys);
  }
  std::unique_ptr<Cursor> cursor(Keyspace keyspace, const Range& range) const override {
    return store_.cursor(keyspace, range);
  }

  std::atomic<int> syncs = 0;
  std::promise<void> began;
  std::promise<void> go_on;
  std::atomic<bool> fails = false;

 private:
  MemoryStore store_;
};

TEST(SyncQueue, WhoComesDuringASyncSharesTheNext) {
  SlowDisk disk;
  int called = 0;
  {
    SyncQueue queue(disk, {});
    queue.after_sync([&] { ++called; });
    disk.began.get_future().wait();
    for (int i = 0; i < 100; ++i) {
      queue.after_sync([&, i] {
        EXPECT_EQ(called, i + 1) << "in order";
        ++called;
      });
    }
    disk.go_on.set_value();
  }
  EXPECT_EQ(called, 101);
  EXPECT_EQ(disk.syncs, 2);
}

TEST(SyncQueue, NothingLeavesAfterAFailedSync) {
  SlowDisk disk;
  disk.fails = true;
  std::promise<std::string> failure;
  bool called = false;
  {
    SyncQueue queue(disk, [&](const base::Error& error) { failure.set_value(error.message); });
    queue.after_sync([&] { called = true; });
    disk.go_on.set_value();
    EXPECT_EQ(failure.get_future().get(), "no space left on device");
    queue.after_sync([&] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace pawl::store
