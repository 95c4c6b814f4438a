// SPDX-License-Identifier: Apache-2.0
#include "services/cloudwatch/service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudwatch/alarm_rule.h"
#include "store/memory/memory_store.h"

namespace pawl::cloudwatch {
namespace {

using json::Value;

constexpr int64_t kNow = 1'787'541'900'000;  // a whole minute

class CloudWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("cloudwatch");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    open();
  }
  void open() {
    table_.reset();
    loop_ = aws::VirtualLoop(loop_.now());  // what waited is gone with the process
    service_ = CloudWatchService::open({store_, loop_, caller_}).value();
    table_.emplace(*service_, *aws::installed_model("cloudwatch"));
    service_->bind(*table_);
    const auto checked = table_->check();
    ASSERT_TRUE(checked) << checked.error().message;
    service_->run();
  }
  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = loop_.now();
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    return answer;
  }
  std::string put(const std::string& datum) {
    return call("PutMetricData", R"({"Namespace":"n","MetricData":[)" + datum + "]}");
  }
  std::string statistics(const std::string& more) {
    const auto time = [](int64_t ms) { return std::to_string(ms / 1000); };
    return call("GetMetricStatistics", R"({"Namespace":"n","MetricName":"m","StartTime":)" +
                                           time(loop_.now().ms - 600'000) + R"(,"EndTime":)" +
                                           time(loop_.now().ms + 60'000) + "," + more + "}");
  }
  std::string state_of(const std::string& alarm) {
    const std::string text = call("DescribeAlarms", R"({"AlarmNames":[")" + alarm + R"("]})");
    const std::string member = R"("StateValue":")";
    const size_t at = text.find(member);
    return at == std::string::npos
               ? text
               : text.substr(at + member.size(),
                             text.find('"', at + member.size()) - at - member.size());
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_{base::Timestamp{kNow}};
  aws::RecordingCaller caller_;
  std::unique_ptr<CloudWatchService> service_;
  std::optional<aws::ActionTable> table_;
};

TEST_F(CloudWatchTest, StatisticsOfWhatWasPut) {
  EXPECT_EQ(put(R"({"MetricName":"m","Value":1},{"MetricName":"m","Values":[2,3],"Counts":[1,2]},
      {"MetricName":"m","StatisticValues":{"SampleCount":2,"Sum":20,"Minimum":9,"Maximum":11},
       "Unit":"Seconds"},{"MetricName":"m","Value":7,"Dimensions":[{"Name":"d","Value":"x"}]})"),
            "{}");
  open();
  EXPECT_EQ(statistics(R"("Period":60,"Statistics":["SampleCount","Sum","Average","Minimum",
                          "Maximum"],"Unit":"None")"),
            R"({"Label":"m","Datapoints":[{"Timestamp":1.7875419E9,"SampleCount":4.0,"Sum":9.0,)"
            R"("Average":2.25,"Minimum":1.0,"Maximum":3.0,"Unit":"None"}]})");
  EXPECT_NE(statistics(R"("Period":60,"ExtendedStatistics":["p50","p99"],"Unit":"None")")
                .find(R"("ExtendedStatistics":{"p50":2.0,"p99":3.0})"),
            std::string::npos);
  EXPECT_NE(statistics(R"("Period":300,"Statistics":["Sum"],"Dimensions":[{"Name":"d",
                          "Value":"x"}])")
                .find(R"("Sum":7.0)"),
            std::string::npos);
  const std::string listed =
      call("ListMetrics", R"({"Namespace":"n","Dimensions":[{"Name":"d"}]})");
  EXPECT_EQ(listed, R"({"Metrics":[{"Namespace":"n","MetricName":"m","Dimensions":[{"Name":"d",)"
                    R"("Value":"x"}]}]})");
  loop_.advance_by(int64_t{70} * 86'400'000);
  loop_.run();
  EXPECT_EQ(call("ListMetrics", "{}"), R"({"Metrics":[]})");
}

