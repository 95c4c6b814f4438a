// SPDX-License-Identifier: Apache-2.0
#include "records/record_table.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "store/memory/memory_store.h"

namespace pawl::records {
namespace {

const Owner kOwner{"000000000000", "us-east-1"};

json::Value value(const char* text) { return json::parse(text).value(); }

TEST(RecordTable, KeepsAccountsRegionsAndKindsApart) {
  store::MemoryStore store;
  const RecordTable table = RecordTable::open(store, "test/records").value();
  ASSERT_TRUE(table.put(kOwner, "vpc", "a", value(R"({"n":1})")));
  ASSERT_TRUE(table.put({"111111111111", "us-east-1"}, "vpc", "a", value(R"({"n":2})")));
  ASSERT_TRUE(table.put({"000000000000", "us-east-12"}, "vpc", "a", value(R"({"n":3})")));
  ASSERT_TRUE(table.put(kOwner, "vpcs", "a", value(R"({"n":4})")));
  const auto found = table.list(kOwner, "vpc").value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(json::write(found[0].value), R"({"n":1})");
  EXPECT_FALSE(table.get(kOwner, "subnet", "a").value().has_value());
  size_t visited = 0;
  ASSERT_TRUE(table.visit_all("vpc", [&](const Owner&, std::string, json::Value) {
    ++visited;
    return true;
  }));
  EXPECT_EQ(visited, 3U);
}

TEST(RecordTable, ListsByPrefixBehindAName) {
  store::MemoryStore store;
  const RecordTable table = RecordTable::open(store, "test/records").value();
  for (const char* name : {"a", "ab", "ac", "b"})
    ASSERT_TRUE(table.put(kOwner, "k", name, value("{}")));
  const auto found = table.list(kOwner, "k", "a", "ab").value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "ac");
  EXPECT_EQ(table.list(kOwner, "k", "a", "", 2).value().size(), 2U);
  EXPECT_EQ(table.count(kOwner, "k", 3).value(), 3U);
  ASSERT_TRUE(table.erase(kOwner, "k", "a"));
  EXPECT_EQ(table.count(kOwner, "k", 10).value(), 3U);
}

TEST(RecordTable, RefusesAnUnknownForm) {
  store::MemoryStore store;
  const store::Keyspace keyspace = store.keyspace("test/records", store::Shape::Records).value();
  const RecordTable table = RecordTable::open(store, "test/records").value();
  store::Batch batch;
  batch.put(keyspace,
            store::KeyBuilder().text("k").text("000000000000").text("us-east-1").raw("x").view(),
            "\x02{}");
  ASSERT_TRUE(table.commit(batch));
  EXPECT_FALSE(table.get(kOwner, "k", "x"));
}

}  // namespace
}  // namespace pawl::records
