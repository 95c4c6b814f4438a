// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_run.h"

#include "services/states/test_state/test_state_for_test.h"

namespace pawl::states {
namespace {

using interpreter::TaskFailed;
using interpreter::TaskSucceeded;

json::Payload payload(const char* text) { return *json::Payload::from_text(text); }

TEST(TestStateRun, PassShowsEveryStage) {
  EXPECT_EQ(
      test_state(R"({"definition":{"Type":"Pass","InputPath":"$.a","Parameters":{"x.$":"$.b"},
          "ResultPath":"$.r","OutputPath":"$.r","Next":"N"},"input":"{\"a\": {\"b\": 1}}",
          "inspectionLevel":"DEBUG"})"),
      R"({"output":"{\"x\":1}","inspectionData":{"input":"{\"a\": {\"b\": 1}}",)"
      R"("afterInputPath":"{\"b\":1}","afterParameters":"{\"x\":1}",)"
      R"("afterResultSelector":"{\"x\":1}","afterResultPath":"{\"a\":{\"b\":1},\"r\":{\"x\":1}}"},)"
      R"("nextState":"N","status":"SUCCEEDED"})");
}

TEST(TestStateRun, InfoShowsTheOutcomeOnly) {
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Pass","End":true},"input":" [1, 2]"})"),
            R"({"output":" [1, 2]","status":"SUCCEEDED"})");
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Succeed"}})"),
            R"({"output":"{}","status":"SUCCEEDED"})");
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Fail","Error":"E"}})"),
            R"({"error":"E","status":"FAILED"})");
}

TEST(TestStateRun, WaitIsOverAtOnce) {
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Wait","Seconds":86400,"Next":"N"},"input":"{}",
                           "inspectionLevel":"TRACE"})"),
            R"({"output":"{}","inspectionData":{"input":"{}","afterInputPath":"{}"},)"
            R"("nextState":"N","status":"SUCCEEDED"})");
}

TEST(TestStateRun, CausesNameNoState) {
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Pass","InputPath":"$.no","End":true}})"),
            R"({"error":"States.Runtime","cause":"Invalid path '$.no' : No results for path: )"
            R"($['no']","status":"FAILED"})");
  const std::string jsonata = test_state(
      R"({"definition":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $nothing %}",
          "End":true},"inspectionLevel":"DEBUG"})");
  EXPECT_EQ(member_of(jsonata, "error"), "States.QueryEvaluationError");
  EXPECT_EQ(member_of(jsonata, "cause").substr(0, 23), "The JSONata expression ");
  EXPECT_EQ(member_of(jsonata, "status"), "FAILED");
}

TEST(TestStateRun, VariablesAreSeenAndAssigned) {
  const std::string result = test_state(
      R"({"definition":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $a + 1 %}",
          "Assign":{"b":"{% $a * 2 %}"},"End":true},"variables":{"a":20},
          "inspectionLevel":"DEBUG"})");
  EXPECT_EQ(member_of(result, "output"), "21");
  EXPECT_EQ(member_of(result, "variables"), R"({"a":20,"b":40})");
  const std::string failed = test_state(
      R"({"definition":{"Type":"Fail"},"variables":"{ \"a\": 1 }","inspectionLevel":"DEBUG"})");
  EXPECT_EQ(member_of(failed, "variables"), R"({"a":1})");
  EXPECT_EQ(member_of(test_state(R"({"definition":{"Type":"Fail"},"variables":"{ }",
                                     "inspectionLevel":"DEBUG"})"),
                      "variables"),
            "(none)");
  EXPECT_EQ(test_state(R"({"definition":{"Type":"Succeed"},"variables":[1]})"),
            "ValidationException: Invalid variables provided: must be a valid JSON object");
}

TEST(TestStateRun, InputThatIsNoJson) {
  const std::string result = test_state(R"({"definition":{"Type":"Succeed"},"input":"nothing"})");
  EXPECT_EQ(result.substr(0, 62), "InvalidExecutionInput: Invalid State Machine Execution Input: ");
}

constexpr const char* kTask =
    R"({"definition":{"Type":"Task","QueryLanguage":"JSONata",
        "Resource":"arn:aws:states:::http:invoke",
        "Arguments":{"ApiEndpoint":"https://a","Method":"GET",
                     "Authentication":{"ConnectionArn":"c"},"n":"{% 1 + 1 %}"},
        "Retry":[{"ErrorEquals":["Other"]},
                 {"ErrorEquals":["E"],"IntervalSeconds":3,"MaxAttempts":2,"BackoffRate":2}],
        "Catch":[{"ErrorEquals":["Other"],"Next":"A"},
                 {"ErrorEquals":["States.ALL"],"Output":"{% $states.errorOutput.Error %}",
                  "Next":"B"}],
        "Next":"N"},"inspectionLevel":"DEBUG",)";

