// SPDX-License-Identifier: Apache-2.0
#include "services/states/logging/history_logger.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/compile.h"
#include "engine/program_builder_for_test.h"
#include "engine/virtual_clock.h"
#include "interpreter/step.h"
#include "json/parse.h"
#include "json/value.h"

namespace pawl::states {
namespace {

using interpreter::HistoryEventType;

constexpr int64_t kNow = 1'787'541'942'883;  // 2026-08-24T03:25:42.883Z

std::string configuration(const std::string& level, bool data) {
  return R"({"level":")" + level + R"(","includeExecutionData":)" + (data ? "true" : "false") +
         R"(,"destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:us-east-1:)"
         R"(000000000000:log-group:g:*"}}]})";
}

TEST(LogLevel, TableOfTheGuide) {
  const std::set<std::string_view> fatal = {"ExecutionAborted", "ExecutionFailed",
                                            "ExecutionTimedOut"};
  const std::set<std::string_view> error = {"FailStateEntered",
                                            "LambdaFunctionFailed",
                                            "LambdaFunctionScheduleFailed",
                                            "LambdaFunctionStartFailed",
                                            "LambdaFunctionTimedOut",
                                            "MapIterationAborted",
                                            "MapIterationFailed",
                                            "MapStateAborted",
                                            "MapStateFailed",
                                            "ParallelStateAborted",
                                            "ParallelStateFailed",
                                            "TaskFailed",
                                            "TaskStartFailed",
                                            "TaskStateAborted",
                                            "TaskSubmitFailed",
                                            "TaskTimedOut",
                                            "WaitStateAborted"};
  // Not in the table.
  const std::set<std::string_view> more = {"ActivityFailed",   "ActivityScheduleFailed",
                                           "ActivityTimedOut", "EvaluationFailed",
                                           "MapRunAborted",    "MapRunFailed"};
  constexpr auto kLast = static_cast<int>(HistoryEventType::EvaluationFailed);
  for (int i = 0; i <= kLast; ++i) {
    const auto type = static_cast<HistoryEventType>(i);
    const std::string_view name = interpreter::history_event_type_name(type);
    EXPECT_TRUE(is_logged(type, LogLevel::All)) << name;
    EXPECT_EQ(is_logged(type, LogLevel::Error),
              error.contains(name) || fatal.contains(name) || more.contains(name))
        << name;
    EXPECT_EQ(is_logged(type, LogLevel::Fatal), fatal.contains(name)) << name;
    EXPECT_FALSE(is_logged(type, LogLevel::Off)) << name;
  }
}

TEST(LoggingConfiguration, ParsesWhatIsStored) {
  const auto all = LoggingConfiguration::parse(configuration("ALL", true)).value();
  EXPECT_EQ(all.level, LogLevel::All);
  EXPECT_TRUE(all.include_execution_data);
  EXPECT_EQ(all.log_group_arn, "arn:aws:logs:us-east-1:000000000000:log-group:g:*");
  EXPECT_EQ(LoggingConfiguration::parse(configuration("FATAL", false))->level, LogLevel::Fatal);
  EXPECT_EQ(LoggingConfiguration::parse(R"({"level":"OFF","includeExecutionData":false})")->level,
            LogLevel::Off);
  EXPECT_FALSE(LoggingConfiguration::parse("{}"));
  EXPECT_FALSE(LoggingConfiguration::parse(R"({"level":"SOME"})"));
  EXPECT_FALSE(LoggingConfiguration::parse(R"({"level":"ALL"})"));
}

TEST(LogStream, IsNamedByHour) {
  EXPECT_EQ(log_stream_name("m", {kNow}), "states/m/2026-08-24-03/00000000");
}

class HistoryLoggerTest : public testing::Test {
 protected:
  /// Runs one step of the machine and logs its events.
  void log(const std::string& definition, const std::string& input) {
    const asl::Compilation compiled = asl::compile(definition);
    ASSERT_NE(compiled.program, nullptr);
    interpreter::ExecutionState state = interpreter::make_execution(
        std::make_shared<interpreter::ExecutionInfo>(engine::test_info()),
        engine::text_payload(input));
    interpreter::StepResult result;
    interpreter::step(*compiled.program, state,
                      {.now = {kNow}, .seed = 1, .event = interpreter::ExecutionStarted{}}, result);
    store::Batch batch;
    logger_.append(state, *compiled.program, 7, result.events, batch);
  }

  engine::VirtualClock clock_{{kNow + 5}};
  std::map<uint64_t, std::string> configurations_;
  int looked_up_ = 0;
  bool refuse_ = false;
  std::vector<std::string> lines_;
  std::vector<std::string> streams_;
  HistoryLogger logger_{
      {.clock = clock_,
       .configurations = [this](uint64_t revision) -> base::Result<std::string> {
         ++looked_up_;
         const auto found = configurations_.find(revision);
         if (found == configurations_.end())
           return base::Error(base::ErrorKind::NotFound, "no such revision");
         return found->second;
       },
       .sink = [this](const LogDelivery& delivery, store::Batch&) -> base::Result<void> {
         if (refuse_) return base::Error(base::ErrorKind::Io, "refused");
         EXPECT_EQ(delivery.log_group_arn, "arn:aws:logs:us-east-1:000000000000:log-group:g:*");
         EXPECT_EQ(delivery.now.ms, kNow + 5);
         streams_.emplace_back(delivery.log_stream);
         for (const LogDelivery::Line& line : delivery.lines) {
           EXPECT_EQ(line.timestamp.ms, kNow);
           lines_.push_back(line.message);
         }
         return {};
       }}};
};

