// SPDX-License-Identifier: Apache-2.0
#include "server/status_events.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "store/memory/memory_store.h"

namespace pawl::server {
namespace {

using interpreter::ExecutionStatus;

class StatusEventsTest : public testing::Test {
 protected:
  StatusEventsTest() { open(); }

  void open() {
    auto opened =
        StatusEvents::open({.store = store_,
                            .is_wanted = [this] { return is_wanted_; },
                            .emit = [this](const auto& event) { emitted_.push_back(event); }});
    ASSERT_TRUE(opened) << opened.error().message;
    events_ = *std::move(opened);
  }

  engine::ExecutionRecord record() const {
    engine::ExecutionRecord made;
    made.scope = "eu-west-1:111122223333:machine";
    made.name = "one";
    made.version = "2";
    return made;
  }
  interpreter::ExecutionState state(std::string input) const {
    auto made = interpreter::make_execution(
        nullptr, json::Payload::from_trusted_text(std::move(input), false));
    made.started_at = {1'000};
    made.stopped_at = {3'000};
    return made;
  }
  /// What is told after the batch of that change is stored.
  void change(const interpreter::ExecutionState& state, ExecutionStatus status) {
    store::Batch batch;
    const auto stored = events_->changed(record(), state, status, batch);
    ASSERT_TRUE(store_.commit(batch, store::Sync::Yes));
    if (!crashes_) stored();
  }

  store::MemoryStore store_;
  bool is_wanted_ = true;
  bool crashes_ = false;
  std::vector<StatusEvents::Event> emitted_;
  std::unique_ptr<StatusEvents> events_;
};

TEST_F(StatusEventsTest, SaysWhatAwsSays) {
  change(state(R"({"a": 1})"), ExecutionStatus::Running);
  ASSERT_EQ(emitted_.size(), 1U);
  EXPECT_EQ(emitted_[0].account, "111122223333");
  EXPECT_EQ(emitted_[0].region, "eu-west-1");
  EXPECT_EQ(emitted_[0].time.ms, 1'000);
  EXPECT_EQ(emitted_[0].detail,
            R"({"executionArn":"arn:aws:states:eu-west-1:111122223333:execution:machine:one",)"
            R"("stateMachineArn":"arn:aws:states:eu-west-1:111122223333:stateMachine:machine",)"
            R"("name":"one","status":"RUNNING","startDate":1000,"stopDate":null,)"
            R"("stateMachineVersionArn":)"
            R"("arn:aws:states:eu-west-1:111122223333:stateMachine:machine:2",)"
            R"("stateMachineAliasArn":null,"redriveCount":0,"redriveDate":null,)"
            R"("redriveStatus":"NOT_REDRIVABLE",)"
            R"("redriveStatusReason":"Execution is RUNNING and cannot be redriven",)"
            R"("input":"{\"a\": 1}","output":null,"inputDetails":{"included":true},)"
            R"("outputDetails":null,"error":null,"cause":null})");
}

TEST_F(StatusEventsTest, AFailureHasErrorAndCauseATimeOutHasNot) {
  auto failed = state("{}");
  failed.error.error = "Broken";
  failed.error.cause = "glass";
  change(failed, ExecutionStatus::Failed);
  change(failed, ExecutionStatus::TimedOut);
  const auto detail = json::parse(emitted_.at(0).detail);
  EXPECT_EQ(detail->find("error")->as_string(), "Broken");
  EXPECT_EQ(detail->find("cause")->as_string(), "glass");
  EXPECT_EQ(json::write(*detail->find("stopDate")), "3000");
  EXPECT_EQ(emitted_.at(0).time.ms, 3'000);
  EXPECT_TRUE(json::parse(emitted_.at(1).detail)->find("error")->is_null());
}

TEST_F(StatusEventsTest, WhatIsTooLargeTogetherIsLeftOut) {
  auto ended = state("\"" + std::string(200'000, 'i') + "\"");
  ended.output = json::Payload::from_trusted_text("\"" + std::string(100'000, 'o') + "\"", false);
  change(ended, ExecutionStatus::Succeeded);
  ended.output = json::Payload::from_trusted_text("\"" + std::string(255'000, 'o') + "\"", false);
  change(ended, ExecutionStatus::Succeeded);
  const auto first = json::parse(emitted_.at(0).detail);
  EXPECT_TRUE(first->find("input")->is_null());
  EXPECT_EQ(json::write(*first->find("inputDetails")), R"({"included":false})");
  EXPECT_EQ(first->find("output")->as_string().size(), 100'002U);
  const auto second = json::parse(emitted_.at(1).detail);
  EXPECT_EQ(second->find("input")->as_string().size(), 200'002U);
  EXPECT_EQ(json::write(*second->find("outputDetails")), R"({"included":false})");
}

TEST_F(StatusEventsTest, WhatACrashLeftIsHandedOverOnce) {
  crashes_ = true;
  change(state("1"), ExecutionStatus::Running);
  change(state("2"), ExecutionStatus::Running);
  open();
  EXPECT_TRUE(emitted_.empty());
  events_->run();
  ASSERT_EQ(emitted_.size(), 2U);
  EXPECT_EQ(json::parse(emitted_[0].detail)->find("input")->as_string(), "1");
  EXPECT_EQ(emitted_[1].region, "eu-west-1");
  crashes_ = false;
  change(state("3"), ExecutionStatus::Running);
  open();
  events_->run();
  EXPECT_EQ(emitted_.size(), 3U);
}

TEST_F(StatusEventsTest, NobodyIsToldWithoutARule) {
  is_wanted_ = false;
  EXPECT_FALSE(events_->is_interested(record()));
}

}  // namespace
}  // namespace pawl::server
