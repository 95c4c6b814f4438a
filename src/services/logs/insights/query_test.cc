// SPDX-License-Identifier: Apache-2.0
#include "services/logs/insights/query.h"

#include <gtest/gtest.h>

namespace pawl::logs {
namespace {

/// Rows as "a=1 b=2; …", of four events, newest first, without @ptr.
std::string run(const std::string& text) {
  const InsightsQuery query = InsightsQuery::parse(text).value();
  InsightsRun run(query, 1'000);
  const char* messages[] = {R"({"level":"ERROR","ms":40,"user":{"name":"eve"}})",
                            R"({"level":"INFO","ms":30,"user":{"name":"bob"}})",
                            "plain text took 20 ms", R"({"level":"ERROR","ms":10})"};
  double time = 1'787'541'900'000;
  for (const char* message : messages) {
    if (!run.add(insights_row(message, time, time, "stream", "0:group", "ptr"))) break;
    time -= 60'000;
  }
  std::string out;
  for (const auto& row : run.finish()) {
    for (const auto& [field, value] : row) {
      if (field != "@ptr") out += field + "=" + value + " ";
    }
    if (!out.empty()) out.back() = ';';
  }
  return out;
}

TEST(InsightsQuery, FieldsFiltersAndLimits) {
  EXPECT_EQ(run("fields level, ms | filter level = 'ERROR'"),
            "level=ERROR ms=40;level=ERROR ms=10;");
  EXPECT_EQ(run("fields ms * 2 + 1 as twice | filter ispresent(ms) | limit 1"), "twice=81;");
  EXPECT_EQ(run("filter @message like /took \\d+/ | display @logStream"), "@logStream=stream;");
  EXPECT_EQ(run("filter user.name not like 'o' and level in ['ERROR', 'WARN'] | display ms"),
            "ms=40;ms=10;");
  EXPECT_EQ(run("fields @timestamp | limit 1"), "@timestamp=2026-08-24 03:25:00.000;");
  EXPECT_EQ(run("fields toupper(user.name) as n | sort n desc | limit 2"), "n=EVE;n=BOB;");
  EXPECT_EQ(run("# a comment\nfields ms # another\n| filter ispresent(ms) | sort x, ms | limit 2"),
            "ms=10;ms=30;");
}

TEST(InsightsQuery, Stats) {
  EXPECT_EQ(
      run("stats count(*) as n, sum(ms), avg(ms), min(ms), max(ms) by level | sort level desc"),
      "level=INFO n=1 sum(ms)=30 avg(ms)=30 min(ms)=30 max(ms)=30;"
      "level=ERROR n=2 sum(ms)=50 avg(ms)=25 min(ms)=10 max(ms)=40;n=1;");
  EXPECT_EQ(run("filter ispresent(ms) | stats pct(ms, 50), count_distinct(level)"),
            "pct(ms, 50)=30 count_distinct(level)=2;");
  EXPECT_EQ(run("stats count(*) by bin(1h)"), "bin(1h)=2026-08-24 03:00:00.000 count(*)=4;");
  EXPECT_EQ(run("filter level = 'ERROR' | stats stddev(ms) as s"), "s=15;");
  EXPECT_EQ(run("stats latest(level) as l, earliest(ms) as e"), "l=ERROR e=10;");
  EXPECT_EQ(run("filter level = 'NONE' | stats count(*)"), "count(*)=0;");
}

TEST(InsightsQuery, ParseAndDedup) {
  EXPECT_EQ(run("parse @message 'took * ms' as took | filter ispresent(took) | display took"),
            "took=20;");
  EXPECT_EQ(run("parse @message /took (?<took>\\d+)/ | filter took > 5 | stats sum(took)"),
            "sum(took)=20;");
  EXPECT_EQ(run("fields level | filter ispresent(level) | dedup level"), "level=ERROR;level=INFO;");
}

TEST(InsightsQuery, RefusesWhatItDoesNotKnow) {
  for (const char* bad : {"",
                          "pattern @message",
                          "fields",
                          "fields @message |",
                          "filter",
                          "filter (a = 1",
                          "filter a like",
                          "limit x",
                          "limit 0",
                          "limit 10001",
                          "stats foo(x)",
                          "stats count(*",
                          "stats pct(x, 101)",
                          "parse @message /(/ as x",
                          "parse @message 'a'",
                          "fields nope(1)",
                          "fields strlen()",
                          "filter a = 'b",
                          "fields 5y",
                          "sort @timestamp desc asc x",
                          "x | y"}) {
    EXPECT_FALSE(InsightsQuery::parse(bad)) << bad;
  }
  EXPECT_FALSE(InsightsQuery::parse("filter " + std::string(10'000, '(')));
  EXPECT_FALSE(InsightsQuery::parse("filter " + std::string(10'000, '-')));
  std::string chain = "filter a";
  for (int i = 0; i < 5'000; ++i) chain += "+a";
  EXPECT_FALSE(InsightsQuery::parse(chain));
  const auto error = InsightsQuery::parse("fields a\n| foo b").error();
  EXPECT_EQ(error.position.line, 2);
}

}  // namespace
}  // namespace pawl::logs