constexpr const char* kPassMachine =
    R"({"StartAt":"LogInput","States":{"LogInput":{"Type":"Pass","End":true}}})";

std::string tail(int id, const std::string& type, int previous) {
  return R"("redrive_count":"0","id":")" + std::to_string(id) + R"(","type":")" + type +
         R"(","previous_event_id":")" + std::to_string(previous) +
         R"(","event_timestamp":"1787541942883","execution_arn":)"
         R"("arn:aws:states:us-east-1:000000000000:execution:machine:run"})";
}

TEST_F(HistoryLoggerTest, WithExecutionData) {
  configurations_[7] = configuration("ALL", true);
  log(kPassMachine, R"({"a": "x"})");
  EXPECT_EQ(lines_,
            (std::vector<std::string>{
                R"({"details":{"input":"{\"a\": \"x\"}","inputDetails":{"truncated":false},)"
                R"("roleArn":"arn:aws:iam::000000000000:role/test"},)" +
                    tail(1, "ExecutionStarted", 0),
                R"({"details":{"input":"{\"a\": \"x\"}","inputDetails":{"truncated":false},)"
                R"("name":"LogInput"},)" +
                    tail(2, "PassStateEntered", 0),
                R"({"details":{"name":"LogInput","output":"{\"a\": \"x\"}",)"
                R"("outputDetails":{"truncated":false}},)" +
                    tail(3, "PassStateExited", 2),
                R"({"details":{"output":"{\"a\": \"x\"}","outputDetails":{"truncated":false}},)" +
                    tail(4, "ExecutionSucceeded", 3)}));
  EXPECT_EQ(streams_, std::vector<std::string>{"states/machine/2026-08-24-03/00000000"});
  EXPECT_EQ(logger_.dropped(), 0u);
}

TEST_F(HistoryLoggerTest, WithoutExecutionData) {
  configurations_[7] = configuration("ALL", false);
  log(R"({"StartAt":"Intake","States":{"Intake":{"Type":"Task",
      "Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"End":true}}})",
      "{}");
  EXPECT_EQ(
      lines_,
      (std::vector<std::string>{
          R"({"details":{"roleArn":"arn:aws:iam::000000000000:role/test"},)" +
              tail(1, "ExecutionStarted", 0),
          R"({"details":{"name":"Intake"},)" + tail(2, "TaskStateEntered", 0),
          R"({"details":{"region":"us-east-1","resource":"invoke","resourceType":"lambda"},)" +
              tail(3, "TaskScheduled", 2)}));
}

TEST_F(HistoryLoggerTest, LevelsFilterAndConfigurationsAreKept) {
  const std::string failing =
      R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"E","Cause":"c"}}})";
  configurations_[7] = configuration("FATAL", true);
  log(failing, "{}");
  EXPECT_EQ(lines_, std::vector<std::string>{R"({"details":{"cause":"c","error":"E"},)" +
                                             tail(3, "ExecutionFailed", 2)});
  log(kPassMachine, "{}");
  EXPECT_EQ(lines_.size(), 1u);
  EXPECT_EQ(looked_up_, 1);
}

TEST_F(HistoryLoggerTest, LongInputIsCutBetweenCharacters) {
  configurations_[7] = configuration("ALL", true);
  // As it stands in the line, each of the two characters takes two bytes: \" and the two of "ä".
  std::string text = "{\"a\":\"";
  while (text.size() < 250'000) text += "ä\\\"";
  text += "\"}";
  log(kPassMachine, text);
  const json::Value line = json::parse(lines_.at(0)).value();
  const json::Value& details = *line.find("details");
  EXPECT_TRUE(details.find("inputDetails")->find("truncated")->as_boolean());
  const std::string input(details.find("input")->as_string());
  EXPECT_LT(input.size(), text.size());
  EXPECT_EQ(text.substr(0, input.size()), input);
  const size_t escaped = lines_.at(0).find(R"(","inputDetails")") - lines_.at(0).find("{\\\"a");
  EXPECT_LE(escaped, 248u * 1024);
  EXPECT_GT(escaped, 248u * 1024 - 8);
}

TEST_F(HistoryLoggerTest, WhatCannotBeLoggedIsCounted) {
  log(kPassMachine, "{}");
  EXPECT_EQ(logger_.dropped(), 4u);  // unknown revision
  configurations_[7] = configuration("ALL", true);
  refuse_ = true;
  log(kPassMachine, "{}");
  EXPECT_EQ(logger_.dropped(), 8u);
  refuse_ = false;
  log(kPassMachine, "{}");
  EXPECT_EQ(logger_.dropped(), 8u);
  EXPECT_EQ(lines_.size(), 4u);
}

}  // namespace
}  // namespace pawl::states
