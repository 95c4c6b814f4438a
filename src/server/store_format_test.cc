// SPDX-License-Identifier: Apache-2.0
// Folders of an older and of a newer program.
#include "server/store_format.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/temporary_folder_for_test.h"

namespace pawl::server {
namespace {

using store::Batch;
using store::Shape;
using store::Store;
using store::Sync;

class StoreFormatTest : public testing::Test {
 protected:
  StoreFormatTest() { std::filesystem::create_directories(data_); }

  base::Result<std::unique_ptr<Store>> open(const StoreFormat& format) {
    return open_data_folder(data_, {}, format);
  }
  static void put(Store& store, const std::string& key, const std::string& value) {
    Batch batch;
    batch.put(store.keyspace("test", Shape::Records).value(), key, value);
    ASSERT_TRUE(store.commit(batch, Sync::Yes));
  }
  static std::string get(Store& store, const std::string& key) {
    return store.get(store.keyspace("test", Shape::Records).value(), key).value().value_or("none");
  }
  /// Writes `to` over the value of "key", which must be `from`.
  static StoreFormat::UpgradeStep rewrite(std::string from, std::string to) {
    return [from, to](Store& store) -> base::Result<Batch> {
      EXPECT_EQ(get(store, "key"), from);
      Batch batch;
      batch.put(store.keyspace("test", Shape::Records).value(), "key", to);
      return batch;
    };
  }

  store::TemporaryFolder folder_;
  const std::string data_ = folder_.at("data");
};

TEST_F(StoreFormatTest, TheTableHasAStepForEachOlderVersion) {
  EXPECT_EQ(current_store_format().steps.size(), current_store_format().version - 1);
  EXPECT_TRUE(open(current_store_format()));
}

TEST_F(StoreFormatTest, AnOlderFolderTakesEachStepOnce) {
  put(**open(StoreFormat{}), "key", "one");
  const StoreFormat newer{3, {rewrite("one", "two"), rewrite("two", "three")}};
  for (int opening = 0; opening < 2; ++opening) {
    const auto store = open(newer);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(get(**store, "key"), "three");
  }
}

TEST_F(StoreFormatTest, AFailedStepLeavesTheFolderAsItWas) {
  put(**open(StoreFormat{}), "key", "one");
  const auto fails = [](Store&) -> base::Result<Batch> {
    return base::Error(base::ErrorKind::Io, "no space");
  };
  EXPECT_FALSE(open(StoreFormat{3, {rewrite("one", "two"), fails}}));
  // The first step was done and is not done again.
  const auto store = open(StoreFormat{3, {fails, rewrite("two", "three")}});
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(get(**store, "key"), "three");
}

TEST_F(StoreFormatTest, ANewerFolderIsRefused) {
  put(**open(StoreFormat{2, {rewrite("none", "two")}}), "other", "value");
  const auto refused = open(StoreFormat{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::Unsupported);
  EXPECT_NE(refused.error().message.find("format version 2, this Pawl knows version 1"),
            std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace pawl::server
