// SPDX-License-Identifier: Apache-2.0
#include "services/logs/logs_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/model/gunzip.h"
#include "aws/service/action_table.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
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
    service_ = LogsService::open(store_, *logs_, loop_, caller_).value();
    table_.emplace(*service_, *model);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The output as text, or "CODE: MESSAGE"; "(none)" while there is no answer.
  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = {kNow};
    answer_text_ = "(none)";
    std::string& answer = answer_text_;
    table_->call(std::move(request), aws::Reply([this, &answer](aws::ActionResult result) {
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
  aws::VirtualLoop loop_{base::Timestamp{kNow}};
  std::string answer_ = "{}";  ///< of calls to other services
  aws::RecordingCaller caller_{[this](const aws::Call&) {
    return aws::ApiResult<json::Value>(json::parse(answer_).value());
  }};
  std::string answer_text_;
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
            R"("arn":"arn:aws:logs:us-east-1:000000000000:log-group:b:*",)"
            R"("logGroupClass":"STANDARD",)"
            R"("logGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:b"}]})");
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
  EXPECT_TRUE(call("FilterLogEvents", R"({"logGroupName":"g","filterPattern":"[a, b"})")
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

TEST_F(LogsServiceTest, GroupsKeepWhatIsSetOnThem) {
  EXPECT_EQ(call("CreateLogGroup", R"({"logGroupName":"g","tags":{"a":"1"},
      "deletionProtectionEnabled":true,"logGroupClass":"INFREQUENT_ACCESS"})"),
            "{}");
  EXPECT_TRUE(call("DeleteLogGroup", R"({"logGroupName":"g"})").starts_with("ValidationException"));
  call("PutLogGroupDeletionProtection",
       R"({"logGroupIdentifier":"g","deletionProtectionEnabled":false})");
  const std::string arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  call("TagResource", R"({"resourceArn":")" + arn + R"(","tags":{"b":"2"}})");
  call("UntagLogGroup", R"({"logGroupName":"g","tags":["a"]})");
  EXPECT_EQ(call("ListTagsForResource", R"({"resourceArn":")" + arn + "\"}"),
            R"({"tags":{"b":"2"}})");
  logs_ = LogStore::open(store_).value();
  const auto group = logs_->find_group({"000000000000", "us-east-1", "g"});
  ASSERT_TRUE(group);
  EXPECT_EQ(group->group_class, "INFREQUENT_ACCESS");
  EXPECT_EQ(group->tags.at("b"), "2");
}

TEST_F(LogsServiceTest, ADeletedStreamTakesItsEventsAlong) {
  make_stream("a");
  make_stream("b");
  put("a", event(1, "gone"));
  put("b", event(2, "stays"));
  call("DeleteLogStream", R"({"logGroupName":"g","logStreamName":"a"})");
  loop_.run();
  make_stream("a");
  call("FilterLogEvents", R"({"logGroupName":"g"})");
  EXPECT_EQ(messages(), "stays ");
}

TEST_F(LogsServiceTest, RefusesNamesThatAreTooLong) {
  EXPECT_EQ(call("CreateLogGroup", R"({"logGroupName":")" + std::string(513, 'a') + "\"}"),
            "InvalidParameterException: Invalid LogGroup or LogStream, both must have length less "
            "than or equal to 512.");
  make_stream("s");
  EXPECT_EQ(call("GetLogEvents", R"({"logGroupName":"g","logStreamName":"s","limit":10001})"),
            "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' "
            "failed to satisfy constraint: Member must have value less than or equal to 10000");
}

TEST_F(LogsServiceTest, MetricFiltersSendMetrics) {
  make_stream("s");
  EXPECT_EQ(call("PutMetricFilter", R"({"logGroupName":"g","filterName":"f",
      "filterPattern":"{ $.latency > 10 }","metricTransformations":[{"metricName":"m",
      "metricNamespace":"n","metricValue":"$.latency","dimensions":{"Path":"$.path"}}]})"),
            "{}");
  put("s", R"({"timestamp":1787541942883,"message":"{\"latency\":12.5,\"path\":\"/a\"}"},)" +
               event(1, "no"));
  loop_.run();
  ASSERT_EQ(caller_.calls.size(), 1U);
  EXPECT_EQ(caller_.calls[0].operation, "PutMetricData");
  EXPECT_EQ(json::write(caller_.calls[0].input),
            R"({"Namespace":"n","MetricData":[{"MetricName":"m","Timestamp":1.787541942883E9,)"
            R"("Value":12.5,"Dimensions":[{"Name":"Path","Value":"/a"}]}]})");
  EXPECT_EQ(call("DeleteMetricFilter", R"({"logGroupName":"g","filterName":"f"})"), "{}");
  put("s", R"({"timestamp":1787541942884,"message":"{\"latency\":13}"})");
  loop_.run();
  EXPECT_EQ(caller_.calls.size(), 1U);
}

