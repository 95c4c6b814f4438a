// SPDX-License-Identifier: Apache-2.0
// Histories and watches, on a partition, a loop and a clock that the test moves.
#include <gtest/gtest.h>

#include <set>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "console/live_api.h"
#include "console/stream_client_for_test.h"
#include "engine/partition_fixture_for_test.h"
#include "engine/retention.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using engine::ExecutionId;
using engine::ProgramBuilder;
using json::Value;

constexpr int64_t kDayMs = 86'400'000;
constexpr const char* kArnPrefix = "arn:aws:states:us-east-1:000000000000:execution:machine:";

Value parsed(const std::string& text) { return *json::parse(text); }

/// The member; null if it is missing.
Value member_of(const Value& of, std::string_view member) {
  const Value* found = of.find(member);
  return found == nullptr ? Value() : *found;
}

int64_t number(const Value& of, std::string_view member) {
  int64_t number = -1;
  const Value* found = of.find(member);
  if (found != nullptr) found->to_int64(number);
  return number;
}

std::string text(const Value& of, std::string_view member) {
  const Value found = member_of(of, member);
  return found.is_string() ? std::string(found.as_string()) : "";
}

class LiveTest : public engine::PartitionFixture {
 protected:
  LiveTest() {
    feed_ = &board;
    partition_.reset();
    executions_.reset();
    boot();
    api = std::make_unique<LiveApi>(LivePorts{.loop = loop,
                                              .caller = caller,
                                              .store = store_,
                                              .executions = *executions_,
                                              .revisions = revisions_,
                                              .board = board,
                                              .totals = [this] { return totals; },
                                              .requests = [this] { return requests; }});
    api->add_to(table);
  }
  ~LiveTest() override { loop.run(); }

  static std::string arn_body(const std::string& name, const std::string& more = "") {
    return R"({"executionArn":")" + (kArnPrefix + name) + "\"" + more + "}";
  }
  StreamClient ask(std::string_view name, const std::string& body) {
    StreamClient client(table, name, body);
    loop.run();
    return client;
  }
  StreamClient watch(const std::string& name, const std::string& more = "") {
    return ask("execution/watch", arn_body(name, more));
  }
  /// The partition's clock, then the loop's.
  void pass(int64_t partition_ms, int64_t loop_ms) {
    advance_ms(partition_ms);
    loop.advance_by(loop_ms);
  }

  std::shared_ptr<const engine::MachineRevision> ends_ =
      revisions_.add(ProgramBuilder().scope().pass().build());
  std::shared_ptr<const engine::MachineRevision> waits_ =
      revisions_.add(ProgramBuilder().scope().wait_seconds(60).pass().build());
  ExecutionBoard board;
  aws::VirtualLoop loop;
  aws::RecordingCaller caller;
  ApiTable table;
  ServerTotals totals;
  std::vector<ServiceRequests> requests;
  std::unique_ptr<LiveApi> api;
};