TEST(TestStateRun, MockedResult) {
  const std::string result =
      test_state(std::string(kTask) + R"("mock":{"result":"{ \"a\": 1 }"}})");
  EXPECT_EQ(member_of(result, "result"), R"({ "a": 1 })");
  EXPECT_EQ(member_of(result, "output"), R"({ "a": 1 })");
  EXPECT_NE(member_of(result, "afterArguments").find(R"("n":2)"), std::string::npos);
  EXPECT_EQ(member_of(result, "afterParameters"), "(none)");
  EXPECT_EQ(member_of(result, "nextState"), "N");
}

TEST(TestStateRun, MockedErrorIsRetriedThenCaught) {
  const auto with_retries = [](int count) {
    return test_state(std::string(kTask) +
                      R"("mock":{"errorOutput":{"error":"E","cause":"C"}},
                         "stateConfiguration":{"retrierRetryCount":)" +
                      std::to_string(count) + "}}");
  };
  const std::string first = with_retries(1);
  EXPECT_EQ(member_of(first, "status"), "RETRIABLE");
  EXPECT_EQ(member_of(first, "errorDetails"),
            R"({"retryIndex":1,"retryBackoffIntervalSeconds":6})");
  EXPECT_EQ(member_of(first, "error"), "E");
  EXPECT_EQ(member_of(first, "cause"), "C");
  EXPECT_EQ(member_of(first, "output"), "(none)");
  const std::string last = with_retries(2);
  EXPECT_EQ(member_of(last, "status"), "CAUGHT_ERROR");
  EXPECT_EQ(member_of(last, "errorDetails"), R"({"catchIndex":1,"retryIndex":1})");
  EXPECT_EQ(member_of(last, "output"), R"("E")");
  EXPECT_EQ(member_of(last, "nextState"), "B");
}

TEST(TestStateRun, ContextIsTakenAsItIs) {
  const std::string result = test_state(
      R"({"definition":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          "Parameters":{"QueueUrl":"q","MessageBody":{"t.$":"$$.Task.Token","c.$":"$$"}},
          "End":true},"context":{"Task":{"Token":"mine"},"Mine":1},"mock":{"result":{}},
          "inspectionLevel":"DEBUG"})");
  EXPECT_EQ(
      member_of(result, "afterParameters"),
      R"({"QueueUrl":"q","MessageBody":{"t":"mine","c":{"Task":{"Token":"mine"},"Mine":1}}})");
}

TEST(TestStateRun, ContextWithoutOneGiven) {
  const std::string result = test_state(
      R"({"definition":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
          "Parameters":{"QueueUrl":"q","MessageBody":{"t.$":"$$.Task.Token","s.$":"$$.State",
          "r.$":"$$.Execution.RoleArn"}},"End":true},"mock":{"errorOutput":{"error":"E"}},
          "stateConfiguration":{"retrierRetryCount":4},"inspectionLevel":"DEBUG"})");
  const json::Value body = *json::parse(member_of(result, "afterParameters"));
  EXPECT_GT(body.find("MessageBody")->find("t")->as_string().size(), 40U);
  EXPECT_EQ(json::write(*body.find("MessageBody")->find("s")),
            R"({"Name":"StateName","EnteredTime":"2023-11-14T22:13:20.000Z","RetryCount":4})");
  EXPECT_TRUE(body.find("MessageBody")->find("r")->is_null());
}

std::string map_request(const std::string& fields, const std::string& rest) {
  return R"({"definition":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",
             "ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},)" +
         fields + R"("End":true},"inspectionLevel":"DEBUG",)" + rest + "}";
}

