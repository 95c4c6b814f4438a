// SPDX-License-Identifier: Apache-2.0
// JMESPath as the models use it, every expression of every installed model, pages and waits.
#include "aws/client/client_models.h"

#include <gtest/gtest.h>

#include "aws/client/pages_and_waits.h"
#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) { return *json::parse(text); }

std::string search(std::string_view expression, std::string_view value) {
  const auto compiled = JmesPath::compile(expression);
  if (!compiled) return compiled.error().message;
  return json::write(compiled->search(parse(value)));
}

TEST(JmesPath, SelectsAsJmespathPyDoes) {
  constexpr std::string_view kData =
      R"({"a":{"b":[{"c":1,"d":["x"]},{"c":2,"d":["y","z"]},{"e":null}],"n":null},"k v":3,)"
      R"("list":[[1,2],[3],4],"text":"häß","no":false,"empty":[],"map":{"p":{"s":"u"},"q":{"s":"v"}}})";
  for (const auto& [expression, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a.b[0].c", "1"},
           {"a.b[-2].c", "2"},
           {"a.b[7]", "null"},
           {"a.b[].c", "[1,2]"},
           {"a.b[*].d", R"([["x"],["y","z"]])"},
           {"a.b[].d[]", R"(["x","y","z"])"},
           {"a.b[*].d[0]", R"(["x","y"])"},
           {"list[]", "[1,2,3,4]"},
           {"nothing[]", "null"},
           {"nothing.more", "null"},
           {"\"k v\"", "3"},
           {"map.*.s", R"(["u","v"])"},
           {"*.p.s", R"(["u"])"},
           {"@.no", "false"},
           {"a.b[?c == `2`].d[]", R"(["y","z"])"},
           {"a.b[?c >= `1` && c < `2`].c", "[1]"},
           {"length(a.b[?!(c == `1`)])", "2"},
           {"length(text)", "3"},
           {"length(map)", "2"},
           {"length(no)", "null"},
           {"length(nothing || '') > `0`", "false"},
           {"length(list[]) > `0`", "true"},
           {"empty || a.n || text == 'häß'", "true"},
           {"no && text", "false"},
           {"text != 'x' && !no", "true"},
           {"text < `3`", "null"},
           {"`{\"x\": [1]}`.x[0]", "1"},
           {"'it\\'s'", "\"it's\""},
           {"[0]", "null"},
       }) {
    EXPECT_EQ(search(expression, kData), expected) << expression;
  }
  EXPECT_EQ(search("[-1].b", R"([1,{"b":5}])"), "5");
  EXPECT_EQ(search("[].b", R"([[{"b":5}],{"b":6}])"), "[5,6]");
}

TEST(JmesPath, RefusesWhatItDoesNotKnow) {
  for (const std::string wrong :
       {"",      "a.",  "a[",     "a[0",    "a[x]",  "a[0:1]", "sort(a)", "a b", "a[?b", "(a",
        "'open", "`{`", "{a: b}", "[a, b]", "a | b", "&a",     "a.[b]",   "!",   "a ==", "-"}) {
    EXPECT_FALSE(JmesPath::compile(wrong)) << wrong;
  }
  EXPECT_EQ(JmesPath::compile("a.b[x]").error().message, "unexpected 'x' in column 5");
  EXPECT_EQ(JmesPath::compile("sort(a)").error().message,
            "a function other than length in column 5");
  EXPECT_EQ(JmesPath::compile(std::string(100, '(') + "a").error().kind,
            base::ErrorKind::LimitExceeded);
}

