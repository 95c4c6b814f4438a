// SPDX-License-Identifier: Apache-2.0
#include "services/logs/log_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/memory/memory_store.h"

namespace pawl::logs {
namespace {

const GroupName kGroup{"000000000000", "us-east-1", "/aws/vendedlogs/states/m"};

class LogStoreTest : public testing::Test {
 protected:
  LogStoreTest() { reopen(); }

  void reopen() { logs_ = LogStore::open(store_).value(); }

  void append(const std::string& stream, std::vector<LogLine> lines, GroupName group = kGroup) {
    store::Batch batch;
    ASSERT_TRUE(logs_->append(group, stream, lines, {1'000}, batch));
    ASSERT_TRUE(store_.commit(batch, store::Sync::No));
  }

  std::string read(LogQuery query = {}, GroupName group = kGroup) {
    stopped_at_.reset();
    const auto page = logs_->read(group, query);
    if (!page) return page.error().message;
    stopped_at_ = page->stopped_at;
    std::string text;
    for (const LogEvent& event : page->events) {
      text += event.stream + "@" + std::to_string(event.position.timestamp_ms) + "=" +
              event.message + " ";
    }
    return text;
  }

  store::MemoryStore store_{{.can_lose_power = true}};
  std::unique_ptr<LogStore> logs_;
  std::optional<LogPosition> stopped_at_;
};

TEST_F(LogStoreTest, EventsComeByTimeThenAsAppended) {
  append("a", {{{5}, "late"}, {{3}, "one"}});
  append("b", {{{3}, "two"}, {{-1}, "before 1970"}});
  EXPECT_EQ(read(), "b@-1=before 1970 a@3=one b@3=two a@5=late ");
  EXPECT_EQ(read({.newest_first = true}), "a@5=late b@3=two a@3=one b@-1=before 1970 ");
  EXPECT_EQ(read({.start = base::Timestamp{3}, .end = base::Timestamp{5}}), "a@3=one b@3=two ");
  EXPECT_EQ(read({.start = base::Timestamp{9}, .end = base::Timestamp{5}}), "");
  EXPECT_EQ(
      read({.wanted = [](std::string_view stream, std::string_view) { return stream == "b"; }}),
      "b@-1=before 1970 b@3=two ");
  EXPECT_EQ(logs_->read(kGroup, {})->events[0].ingested_at.ms, 1'000);
}

TEST_F(LogStoreTest, PagesGoOnWhereTheyStopped) {
  append("a", {{{1}, "1"}, {{1}, "2"}, {{2}, "3"}});
  EXPECT_EQ(read({.events_max = 2}), "a@1=1 a@1=2 ");
  ASSERT_TRUE(stopped_at_);
  EXPECT_EQ(read({.after = stopped_at_}), "a@2=3 ");
  EXPECT_FALSE(stopped_at_);
  EXPECT_EQ(read({.newest_first = true, .events_max = 1}), "a@2=3 ");
  EXPECT_EQ(read({.before = stopped_at_, .newest_first = true}), "a@1=2 a@1=1 ");
  EXPECT_EQ(read({.events_max = 3}), "a@1=1 a@1=2 a@2=3 ");
  EXPECT_FALSE(stopped_at_);
  // What is not wanted counts as looked at.
  const auto third = [](std::string_view, std::string_view message) { return message == "3"; };
  EXPECT_EQ(read({.wanted = third, .looked_at_max = 2}), "");
  ASSERT_TRUE(stopped_at_);
  EXPECT_EQ(read({.after = stopped_at_, .wanted = third, .looked_at_max = 2}), "a@2=3 ");
}

TEST_F(LogStoreTest, PagesAreBoundedInBytesButNeverEmpty) {
  append("a", {{{1}, "1234"}, {{2}, "5678"}});
  EXPECT_EQ(read({.bytes_max = 1}), "a@1=1234 ");
  EXPECT_EQ(read({.after = stopped_at_, .bytes_max = 1}), "a@2=5678 ");
  EXPECT_FALSE(stopped_at_);
}

TEST_F(LogStoreTest, GroupsSurviveAndAreListedByName) {
  EXPECT_TRUE(
      logs_->create_group({.name = {"000000000000", "us-east-1", "b"}, .created_at = {7}}).value());
  EXPECT_FALSE(
      logs_->create_group({.name = {"000000000000", "us-east-1", "b"}, .created_at = {8}}).value());
  EXPECT_TRUE(
      logs_->create_group({.name = {"000000000000", "us-east-1", "a"}, .created_at = {8}}).value());
  EXPECT_TRUE(
      logs_->create_group({.name = {"111111111111", "us-east-1", "c"}, .created_at = {8}}).value());
  ASSERT_TRUE(logs_->change_group({"000000000000", "us-east-1", "b"},
                                  [](LogGroup& group) { group.retention_days = 3; }));
  reopen();
  const std::vector<LogGroup> groups = logs_->groups("000000000000", "us-east-1");
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].name.name, "a");
  EXPECT_FALSE(groups[0].retention_days);
  EXPECT_EQ(groups[1].created_at.ms, 7);
  EXPECT_EQ(groups[1].retention_days, 3);
  EXPECT_EQ(read({}, {"0", "r", "missing"}), "The specified log group does not exist: missing");
}

TEST_F(LogStoreTest, StreamsAreMadeOnDemandAndListed) {
  append("s/2", {{{1}, "x"}});
  append("s/1", {{{1}, "x"}});
  append("t", {{{1}, "x"}});
  EXPECT_FALSE(logs_->create_stream(kGroup, "t", {2}).value());
  reopen();
  EXPECT_FALSE(logs_->create_stream(kGroup, "t", {2}).value());
  EXPECT_TRUE(logs_->create_stream(kGroup, "u", {2}).value());
  EXPECT_TRUE(logs_->has_stream(kGroup, "u").value());
  EXPECT_FALSE(logs_->has_stream(kGroup, "v").value());
  const auto streams = logs_->streams(kGroup, "s/", "", 10).value();
  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(streams[0].name, "s/1");
  EXPECT_EQ(streams[0].created_at.ms, 1'000);
  EXPECT_EQ(logs_->streams(kGroup, "", "s/2", 1).value()[0].name, "t");
  EXPECT_TRUE(logs_->streams(kGroup, "s/", "t", 10).value().empty());
}

/// A power failure may take group, stream and events together; what comes later does not meet them.
TEST_F(LogStoreTest, NumbersAreNotUsedTwiceAfterAPowerFailure) {
  append("a", {{{1}, "lost"}});
  logs_.reset();
  store_.power_loss();
  reopen();
  EXPECT_FALSE(logs_->find_group(kGroup));
  append("a", {{{1}, "kept"}});
  reopen();
  append("a", {{{1}, "next"}});
  EXPECT_EQ(read(), "a@1=kept a@1=next ");
}

TEST_F(LogStoreTest, DeletedGroupsTakeTheirEventsAndStreams) {
  append("a", {{{1}, "x"}});
  store::Batch late;
  ASSERT_TRUE(logs_->append(kGroup, "a", std::vector<LogLine>{{{2}, "late"}}, {1}, late));
  ASSERT_TRUE(logs_->delete_group(kGroup));
  ASSERT_TRUE(store_.commit(late, store::Sync::No));  // a batch that was under way
  EXPECT_FALSE(logs_->delete_group(kGroup));
  append("b", {{{3}, "new"}});
  EXPECT_EQ(read(), "b@3=new ");
  EXPECT_FALSE(logs_->has_stream(kGroup, "a").value());
  ASSERT_TRUE(logs_->expire({10}));
  const auto cursor = store_.cursor(store_.keyspace("logs/events", store::Shape::Records).value(),
                                    store::Range::all());
  ASSERT_TRUE(cursor->first().value());
  EXPECT_FALSE(cursor->next().value());  // the late one is gone
}

TEST_F(LogStoreTest, RetentionErasesWhatIsOlder) {
  const GroupName kept{"000000000000", "us-east-1", "kept"};
  append("a", {{{0}, "old"}, {{86'400'000}, "edge"}, {{86'400'001}, "young"}});
  append("a", {{{0}, "old"}}, kept);
  ASSERT_TRUE(logs_->change_group(kGroup, [](LogGroup& group) { group.retention_days = 1; }));
  ASSERT_TRUE(logs_->expire({2 * 86'400'000}));
  EXPECT_EQ(read(), "a@86400000=edge a@86400001=young ");
  EXPECT_EQ(read({}, kept), "a@0=old ");
}

TEST_F(LogStoreTest, ThreadsAppendWithoutLosingAnything) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 100; ++i) {
        store::Batch batch;
        const std::vector<LogLine> lines{{{1}, "x"}, {{1}, "y"}};
        (void)logs_->append(kGroup, "s" + std::to_string(thread), lines, {1}, batch);
        (void)store_.commit(batch, store::Sync::No);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(logs_->read(kGroup, {})->events.size(), 800u);
}

TEST(GroupArn, BothForms) {
  const auto name = parse_group_arn("arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:*");
  ASSERT_TRUE(name);
  EXPECT_EQ(*name, (GroupName{"123456789012", "eu-west-1", "/a/b"}));
  EXPECT_EQ(group_arn(*name), "arn:aws:logs:eu-west-1:123456789012:log-group:/a/b");
  EXPECT_EQ(parse_group_arn(group_arn(*name)), name);
  EXPECT_FALSE(parse_group_arn("arn:aws:states:eu-west-1:123456789012:log-group:a"));
  EXPECT_FALSE(parse_group_arn("arn:aws:logs:eu-west-1:123456789012:log-group:"));
}

}  // namespace
}  // namespace pawl::logs
