// SPDX-License-Identifier: Apache-2.0
// Failures on purpose, and what the store in memory makes of a power failure.
#include "store/faulting/faulting_store.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/memory/memory_store.h"

namespace pawl::store {
namespace {

std::string all(const Reader& reader, Keyspace keyspace) {
  std::string text;
  const auto cursor = reader.cursor(keyspace, Range::all());
  for (bool more = cursor->first().value(); more; more = cursor->next().value())
    text += std::string(cursor->key()) + "=" + std::string(cursor->value()) + " ";
  return text;
}

base::Result<void> put(Store& store, Keyspace keyspace, std::string_view key,
                       std::string_view value, Sync sync) {
  Batch batch;
  batch.put(keyspace, key, value);
  return store.commit(batch, sync);
}

TEST(MemoryStore, PowerLossTakesWhatFollowsTheLastSync) {
  MemoryStore store({.can_lose_power = true});
  const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
  ASSERT_TRUE(put(store, keyspace, "a", "1", Sync::No));
  ASSERT_TRUE(put(store, keyspace, "b", "1", Sync::Yes));  // and with it, a
  ASSERT_TRUE(put(store, keyspace, "a", "2", Sync::No));
  Batch erase;
  erase.erase_range(keyspace, Range::all());
  ASSERT_TRUE(store.commit(erase, Sync::No));
  ASSERT_TRUE(put(store, keyspace, "c", "1", Sync::No));
  EXPECT_EQ(all(store, keyspace), "c=1 ");
  EXPECT_EQ(store.unsynced_commits(), 3u);
  store.power_loss();
  EXPECT_EQ(all(store, keyspace), "a=1 b=1 ");
  EXPECT_EQ(store.unsynced_commits(), 0u);
  store.power_loss();
  EXPECT_EQ(all(store, keyspace), "a=1 b=1 ");
}

TEST(MemoryStore, SomeUnsyncedCommitsMaySurvive) {
  MemoryStore store({.can_lose_power = true});
  const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
  for (const char* value : {"1", "2", "3"}) ASSERT_TRUE(put(store, keyspace, "a", value, Sync::No));
  store.power_loss(2);
  EXPECT_EQ(all(store, keyspace), "a=2 ");
  store.power_loss(5);
  EXPECT_EQ(all(store, keyspace), "a=2 ") << "what survived once is on the disk";
}

TEST(MemoryStore, GivesMemoryBack) {
  MemoryStore store;
  const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
  for (int round = 0; round < 100; ++round) {
    const auto snapshot = store.snapshot();
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(put(store, keyspace, std::to_string(i), std::string(1'000, 'v'), Sync::No));
  }
  EXPECT_LT(store.statistics().memtable_bytes, 11'000u) << "one version of each is left";
  Batch erase;
  erase.erase_range(keyspace, Range::all());
  ASSERT_TRUE(store.commit(erase, Sync::No));
  EXPECT_EQ(store.statistics().memtable_bytes, 0u);
}

TEST(MemoryStore, HasNoBackup) {
  EXPECT_EQ(MemoryStore().backup("anywhere").error().kind, base::ErrorKind::Unsupported);
}

class AFaultingStore : public testing::Test {
 protected:
  base::Result<void> write(std::string_view key, Sync sync) {
    return put(store_, keyspace_, key, "1", sync);
  }

  FaultingStore store_{FaultPlan{.seed = 7}};
  Keyspace keyspace_ = store_.keyspace("test", Shape::Records).value();
};

TEST_F(AFaultingStore, FailedSyncIsFinalUntilOpenedAnew) {
  ASSERT_TRUE(write("a", Sync::Yes));
  store_.fail_next_sync();
  ASSERT_TRUE(write("b", Sync::No)) << "no sync, nothing to fail";
  const auto failed = write("c", Sync::Yes);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, base::ErrorKind::Io);
  EXPECT_EQ(write("d", Sync::No).error().message, failed.error().message);
  EXPECT_TRUE(store_.statistics().failed);
  EXPECT_EQ(all(store_, keyspace_), "a=1 b=1 ");
  store_.process_crash();
  EXPECT_TRUE(all(store_, keyspace_).starts_with("a=1 b=1 "));
  EXPECT_TRUE(write("d", Sync::Yes));
}

TEST_F(AFaultingStore, FullDiskFailsUntilThereIsRoom) {
  store_.fill_disk();
  EXPECT_FALSE(write("a", Sync::No));
  store_.make_room();
  EXPECT_FALSE(write("a", Sync::No)) << "the store has failed";
  store_.power_loss();
  EXPECT_TRUE(write("a", Sync::No));
}

TEST(FaultPlan, DiskFillsUp) {
  FaultingStore store({.disk_bytes_max = 100});
  const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
  ASSERT_TRUE(put(store, keyspace, "a", std::string(60, 'v'), Sync::No));
  EXPECT_FALSE(put(store, keyspace, "b", std::string(60, 'v'), Sync::No));
}

/// Numbered commits under random failures: after each restart the store holds a prefix of them with
/// all that was acknowledged as synced, at most one unacknowledged one behind.
TEST(FaultPlan, WhatWasAcknowledgedSurvives) {
  const bool holds = rc::check("acknowledged is durable, survivors are a prefix", [] {
    FaultingStore store({.seed = *rc::gen::arbitrary<uint64_t>(),
                         .sync_failure_chance = 0.05,
                         .disk_full_chance = 0.02});
    const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
    uint64_t written = 0, durable = 0;
    for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20))) {
      if (step > 1) {
        const Sync sync = step % 3 == 0 ? Sync::Yes : Sync::No;
        const bool done =
            put(store, keyspace, KeyBuilder().u64(written + 1).view(), "", sync).has_value();
        if (done) ++written;
        if (done && sync == Sync::Yes) durable = written;
        continue;
      }
      const uint64_t acknowledged = written;
      step == 0 ? store.power_loss() : store.process_crash();
      uint64_t found = 0;
      const auto cursor = store.cursor(keyspace, Range::all());
      for (bool more = cursor->first().value(); more; more = cursor->next().value())
        RC_ASSERT(KeyReader(cursor->key()).u64() == ++found);
      RC_ASSERT(found >= (step == 0 ? durable : acknowledged));
      RC_ASSERT(found <= acknowledged + 1);
      written = found;
      if (step == 0) durable = found;
    }
  });
  EXPECT_TRUE(holds);
}

TEST(FaultPlan, SameSeedSameFailures) {
  const auto run = [](uint64_t seed) {
    FaultingStore store({.seed = seed, .sync_failure_chance = 0.3});
    const Keyspace keyspace = store.keyspace("test", Shape::Records).value();
    std::string outcome;
    for (int i = 0; i < 50; ++i) {
      const bool done = put(store, keyspace, std::to_string(i), "", Sync::Yes).has_value();
      outcome += done ? '+' : '-';
      if (!done) store.power_loss();
    }
    return outcome + all(store, keyspace);
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace pawl::store
