// SPDX-License-Identifier: Apache-2.0
// Histories as GetExecutionHistory answers them.
#include "app/execution_statuses.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"

namespace pawl::app {
namespace {

using graph::StateStatus;

/// "id previous type name" a line.
std::unordered_map<std::string, StateStatus> statuses_of(
    const std::vector<std::tuple<int, int, std::string, std::string>>& events) {
  std::string text;
  for (const auto& [id, previous, type, name] : events) {
    text += text.empty() ? "" : ",";
    text += R"({"id":)" + std::to_string(id) + R"(,"previousEventId":)" + std::to_string(previous) +
            R"(,"type":")" + type + '"';
    if (type.ends_with("StateEntered"))
      text += R"(,"stateEnteredEventDetails":{"name":")" + name + "\"}";
    if (type.ends_with("StateExited"))
      text += R"(,"stateExitedEventDetails":{"name":")" + name + "\"}";
    text += '}';
  }
  const auto history = json::parse(R"({"events":[)" + text + "]}");
  EXPECT_TRUE(history.has_value()) << text;
  const auto statuses = execution_statuses(*history);
  EXPECT_TRUE(statuses.has_value());
  return *statuses;
}

using Expected = std::unordered_map<std::string, StateStatus>;

TEST(ExecutionStatusesTest, WhatRunsIsRunning) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "PassStateEntered", "A"},
                         {3, 2, "PassStateExited", "A"},
                         {4, 3, "TaskStateEntered", "B"},
                         {5, 4, "TaskScheduled", ""}}),
            (Expected{{"A", StateStatus::Succeeded}, {"B", StateStatus::Running}}));
}

TEST(ExecutionStatusesTest, AFailStateFails) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "FailStateEntered", "No"},
                         {3, 2, "ExecutionFailed", ""}}),
            (Expected{{"No", StateStatus::Failed}}));
}

TEST(ExecutionStatusesTest, AFailureInAMapFailsWhatIsAroundItAndAbortsTheRest) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "MapStateEntered", "Each"},
                         {3, 2, "MapStateStarted", ""},
                         {4, 3, "MapIterationStarted", ""},
                         {5, 4, "TaskStateEntered", "Work"},
                         {6, 3, "MapIterationStarted", ""},
                         {7, 6, "WaitStateEntered", "Wait"},
                         {8, 5, "TaskScheduled", ""},
                         {9, 8, "TaskStarted", ""},
                         {10, 9, "TaskFailed", ""},
                         {11, 10, "MapIterationFailed", ""},
                         {12, 7, "MapIterationAborted", ""},
                         {13, 11, "MapStateFailed", ""},
                         {14, 13, "ExecutionFailed", ""}}),
            (Expected{{"Each", StateStatus::Failed},
                      {"Work", StateStatus::Failed},
                      {"Wait", StateStatus::Aborted}}));
}

TEST(ExecutionStatusesTest, IterationsThatSucceedLeadBackToTheMap) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "MapStateEntered", "Each"},
                         {3, 2, "MapStateStarted", ""},
                         {4, 3, "MapIterationStarted", ""},
                         {5, 4, "PassStateEntered", "Work"},
                         {6, 5, "PassStateExited", "Work"},
                         {7, 6, "MapIterationSucceeded", ""},
                         {8, 7, "MapStateSucceeded", ""},
                         {9, 8, "MapStateExited", "Each"},
                         {10, 9, "SucceedStateEntered", "End"},
                         {11, 10, "SucceedStateExited", "End"},
                         {12, 11, "ExecutionSucceeded", ""}}),
            (Expected{{"Each", StateStatus::Succeeded},
                      {"Work", StateStatus::Succeeded},
                      {"End", StateStatus::Succeeded}}));
}

TEST(ExecutionStatusesTest, ACaughtErrorIsToldAndARetriedOneIsNot) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "TaskStateEntered", "Caught"},
                         {3, 2, "TaskScheduled", ""},
                         {4, 3, "TaskFailed", ""},
                         {5, 4, "TaskStateExited", "Caught"},
                         {6, 5, "TaskStateEntered", "Retried"},
                         {7, 6, "TaskScheduled", ""},
                         {8, 7, "TaskFailed", ""},
                         {9, 8, "TaskScheduled", ""},
                         {10, 9, "TaskStarted", ""},
                         {11, 10, "TaskSucceeded", ""},
                         {12, 11, "TaskStateExited", "Retried"},
                         {13, 12, "ExecutionSucceeded", ""}}),
            (Expected{{"Caught", StateStatus::Caught}, {"Retried", StateStatus::Succeeded}}));
}

TEST(ExecutionStatusesTest, AStoppedExecutionHasNoFailure) {
  EXPECT_EQ(statuses_of({{1, 0, "ExecutionStarted", ""},
                         {2, 0, "WaitStateEntered", "Wait"},
                         {3, 2, "ExecutionAborted", ""}}),
            (Expected{{"Wait", StateStatus::Aborted}}));
}

TEST(ExecutionStatusesTest, WhatIsNoHistoryIsRefused) {
  EXPECT_FALSE(execution_statuses(*json::parse(R"({"event":[]})")).has_value());
  EXPECT_FALSE(execution_statuses(*json::parse("7")).has_value());
}

}  // namespace
}  // namespace pawl::app
