// SPDX-License-Identifier: Apache-2.0
#include "services/logs/logs_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/logs/filter_pattern.h"
#include "store/memory/memory_store.h"

namespace pawl::logs {
namespace {

constexpr int64_t kNow = 1'787'541'942'883;

class LogsServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("logs");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    logs_ = LogStore::open(store_).value();
    service_ = std::make_unique<LogsService>(*logs_);
    table_.emplace(*service_, *model);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = {kNow};
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   if (result) {
                     last_ = result->value;
                     answer = json::write(result->value);
                   } else {
                     answer = result.error().code + ": " + result.error().message.value_or("");
                   }
                 }));
    return answer;
  }

  /// Messages of the last answer.
  std::string messages() const {
    std::string text;
    for (const json::Value& event : last_.find("events")->items())
      text += std::string(event.find("message")->as_string()) + " ";
    return text;
  }
  std::string last(std::string_view member) const {
    const json::Value* value = last_.find(member);
    return value == nullptr ? "(none)" : std::string(value->as_string());
  }

  void make_stream(const std::string& stream) {
    call("CreateLogGroup", R"({"logGroupName":"g"})");
    EXPECT_EQ(call("CreateLogStream", R"({"logGroupName":"g","logStreamName":")" + stream + "\"}"),
              "{}");
  }
  std::string put(const std::string& stream, const std::string& events) {
    return call("PutLogEvents", R"({"logGroupName":"g","logStreamName":")" + stream +
                                    R"(","logEvents":[)" + events + "]}");
  }
  static std::string event(int64_t after_ms, const std::string& message) {
    return R"({"timestamp":)" + std::to_string(kNow + after_ms) + R"(,"message":")" + message +
           "\"}";
  }

  store::MemoryStore store_;
  std::unique_ptr<LogStore> logs_;
  std::unique_ptr<LogsService> service_;
  std::optional<aws::ActionTable> table_;
  json::Value last_;
};

TEST_F(LogsServiceTest, Groups) {
  EXPECT_EQ(call("CreateLogGroup", R"({"logGroupName":"b"})"), "{}");
  EXPECT_EQ(call("CreateLogGroup", R"({"logGroupName":"b"})"),
            "ResourceAlreadyExistsException: The specified log group already exists");
  call("CreateLogGroup", R"({"logGroupName":"a"})");
  EXPECT_EQ(call("PutRetentionPolicy", R"({"logGroupName":"b","retentionInDays":7})"), "{}");
  EXPECT_TRUE(call("PutRetentionPolicy", R"({"logGroupName":"b","retentionInDays":8})")
                  .starts_with("InvalidParameterException: "));
  EXPECT_EQ(call("DescribeLogGroups", R"({"logGroupNamePrefix":"b"})"),
            R"({"logGroups":[{"logGroupName":"b","creationTime":1787541942883,)"
            R"("retentionInDays":7,"metricFilterCount":0,)"
            R"("arn":"arn:aws:logs:us-east-1:000000000000:log-group:b:*"}]})");
  EXPECT_TRUE(call("DescribeLogGroups", R"({"limit":1})").find(R"("logGroupName":"a")") !=
              std::string::npos);
  const std::string next =
      call("DescribeLogGroups", R"({"limit":1,"nextToken":")" + last("nextToken") + "\"}");
  EXPECT_NE(next.find(R"("logGroupName":"b")"), std::string::npos);
  EXPECT_EQ(next.find("nextToken"), std::string::npos);
  EXPECT_EQ(call("DescribeLogGroups", R"({"nextToken":"?"})"),
            "InvalidParameterException: The specified nextToken is invalid.");
  call("DeleteRetentionPolicy", R"({"logGroupName":"b"})");
  EXPECT_EQ(call("DescribeLogGroups", "{}").find("retentionInDays"), std::string::npos);
  EXPECT_EQ(call("DeleteLogGroup", R"({"logGroupName":"b"})"), "{}");
  EXPECT_EQ(call("DeleteLogGroup", R"({"logGroupName":"b"})"),
            "ResourceNotFoundException: The specified log group does not exist.");
}

