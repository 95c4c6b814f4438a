// SPDX-License-Identifier: Apache-2.0
// Storage against a simple model in memory: random puts, deletes, suspensions and listings; then
// files: what is kept, what goes, what a crash leaves.
#include "services/s3/storage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/random.h"
#include "json/parse.h"
#include "services/s3/lifecycle_run.h"
#include "services/s3/listing.h"
#include "services/s3/object_access.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::s3 {
namespace {

class StorageTest : public ::testing::Test {
 protected:
  StorageTest() { open(); }

  /// A new process: what waited in the loop is forgotten.
  void open() {
    storage_.reset();
    const base::Timestamp now = loop_ ? loop_->now() : base::Timestamp{1'700'000'000'000};
    loop_ = std::make_unique<aws::VirtualLoop>(now);
    auto opened = Storage::open({.store = store_,
                                 .syncs = syncs_,
                                 .loop = *loop_,
                                 .caller = caller_,
                                 .folder = folder_.at("s3")});
    ASSERT_TRUE(opened);
    storage_ = std::move(*opened);
  }

  void make_bucket(Versioning versioning) {
    Bucket bucket;
    bucket.name = "bucket";
    bucket.account = "000000000000";
    bucket.region = "us-east-1";
    bucket.versioning = versioning;
    ASSERT_TRUE(storage_->commit([&](store::Batch& batch) -> aws::ApiResult<void> {
      storage_->metadata().put(batch, bucket);
      return {};
    }));
  }

  /// Writes an object and gives its version id.
  std::string put(const std::string& key, std::string_view bytes) {
    Draft draft;
    draft.version.bucket = "bucket";
    draft.version.key = key;
    ContentWriter writer = storage_->contents().writer();
    EXPECT_TRUE(writer.append(bytes));
    auto content = writer.finish();
    EXPECT_TRUE(content);
    draft.version.size = bytes.size();
    draft.version.pieces.push_back({content->content(), 0, ""});
    draft.contents.push_back(std::move(*content));
    draft.event = "ObjectCreated:Put";
    const auto version = storage_->put(std::move(draft), {});
    EXPECT_TRUE(version);
    wait_for_sync();
    return version ? version->version_id : "";
  }

  Deletion erase(const std::string& key, const std::string& version_id) {
    const auto bucket = storage_->bucket("bucket");
    const auto deletion = storage_->erase(*bucket, key, version_id, false, "", {});
    EXPECT_TRUE(deletion || deletion.error().code == "NoSuchVersion");
    wait_for_sync();
    return deletion ? *deletion : Deletion{};
  }

  std::string read(const ObjectVersion& version) {
    const auto source = storage_->open_content(version, 0, version.size);
    EXPECT_TRUE(source && *source);
    std::string bytes(version.size, 0);
    size_t filled = 0;
    while (filled < bytes.size()) {
      const auto count = (*source)->read(bytes.data() + filled, bytes.size() - filled);
      if (!count || *count == 0) break;
      filled += *count;
    }
    EXPECT_EQ(filled, bytes.size());
    return bytes;
  }

  /// What waits for what was committed has been called: after this the queue's thread touches
  /// nothing, the loop among it, until the next change.
  void wait_for_sync() {
    std::atomic<bool> done = false;
    syncs_.after_sync([&] { done = true; });
    while (!done) std::this_thread::yield();
  }
  void settle() {
    wait_for_sync();
    loop().run();
  }
  aws::VirtualLoop& loop() { return *loop_; }

  size_t files() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.at("s3"))) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }

  store::TemporaryFolder folder_;
  store::MemoryStore store_;
  store::SyncQueue syncs_{store_, [](const base::Error&) { FAIL(); }};
  std::unique_ptr<aws::VirtualLoop> loop_;
  aws::RecordingCaller caller_;
  std::unique_ptr<Storage> storage_;
};

/// What the store should hold: versions of each key, the newest first.
struct ModelVersion {
  std::string id;
  std::string bytes;
  bool is_marker = false;
};
using Model = std::map<std::string, std::vector<ModelVersion>>;

