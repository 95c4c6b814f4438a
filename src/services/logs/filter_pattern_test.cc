// SPDX-License-Identifier: Apache-2.0
#include "services/logs/filter_pattern.h"

#include <gtest/gtest.h>

namespace pawl::logs {
namespace {

bool matches(const std::string& pattern, const std::string& message) {
  return FilterPattern::parse(pattern).value().matches(message);
}

TEST(FilterPattern, Terms) {
  EXPECT_TRUE(matches("", "anything"));
  EXPECT_TRUE(matches(" ", "anything"));
  EXPECT_TRUE(matches("ERROR", "an ERROR"));
  EXPECT_FALSE(matches("ERROR", "an error"));
  EXPECT_FALSE(matches("a b", "a"));
  EXPECT_TRUE(matches("\"a b\"", "x a b y"));
  EXPECT_FALSE(matches("\"a b\"", "a  b"));
  EXPECT_TRUE(matches(R"("say \"hi\"")", R"(say "hi")"));
  EXPECT_TRUE(matches("?x ?y", "y"));
  EXPECT_FALSE(matches("?x ?y", "z"));
  EXPECT_FALSE(matches("a -b", "a b"));
  EXPECT_TRUE(matches("%AUTHORIZED|40[13]%", "status 403"));
  EXPECT_FALSE(matches("%AUTHORIZED|40[13]%", "status 404"));
  EXPECT_FALSE(FilterPattern::parse("\"a"));
  EXPECT_FALSE(FilterPattern::parse("%(%"));
}

TEST(FilterPattern, JsonMembers) {
  const std::string line =
      R"({"type":"TaskFailed","id":"8","ok":true,"none":null,"details":{"n":3},"list":[1,{"k":"v"}]})";
  for (const char* yes :
       {R"({ $.type = "TaskFailed" })", R"({$.type="Task*" && $.details.n = 3})",
        R"({ $.id != 9 })", R"({ $.details.n >= 3 && ($.ok IS TRUE || $.missing = 1) })",
        R"({ $.none IS NULL })", R"({ $.missing NOT EXISTS })", R"({ $.list[1].k = "v" })",
        R"({ $.list[*] = 1 })", R"({ $.type = %^Task[FT]% })", R"({ $.details.n = 3.0 })",
        R"({ $['type'] = "TaskFailed" })"}) {
    EXPECT_TRUE(matches(yes, line)) << yes;
  }
  for (const char* no :
       {R"({ $.type != "Task*" })", R"({ $.missing != 9 })", R"({ $.type = "*Started" })",
        R"({ $.ok IS FALSE })", R"({ $.details.n > 3 })", R"({ $.list[0].k = "v" })",
        R"({ $.type NOT EXISTS })"}) {
    EXPECT_FALSE(matches(no, line)) << no;
  }
  EXPECT_FALSE(matches(R"({ $.type = "TaskFailed" })", "no JSON"));
  for (const char* bad :
       {"{ $.a > x }", "{ $.a }", "{ ($.a = 1 }", "{ $.a = }", "{ $.a = 1 } x", "{ $.a = 1", "{",
        "{ $.a IS 3 }", "{ $.a NOT 3 }", "{ a = 1 }", "{ $.a = 1 && }", "{ $.[0] = 1 }"}) {
    EXPECT_FALSE(FilterPattern::parse(bad)) << bad;
  }
  EXPECT_FALSE(FilterPattern::parse("{" + std::string(1'000, '(')));
}

TEST(FilterPattern, FieldsBetweenSpaces) {
  const std::string line =
      R"(127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /i HTTP/1.0" 404 1534)";
  for (const char* yes :
       {"[ip, user, username, timestamp, request, status_code, bytes]",
        "[ip, user, username, timestamp, request = *GET*, status_code = 4*, bytes]",
        "[ip, user, username, timestamp, request, status_code = 4* || status_code = 5*, bytes]",
        "[ip, user, username, timestamp, request, status_code, bytes > 1000]",
        "[ip = 127.*, ..., status_code = 404, bytes]", "[..., bytes < 2000]", "[]",
        "[ip, ..., status != 200 && status != 300, bytes]"}) {
    EXPECT_TRUE(matches(yes, line)) << yes;
  }
  for (const char* no : {"[ip, user]", "[..., status = 5*, bytes]", "[..., bytes > 2000]",
                         "[a, b, c, d, e, f, g, h, ...]"}) {
    EXPECT_FALSE(matches(no, line)) << no;
  }
  for (const char* bad : {"[a, b", "[a = ]", "[..., ...]", "[a b]", "[a = 1 || b = 2]", "[a] x"}) {
    EXPECT_FALSE(FilterPattern::parse(bad)) << bad;
  }
  const FilterPattern pattern = FilterPattern::parse("[ip, ..., status = 4*, bytes]").value();
  EXPECT_EQ(pattern.value_of("$bytes", line), "1534");
  EXPECT_EQ(pattern.extracted(line).at("$status"), "404");
  EXPECT_FALSE(pattern.value_of("$other", line));
}

TEST(FilterPattern, ValuesOfJsonMessages) {
  const FilterPattern pattern = FilterPattern::parse("{ $.a = * }").value();
  EXPECT_EQ(pattern.value_of("$.a", R"({"a":1.50})"), "1.50");
  EXPECT_FALSE(pattern.value_of("$.a", R"({"a":{}})"));
  EXPECT_FALSE(pattern.value_of("$.b", R"({"a":1})"));
}

}  // namespace
}  // namespace pawl::logs