TEST_F(LogsServiceTest, SubscriptionFiltersInvokeFunctions) {
  make_stream("s");
  const std::string input = R"({"logGroupName":"g","filterName":"f","filterPattern":"ERROR",
      "destinationArn":"arn:aws:lambda:us-east-1:000000000000:function:f"})";
  EXPECT_TRUE(call("PutSubscriptionFilter", input)
                  .starts_with("InvalidParameterException: Could not execute the lambda"));
  answer_ = R"({"Policy":"{\"Principal\":{\"Service\":\"logs.amazonaws.com\"}}"})";
  EXPECT_EQ(call("PutSubscriptionFilter", input), "{}");
  caller_.calls.clear();
  put("s", event(0, "fine") + "," + event(1, "ERROR 1"));
  loop_.run();
  ASSERT_EQ(caller_.calls.size(), 1U);
  const json::Value& sent = caller_.calls[0].input;
  EXPECT_EQ(sent.find("InvocationType")->as_string(), "Event");
  const auto payload =
      json::parse(base::base64_decode(sent.find("Payload")->as_string()).value()).value();
  const auto packed =
      base::base64_decode(payload.find("awslogs")->find("data")->as_string()).value();
  const std::string text = aws::gunzip(packed, 1'000'000).value();
  EXPECT_NE(text.find(R"("logGroup":"g","logStream":"s","subscriptionFilters":["f"])"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("message":"ERROR 1")"), std::string::npos);
  EXPECT_EQ(text.find("fine"), std::string::npos);
}

TEST_F(LogsServiceTest, AtMostTenResourcePolicies) {
  for (int i = 0; i < 10; ++i) {
    call("PutResourcePolicy",
         R"({"policyName":"p)" + std::to_string(i) + R"(","policyDocument":"{}"})");
  }
  EXPECT_EQ(call("PutResourcePolicy", R"({"policyName":"q","policyDocument":"{}"})"),
            "LimitExceededException: Resource limit exceeded.");
  EXPECT_TRUE(call("PutResourcePolicy", R"({"policyName":"p1","policyDocument":"{}"})")
                  .starts_with(R"({"resourcePolicy":{"policyName":"p1")"));
}

TEST_F(LogsServiceTest, QueriesRunAndShowTheirRows) {
  make_stream("s");
  put("s", R"({"timestamp":1787541942883,"message":"{\"level\":\"ERROR\",\"n\":1}"},)"
           R"({"timestamp":1787541942884,"message":"{\"level\":\"INFO\",\"n\":2}"},)"
           R"({"timestamp":1787541942885,"message":"{\"level\":\"ERROR\",\"n\":4}"})");
  const std::string window = R"("logGroupName":"g","startTime":1787541900,"endTime":1787542000,)";
  call("StartQuery",
       "{" + window + R"("queryString":"stats sum(n) as total by level | sort level"})");
  loop_.run();
  const std::string id = last("queryId");
  const std::string results = call("GetQueryResults", R"({"queryId":")" + id + "\"}");
  EXPECT_NE(results.find(R"("results":[[{"field":"level","value":"ERROR"},)"
                         R"({"field":"total","value":"5"}],[{"field":"level","value":"INFO"},)"
                         R"({"field":"total","value":"2"}]])"),
            std::string::npos)
      << results;
  EXPECT_NE(call("DescribeQueries", R"({"status":"Complete"})").find(id), std::string::npos);
  call("StartQuery", "{" + window + R"("queryString":"pattern @message"})");
  EXPECT_TRUE(answer_text_.starts_with("MalformedQueryException: the command 'pattern'"))
      << answer_text_;
}

TEST_F(LogsServiceTest, ExportsToABucket) {
  make_stream("s/1");
  put("s/1", event(0, "line"));
  call("CreateExportTask", R"({"logGroupName":"g","from":0,"to":9787541942883,"destination":"b"})");
  const std::string id = last("taskId");
  loop_.run();
  ASSERT_EQ(caller_.calls.size(), 2U);
  EXPECT_EQ(caller_.calls[0].input.find("Key")->as_string(), "exportedlogs/aws-logs-write-test");
  EXPECT_EQ(caller_.calls[1].input.find("Key")->as_string(),
            "exportedlogs/" + id + "/s-1/000000.gz");
  EXPECT_NE(call("DescribeExportTasks", "{}").find(R"("code":"COMPLETED")"), std::string::npos);
}

}  // namespace
}  // namespace pawl::logs