TEST(TestStateRun, MapShowsItemsSelectedAndBatched) {
  const std::string result = test_state(map_request(
      R"("ItemsPath":"$.items","ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index",
         "k.$":"$.k"},"ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"b.$":"$.k"}},
         "MaxConcurrency":7,"ToleratedFailurePercentage":12.5,"ResultPath":"$.r",)",
      R"("input":{"k":"K","items":[1,{"a":[2,3]},4]},"mock":{"result":["x"]})"));
  EXPECT_EQ(member_of(result, "afterItemsPath"), R"([1, {"a":[2,3]}, 4])");
  EXPECT_EQ(member_of(result, "afterItemSelector"),
            R"([{"v":1,"i":0,"k":"K"}, {"v":{"a":[2,3]},"i":1,"k":"K"}, {"v":4,"i":2,"k":"K"}])");
  EXPECT_EQ(member_of(result, "afterItemBatcher"),
            R"([{"BatchInput":{"b":"K"},"Items":[{"v":1,"i":0,"k":"K"},)"
            R"({"v":{"a":[2,3]},"i":1,"k":"K"}]}, )"
            R"({"BatchInput":{"b":"K"},"Items":[{"v":4,"i":2,"k":"K"}]}])");
  EXPECT_EQ(member_of(result, "maxConcurrency"), "7");
  EXPECT_EQ(member_of(result, "toleratedFailurePercentage"), "12.5");
  EXPECT_EQ(member_of(result, "toleratedFailureCount"), "(none)");
  EXPECT_EQ(member_of(result, "afterResultSelector"), R"(["x"])");
  EXPECT_EQ(member_of(result, "result"), "(none)");
  EXPECT_EQ(member_of(result, "output"), R"({"k":"K","items":[1,{"a":[2,3]},4],"r":["x"]})");
}

TEST(TestStateRun, MapReadsTheDataOfItsReader) {
  const auto request = [](const char* config, const char* data) {
    return map_request(
        std::string(R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
            "Parameters":{"Bucket":"b","Key":"k"},"ReaderConfig":)") +
            config + R"(},"ItemSelector":{"v.$":"$$.Map.Item.Value"},)",
        std::string(R"("mock":{"result":[]},"stateConfiguration":{"mapIterationFailureCount":3,
            "mapItemReaderData":)") +
            data + "}");
  };
  const std::string refused =
      "ValidationException: Map iteration failure count must be less than or equal to the number "
      "of Map iterations";
  EXPECT_EQ(test_state(request(R"({"InputType":"JSON"})", R"("[1, 2]")")), refused);
  EXPECT_EQ(member_of(test_state(request(R"({"InputType":"JSON"})", R"("[1, 2, 3]")")),
                      "afterItemSelector"),
            R"([{"v":1}, {"v":2}, {"v":3}])");
  EXPECT_EQ(member_of(test_state(request(R"({"InputType":"JSONL"})", R"("1\n\n[2]\n\"c\"")")),
                      "afterItemSelector"),
            R"([{"v":1}, {"v":[2]}, {"v":"c"}])");
  EXPECT_EQ(member_of(test_state(request(R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW",
                                             "MaxItems":3})",
                                         R"("a,b\n1,\"x, y\"\n2,z\n3,\n4,")")),
                      "afterItemSelector"),
            R"([{"v":{"a":"1","b":"x, y"}}, {"v":{"a":"2","b":"z"}}, {"v":{"a":"3","b":""}}])");
  EXPECT_EQ(member_of(test_state(request(R"({"InputType":"JSON","ItemsPointer":"/x"})",
                                         R"({"x":[1,{"y":2},3]})")),
                      "afterItemsPointer"),
            R"([1, {"y":2}, 3])");
  const std::string failed = test_state(request(R"({"InputType":"JSON"})", R"("nothing")"));
  EXPECT_EQ(member_of(failed, "status"), "FAILED");
  EXPECT_EQ(member_of(failed, "error"), "States.ItemReaderFailed");
}

TEST(TestStateRun, MapThresholds) {
  const auto status = [](const char* fields, int failed) {
    const std::string result = test_state(
        map_request(fields, R"("input":[1,2,3,4],"mock":{"result":[1,2,3,4]},"stateConfiguration":)"
                            R"({"mapIterationFailureCount":)" +
                                std::to_string(failed) + "}"));
    return member_of(result, "status") + " " + member_of(result, "error");
  };
  const std::string exceeded = "FAILED States.ExceedToleratedFailureThreshold";
  EXPECT_EQ(status("", 4), "SUCCEEDED (none)");
  EXPECT_EQ(status(R"("ToleratedFailureCount":2,)", 2), "SUCCEEDED (none)");
  EXPECT_EQ(status(R"("ToleratedFailureCount":2,)", 3), exceeded);
  EXPECT_EQ(status(R"("ToleratedFailurePercentage":50,)", 2), "SUCCEEDED (none)");
  EXPECT_EQ(status(R"("ToleratedFailurePercentage":50,)", 3), exceeded);
}