TEST_F(CloudWatchTest, RefusesWhatAwsRefuses) {
  EXPECT_EQ(put(R"({"MetricName":"m","Value":"NaN"})"),
            "InvalidParameterValueException: The value NaN for parameter MetricData.member.1.Value "
            "is invalid.");
  EXPECT_TRUE(put(R"({"MetricName":"m","Value":1,"Values":[1]})")
                  .starts_with("InvalidParameterCombinationException: The parameters MetricData."
                               "member.1.Value and MetricData.member.1.Values are mutually"));
  EXPECT_EQ(put(R"({"MetricName":"m","Values":[1],"Counts":[1,2]})"),
            "InvalidParameterValueException: Parameters MetricData.member.1.Values and MetricData."
            "member.1.Counts must be of the same size.");
  EXPECT_TRUE(put(R"({"MetricName":"m","Value":1,"Timestamp":1})")
                  .find("no more than two weeks in the past") != std::string::npos);
  EXPECT_TRUE(put(R"({"MetricName":"m"})").starts_with("MissingRequiredParameterException"));
  EXPECT_TRUE(call("PutMetricData", R"({"Namespace":"AWS/x","MetricData":[]})")
                  .starts_with("InvalidParameterValueException: The value AWS/"));
  EXPECT_TRUE(statistics(R"("Period":61,"Statistics":["Sum"])")
                  .starts_with("InvalidParameterValueException"));
  EXPECT_TRUE(statistics(R"("Period":60,"ExtendedStatistics":["tm90"])")
                  .starts_with("InvalidParameterValueException"));
}

TEST_F(CloudWatchTest, MetricMath) {
  for (int i = 0; i < 3; ++i) {
    put(R"({"MetricName":"a","Value":)" + std::to_string(i + 1) +
        R"(},{"MetricName":"b","Value":10})");
    loop_.advance_by(60'000);
  }
  const auto data = [&](const std::string& expression) {
    const auto stat = [](const char* id, const char* name) {
      return std::string(R"({"Id":")") + id + R"(","ReturnData":false,"MetricStat":{"Metric":
          {"Namespace":"n","MetricName":")" +
             name + R"("},"Period":60,"Stat":"Sum"}})";
    };
    const std::string text =
        call("GetMetricData", R"({"ScanBy":"TimestampAscending","StartTime":)" +
                                  std::to_string(kNow / 1000) + R"(,"EndTime":)" +
                                  std::to_string(kNow / 1000 + 180) + R"(,"MetricDataQueries":[)" +
                                  stat("a", "a") + "," + stat("b", "b") +
                                  R"(,{"Id":"e","Expression":")" + expression + R"("}]})");
    const size_t at = text.find(R"("Values":)");
    return at == std::string::npos ? text : text.substr(at + 9, text.find(']', at) - at - 8);
  };
  EXPECT_EQ(data("a + b * 2"), "[21.0,22.0,23.0]");
  EXPECT_EQ(data("SUM([a, b])"), "[11.0,12.0,13.0]");
  EXPECT_EQ(data("SUM(METRICS()) / SUM(a)"), "[1.8333333333333333,2.0,2.1666666666666665]");
  EXPECT_EQ(data("SUM([a, b] + [b, a])"), "[22.0,24.0,26.0]");
  EXPECT_EQ(data("SUM(METRICS() + 1)"), "[13.0,14.0,15.0]");
  EXPECT_EQ(data("IF(a > 1, b, 0)"), "[0.0,10.0,10.0]");
  EXPECT_EQ(data("RATE(a) * PERIOD(a)"), "[1.0,1.0]");
  EXPECT_EQ(data("-(a ^ 2)"), "[-1.0,-4.0,-9.0]");
  EXPECT_TRUE(data("SEARCH(a)").find("SEARCH is not supported") != std::string::npos);
  EXPECT_TRUE(data("e + 1").find("refers to itself") != std::string::npos);
  EXPECT_TRUE(data("c").find("no query with the id") != std::string::npos);
  for (const char* bad : {"", "a +", "(a", "[a", "a b", "1.2.3", "FILL(a)"}) {
    EXPECT_TRUE(data(bad).starts_with("ValidationException")) << bad << data(bad);
  }
}