TEST_F(LiveTest, AHistoryIsToldInOutline) {
  start(waits_, "one");
  advance_ms(60'000);
  const StreamClient whole = ask("execution/history", arn_body("one"));
  EXPECT_EQ(whole.status(), 200);
  const Value history = parsed(whole.body());
  EXPECT_EQ(history.find("status")->as_string(), "SUCCEEDED");
  EXPECT_EQ(number(history, "last"), 6);
  EXPECT_EQ(json::write(*history.find("types")),
            R"(["ExecutionStarted","WaitStateEntered","WaitStateExited","PassStateEntered",)"
            R"("PassStateExited","ExecutionSucceeded"])");
  EXPECT_EQ(json::write(history.find("events")->items()[2]),
            R"([3,2,2,1700000060000,"State0",null])");
  EXPECT_EQ(json::write(history.find("events")->items()[0]), R"([1,0,0,1700000000000,null,null])");
  const Value page =
      parsed(ask("execution/history", arn_body("one", R"(,"after":2,"limit":2)")).body());
  EXPECT_EQ(page.find("events")->size(), 2U);
  EXPECT_EQ(number(page, "last"), 4);
  const Value behind = parsed(ask("execution/history", arn_body("one", R"(,"after":6)")).body());
  EXPECT_EQ(number(behind, "last"), 6);
  EXPECT_EQ(behind.find("events")->size(), 0U);
}

TEST_F(LiveTest, WholeEventsComeById) {
  start(waits_, "one", R"({"a":1})");
  advance_ms(60'000);
  const Value some =
      parsed(ask("execution/events", arn_body("one", R"(,"ids":[6,2,2,99])")).body());
  ASSERT_EQ(some.find("events")->size(), 2U);
  const Value& entered = some.find("events")->items()[0];
  EXPECT_EQ(number(entered, "id"), 2);
  EXPECT_EQ(entered.find("stateEnteredEventDetails")->find("input")->as_string(), R"({"a":1})");
  EXPECT_EQ(number(some.find("events")->items()[1], "id"), 6);
  const Value range =
      parsed(ask("execution/events", arn_body("one", R"(,"from":3,"limit":2)")).body());
  ASSERT_EQ(range.find("events")->size(), 2U);
  EXPECT_EQ(number(range.find("events")->items()[0], "id"), 3);
  EXPECT_EQ(ask("execution/events", arn_body("one", R"(,"ids":["x"])")).status(), 400);
}

TEST_F(LiveTest, WhatIsNotThereIsSaidAsAwsSaysIt) {
  for (const char* name : {"execution/history", "execution/events", "execution/watch"}) {
    const StreamClient client = ask(name, arn_body("nobody"));
    EXPECT_EQ(client.status(), 400);
    EXPECT_NE(client.body().find("\"ExecutionDoesNotExist\""), std::string::npos);
    EXPECT_NE(ask(name, R"({"executionArn":"x"})").body().find("\"InvalidArn\""),
              std::string::npos);
  }
}

/// Lets nobody do anything, and remembers what was asked for.
class Refusing final : public aws::Authorizer {
 public:
  aws::ApiResult<void> authorize(const aws::Request&) override { return {}; }
  aws::ApiResult<void> authorize_action(const aws::Principal&, const std::string&,
                                        const std::string& action, const std::string& resource,
                                        base::Timestamp) override {
    asked += action + " " + resource + "\n";
    return aws::ApiError("AccessDeniedException", "no", 403);
  }
  aws::ApiResult<void> authorize_assumption(const aws::Principal&, const aws::AssumableRole&,
                                            const std::string&, const std::string&) override {
    return {};
  }
  std::string asked;
};

TEST_F(LiveTest, WhoMayNotIsRefused) {
  start(waits_, "one");
  Refusing refusing;
  const std::string machine = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";
  for (const auto& [name, body] : std::vector<std::pair<std::string, std::string>>{
           {"execution/history", arn_body("one")},
           {"execution/events", arn_body("one")},
           {"execution/watch", arn_body("one")},
           {"executions/watch", R"({"stateMachineArn":")" + machine + "\"}"},
           {"executions/watch", "{}"},
           {"overview/watch", "{}"}}) {
    const StreamClient client(table, name, body, {.authorizer = &refusing});
    EXPECT_EQ(client.status(), 403) << name;
    EXPECT_NE(client.body().find("AccessDeniedException"), std::string::npos);
  }
  const std::string history = "states:GetExecutionHistory " + std::string(kArnPrefix) + "one\n";
  EXPECT_EQ(refusing.asked, history + history + history + "states:ListExecutions " + machine +
                                "\nstates:ListExecutions *\nstates:ListStateMachines *\n");
}

TEST_F(LiveTest, AnExecutionIsWatchedToItsEnd) {
  start(waits_, "one");
  StreamClient client = watch("one");
  auto events = client.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event, "history");
  EXPECT_EQ(events[0].id, "2");
  EXPECT_EQ(text(parsed(events[0].data), "status"), "RUNNING");
  EXPECT_EQ(events[1].event, "execution");
  ASSERT_EQ(caller.calls.size(), 1U);
  EXPECT_EQ(caller.calls[0].operation, "DescribeExecution");
  loop.advance_by(1'000);
  EXPECT_TRUE(client.events().empty());
  pass(60'000, 0);
  events = client.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].id, "6");
  EXPECT_EQ(member_of(parsed(events[0].data), "events").size(), 4U);
  EXPECT_EQ(events[1].event, "execution");
  loop.advance_by(100);
  EXPECT_TRUE(client.events().empty());
  EXPECT_TRUE(client.has_ended());
  EXPECT_EQ(loop.timers(), 1U);  // heartbeats
}

