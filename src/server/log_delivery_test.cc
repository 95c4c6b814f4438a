// SPDX-License-Identifier: Apache-2.0
// A durable execution's history in its machine's log group, in the batch that stores the history.
#include "server/log_delivery.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "asl/compile.h"
#include "engine/program_builder_for_test.h"
#include "engine/virtual_clock.h"
#include "interpreter/step.h"
#include "store/memory/memory_store.h"

namespace pawl::server {
namespace {

constexpr const char* kLogging =
    R"({"level":"ALL","includeExecutionData":false,"destinations":[{"cloudWatchLogsLogGroup":
    {"logGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/m:*"}}]})";

TEST(LogDelivery, LinesAreInTheBatchAndAllOfThemAreThere) {
  store::MemoryStore store({.can_lose_power = true});
  auto logs = logs::LogStore::open(store).value();
  engine::VirtualClock clock{{1'787'541'942'883}};
  states::HistoryLogger logger(
      {.clock = clock,
       .configurations = [](uint64_t) -> base::Result<std::string> { return kLogging; },
       .sink = deliver_to(*logs)});
  const asl::Compilation compiled =
      asl::compile(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})");
  interpreter::ExecutionState state =
      interpreter::make_execution(std::make_shared<interpreter::ExecutionInfo>(engine::test_info()),
                                  engine::text_payload("{}"));
  interpreter::StepResult result;
  interpreter::step(*compiled.program, state,
                    {.now = clock.now(), .seed = 1, .event = interpreter::ExecutionStarted{}},
                    result);
  store::Batch batch;
  logger.append(state, *compiled.program, 1, result.events, batch);
  EXPECT_EQ(logger.dropped(), 0u);
  const logs::GroupName group{"000000000000", "us-east-1", "/aws/vendedlogs/m"};
  EXPECT_TRUE(logs->read(group, {})->events.empty());
  ASSERT_TRUE(store.commit(batch, store::Sync::Yes));
  logs.reset();
  store.power_loss();
  logs = logs::LogStore::open(store).value();
  const auto page = logs->read(group, {}).value();
  ASSERT_EQ(page.events.size(), 4u);
  EXPECT_EQ(page.events[0].stream, "states/machine/2026-08-24-03/00000000");
  EXPECT_NE(page.events[3].message.find(R"("type":"ExecutionSucceeded")"), std::string::npos);
}

TEST(LogDelivery, WhatNamesNoGroupIsRefused) {
  store::MemoryStore store;
  const auto logs = logs::LogStore::open(store).value();
  store::Batch batch;
  EXPECT_FALSE(deliver_to(*logs)(
      {.log_group_arn = "arn:aws:s3:::bucket", .log_stream = "s", .lines = {}, .now = {}}, batch));
}

}  // namespace
}  // namespace pawl::server
