// SPDX-License-Identifier: Apache-2.0
#include "interpreter/task_token.h"

#include <gtest/gtest.h>

#include "interpreter/execution_test_fixture.h"

namespace pawl::interpreter {
namespace {

TEST(TaskToken, NamesItsTask) {
  base::Random random(1);
  for (const TaskTokenParts& parts :
       {TaskTokenParts{}, TaskTokenParts{UINT64_MAX, {UINT32_MAX, UINT32_MAX}},
        TaskTokenParts{0x0123456789abcdefULL, {17, 0x80000001}}}) {
    const std::string token = make_task_token(parts, random);
    EXPECT_EQ(token.size(), 112U);
    EXPECT_EQ(parse_task_token(token), parts);
  }
}

TEST(TaskToken, CannotBeGuessedFromAnotherOne) {
  base::Random random(1);
  const TaskTokenParts parts{1, {2, 3}};
  EXPECT_NE(make_task_token(parts, random), make_task_token(parts, random));
}

TEST(TaskToken, WhatIsNoTokenGivesNone) {
  base::Random random(1);
  const std::string token = make_task_token({1, {2, 3}}, random);
  for (size_t length = 0; length < token.size(); ++length) {
    EXPECT_FALSE(parse_task_token(token.substr(0, length)));
  }
  EXPECT_FALSE(parse_task_token(token + "AAAA"));
  EXPECT_FALSE(parse_task_token(std::string(token.size(), '!')));
  std::string other_format = token;
  other_format[0] = 'B';  // the first byte is 5
  EXPECT_FALSE(parse_task_token(other_format));
}

constexpr std::string_view kWaitForToken = R"({"StartAt":"T","States":{"T":{"Type":"Task",
    "Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Retry":[{"ErrorEquals":["E"]}],
    "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}},"End":true}}})";

TEST(TaskToken, LeadsToTheTaskThatWaits) {
  TestExecution run(kWaitForToken);
  run.start();
  const TaskId first = run.tasks().at(0).task;
  const std::string first_token = run.tasks().at(0).task_token;
  EXPECT_EQ(parse_task_token(first_token), (TaskTokenParts{run.state().info->execution_id, first}));
  EXPECT_EQ(run.state().find(first.frame)->task_token, first_token);
  run.fail_task(0, "E", "once more");
  run.fire_next_timer();
  const TaskId second = run.tasks().at(0).task;
  EXPECT_NE(second, first);
  EXPECT_EQ(parse_task_token(run.tasks().at(0).task_token)->task, second);
}

TEST(TaskSubmitted, IsRememberedWithItsContinuation) {
  TestExecution run(kWaitForToken);
  run.start();
  const TaskId task = run.tasks().at(0).task;
  const json::Payload answer = json::Payload::from_text("{}").value();
  run.send(TaskSubmitted{task, answer, "poll job 7"});
  EXPECT_TRUE(run.state().find(task.frame)->task_submitted);
  EXPECT_EQ(run.state().find(task.frame)->continuation, "poll job 7");
  // After a crash the task may be submitted again: no second event, but what is new counts.
  run.send(TaskSubmitted{task, answer, "poll job 8"});
  EXPECT_EQ(run.count(HistoryEventType::TaskSubmitted), 1U);
  EXPECT_EQ(run.state().find(task.frame)->continuation, "poll job 8");
  run.fail_task(0, "E", "once more");
  run.fire_next_timer();
  EXPECT_FALSE(run.state().find(task.frame)->task_submitted);
  EXPECT_EQ(run.state().find(task.frame)->continuation, "");
}

}  // namespace
}  // namespace pawl::interpreter