class ModelTest : public StorageTest, public ::testing::WithParamInterface<uint64_t> {
 protected:
  void forget_null(const std::string& key) {
    std::erase_if(model_[key], [](const ModelVersion& version) { return version.id == "null"; });
  }
  void add(const std::string& key, ModelVersion version) {
    model_[key].insert(model_[key].begin(), std::move(version));
  }

  void act(base::Random& random) {
    const std::string key = keys_[random.next() % keys_.size()];
    switch (random.next() % 6) {
      case 0:
      case 1:
      case 2: {
        // Some in the store, some in files.
        const size_t size =
            random.next() % 4 == 0 ? kInlineBytesMax + random.next() % 1'000 : random.next() % 100;
        const std::string bytes(size, static_cast<char>('a' + random.next() % 26));
        const std::string id = put(key, bytes);
        if (id == "null") forget_null(key);
        add(key, {id, bytes});
        break;
      }
      case 3: {
        const Deletion deletion = erase(key, "");
        if (versioning_ == Versioning::Never) {
          model_[key].clear();
        } else {
          if (deletion.version_id == "null") forget_null(key);
          add(key, {deletion.version_id, "", true});
        }
        break;
      }
      case 4: {
        auto& versions = model_[key];
        if (versions.empty()) break;
        const auto victim =
            versions.begin() + static_cast<ptrdiff_t>(random.next() % versions.size());
        erase(key, victim->id);
        versions.erase(victim);
        break;
      }
      default:
        if (versioning_ == Versioning::Never && random.next() % 8 != 0) break;
        versioning_ = random.next() % 2 == 0 ? Versioning::Enabled : Versioning::Suspended;
        make_bucket(versioning_);
    }
    loop().advance_by(static_cast<int64_t>(random.next() % 3));
  }

  void compare_versions() {
    VersionListing all;
    all.count_max = 100'000;
    const auto page = list_versions(storage_->metadata(), "bucket", all);
    ASSERT_TRUE(page);
    size_t at = 0;
    for (const auto& [key, versions] : model_) {
      bool is_latest = true;
      for (const ModelVersion& version : versions) {
        ASSERT_LT(at, page->versions.size());
        const ListedVersion& listed = page->versions[at++];
        EXPECT_EQ(listed.version.key, key);
        EXPECT_EQ(listed.version.version_id, version.id);
        EXPECT_EQ(listed.version.is_delete_marker, version.is_marker);
        EXPECT_EQ(listed.is_latest, is_latest);
        if (!version.is_marker) {
          EXPECT_EQ(read(listed.version), version.bytes);
        }
        is_latest = false;
      }
    }
    EXPECT_EQ(at, page->versions.size());
  }

  /// Pages of a random size, by the definition of prefix and delimiter.
  void compare_listing(base::Random& random) {
    const std::string prefixes[] = {"", "a", "a/", "a/b", "z"};
    ObjectListing listing;
    listing.prefix = prefixes[random.next() % 5];
    listing.delimiter = random.next() % 2 == 0 ? "/" : "";
    listing.count_max = 1 + random.next() % 4;
    std::vector<std::string> expected;
    for (const auto& [key, versions] : model_) {
      if (versions.empty() || versions.front().is_marker || !key.starts_with(listing.prefix))
        continue;
      const size_t slash = listing.delimiter.empty()
                               ? std::string::npos
                               : key.find(listing.delimiter, listing.prefix.size());
      const std::string shown = slash == std::string::npos ? key : key.substr(0, slash + 1) + "*";
      if (expected.empty() || expected.back() != shown) expected.push_back(shown);
    }
    std::vector<std::string> found;
    for (bool more = true; more;) {
      const auto page = list_objects(storage_->metadata(), "bucket", listing);
      ASSERT_TRUE(page);
      std::vector<std::string> shown;
      for (const ObjectVersion& object : page->objects) shown.push_back(object.key);
      for (const std::string& prefix : page->common_prefixes) shown.push_back(prefix + "*");
      EXPECT_LE(shown.size(), listing.count_max);
      std::sort(shown.begin(), shown.end());
      found.insert(found.end(), shown.begin(), shown.end());
      more = page->is_truncated;
      listing.after = page->last;
    }
    EXPECT_EQ(found, expected);
  }

