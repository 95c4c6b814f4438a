// SPDX-License-Identifier: Apache-2.0
// What every Store does, run against each implementation.
#include "store/store.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/faulting/faulting_store.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::store {
namespace {

using namespace std::string_literals;

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Store>(const TemporaryFolder&)> open;
};

const std::vector<Implementation>& implementations() {
  static const std::vector<Implementation> all = {
      {"RocksDb",
       [](const TemporaryFolder& folder) {
         return open_rocksdb_store(folder.at("store")).value();
       }},
      {"Memory", [](const TemporaryFolder&) { return std::make_unique<MemoryStore>(); }},
      {"Faulting",
       [](const TemporaryFolder&) { return std::make_unique<FaultingStore>(FaultPlan{}); }},
  };
  return all;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

Entries forward(Cursor& cursor) {
  Entries entries;
  for (bool more = cursor.first().value(); more; more = cursor.next().value())
    entries.emplace_back(cursor.key(), cursor.value());
  return entries;
}

Entries backward(Cursor& cursor) {
  Entries entries;
  for (bool more = cursor.last().value(); more; more = cursor.prev().value())
    entries.emplace_back(cursor.key(), cursor.value());
  return entries;
}

class AnyStore : public testing::TestWithParam<Implementation> {
 protected:
  void put(std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(records_, key, value);
    ASSERT_TRUE(store_->commit(batch, Sync::No));
  }
  void commit(const Batch& batch) { ASSERT_TRUE(store_->commit(batch, Sync::No)); }
  std::optional<std::string> get(std::string_view key) const {
    return store_->get(records_, key).value();
  }
  Entries all() const { return forward(*store_->cursor(records_, Range::all())); }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = GetParam().open(folder_);
  Keyspace records_ = store_->keyspace("test/records", Shape::Records).value();
  Keyspace queue_ = store_->keyspace("test/queue", Shape::Queue).value();
  Keyspace blobs_ = store_->keyspace("test/blobs", Shape::Blobs).value();
};

INSTANTIATE_TEST_SUITE_P(Each, AnyStore, testing::ValuesIn(implementations()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(AnyStore, GetsWhatWasPut) {
  put("a", "1");
  put("", "empty key");
  put("b\0c"s, ""s);
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get(""), "empty key");
  EXPECT_EQ(get("b\0c"s), "");
  EXPECT_EQ(get("b"), std::nullopt);
  put("a", "2");
  EXPECT_EQ(get("a"), "2");
}

TEST_P(AnyStore, KeyspacesDoNotSeeEachOther) {
  Batch batch;
  for (const Keyspace keyspace : {records_, queue_, blobs_})
    batch.put(keyspace, "k", std::to_string(keyspace.id));
  commit(batch);
  const Keyspace neighbour = store_->keyspace("test/neighbour", Shape::Records).value();
  EXPECT_EQ(store_->get(neighbour, "k").value(), std::nullopt);
  EXPECT_EQ(store_->get(queue_, "k").value(), std::to_string(queue_.id));
  EXPECT_EQ(all(), (Entries{{"k", std::to_string(records_.id)}}));

  Batch erase_all;
  erase_all.erase_range(records_, Range::all());
  commit(erase_all);
  EXPECT_EQ(get("k"), std::nullopt);
  EXPECT_EQ(store_->get(blobs_, "k").value(), std::to_string(blobs_.id));
}

TEST_P(AnyStore, KeyspaceOfANameIsTheSameAndKeepsItsShape) {
  EXPECT_EQ(store_->keyspace("test/records", Shape::Records).value().id, records_.id);
  const auto other = store_->keyspace("test/records", Shape::Queue);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, base::ErrorKind::TypeMismatch);
  EXPECT_NE(other.error().message.find("test/records"), std::string::npos);
}

TEST_P(AnyStore, OperationsOfABatchApplyInOrder) {
  put("b", "old");
  Batch batch;
  batch.put(records_, "a", "1");
  batch.put(records_, "c", "1");
  batch.erase_range(records_, {"a", "c"});
  batch.put(records_, "b", "new");
  batch.put(records_, "d", "1");
  batch.erase(records_, "d");
  batch.put(records_, "d", "2");
  batch.erase(records_, "never there");
  commit(batch);
  EXPECT_EQ(all(), (Entries{{"b", "new"}, {"c", "1"}, {"d", "2"}}));
}

TEST_P(AnyStore, EraseRangeTakesBeginLeavesEnd) {
  for (const char* key : {"a", "b", "b1", "c"}) put(key, "v");
  Batch batch;
  batch.erase_range(records_, {"b", "c"});
  batch.erase_range(records_, {"z", "y"});  // nothing lies in there
  commit(batch);
  EXPECT_EQ(all(), (Entries{{"a", "v"}, {"c", "v"}}));
}

TEST_P(AnyStore, EraseRangeTakesManyKeysToo) {
  Batch batch;
  for (uint64_t i = 0; i < 1'000; ++i) batch.put(records_, KeyBuilder().u64(i).view(), "v");
  commit(batch);
  const auto snapshot = store_->snapshot();
  batch.clear();
  batch.put(records_, KeyBuilder().u64(10).raw("new").view(), "erased before it is there");
  batch.erase_range(records_, {KeyBuilder().u64(0).take(), KeyBuilder().u64(20).take()});
  batch.erase_range(records_, {KeyBuilder().u64(100).take(), KeyBuilder().u64(1'000).take()});
  batch.put(records_, KeyBuilder().u64(500).view(), "kept");
  commit(batch);
  const Entries entries = all();
  ASSERT_EQ(entries.size(), 81u);
  EXPECT_EQ(entries.front().first, KeyBuilder().u64(20).view());
  EXPECT_EQ(entries.back().second, "kept");
  EXPECT_EQ(forward(*snapshot->cursor(records_, Range::all())).size(), 1'000u);
}

TEST_P(AnyStore, ManyErasedRangesStayErased) {
  constexpr uint64_t kBuckets = 600, kKeys = 130;  // more than are erased singly
  Batch batch;
  for (uint64_t bucket = 0; bucket < kBuckets; ++bucket) {
    for (uint64_t i = 0; i < kKeys; ++i)
      batch.put(queue_, KeyBuilder().u64(bucket).u64(i).view(), "v");
    commit(batch);
    batch.clear();
    const auto cursor = store_->cursor(queue_, Range::all());
    ASSERT_EQ(forward(*cursor).size(), kKeys);
    batch.erase_range(queue_, Range::prefix(KeyBuilder().u64(bucket).view()));
    commit(batch);
    batch.clear();
  }
  EXPECT_FALSE(store_->cursor(queue_, Range::all())->first().value());
}

TEST_P(AnyStore, AppendedBatchFollows) {
  Batch first, second;
  first.put(records_, "k", "first");
  second.erase(records_, "k");
  second.put(queue_, "k", "second");
  first.append(second);
  commit(first);
  EXPECT_EQ(get("k"), std::nullopt);
  EXPECT_EQ(store_->get(queue_, "k").value(), "second");
  first.clear();
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(first.bytes(), 0u);
}

TEST_P(AnyStore, MultiGetAnswersInOrder) {
  put("a", "1");
  put("c", "3");
  const std::vector<std::string_view> keys = {"c", "b", "a", "c"};
  EXPECT_EQ(store_->multi_get(records_, keys).value(),
            (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
  EXPECT_TRUE(store_->multi_get(records_, {}).value().empty());
}

TEST_P(AnyStore, CursorStaysInItsRange) {
  for (const char* key : {"a", "b", "b\xff", "c", "d"}) put(key, key);
  const auto cursor = store_->cursor(records_, Range::prefix("b"));
  EXPECT_EQ(forward(*cursor), (Entries{{"b", "b"}, {"b\xff", "b\xff"}}));
  EXPECT_EQ(backward(*cursor), (Entries{{"b\xff", "b\xff"}, {"b", "b"}}));
  EXPECT_TRUE(cursor->seek("a").value());
  EXPECT_EQ(cursor->key(), "b") << "before the range: its first key";
  EXPECT_FALSE(cursor->seek("c").value());
  EXPECT_TRUE(cursor->seek_before("d").value());
  EXPECT_EQ(cursor->key(), "b\xff");
  EXPECT_TRUE(cursor->seek_before("b\xff").value());
  EXPECT_EQ(cursor->key(), "b") << "less than the key, not equal to it";
  EXPECT_FALSE(cursor->seek_before("b").value());
  EXPECT_FALSE(store_->cursor(records_, {"x", "y"})->first().value());
  EXPECT_FALSE(store_->cursor(records_, {"y", "x"})->last().value());
}

TEST_P(AnyStore, CursorTurnsAround) {
  for (const char* key : {"a", "b", "c"}) put(key, key);
  const auto cursor = store_->cursor(records_, Range::all());
  ASSERT_TRUE(cursor->seek("b").value());
  ASSERT_TRUE(cursor->next().value());
  ASSERT_TRUE(cursor->prev().value());
  EXPECT_EQ(cursor->key(), "b");
  ASSERT_TRUE(cursor->prev().value());
  EXPECT_EQ(cursor->value(), "a");
  EXPECT_FALSE(cursor->prev().value());
}

TEST_P(AnyStore, SnapshotAndCursorSeeTheirMoment) {
  put("a", "1");
  put("b", "1");
  put("c", "1");
  const auto snapshot = store_->snapshot();
  const auto cursor = store_->cursor(records_, Range::all());
  ASSERT_TRUE(cursor->first().value());
  Batch batch;
  batch.put(records_, "a", "2");
  batch.erase(records_, "b");
  batch.erase_range(records_, {"c", ""});
  batch.put(records_, "aa", "2");
  commit(batch);
  put("c", "3");

  const Entries before = {{"a", "1"}, {"b", "1"}, {"c", "1"}};
  EXPECT_EQ(cursor->value(), "1");
  EXPECT_EQ(forward(*cursor), before);
  EXPECT_EQ(forward(*snapshot->cursor(records_, Range::all())), before);
  EXPECT_EQ(snapshot->get(records_, "b").value(), "1");
  const std::vector<std::string_view> keys = {"aa", "c"};
  EXPECT_EQ(snapshot->multi_get(records_, keys).value(),
            (std::vector<std::optional<std::string>>{std::nullopt, "1"}));
  EXPECT_EQ(all(), (Entries{{"a", "2"}, {"aa", "2"}, {"c", "3"}}));
}

TEST_P(AnyStore, LargeValuesComeBack) {
  std::string value(16 << 20, '\0');
  for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 2654435761u >> 13);
  Batch batch;
  batch.put(blobs_, "object", value);
  batch.put(records_, "payload", value.substr(0, 200'000));
  commit(batch);
  EXPECT_TRUE(store_->get(blobs_, "object").value() == value);
  EXPECT_EQ(get("payload"), value.substr(0, 200'000));
}

TEST_P(AnyStore, RefusesWhatIsBeyondTheLimitsAndGoesOn) {
  Batch long_key, long_value;
  long_key.put(records_, std::string(kKeyBytesMax + 1, 'k'), "v");
  long_value.put(records_, "k", std::string(kValueBytesMax + 1, 'v'));
  for (const Batch* batch : {&long_key, &long_value}) {
    const auto refused = store_->commit(*batch, Sync::Yes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::LimitExceeded);
  }
  put(std::string(kKeyBytesMax, 'k'), "v");
  EXPECT_EQ(get(std::string(kKeyBytesMax, 'k')), "v");
  EXPECT_FALSE(store_->statistics().failed);
}

TEST_P(AnyStore, CountsCommits) {
  const Statistics before = store_->statistics();
  put("a", "1");
  Batch batch;
  batch.put(records_, "b", "2");
  ASSERT_TRUE(store_->commit(batch, Sync::Yes));
  ASSERT_TRUE(store_->commit(Batch(), Sync::Yes)) << "nothing to write, something to sync";
  const Statistics after = store_->statistics();
  EXPECT_EQ(after.commits - before.commits, 3u);
  EXPECT_EQ(after.synced_commits - before.synced_commits, 2u);
  EXPECT_GT(after.memtable_bytes, 0u);
  EXPECT_FALSE(after.failed);
}

TEST_P(AnyStore, ThreadsCommitAndReadAtOnce) {
  constexpr int kThreads = 4, kRounds = 200;
  std::atomic<bool> done = false;
  // Each batch keeps both keys of a thread equal; a reader must never see them differ.
  std::thread reader([&] {
    while (!done) {
      const auto snapshot = store_->snapshot();
      for (int i = 0; i < kThreads; ++i)
        EXPECT_EQ(snapshot->get(records_, "x" + std::to_string(i)).value(),
                  snapshot->get(queue_, "y" + std::to_string(i)).value());
      const Entries entries = forward(*snapshot->cursor(records_, Range::all()));
      EXPECT_LE(entries.size(), size_t{kThreads});
    }
  });
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i)
    writers.emplace_back([&, i] {
      for (int round = 1; round <= kRounds; ++round) {
        Batch batch;
        batch.put(records_, "x" + std::to_string(i), std::to_string(round));
        batch.put(queue_, "y" + std::to_string(i), std::to_string(round));
        EXPECT_TRUE(store_->commit(batch, round % 16 == 0 ? Sync::Yes : Sync::No));
      }
    });
  for (std::thread& writer : writers) writer.join();
  done = true;
  reader.join();
  for (int i = 0; i < kThreads; ++i)
    EXPECT_EQ(get("x" + std::to_string(i)), std::to_string(kRounds));
}

/// One random step; keys of few letters, so that ranges hit.
struct Step {
  enum Kind { Put, Erase, EraseRange, Commit, TakeSnapshot, DropSnapshot } kind;
  std::string key, other;
};

rc::Gen<Step> any_step() {
  const auto key = rc::gen::container<std::string>(rc::gen::element('a', 'b', '\0', '\xff'));
  return rc::gen::construct<Step>(rc::gen::weightedElement<Step::Kind>({{6, Step::Put},
                                                                        {3, Step::Erase},
                                                                        {2, Step::EraseRange},
                                                                        {4, Step::Commit},
                                                                        {1, Step::TakeSnapshot},
                                                                        {1, Step::DropSnapshot}}),
                                  key, key);
}

void apply(std::map<std::string, std::string>& model, const Step& step) {
  switch (step.kind) {
    case Step::Put: model[step.key] = step.other; break;
    case Step::Erase: model.erase(step.key); break;
    case Step::EraseRange:
      std::erase_if(model, [&](const auto& entry) {
        return entry.first >= step.key && (step.other.empty() || entry.first < step.other);
      });
      break;
    default: break;
  }
}

/// The law: a store behaves as a std::map changed batch by batch, snapshots as its copies.
TEST_P(AnyStore, BehavesAsAMap) {
  int run = 0;
  const bool holds = rc::check("a store is a map", [&] {
    const Keyspace keyspace =
        store_->keyspace("law/" + std::to_string(run++), Shape::Queue).value();
    std::map<std::string, std::string> model, pending;
    std::vector<std::pair<std::unique_ptr<Snapshot>, std::map<std::string, std::string>>> snapshots;
    Batch batch;
    const auto agree = [&](const Reader& reader,
                           const std::map<std::string, std::string>& expected) {
      const auto cursor = reader.cursor(keyspace, Range::all());
      RC_ASSERT(forward(*cursor) == Entries(expected.begin(), expected.end()));
      RC_ASSERT(backward(*cursor) == Entries(expected.rbegin(), expected.rend()));
    };
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step())) {
      apply(pending, step);
      switch (step.kind) {
        case Step::Put: batch.put(keyspace, step.key, step.other); break;
        case Step::Erase: batch.erase(keyspace, step.key); break;
        case Step::EraseRange: batch.erase_range(keyspace, {step.key, step.other}); break;
        case Step::Commit:
          RC_ASSERT(store_->commit(batch, Sync::No).has_value());
          batch.clear();
          model = pending;
          break;
        case Step::TakeSnapshot: snapshots.emplace_back(store_->snapshot(), model); break;
        case Step::DropSnapshot:
          if (!snapshots.empty()) snapshots.erase(snapshots.begin());
          break;
      }
    }
    agree(*store_, model);
    for (const auto& [snapshot, expected] : snapshots) agree(*snapshot, expected);
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace pawl::store