TEST_F(LiveTest, AWatchIsResumedWhereItWas) {
  start(waits_, "one");
  pass(60'000, 0);
  StreamClient client = watch("one", R"(,"after":4)");
  const auto events = client.events();
  ASSERT_EQ(events.size(), 2U);
  const Value history = parsed(events[0].data);
  EXPECT_EQ(number(history, "last"), 6);
  EXPECT_EQ(history.find("events")->size(), 2U);
  loop.advance_by(100);
  client.events();
  EXPECT_TRUE(client.has_ended());
}

TEST_F(LiveTest, ARedriveIsSeenByWhoeverComesBack) {
  const auto fails = revisions_.add(ProgramBuilder().scope().pass().task("run").build());
  const ExecutionId id = start(fails, "one");
  partition_->post(engine::StopMessage{id, {}, {}});
  run();
  StreamClient client = watch("one");
  loop.advance_by(100);
  client.events();
  EXPECT_TRUE(client.has_ended());
  const int64_t last = *executions_->last_event_id(id);
  partition_->post(engine::RedriveMessage{id, [](const auto&) {}});
  run();
  StreamClient again = watch("one", ",\"after\":" + std::to_string(last));
  const auto events = again.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(json::write(member_of(parsed(events[0].data), "types")),
            R"(["ExecutionRedriven","TaskScheduled"])");
  EXPECT_EQ(text(parsed(events[0].data), "status"), "RUNNING");
  EXPECT_FALSE(again.has_ended());
}

TEST_F(LiveTest, ADeletedExecutionIsGone) {
  start(waits_, "one");
  StreamClient client = watch("one");
  client.events();
  // Its end and its deletion in one look.
  advance_ms(60'000);
  advance_ms(91 * kDayMs);
  ASSERT_EQ(*engine::erase_expired_executions(
                *executions_, clock_.now(), {}, [] { return true; }, &board),
            1U);
  loop.advance_by(100);
  EXPECT_EQ(client.names(), "gone");
  EXPECT_TRUE(client.has_ended());
  EXPECT_EQ(watch("one").status(), 400);
}

TEST_F(LiveTest, MapRunsTellTheirProgress) {
  const auto map =
      revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().wait_seconds(5).build());
  start(map, "one", "[1,2,3]");
  StreamClient client = watch("one");
  EXPECT_EQ(client.names(), "history mapRuns execution");
  pass(5'000, 200);
  auto events = client.events();
  ASSERT_GE(events.size(), 3U);
  const Value runs = parsed(events[1].data);
  EXPECT_EQ(events[1].event, "mapRuns");
  const Value& run = runs.find("mapRuns")->items()[0];
  EXPECT_EQ(run.find("status")->as_string(), "SUCCEEDED");
  EXPECT_EQ(number(*run.find("executionCounts"), "succeeded"), 3);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(LiveTest, AFastExecutionIsToldTwentyTimesASecond) {
  // A wait of a second again and again, as fast as the partition's clock runs.
  ProgramBuilder builder;
  builder.scope();
  for (int i = 0; i < 500; ++i) builder.wait_seconds(1);
  start(revisions_.add(builder.build()), "one");
  StreamClient client = watch("one");
  size_t messages = client.events().size();
  int64_t last = 0;
  for (int i = 0; i < 400; ++i) {
    pass(1'000, 5);
    for (const auto& event : client.events()) {
      ++messages;
      if (event.event != "history") continue;
      const Value history = parsed(event.data);
      // Nothing is left out.
      if (last > 0) {
        int64_t first = 0;
        history.find("events")->items()[0].items()[0].to_int64(first);
        EXPECT_EQ(first, last + 1);
      }
      last = number(history, "last");
    }
  }
  // In two seconds.
  EXPECT_LE(messages, 45U);
  EXPECT_GE(messages, 35U);
  EXPECT_GT(last, 750);
}

TEST_F(LiveTest, WhoDoesNotReadCostsOneBufferAndMissesNothing) {
  ProgramBuilder builder;
  builder.scope().wait_seconds(1);
  for (int i = 0; i < 10'000; ++i) builder.pass();
  const ExecutionId id = start(revisions_.add(builder.build()), "one");
  StreamClient client = watch("one");
  pass(1'000, 5'000);
  const int64_t events = *executions_->last_event_id(id);
  EXPECT_EQ(events, 20'004);
  int64_t last = 0;
  std::string names;
  for (int i = 0; i < 100 && !client.has_ended(); ++i) {
    for (const auto& event : client.events()) {
      names = event.event;
      if (event.event != "history") continue;
      const Value history = parsed(event.data);
      int64_t first = 0;
      history.find("events")->items()[0].items()[0].to_int64(first);
      EXPECT_EQ(first, last + 1);
      last = number(history, "last");
      EXPECT_LE(history.find("events")->size(), ExecutionWatch::kEventsMax);
    }
    // The first round is what was kept while nobody read.
    if (i == 0) {
      EXPECT_LT(last, events);
    }
    loop.advance_by(60);
  }
  EXPECT_EQ(last, events);
  EXPECT_EQ(names, "execution");
  EXPECT_TRUE(client.has_ended());
}

TEST_F(LiveTest, WhoGoesIsForgotten) {
  const ExecutionId id = start(waits_, "one");
  StreamClient client = watch("one");
  EXPECT_TRUE(board.is_watched(id));
  client.go();
  loop.run();
  loop.advance_by(100);
  EXPECT_FALSE(board.is_watched(id));
}

TEST_F(LiveTest, CountsAndChangesOfAMachineAndOfAll) {
  start(waits_, "before");
  StreamClient all = ask("executions/watch", "{}");
  StreamClient other =
      ask("executions/watch",
          R"({"stateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:other"})");
  const auto first = all.events();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].event, "counts");
  EXPECT_EQ(number(parsed(first[0].data), "RUNNING"), 1);
  EXPECT_EQ(other.names(), "counts");
  const std::string arns = R"(["arn:aws:states:us-east-1:000000000000:stateMachine:other",)"
                           R"("arn:aws:states:us-east-1:000000000000:stateMachine:machine"])";
  const Value both =
      parsed(ask("executions/counts", R"({"stateMachineArns":)" + arns + "}").body());
  EXPECT_EQ(number(both.find("counts")->items()[0], "RUNNING"), 0);
  EXPECT_EQ(number(both.find("counts")->items()[1], "RUNNING"), 1);
  EXPECT_EQ(ask("executions/counts", R"({"stateMachineArns":["x"]})").status(), 400);
  start(ends_, "after");
  loop.advance_by(250);
  auto events = all.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(number(parsed(events[0].data), "SUCCEEDED"), 1);
  EXPECT_EQ(number(parsed(events[0].data), "RUNNING"), 1);
  const Value changed = parsed(events[1].data);
  ASSERT_EQ(changed.find("executions")->size(), 1U);
  const Value& execution = changed.find("executions")->items()[0];
  EXPECT_EQ(execution.find("executionArn")->as_string(), std::string(kArnPrefix) + "after");
  EXPECT_EQ(execution.find("status")->as_string(), "SUCCEEDED");
  EXPECT_NE(execution.find("stopDate"), nullptr);
  EXPECT_FALSE(changed.find("isIncomplete")->as_boolean());
  EXPECT_EQ(other.names(), "");
  pass(60'000, 250);
  EXPECT_EQ(all.names(), "counts changed");
  // Who comes again hears what it has missed.
  const std::string after = std::to_string(board.last_change() - 1);
  StreamClient again = ask("executions/watch", "{\"after\":" + after + "}");
  events = again.events();
  ASSERT_EQ(events.size(), 2U);
  const Value missed = parsed(events[1].data);
  EXPECT_EQ(missed.find("executions")->size(), 1U);
  EXPECT_FALSE(missed.find("isIncomplete")->as_boolean());
  EXPECT_EQ(number(missed, "change"), static_cast<int64_t>(board.last_change()));
  again.go();
  StreamClient late = ask("executions/watch", R"({"after":1600000000000000})");
  events = late.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(events[1].data.find("\"isIncomplete\":true"), std::string::npos);
  late.go();
  all.go();
  other.go();
  loop.run();
  loop.advance_by(1'000);
  // Nothing is kept while nobody watches, and whoever comes again is told so.
  const uint64_t last = board.last_change();
  start(ends_, "unseen");
  const auto changes = board.changes(last, "", "us-east-1:000000000000", 10);
  EXPECT_TRUE(changes.list.empty());
  EXPECT_TRUE(changes.is_incomplete);
}

TEST_F(LiveTest, ManyChangesAreToldFourTimesASecondAndBounded) {
  StreamClient client = ask("executions/watch", "{}");
  client.events();
  size_t messages = 0;
  std::set<std::string> seen;
  bool is_incomplete = false;
  for (int i = 0; i < 1'000; ++i) {
    start(ends_, "n" + std::to_string(i));
    loop.advance_by(1);
    for (const auto& event : client.events()) {
      ++messages;
      if (event.event != "changed") continue;
      const Value changed = parsed(event.data);
      is_incomplete = is_incomplete || changed.find("isIncomplete")->as_boolean();
      EXPECT_LE(changed.find("executions")->size(), ExecutionsWatch::kChangesMax);
      for (const Value& each : changed.find("executions")->items())
        EXPECT_TRUE(seen.insert(std::string(each.find("name")->as_string())).second);
    }
  }
  EXPECT_LE(messages, 10U);
  EXPECT_TRUE(is_incomplete);  // 250 in a quarter of a second
  EXPECT_GT(seen.size(), 600U);
}

TEST_F(LiveTest, TheOverviewHasSeriesAndMachines) {
  api->run();
  loop.run();
  totals.started = 5;
  loop.advance_by(1'000);
  totals.started = 12;
  loop.advance_by(2'000);
  const auto fails =
      revisions_.add(ProgramBuilder().scope().wait_seconds(3).fail("Broken").build());
  start(fails, "one");
  advance_ms(3'000);
  requests = {{"sqs", 10, 1, 500}, {"s3", 20, 0, 100}};
  StreamClient client = ask("overview/watch", "{}");
  auto events = client.events();
  ASSERT_EQ(events.size(), 1U);
  const Value first = parsed(events[0].data);
  const Value* series = first.find("series");
  ASSERT_NE(series, nullptr);
  EXPECT_EQ(json::write(*series->find("started")), "[5,7,0]");
  EXPECT_EQ(number(*first.find("counts"), "FAILED"), 1);
  ASSERT_EQ(first.find("failing")->size(), 1U);
  const Value& machine = first.find("failing")->items()[0];
  EXPECT_EQ(machine.find("name")->as_string(), "machine");
  EXPECT_EQ(machine.find("lastError")->as_string(), "Broken");
  EXPECT_EQ(machine.find("lastFailedExecutionArn")->as_string(), std::string(kArnPrefix) + "one");
  EXPECT_EQ(number(machine, "max"), 3'000);
  EXPECT_EQ(first.find("services")->items()[0].find("service")->as_string(), "s3");
  EXPECT_GT(number(*first.find("process"), "residentBytes"), 1'000'000);
  requests[0].requests = 30;
  totals.started = 13;
  loop.advance_by(1'000);
  events = client.events();
  ASSERT_EQ(events.size(), 1U);
  const Value next = parsed(events[0].data);
  EXPECT_EQ(next.find("series"), nullptr);
  EXPECT_EQ(number(*next.find("sample"), "started"), 1);
  EXPECT_DOUBLE_EQ(next.find("services")->items()[0].find("requestsPerSecond")->as_double(), 20.0);
  // A quarter of an hour later nothing of it is recent.
  for (int second = 0; second < 900; ++second) {
    loop.advance_by(1'000);
    events = client.events();
  }
  EXPECT_EQ(member_of(parsed(events.back().data), "failing").size(), 0U);
}

TEST_F(LiveTest, ThereIsAnEndToStreams) {
  EventStreams streams(loop, 2);
  StreamClient one;
  StreamClient two;
  StreamClient three;
  auto first = streams.open(one.reply());
  const auto second = streams.open(two.reply());
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(streams.open(three.reply()));
  EXPECT_EQ(three.status(), 503);
  EXPECT_NE(three.body().find("TooManyStreamsException"), std::string::npos);
  loop.advance_by(EventStreams::kHeartbeatMs);
  EXPECT_EQ(one.read(), ":\n\n");
  one.go();
  StreamClient four;
  EXPECT_TRUE(streams.open(four.reply()));
  EXPECT_TRUE(second->send("a", "x\ny", 3));
  EXPECT_EQ(two.read(), ":\n\nid: 3\nevent: a\ndata: x\ndata: y\n\n");
  streams.close();
  two.read();
  EXPECT_TRUE(two.has_ended());
  loop.advance_by(3 * EventStreams::kHeartbeatMs);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST(DurationHistogram, PercentilesAreRightToAnEighth) {
  DurationHistogram histogram;
  EXPECT_EQ(histogram.percentile_ms(50), 0U);
  for (int64_t ms = 1; ms <= 10'000; ++ms) histogram.add(ms);
  EXPECT_EQ(histogram.count(), 10'000U);
  EXPECT_EQ(histogram.max_ms(), 10'000U);
  EXPECT_GE(histogram.percentile_ms(50), 5'000U);
  EXPECT_LE(histogram.percentile_ms(50), 5'000U * 9 / 8);
  EXPECT_GE(histogram.percentile_ms(95), 9'500U);
  EXPECT_LE(histogram.percentile_ms(95), 10'000U);
  DurationHistogram all;
  all.add(0);
  all.add(int64_t{1} << 40);
  all.add(histogram);
  EXPECT_EQ(all.count(), 10'002U);
  EXPECT_EQ(all.percentile_ms(100), uint64_t{1} << 40);
}

TEST(OverviewSampler, KeepsAQuarterOfAnHourAndFillsGaps) {
  OverviewSampler sampler;
  ServerTotals totals;
  for (int64_t second = 0; second <= 2'000; ++second) {
    totals.started += static_cast<uint64_t>(second);
    sampler.add({second * 1'000}, totals);
  }
  const Value series = sampler.series();
  EXPECT_EQ(number(series, "seconds"), 900);
  EXPECT_EQ(number(series, "end"), 2'000);
  EXPECT_EQ(json::write(series.find("started")->items()[0]), "1101");
  EXPECT_EQ(json::write(series.find("started")->items()[899]), "2000");
  totals.started += 7;
  sampler.add({2'003'500}, totals);
  const Value after_gap = sampler.series();
  EXPECT_EQ(json::write(after_gap.find("started")->items()[898]), "0");
  EXPECT_EQ(number(sampler.last(), "started"), 7);
  // A clock that goes back.
  sampler.add({1'000'000}, totals);
  EXPECT_EQ(number(sampler.last(), "started"), 0);
}

}  // namespace
}  // namespace pawl::console