  const std::vector<std::string> keys_ = {
      "a", "a/", "a/b", "a/b/c", "a/c", std::string("a\0b", 3), "a/b/d", "b", "\xff", "z/y/x"};
  Model model_;
  Versioning versioning_ = Versioning::Never;
};

TEST_P(ModelTest, HoldsWhatTheModelHolds) {
  base::Random random(GetParam());
  make_bucket(versioning_);
  for (int i = 0; i < 400; ++i) {
    act(random);
    if (i % 20 == 0) compare_listing(random);
    if (i % 100 == 50) compare_versions();
    if (i % 150 == 75) {
      settle();
      open();
    }
  }
  compare_versions();
  settle();
  // Every file belongs to a version.
  size_t large = 0;
  for (const auto& [key, versions] : model_) {
    for (const ModelVersion& version : versions) large += version.bytes.size() > kInlineBytesMax;
  }
  EXPECT_EQ(files(), large);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Range<uint64_t>(1, 9));

TEST_F(StorageTest, AFileStaysWhileItIsRead) {
  make_bucket(Versioning::Never);
  const std::string old(kInlineBytesMax * 2, 'o');
  put("key", old);
  const auto bucket = storage_->bucket("bucket");
  const auto version = storage_->find(*bucket, "key", "", "GET");
  ASSERT_TRUE(version);
  auto source = storage_->open_content(*version, 0, version->size);
  ASSERT_TRUE(source && *source);
  put("key", std::string(kInlineBytesMax * 2, 'n'));
  settle();
  EXPECT_EQ(files(), 2U);
  std::string bytes(old.size(), 0);
  size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = (*source)->read(bytes.data() + filled, bytes.size() - filled);
    ASSERT_TRUE(count);
    ASSERT_GT(*count, 0U);
    filled += *count;
  }
  EXPECT_EQ(bytes, old);
  source->reset();
  EXPECT_EQ(files(), 1U);
}

TEST_F(StorageTest, WhatACrashLeftIsSwept) {
  make_bucket(Versioning::Never);
  put("kept", std::string(kInlineBytesMax + 1, 'k'));
  settle();
  {
    // A writer that never came to its commit.
    ContentWriter writer = storage_->contents().writer();
    ASSERT_TRUE(writer.append(std::string(kInlineBytesMax * 2, 'x')));
    std::filesystem::copy(folder_.at("s3"), folder_.at("copy"),
                          std::filesystem::copy_options::recursive);
  }
  EXPECT_EQ(files(), 1U);
  std::filesystem::remove_all(folder_.at("s3"));
  std::filesystem::rename(folder_.at("copy"), folder_.at("s3"));
  EXPECT_EQ(files(), 2U);
  open();
  storage_->contents().sweep();
  EXPECT_EQ(files(), 1U);
  const auto version = storage_->find(*storage_->bucket("bucket"), "kept", "", "GET");
  ASSERT_TRUE(version);
  EXPECT_EQ(read(*version), std::string(kInlineBytesMax + 1, 'k'));
}

TEST_F(StorageTest, ConditionsAreCheckedWithTheCommit) {
  make_bucket(Versioning::Never);
  Conditions absent;
  absent.if_none_match = "*";
  Draft first;
  first.version.bucket = "bucket";
  first.version.key = "key";
  EXPECT_TRUE(storage_->put(std::move(first), absent));
  wait_for_sync();
  Draft second;
  second.version.bucket = "bucket";
  second.version.key = "key";
  const auto refused = storage_->put(std::move(second), absent);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "PreconditionFailed");
}

