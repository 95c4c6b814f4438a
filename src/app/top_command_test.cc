// SPDX-License-Identifier: Apache-2.0
#include "app/top_command.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pawl::app {
namespace {

MetricsReading reading(std::string_view text) {
  auto parsed = MetricsReading::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed.value_or(MetricsReading());
}

TEST(MetricsReading, SumsWhatHasTheLabels) {
  const MetricsReading read = reading(
      "# HELP a Help.\n# TYPE a counter\na{x=\"1\",y=\"}, \\\"\"} 2\na{x=\"2\",y=\"\"} 3.5\nb 7\n");
  EXPECT_EQ(read.sum("a"), 5.5);
  EXPECT_EQ(read.sum("a", {{"x", "2"}}), 3.5);
  EXPECT_EQ(read.sum("a", {{"y", "}, \""}}), 2);
  EXPECT_EQ(read.sum("a", {{"z", "2"}}), 0);
  EXPECT_EQ(read.sum("b"), 7);
  EXPECT_FALSE(read.has("c"));
  for (const char* wrong : {"a", "a{x=1} 2", "a{x=\"1\" 2", "a{x=\"1\"}2", "a b", "{} 1"})
    EXPECT_FALSE(MetricsReading::parse(wrong)) << wrong;
}

TEST(MetricsReading, QuantilesAreBoundsOfBuckets) {
  const MetricsReading before =
      reading("t_bucket{le=\"0.1\"} 90\nt_bucket{le=\"1\"} 100\nt_bucket{le=\"+Inf\"} 100\n");
  const MetricsReading now =
      reading("t_bucket{le=\"0.1\"} 91\nt_bucket{le=\"1\"} 109\nt_bucket{le=\"+Inf\"} 110\n");
  EXPECT_EQ(histogram_quantile(before, nullptr, "t", 0.5), 0.1);
  EXPECT_EQ(histogram_quantile(now, &before, "t", 0.5), 1);
  EXPECT_TRUE(std::isinf(histogram_quantile(now, &before, "t", 0.99)));
  EXPECT_EQ(histogram_quantile(now, &now, "t", 0.5), 0);
}

constexpr const char* kBefore = R"(
pawl_connections 2
pawl_executions_started_total{type="STANDARD"} 100
pawl_executions_ended_total{type="STANDARD",status="FAILED"} 1
pawl_queue_depth{partition="0"} 4
pawl_state_transitions_total{partition="0"} 1000
pawl_requests_total{service="stepfunctions",operation="StartExecution",code=""} 100
pawl_request_duration_seconds_count{service="stepfunctions",operation="StartExecution"} 100
)";
constexpr const char* kNow = R"(
pawl_connections 3
pawl_executions_started_total{type="STANDARD"} 150
pawl_executions_ended_total{type="STANDARD",status="FAILED"} 6
pawl_executions_running{type="STANDARD"} 42
pawl_queue_depth{partition="0"} 7
pawl_state_transitions_total{partition="0"} 3000
pawl_store_disk_bytes 1234567
pawl_store_failed 1
pawl_requests_total{service="stepfunctions",operation="StartExecution",code=""} 150
pawl_requests_total{service="stepfunctions",operation="StartExecution",code="InvalidName"} 4
pawl_request_duration_seconds_count{service="stepfunctions",operation="StartExecution"} 154
pawl_request_duration_seconds_bucket{service="stepfunctions",operation="StartExecution",le="0.00025"} 60
pawl_request_duration_seconds_bucket{service="stepfunctions",operation="StartExecution",le="+Inf"} 60
)";

TEST(TopFrame, ShowsRatesOfTheTimeBetween) {
  const std::string frame =
      top_frame(reading(kBefore), reading(kNow), 2, "http://h:1", make_palette(false));
  const auto expect = [&frame](const std::string& part) {
    EXPECT_NE(frame.find(part), std::string::npos) << part << "\nis not in\n" << frame;
  };
  expect("http://h:1  3 connections\n");
  expect("STANDARD             25.0         2.5         2.5          42           0\n");
  expect("0                  1000.0         0.0         0.0         0.0           7           0\n");
  expect("on disk 1.2 MB");
  expect("the store has failed\n");
  expect("stepfunctions StartExecution             27.0         2.0     ≤ 250 µs     ≤ 250 µs\n");
}

TEST(TopFrame, ARestartCountsFromZero) {
  const std::string frame = top_frame(reading(kNow), reading(kBefore), 1, "e", make_palette(false));
  EXPECT_NE(frame.find("STANDARD              0.0         0.0"), std::string::npos) << frame;
  EXPECT_NE(frame.find("none\n"), std::string::npos) << frame;
}

}  // namespace
}  // namespace pawl::app
