// SPDX-License-Identifier: Apache-2.0
// Histories as GetExecutionHistory answers them, and what a server is asked for one.
#include "app/execution_notes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "app/stored_execution.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::app {
namespace {

using json::Value;
using Notes = std::unordered_map<std::string, std::string>;

Value parsed(const std::string& text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : Value::array({});
}

Value history(const std::string& events) { return parsed("[" + events + "]"); }

TEST(ExecutionNotes, AttemptsAreCountedAndVisitsToo) {
  const Value events = history(R"(
      {"id":1,"previousEventId":0,"type":"ExecutionStarted"},
      {"id":2,"previousEventId":0,"type":"TaskStateEntered","stateEnteredEventDetails":{"name":"A"}},
      {"id":3,"previousEventId":2,"type":"TaskScheduled"},
      {"id":4,"previousEventId":3,"type":"TaskFailed"},
      {"id":5,"previousEventId":4,"type":"TaskScheduled"},
      {"id":6,"previousEventId":5,"type":"TaskSucceeded"},
      {"id":7,"previousEventId":6,"type":"TaskStateExited","stateExitedEventDetails":{"name":"A"}},
      {"id":8,"previousEventId":7,"type":"TaskStateEntered","stateEnteredEventDetails":{"name":"A"}},
      {"id":9,"previousEventId":8,"type":"TaskScheduled"},
      {"id":10,"previousEventId":9,"type":"TaskSucceeded"},
      {"id":11,"previousEventId":10,"type":"TaskStateExited","stateExitedEventDetails":{"name":"A"}},
      {"id":12,"previousEventId":11,"type":"PassStateEntered","stateEnteredEventDetails":{"name":"B"}})");
  const ExecutionNotes notes = execution_notes(events.items());
  EXPECT_EQ(notes.texts, (Notes{{"A", "retried once"}}));
  EXPECT_EQ(notes.visits, (std::unordered_map<std::string, int64_t>{{"A", 2}}));
}

TEST(ExecutionNotes, IterationsAreTheMapsAlsoBehindStatesInside) {
  const Value events = history(R"(
      {"id":1,"previousEventId":0,"type":"MapStateEntered","stateEnteredEventDetails":{"name":"M"}},
      {"id":2,"previousEventId":1,"type":"MapStateStarted","mapStateStartedEventDetails":{"length":3}},
      {"id":3,"previousEventId":2,"type":"MapIterationStarted","mapIterationStartedEventDetails":{"name":"M","index":0}},
      {"id":4,"previousEventId":3,"type":"PassStateEntered","stateEnteredEventDetails":{"name":"In"}},
      {"id":5,"previousEventId":2,"type":"MapIterationStarted","mapIterationStartedEventDetails":{"name":"M","index":1}},
      {"id":6,"previousEventId":4,"type":"PassStateExited","stateExitedEventDetails":{"name":"In"}},
      {"id":7,"previousEventId":6,"type":"MapIterationSucceeded","mapIterationSucceededEventDetails":{"name":"M","index":0}},
      {"id":8,"previousEventId":5,"type":"TaskStateEntered","stateEnteredEventDetails":{"name":"Work"}},
      {"id":9,"previousEventId":8,"type":"TaskScheduled"},
      {"id":10,"previousEventId":9,"type":"TaskFailed"},
      {"id":11,"previousEventId":10,"type":"MapIterationFailed","mapIterationFailedEventDetails":{"name":"M","index":1}})");
  EXPECT_EQ(execution_notes(events.items()).texts, (Notes{{"M", "1 of 3 items, 1 failed"}}));
}

TEST(ExecutionNotes, AMapRunCountsItsItemsItself) {
  const Value events = history(R"(
      {"id":1,"previousEventId":0,"type":"MapStateEntered","stateEnteredEventDetails":{"name":"M"}},
      {"id":2,"previousEventId":1,"type":"MapStateStarted","mapStateStartedEventDetails":{"length":9}},
      {"id":3,"previousEventId":2,"type":"MapRunStarted"},
      {"id":4,"previousEventId":3,"type":"MapRunFailed"})");
  EXPECT_EQ(execution_notes(events.items()).texts, (Notes{{"M", "0 of 9 items, Map Run failed"}}));
  const std::vector<Value> runs{parsed(
      R"({"stateName":"M","itemCounts":{"total":9,"succeeded":6,"failed":2,"timedOut":1}})")};
  EXPECT_EQ(execution_notes(events.items(), runs).texts,
            (Notes{{"M", "6 of 9 items, 3 failed, Map Run failed"}}));
}

TEST(ExecutionNotes, WhatMakesNoSenseIsPassedOver) {
  const Value events = history(R"({}, 3, {"id":1,"previousEventId":7,"type":"MapIterationFailed"},
      {"id":2,"previousEventId":1,"type":"PassStateExited"})");
  EXPECT_EQ(execution_notes(events.items()).texts, Notes{});
}

class FakeServer final : public ServiceCalls {
 public:
  aws::ApiResult<Value> call(const std::string&, const std::string& operation,
                             const Value& input) override {
    asked += operation + " " + json::text_member(input, "nextToken") + ";";
    if (operation == "DescribeStateMachineForExecution") {
      if (fails) return aws::ApiError("ExecutionDoesNotExist", "Execution Does Not Exist");
      return parsed(R"({"definition":"{}"})");
    }
    if (operation == "DescribeMapRun") return parsed(R"({"status":"RUNNING"})");
    if (json::text_member(input, "nextToken").empty()) {
      return parsed(R"({"nextToken":"t","events":[
          {"id":1,"previousEventId":0,"type":"MapStateEntered","stateEnteredEventDetails":{"name":"M"}}]})");
    }
    return parsed(R"({"events":[{"id":2,"previousEventId":1,"type":"MapRunStarted",
        "mapRunStartedEventDetails":{"mapRunArn":"run"}}]})");
  }

  bool fails = false;
  std::string asked;
};

TEST(StoredExecution, IsReadPageByPageWithItsMapRuns) {
  FakeServer server;
  const auto execution = fetch_execution(server, "arn:aws:states:r:a:execution:m:name");
  ASSERT_TRUE(execution) << execution.error().message;
  EXPECT_EQ(execution->name, "name");
  EXPECT_EQ(execution->definition, "{}");
  EXPECT_EQ(execution->history.size(), 2U);
  ASSERT_EQ(execution->map_runs.size(), 1U);
  EXPECT_EQ(json::text_member(execution->map_runs[0], "stateName"), "M");
  EXPECT_EQ(server.asked,
            "DescribeStateMachineForExecution ;GetExecutionHistory ;"
            "GetExecutionHistory t;DescribeMapRun ;");
}

TEST(StoredExecution, TheServersWordsAreTheError) {
  FakeServer server;
  server.fails = true;
  const auto execution = fetch_execution(server, "arn");
  ASSERT_FALSE(execution);
  EXPECT_EQ(execution.error().kind, base::ErrorKind::NotFound);
  EXPECT_EQ(execution.error().message, "ExecutionDoesNotExist: Execution Does Not Exist");
}

}  // namespace
}  // namespace pawl::app
