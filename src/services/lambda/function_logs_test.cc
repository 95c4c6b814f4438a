// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_logs.h"

#include <string>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"

namespace pawl::lambda {
namespace {

using json::Value;

TEST(FunctionLogs, MakesTheGroupAndStreamThatAreNotThere) {
  aws::VirtualLoop loop;
  bool exists = false;
  aws::RecordingCaller caller([&](const aws::Call& call) -> aws::ApiResult<Value> {
    if (call.operation == "CreateLogStream") exists = true;
    if (call.operation == "PutLogEvents" && !exists) {
      return aws::ApiError("ResourceNotFoundException", "The specified log group does not exist.");
    }
    return Value::object();
  });
  FunctionLogs logs(loop, caller);
  FunctionConfig function;
  function.name = "f";
  logs.append(function, "s", "before");
  loop.advance_by(1'000);
  EXPECT_TRUE(caller.calls.empty());  // nobody is there yet
  logs.begin();
  logs.append(function, "s", "after");
  logs.append(function, "s", "");
  loop.advance_by(1'000);
  std::string operations;
  for (const aws::Call& call : caller.calls) operations += call.operation + " ";
  EXPECT_EQ(operations, "PutLogEvents CreateLogGroup CreateLogStream PutLogEvents ");
  const Value& input = caller.calls.back().input;
  EXPECT_EQ(input.find("logGroupName")->as_string(), "/aws/lambda/f");
  ASSERT_EQ(input.find("logEvents")->size(), 2U);
  EXPECT_EQ(input.find("logEvents")->items()[1].find("message")->as_string(), "after");
  loop.advance_by(1'000);
  EXPECT_EQ(caller.calls.size(), 4U);
}

TEST(FunctionLogs, WhatCannotBeSentIsDropped) {
  aws::VirtualLoop loop;
  aws::RecordingCaller caller([](const aws::Call&) -> aws::ApiResult<Value> {
    return aws::ApiError("NotImplemented", "no logs here", 501);
  });
  FunctionLogs logs(loop, caller);
  logs.begin();
  logs.append({}, "s", "line");
  loop.advance_by(10'000);
  EXPECT_EQ(caller.calls.size(), 1U);
  EXPECT_EQ(loop.timers(), 0U);
}

}  // namespace
}  // namespace pawl::lambda