TEST_F(StorageTest, EventsGoOutAfterTheCommitAndOutliveAStart) {
  make_bucket(Versioning::Never);
  ASSERT_TRUE(storage_->commit([&](store::Batch& batch) -> aws::ApiResult<void> {
    storage_->metadata().put_configuration(
        batch, "bucket", kNotificationKind, "",
        R"({"TopicConfigurations":[{"Id":"t","TopicArn":"arn:aws:sns:us-east-1:000000000000:t",)"
        R"("Events":["s3:ObjectCreated:*"],"Filter":{"Key":{"FilterRules":[)"
        R"({"Name":"Prefix","Value":"in/"},{"Name":"Suffix","Value":".txt"}]}}}]})");
    return {};
  }));
  put("in/other", "1");
  put("out/a.txt", "2");
  settle();
  EXPECT_TRUE(caller_.calls.empty());
  put("in/a b.txt", "3");
  EXPECT_TRUE(caller_.calls.empty());  // not before it is on disk
  open();                              // the process ended before it was delivered
  storage_->run();
  loop().run();
  ASSERT_EQ(caller_.calls.size(), 1U);
  const aws::Call& call = caller_.calls[0];
  EXPECT_EQ(call.service, "sns");
  EXPECT_EQ(call.operation, "Publish");
  const auto message = json::parse(call.input.find("Message")->as_string());
  ASSERT_TRUE(message);
  const json::Value& record = message->find("Records")->items()[0];
  EXPECT_EQ(record.find("eventName")->as_string(), "ObjectCreated:Put");
  EXPECT_EQ(record.find("s3")->find("object")->find("key")->as_string(), "in/a+b.txt");
  settle();
  storage_->run();
  loop().run();
  EXPECT_EQ(caller_.calls.size(), 1U);
}

TEST_F(StorageTest, LifecyclesRemoveWhatHasExpired) {
  make_bucket(Versioning::Enabled);
  put("old", "1");
  put("old", "2");
  ASSERT_TRUE(storage_->commit([&](store::Batch& batch) -> aws::ApiResult<void> {
    storage_->metadata().put_configuration(
        batch, "bucket", "lifecycle", "",
        R"({"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":2},)"
        R"("NoncurrentVersionExpiration":{"NoncurrentDays":3}}]})");
    return {};
  }));
  LifecycleRun run(*storage_);
  const auto look = [&] {
    run.look();
    wait_for_sync();
  };
  look();
  const auto ids = [&] {
    const auto page = list_versions(storage_->metadata(), "bucket", {});
    std::string text;
    for (const ListedVersion& each : page->versions) {
      text += each.version.is_delete_marker ? 'M' : 'V';
    }
    return text;
  };
  constexpr int64_t kDayMs = 86'400'000;
  EXPECT_EQ(ids(), "VV");
  loop().advance_by(3 * kDayMs);
  look();
  EXPECT_EQ(ids(), "MV");  // the latest expired, the oldest was old for three days
  loop().advance_by(4 * kDayMs);
  look();
  EXPECT_EQ(ids(), "M");
  look();
  EXPECT_EQ(ids(), "");  // a marker that hides nothing goes
}

TEST_F(StorageTest, ObjectsAreReadAndWrittenInsideTheProcess) {
  make_bucket(Versioning::Never);
  ObjectAccess access(*storage_);
  auto writing = access.create({"bucket", "big"});
  ASSERT_TRUE(writing);
  const std::string piece(100'000, 'p');
  for (int i = 0; i < 5; ++i) ASSERT_TRUE((*writing)->append(piece));
  EXPECT_FALSE(access.open({"bucket", "big"}));
  ASSERT_TRUE((*writing)->commit());
  wait_for_sync();
  const auto opened = access.open({"bucket", "big"});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->version.size, 500'000U);
  EXPECT_EQ(access.create({"nowhere", "x"}).error().code, "NoSuchBucket");
}

}  // namespace
}  // namespace pawl::s3