TEST_F(LogsServiceTest, PutRefusesWhatAwsRefuses) {
  make_stream("s");
  EXPECT_EQ(put("t", event(0, "x")),
            "ResourceNotFoundException: The specified log stream does not exist.");
  EXPECT_EQ(put("s", event(1, "x") + "," + event(0, "y")),
            "InvalidParameterException: Log events in a single PutLogEvents request must be in "
            "chronological order.");
  EXPECT_EQ(put("s", event(0, std::string(262'119, 'x'))),
            "InvalidParameterException: Log event too large: 262145 bytes exceeds limit of 262144");
  EXPECT_EQ(put("s", event(0, std::string(262'118, 'x'))), "{}");
  EXPECT_EQ(put("s", event(7'200'000, "in time") + "," + event(7'200'001, "too new")),
            R"({"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":1}})");
  EXPECT_EQ(put("s", event(-1'209'600'001, "too old") + "," + event(-1'209'600'000, "old")),
            R"({"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}})");
  call("FilterLogEvents", R"({"logGroupName":"g","filterPattern":"-xxx"})");
  EXPECT_EQ(messages(), "old in time ");
}

TEST_F(LogsServiceTest, GetGoesBothWays) {
  make_stream("s");
  make_stream("other");
  put("other", event(2, "no"));
  put("s", event(1, "1") + "," + event(2, "2") + "," + event(3, "3"));
  const std::string stream = R"({"logGroupName":"g","logStreamName":"s","limit":2)";
  call("GetLogEvents", stream + "}");
  EXPECT_EQ(messages(), "2 3 ");
  const std::string backward = last("nextBackwardToken");
  const std::string end = last("nextForwardToken");
  call("GetLogEvents", stream + R"(,"nextToken":")" + backward + "\"}");
  EXPECT_EQ(messages(), "1 ");
  call("GetLogEvents", stream + R"(,"nextToken":")" + end + "\"}");
  EXPECT_EQ(messages(), "");
  EXPECT_EQ(last("nextForwardToken"), end);
  put("s", event(4, "4"));
  call("GetLogEvents", stream + R"(,"nextToken":")" + end + "\"}");
  EXPECT_EQ(messages(), "4 ");
  call("GetLogEvents", stream + R"(,"startFromHead":true})");
  EXPECT_EQ(messages(), "1 2 ");
  EXPECT_EQ(call("GetLogEvents", stream + R"(,"nextToken":"f/1"})"),
            "InvalidParameterException: The specified nextToken is invalid.");
}

TEST_F(LogsServiceTest, FilterShowsAllStreamsByTime) {
  make_stream("a");
  make_stream("b");
  put("a", event(1, "one") + "," + event(3, "three"));
  put("b", event(2, "two"));
  call("FilterLogEvents", R"({"logGroupName":"g","limit":2})");
  EXPECT_EQ(messages(), "one two ");
  call("FilterLogEvents", R"({"logGroupName":"g","nextToken":")" + last("nextToken") + "\"}");
  EXPECT_EQ(messages(), "three ");
  EXPECT_EQ(last("nextToken"), "(none)");
  call("FilterLogEvents", R"({"logGroupName":"g","logStreamNames":["b"]})");
  EXPECT_EQ(messages(), "two ");
  EXPECT_EQ(last_.find("events")->items()[0].find("logStreamName")->as_string(), "b");
  call("FilterLogEvents", R"({"logGroupName":"g","startTime":)" + std::to_string(kNow + 2) +
                              R"(,"endTime":)" + std::to_string(kNow + 3) + "}");
  EXPECT_EQ(messages(), "two three ");
  EXPECT_TRUE(call("FilterLogEvents", R"({"logGroupName":"g","filterPattern":"[a, b]"})")
                  .starts_with("InvalidParameterException: "));
}

TEST_F(LogsServiceTest, StreamsWithTheirTimes) {
  make_stream("a");
  make_stream("b");
  make_stream("c");
  put("a", event(5, "late"));
  put("b", event(1, "x") + "," + event(2, "y"));
  const std::string streams = call("DescribeLogStreams", R"({"logGroupName":"g",
      "orderBy":"LastEventTime","descending":true,"limit":2})");
  EXPECT_NE(streams.find(R"("logStreams":[{"logStreamName":"a","creationTime":1787541942883,)"
                         R"("firstEventTimestamp":1787541942888,)"
                         R"("lastEventTimestamp":1787541942888,"lastIngestionTime":1787541942883,)"
                         R"("arn":"arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:a",)"
                         R"("storedBytes":0},{"logStreamName":"b",)"),
            std::string::npos)
      << streams;
  const std::string rest = call("DescribeLogStreams", R"({"logGroupName":"g",
      "orderBy":"LastEventTime","descending":true,"nextToken":")" +
                                                          last("nextToken") + "\"}");
  EXPECT_NE(rest.find(R"([{"logStreamName":"c","creationTime":1787541942883,"arn")"),
            std::string::npos);
  EXPECT_EQ(call("DescribeLogStreams", R"({"logGroupName":"g","orderBy":"LastEventTime",
      "logStreamNamePrefix":"a"})"),
            "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.");
}

bool matches(const std::string& pattern, const std::string& message) {
  return FilterPattern::parse(pattern).value().matches(message);
}

TEST(FilterPattern, Terms) {
  EXPECT_TRUE(matches("", "anything"));
  EXPECT_TRUE(matches("ERROR", "an ERROR"));
  EXPECT_FALSE(matches("ERROR", "an error"));
  EXPECT_FALSE(matches("a b", "a"));
  EXPECT_TRUE(matches("\"a b\"", "x a b y"));
  EXPECT_FALSE(matches("\"a b\"", "a  b"));
  EXPECT_TRUE(matches(R"("say \"hi\"")", R"(say "hi")"));
  EXPECT_TRUE(matches("?x ?y", "y"));
  EXPECT_FALSE(matches("?x ?y", "z"));
  EXPECT_FALSE(matches("a -b", "a b"));
  EXPECT_FALSE(FilterPattern::parse("\"a"));
  EXPECT_FALSE(FilterPattern::parse("%a%"));
}

TEST(FilterPattern, JsonMembers) {
  const std::string line = R"({"type":"TaskFailed","id":"8","details":{"n":3}})";
  EXPECT_TRUE(matches(R"({ $.type = "TaskFailed" })", line));
  EXPECT_TRUE(matches(R"({$.type="Task*" && $.details.n = 3})", line));
  EXPECT_FALSE(matches(R"({ $.type != "Task*" })", line));
  EXPECT_TRUE(matches(R"({ $.id != 9 })", line));
  EXPECT_FALSE(matches(R"({ $.missing != 9 })", line));
  EXPECT_FALSE(matches(R"({ $.type = "*Started" })", line));
  EXPECT_FALSE(matches(R"({ $.type = "TaskFailed" })", "no JSON"));
  for (const char* bad : {"{ $.a > 1 }", "{ $.a = 1 || $.b = 2 }", "{ ($.a = 1) }", "{ $.a = }",
                          "{ $.a = 1 } x", "{ $.a = 1", "{"}) {
    EXPECT_FALSE(FilterPattern::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace pawl::logs