TEST(TestStateRun, InlineMapAndParallelRunNoChildren) {
  const char* const kFails = R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"No"}}})";
  EXPECT_EQ(test_state(std::string(R"({"definition":{"Type":"Map","ItemProcessor":)") + kFails +
                       R"(,"ResultSelector":{"all.$":"$"},"End":true},"input":[1],
                          "mock":{"result":["m"]}})"),
            R"({"output":"{\"all\":[\"m\"]}","status":"SUCCEEDED"})");
  EXPECT_EQ(test_state(std::string(R"({"definition":{"Type":"Parallel","Branches":[)") + kFails +
                       R"(],"ResultSelector":{"all.$":"$"},"End":true},
                          "mock":{"result":["m"]}})"),
            R"({"output":"{\"all\":[\"m\"]}","status":"SUCCEEDED"})");
  EXPECT_EQ(test_state(std::string(R"({"definition":{"Type":"Parallel","Branches":[)") + kFails +
                       R"(],"Catch":[{"ErrorEquals":["E"],"ResultPath":"$.e","Next":"C"}],
                          "End":true},"mock":{"errorOutput":{"error":"E","cause":"C"}}})"),
            R"({"output":"{\"e\":{\"Error\":\"E\",\"Cause\":\"C\"}}","error":"E","cause":"C",)"
            R"("nextState":"C","status":"CAUGHT_ERROR"})");
}

class CalledTask : public testing::Test {
 protected:
  void SetUp() override {
    std::string refused;
    run_ = make_run(std::string(R"({"definition":{"Type":"Task","TimeoutSeconds":60,
            "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",
            "ResultPath":"$.r","Next":"N"},"input":"{\"a\":1}","roleArn":")") +
                        kTestRole + "\"}",
                    refused);
    ASSERT_NE(run_, nullptr) << refused;
    run_->start(kTestStart);
    ASSERT_FALSE(run_->is_over());
    const auto task = run_->take_task();
    ASSERT_TRUE(task);
    EXPECT_EQ(task->parameters.text(), R"({"a":1})");
    EXPECT_FALSE(run_->take_task());
    task_ = task->task;
  }

  base::Timestamp after_ms(int64_t ms) const { return {kTestStart.ms + ms}; }

  std::unique_ptr<TestStateRun> run_;
  interpreter::TaskId task_;
};

TEST_F(CalledTask, Succeeds) {
  EXPECT_EQ(run_->next_due(), after_ms(60'000));
  run_->answer(interpreter::TaskStarted{task_, {}}, after_ms(1));
  run_->answer(TaskSucceeded{task_, payload("[2]")}, after_ms(2));
  EXPECT_EQ(result_text(*run_),
            R"({"output":"{\"a\":1,\"r\":[2]}","nextState":"N","status":"SUCCEEDED"})");
}

TEST_F(CalledTask, Fails) {
  run_->answer(TaskFailed{TaskFailed::Phase::Run, task_, {"E", "C"}}, after_ms(1));
  EXPECT_EQ(result_text(*run_), R"({"error":"E","cause":"C","status":"FAILED"})");
}

TEST_F(CalledTask, TimesOutAndIsCancelled) {
  run_->fire_due(after_ms(59'999));
  EXPECT_FALSE(run_->is_over());
  run_->fire_due(after_ms(60'000));
  EXPECT_EQ(run_->take_cancelled(), task_);
  EXPECT_EQ(result_text(*run_), R"({"error":"States.Timeout","status":"FAILED"})");
}

TEST(TestStateRun, FiveMinutesAreTheMost) {
  std::string refused;
  const auto run = make_run(
      std::string(R"({"definition":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
          "Parameters":{"FunctionName":"f"},"Retry":[{"ErrorEquals":["States.ALL"]}],"End":true},
          "roleArn":")") +
          kTestRole + "\"}",
      refused);
  ASSERT_NE(run, nullptr) << refused;
  run->start(kTestStart);
  ASSERT_TRUE(run->take_task());
  EXPECT_EQ(run->next_due().ms, kTestStart.ms + kTestStateMsMax);
  run->fire_due({kTestStart.ms + kTestStateMsMax - 1});
  EXPECT_FALSE(run->is_over());
  run->fire_due({kTestStart.ms + kTestStateMsMax});
  EXPECT_TRUE(run->take_cancelled());
  EXPECT_EQ(result_text(*run), R"({"error":"States.Timeout","status":"FAILED"})");
}

}  // namespace
}  // namespace pawl::states