TEST_F(CloudWatchTest, AlarmsAreEvaluatedAndAct) {
  EXPECT_EQ(call("PutMetricAlarm", R"({"AlarmName":"a","MetricName":"m","Namespace":"n",
      "Statistic":"Sum","Period":60,"EvaluationPeriods":2,"DatapointsToAlarm":1,"Threshold":5,
      "ComparisonOperator":"GreaterThanThreshold",
      "AlarmActions":["arn:aws:sns:us-east-1:000000000000:t"]})"),
            "{}");
  EXPECT_EQ(call("PutCompositeAlarm", R"x({"AlarmName":"c","AlarmRule":"NOT OK(a) AND ALARM(\"a\")",
      "AlarmActions":["arn:aws:lambda:us-east-1:000000000000:function:f"]
})x"),
            "{}");
  EXPECT_EQ(state_of("a"), "INSUFFICIENT_DATA");
  put(R"({"MetricName":"m","Value":6})");
  loop_.advance_by(70'000);
  EXPECT_EQ(state_of("a"), "ALARM");
  EXPECT_EQ(state_of("c"), "ALARM");
  ASSERT_EQ(caller_.calls.size(), 2U);
  EXPECT_EQ(caller_.calls[0].operation, "Publish");
  EXPECT_NE(json::write(caller_.calls[0].input).find("NewStateValue"), std::string::npos);
  EXPECT_EQ(caller_.calls[1].operation, "Invoke");
  put(R"({"MetricName":"m","Value":1})");
  loop_.advance_by(120'000);
  EXPECT_EQ(state_of("a"), "OK");
  EXPECT_EQ(state_of("c"), "OK");
  loop_.advance_by(240'000);
  EXPECT_EQ(state_of("a"), "INSUFFICIENT_DATA");
  call("DisableAlarmActions", R"({"AlarmNames":["a"]})");
  const size_t before = caller_.calls.size();
  EXPECT_EQ(call("SetAlarmState", R"({"AlarmName":"a","StateValue":"ALARM","StateReason":"test"})"),
            "{}");
  EXPECT_EQ(caller_.calls.size(), before + 1) << "the composite alarm acts";
  EXPECT_NE(call("DescribeAlarmHistory", R"({"AlarmName":"a","HistoryItemType":"Action"})")
                .find("Successfully executed action arn:aws:sns"),
            std::string::npos);
  open();
  EXPECT_EQ(state_of("a"), "ALARM");
  EXPECT_TRUE(call("SetAlarmState", R"({"AlarmName":"x","StateValue":"OK","StateReason":"r"})")
                  .starts_with("ResourceNotFound"));
  call("DeleteAlarms", R"({"AlarmNames":["a","c"]})");
  EXPECT_EQ(call("DescribeAlarms", "{}"), R"({"CompositeAlarms":[],"MetricAlarms":[]})");
}

TEST_F(CloudWatchTest, BoundsWhatARequestMayCost) {
  EXPECT_TRUE(call("GetMetricData", R"x({"StartTime":0,"EndTime":1787541900,"MetricDataQueries":[
      {"Id":"a","Expression":"FILL(a, 0)","Period":1}]})x")
                  .find("more datapoints than the limit") != std::string::npos);
  EXPECT_TRUE(call("PutMetricAlarm", R"({"AlarmName":"a","EvaluationPeriods":2000000000,
      "Threshold":1,"ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"a",
      "Expression":"1"}]})")
                  .starts_with("InvalidParameterCombinationException"));
}

TEST_F(CloudWatchTest, Dashboards) {
  call("PutDashboard", R"({"DashboardName":"d","DashboardBody":"{\"widgets\":[]}"})");
  EXPECT_NE(call("GetDashboard", R"({"DashboardName":"d"})").find("widgets"), std::string::npos);
  EXPECT_TRUE(call("PutDashboard", R"({"DashboardName":"d","DashboardBody":"x"})")
                  .starts_with("DashboardInvalidInputError"));
  call("DeleteDashboards", R"({"DashboardNames":["d"]})");
  EXPECT_EQ(call("GetDashboard", R"({"DashboardName":"d"})"),
            "DashboardNotFoundError: Dashboard d does not exist");
}

TEST(AlarmRule, ParsesAndHolds) {
  const auto holds = [](const char* text) {
    return AlarmRule::parse(text).value().holds(
        [](const std::string& name) { return name == "bad one" ? "ALARM" : "OK"; });
  };
  EXPECT_TRUE(holds("ALARM(\"bad one\") AND NOT ALARM(other)"));
  EXPECT_TRUE(holds("FALSE OR (OK(x) AND TRUE)"));
  EXPECT_FALSE(holds("NOT (OK(x) OR INSUFFICIENT_DATA(y))"));
  EXPECT_TRUE(holds("OK(arn:aws:cloudwatch:us-east-1:000000000000:alarm:x)"));
  for (const char* bad : {"", "ALARM", "ALARM(", "ALARM()", "x", "TRUE TRUE", "(TRUE", "AND"})
    EXPECT_FALSE(AlarmRule::parse(bad)) << bad;
  EXPECT_FALSE(AlarmRule::parse(std::string(1'000, '(')));
}

}  // namespace
}  // namespace pawl::cloudwatch