TEST(ClientModels, EveryInstalledFileCompiles) {
  ClientModels models(installed_search_path());
  size_t paginators = 0;
  size_t waiters = 0;
  for (const std::string& service : installed_models().service_names()) {
    const auto failure = models.waiter(service, "none");
    ASSERT_FALSE(failure);
    EXPECT_EQ(failure.error().kind, base::ErrorKind::NotFound) << failure.error().message;
    paginators += models.paginators_of(service).size();
    waiters += models.waiters_of(service).size();
  }
  EXPECT_GT(paginators, 1'500U);
  EXPECT_GT(waiters, 150U);
  EXPECT_FALSE(models.waiter("../etc", "x"));
}

class PagesTest : public testing::Test {
 protected:
  /// The inputs of the calls, and what came of them.
  std::string pages(const std::string& service, const std::string& operation,
                    std::string_view input, std::vector<std::string> answers,
                    size_t pages_max = 100) {
    RecordingCaller caller([&answers, at = size_t{0}](const Call&) mutable {
      return ApiResult<json::Value>(parse(answers[std::min(at++, answers.size() - 1)]));
    });
    const auto paginator = models_.paginator(service, operation);
    EXPECT_TRUE(paginator) << paginator.error().message;
    std::string seen;
    for_each_page(
        caller, {.service = service, .operation = operation, .input = parse(input)}, **paginator,
        [&](const json::Value& page) {
          for (const JmesPath& key : (*paginator)->result_keys)
            seen += json::write(key.search(page));
          return --pages_max > 0;
        },
        [&](const ApiResult<void>& done) {
          seen += done ? " done" : " " + done.error().message.value_or("");
        });
    for (const Call& call : caller.calls) seen += "\n" + json::write(call.input);
    return seen;
  }
  ClientModels models_{installed_search_path()};
};

TEST_F(PagesTest, GoesOnWithTheTokenOfThePageBefore) {
  EXPECT_EQ(pages("stepfunctions", "ListStateMachines", R"({"maxResults":1})",
                  {R"({"stateMachines":[1],"nextToken":"t1"})",
                   R"({"stateMachines":[2],"nextToken":"t2"})", R"({"stateMachines":[3]})"}),
            "[1][2][3] done\n{\"maxResults\":1}\n{\"maxResults\":1,\"nextToken\":\"t1\"}\n"
            "{\"maxResults\":1,\"nextToken\":\"t2\"}");
  EXPECT_EQ(pages("stepfunctions", "ListStateMachines", "{}",
                  {R"({"stateMachines":[1],"nextToken":"t"})"}),
            "[1][1] The same next token was received twice: stepfunctions:ListStateMachines\n"
            "{}\n{\"nextToken\":\"t\"}");
  EXPECT_EQ(pages("stepfunctions", "ListStateMachines", "{}",
                  {R"({"stateMachines":[1],"nextToken":"t"})"}, 1),
            "[1] done\n{}");
}

TEST_F(PagesTest, S3MakesTokensOfKeys) {
  EXPECT_EQ(pages("s3", "ListObjects", R"({"Bucket":"b"})",
                  {R"({"IsTruncated":true,"Contents":[{"Key":"x"}]})",
                   R"({"IsTruncated":false,"Contents":[{"Key":"y"}],"NextMarker":"z"})"}),
            "[{\"Key\":\"x\"}]null[{\"Key\":\"y\"}]null done\n{\"Bucket\":\"b\"}\n"
            "{\"Bucket\":\"b\",\"Marker\":\"x\"}");
}

class WaitTest : public testing::Test {
 protected:
  std::string wait(const std::string& service, const std::string& name,
                   std::vector<ApiResult<json::Value>> answers) {
    const auto waiter = models_.waiter(service, name);
    EXPECT_TRUE(waiter) << waiter.error().message;
    size_t at = 0;
    RecordingCaller caller(
        [&](const Call&) { return answers[std::min(at++, answers.size() - 1)]; });
    std::string result;
    const base::Timestamp began = loop_.now();
    wait_until(caller, loop_, {.service = service, .operation = (*waiter)->operation}, **waiter,
               [&](const ApiResult<json::Value>& answer) {
                 result = answer ? json::write(*answer)
                                 : answer.error().code + ": " + answer.error().message.value_or("");
                 result += " after " + std::to_string((loop_.now().ms - began.ms) / 1'000) + " s";
               });
    loop_.advance_by(4 * 3'600'000);
    return result;
  }
  static json::Value answer(std::string_view text) { return parse(text); }

  VirtualLoop loop_;
  ClientModels models_{installed_search_path()};
};

TEST_F(WaitTest, UntilAPathSaysSo) {
  EXPECT_EQ(wait("dynamodb", "TableExists",
                 {ApiError("ResourceNotFoundException", "no"),
                  answer(R"({"Table":{"TableStatus":"CREATING"}})"),
                  answer(R"({"Table":{"TableStatus":"ACTIVE"}})")}),
            R"({"Table":{"TableStatus":"ACTIVE"}} after 40 s)");
  EXPECT_EQ(wait("dynamodb", "TableExists", {answer(R"({"Table":{"TableStatus":"CREATING"}})")}),
            "SdkClientException: Waiter TableExists failed: Max attempts exceeded after 480 s");
  EXPECT_EQ(wait("dynamodb", "TableExists", {ApiError("AccessDenied", "no")}),
            "AccessDenied: no after 0 s");
}

TEST_F(WaitTest, UntilAllOrAnyOfManySaySo) {
  const std::string pending =
      R"({"Reservations":[{"Instances":[{"State":{"Name":"running"}},{"State":{"Name":"pending"}}]}]})";
  const std::string running =
      R"({"Reservations":[{"Instances":[{"State":{"Name":"running"}},{"State":{"Name":"running"}}]}]})";
  const std::string ended =
      R"({"Reservations":[{"Instances":[{"State":{"Name":"running"}},{"State":{"Name":"terminated"}}]}]})";
  EXPECT_EQ(wait("ec2", "InstanceRunning", {answer(pending), answer(running)}),
            running + " after 15 s");
  const std::string failed = wait("ec2", "InstanceRunning", {answer(pending), answer(ended)});
  EXPECT_TRUE(failed.starts_with("SdkClientException: Waiter InstanceRunning failed: ")) << failed;
}

TEST_F(WaitTest, UntilThereIsAnErrorOrNone) {
  ApiError gone("NoSuchKey", "");
  gone.status = 404;
  EXPECT_EQ(wait("s3", "ObjectNotExists", {answer("{}"), gone}), "null after 5 s");
  EXPECT_EQ(wait("s3", "ObjectExists", {gone, answer("{}")}), "{} after 5 s");
}

}  // namespace
}  // namespace pawl::aws
