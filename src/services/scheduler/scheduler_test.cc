// SPDX-License-Identifier: Apache-2.0
// SchedulerService over a store in memory with a virtual clock and a caller that writes down.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/scheduler/service.h"
#include "store/memory/memory_store.h"

namespace pawl::scheduler {
namespace {

using json::Value;

constexpr int64_t kMinuteMs = 60'000;

/// A clock that goes on by so many milliseconds whenever somebody looks.
class TickingLoop final : public aws::ServiceLoop {
 public:
  explicit TickingLoop(aws::VirtualLoop& loop) : loop_(loop) {}

  base::Timestamp now() override {
    loop_.advance_by(tick_ms);
    return loop_.now();
  }
  void post(Task task) override { loop_.post(std::move(task)); }
  TimerId run_at(base::Timestamp time, Task task) override {
    return loop_.run_at(time, std::move(task));
  }
  void cancel(TimerId timer) override { loop_.cancel(timer); }
  void work(Task task) override { loop_.work(std::move(task)); }

  int64_t tick_ms = 0;

 private:
  aws::VirtualLoop& loop_;
};

class SchedulerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(aws::installed_model("scheduler"), nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also again: as after a restart.
  void open() {
    table_.reset();
    service_.reset();
    service_ = SchedulerService::open(store_, {.delivery = {ticking_, caller_},
                                               .after_sync = [](auto done) { done(); },
                                               .seed = 7})
                   .value();
    table_.emplace(*service_, *aws::installed_model("scheduler"));
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    EXPECT_TRUE(table_->unimplemented().empty());
    service_->run();
    loop_.run();
  }

  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.request_id = std::to_string(++requests_);
    std::string text = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   text = result ? json::write(result->value)
                                 : result.error().code + ": " + result.error().message.value_or("");
                   if (result) last_ = result->value;
                 }));
    loop_.run();
    return text;
  }

  static std::string input(const std::string& name, const std::string& expression,
                           const std::string& more = "", const std::string& target = "") {
    return R"({"Name":")" + name + R"(","ScheduleExpression":")" + expression +
           R"(","FlexibleTimeWindow":{"Mode":"OFF"},"Target":{"Arn":)" +
           R"("arn:aws:sqs:us-east-1:000000000000:q","RoleArn":)" +
           R"("arn:aws:iam::000000000000:role/r","Input":"<aws.scheduler.scheduled-time>")" +
           target + "}" + more + "}";
  }
  std::string create(const std::string& name, const std::string& expression,
                     const std::string& more = "", const std::string& target = "") {
    return call("CreateSchedule", input(name, expression, more, target));
  }
  std::string bodies() {
    std::string text;
    for (const aws::Call& call : caller_.calls)
      text += (text.empty() ? "" : " ") + text_member(call.input, "MessageBody");
    caller_.calls.clear();
    return text;
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_{*base::parse_iso8601("2026-11-27T10:00:00Z")};
  TickingLoop ticking_{loop_};
  std::function<aws::ApiResult<Value>(const aws::Call&)> answer_ = [](const aws::Call&) {
    return Value::object();
  };
  aws::RecordingCaller caller_{
      [this](const aws::Call& call) -> aws::ApiResult<Value> { return answer_(call); }};
  std::unique_ptr<SchedulerService> service_;
  std::optional<aws::ActionTable> table_;
  Value last_;
  int requests_ = 0;
};

TEST_F(SchedulerTest, ShowsWhatWasGivenAndTheDefaults) {
  EXPECT_EQ(create("s", "cron(0 12 * * ? *)"),
            R"({"ScheduleArn":"arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"})");
  call("GetSchedule", R"({"Name":"s"})");
  EXPECT_EQ(text_member(last_, "State"), "ENABLED");
  EXPECT_EQ(text_member(last_, "ScheduleExpressionTimezone"), "UTC");
  EXPECT_EQ(text_member(last_, "ActionAfterCompletion"), "NONE");
  EXPECT_EQ(text_member(last_, "GroupName"), "default");
  EXPECT_EQ(json::write(object_member(object_member(last_, "Target"), "RetryPolicy")),
            R"({"MaximumEventAgeInSeconds":86400,"MaximumRetryAttempts":185})");
  EXPECT_EQ(integer_member(last_, "CreationDate"), 1'795'773'600);
  EXPECT_EQ(call("GetSchedule", R"({"Name":"t"})"),
            "ResourceNotFoundException: Schedule t does not exist.");
  EXPECT_EQ(call("GetSchedule", R"({"Name":"s","GroupName":"g"})"),
            "ResourceNotFoundException: Schedule group g does not exist.");
}

TEST_F(SchedulerTest, ARateFiresAtOnceAlsoIfTheClockGoesOnMeanwhile) {
  ticking_.tick_ms = 1;
  create("s", "rate(1 hour)");
  ticking_.tick_ms = 0;
  loop_.advance_by(1'000);
  EXPECT_EQ(bodies(), "2026-11-27T10:00:00Z");
}

TEST_F(SchedulerTest, RefusesWhatAwsRefuses) {
  EXPECT_EQ(create("s", "cron(0 1 * * * *)"),
            "ValidationException: Invalid Schedule Expression cron(0 1 * * * *).");
  EXPECT_EQ(create("s", "rate(10 years)"),
            "ValidationException: Invalid Schedule Expression rate(10 years).");
  EXPECT_TRUE(create("s", "rate(1 hour)", R"(,"ScheduleExpressionTimezone":"Mars/Olympus")")
                  .starts_with("ValidationException"));
  EXPECT_EQ(create("s", "rate(1 hour)", R"(,"StartDate":1700000000)"),
            "ValidationException: The StartDate you specify cannot be earlier than 5 minutes ago.");
  EXPECT_TRUE(create("s", "rate(1 hour)", R"(,"GroupName":"none")")
                  .starts_with("ResourceNotFoundException: Schedule group none"));
  EXPECT_TRUE(create("s", "rate(1 hour)", "", R"(,"Arn":"arn:aws:s3:::b")")
                  .starts_with("ValidationException: Provided Arn"));
  EXPECT_TRUE(call("CreateSchedule", R"({"Name":"s"})").starts_with("ValidationException"));
  EXPECT_TRUE(call("DeleteScheduleGroup", R"({"Name":"default"})").starts_with("ValidationEx"));
  EXPECT_TRUE(call("ListSchedules", R"({"NextToken":"%"})").starts_with("ValidationException"));
}

TEST_F(SchedulerTest, AClientTokenMakesCreatingIdempotent) {
  EXPECT_TRUE(create("s", "rate(1 hour)", R"(,"ClientToken":"t")").starts_with("{"));
  EXPECT_TRUE(create("s", "rate(1 hour)", R"(,"ClientToken":"t")").starts_with("{"));
  EXPECT_EQ(create("s", "rate(1 hour)", R"(,"ClientToken":"u")"),
            "ConflictException: Schedule s already exists.");
}

TEST_F(SchedulerTest, ARateBeginsAtOnceAndKeepsItsStep) {
  create("s", "rate(5 minutes)");
  EXPECT_EQ(bodies(), "2026-11-27T10:00:00Z");
  loop_.advance_by(11 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:05:00Z 2026-11-27T10:10:00Z");
  // A restart after a long time makes up for it once, and the step stays.
  service_.reset();
  loop_.advance_by(32 * kMinuteMs);
  open();
  EXPECT_EQ(bodies(), "2026-11-27T10:15:00Z");
  loop_.advance_by(3 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:45:00Z");
}

TEST_F(SchedulerTest, StartAndEndBoundARecurringSchedule) {
  // From 10:10 to 10:20.
  create("s", "rate(5 minutes)", R"(,"StartDate":1795774200,"EndDate":1795774800)");
  loop_.advance_by(60 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:10:00Z 2026-11-27T10:15:00Z 2026-11-27T10:20:00Z");
  EXPECT_EQ(loop_.timers(), 0U);
}

TEST_F(SchedulerTest, OneTimeSchedulesGoAwayIfTold) {
  create("kept", "at(2026-11-27T10:30:00)");
  create("gone", "at(2026-11-27T11:30:00)",
         R"(,"ActionAfterCompletion":"DELETE","ScheduleExpressionTimezone":"Europe/Berlin")");
  create("past", "at(2022-12-31T23:59:59)");
  loop_.advance_by(60 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:30:00Z 2026-11-27T10:30:00Z");
  EXPECT_TRUE(call("GetSchedule", R"({"Name":"kept"})").starts_with("{"));
  EXPECT_TRUE(call("GetSchedule", R"({"Name":"past"})").starts_with("{"));
  EXPECT_TRUE(call("GetSchedule", R"({"Name":"gone"})").starts_with("ResourceNotFound"));
}

TEST_F(SchedulerTest, UpdatingReplacesEverything) {
  create("s", "cron(30 10 * * ? *)", R"(,"Description":"d")");
  call("UpdateSchedule", input("s", "cron(40 10 * * ? *)"));
  call("GetSchedule", R"({"Name":"s"})");
  EXPECT_EQ(last_.find("Description"), nullptr);
  loop_.advance_by(35 * kMinuteMs);
  EXPECT_EQ(bodies(), "");
  loop_.advance_by(10 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:40:00Z");
  call("UpdateSchedule", input("s", "rate(1 minute)", R"(,"State":"DISABLED")"));
  loop_.advance_by(10 * kMinuteMs);
  EXPECT_EQ(bodies(), "");
  EXPECT_TRUE(call("UpdateSchedule", input("t", "rate(1 minute)")).starts_with("ResourceNotF"));
}

TEST_F(SchedulerTest, AFlexibleWindowDelaysWithinItself) {
  const std::string given = input("s", "at(2026-11-27T10:10:00)");
  std::string flexible = given;
  flexible.replace(flexible.find(R"("Mode":"OFF")"), 12,
                   R"("Mode":"FLEXIBLE","MaximumWindowInMinutes":15)");
  EXPECT_TRUE(call("CreateSchedule", flexible).starts_with("{"));
  loop_.advance_by(25 * kMinuteMs);
  EXPECT_EQ(bodies(), "2026-11-27T10:10:00Z");
}

TEST_F(SchedulerTest, TheContextIsPutIntoTheInput) {
  create("s", "rate(1 day)", "",
         R"(,"Input":"<aws.scheduler.schedule-arn> <aws.scheduler.attempt-number>")");
  EXPECT_EQ(bodies(), "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s 1");
}

TEST_F(SchedulerTest, RetriesOutliveARestartAndEndAsDeadLetters) {
  answer_ = [](const aws::Call& call) -> aws::ApiResult<Value> {
    if (call.input.find("MessageAttributes") != nullptr) return Value::object();
    return aws::service_unavailable("busy");
  };
  create("s", "at(2026-11-27T10:01:00)", "",
         R"(,"Input":"<aws.scheduler.attempt-number>","RetryPolicy":{"MaximumRetryAttempts":2},)"
         R"("DeadLetterConfig":{"Arn":"arn:aws:sqs:us-east-1:000000000000:dead"})");
  loop_.advance_by(kMinuteMs);
  EXPECT_EQ(bodies(), "1");
  open();
  loop_.advance_by(kMinuteMs);
  ASSERT_EQ(caller_.calls.size(), 3U);
  const Value attributes = object_member(caller_.calls[2].input, "MessageAttributes");
  const auto attribute = [&](const char* name) {
    return text_member(object_member(attributes, name), "StringValue");
  };
  EXPECT_EQ(attribute("SCHEDULE_ARN"),
            "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s");
  EXPECT_EQ(attribute("SCHEDULED_TIME"), "2026-11-27T10:01:00Z");
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "2");
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
  EXPECT_EQ(bodies(), "2 3 3");
  open();
  loop_.advance_by(kMinuteMs);
  EXPECT_EQ(bodies(), "");
}

TEST_F(SchedulerTest, ThousandsOfSchedulesNeedOneTimer) {
  for (int i = 0; i < 2'000; ++i) create("s" + std::to_string(i), "at(2026-11-27T10:30:00)");
  EXPECT_EQ(loop_.timers(), 1U);
  loop_.advance_by(31 * kMinuteMs);
  EXPECT_EQ(caller_.calls.size(), 2'000U);
  EXPECT_EQ(loop_.timers(), 0U);
}

TEST_F(SchedulerTest, ListsInPagesByGroupPrefixAndState) {
  call("CreateScheduleGroup", R"({"Name":"g"})");
  create("a1", "rate(1 hour)");
  create("a2", "rate(1 hour)", R"(,"State":"DISABLED")");
  create("b1", "rate(1 hour)", R"(,"GroupName":"g")");
  const auto names = [&](const std::string& given) {
    call("ListSchedules", given);
    std::string text;
    for (const Value& each : last_.find("Schedules")->items())
      text += (text.empty() ? "" : " ") + text_member(each, "Name");
    return text;
  };
  EXPECT_EQ(names("{}"), "a1 a2 b1");
  EXPECT_EQ(names(R"({"MaxResults":2})"), "a1 a2");
  EXPECT_EQ(names(R"({"NextToken":")" + text_member(last_, "NextToken") + "\"}"), "b1");
  EXPECT_EQ(names(R"({"GroupName":"g"})"), "b1");
  EXPECT_EQ(names(R"({"State":"DISABLED"})"), "a2");
  EXPECT_EQ(names(R"({"NamePrefix":"b"})"), "b1");
  call("DeleteScheduleGroup", R"({"Name":"g"})");
  EXPECT_EQ(names("{}"), "a1 a2");
}

TEST_F(SchedulerTest, GroupsHaveTags) {
  EXPECT_EQ(call("CreateScheduleGroup", R"({"Name":"g","Tags":[{"Key":"k","Value":"v"}]})"),
            R"({"ScheduleGroupArn":"arn:aws:scheduler:us-east-1:000000000000:schedule-group/g"})");
  EXPECT_TRUE(call("CreateScheduleGroup", R"({"Name":"g"})").starts_with("ConflictException"));
  const std::string arn =
      R"("ResourceArn":"arn:aws:scheduler:us-east-1:000000000000:schedule-group/g")";
  call("TagResource", "{" + arn + R"(,"Tags":[{"Key":"l","Value":"w"},{"Key":"k","Value":"x"}]})");
  EXPECT_EQ(call("ListTagsForResource", "{" + arn + "}"),
            R"({"Tags":[{"Key":"l","Value":"w"},{"Key":"k","Value":"x"}]})");
  call("UntagResource", "{" + arn + R"(,"TagKeys":["l"]})");
  EXPECT_EQ(call("ListTagsForResource", "{" + arn + "}"), R"({"Tags":[{"Key":"k","Value":"x"}]})");
  call("ListScheduleGroups", "{}");
  EXPECT_EQ(last_.find("ScheduleGroups")->size(), 2U);
  call("DeleteScheduleGroup", R"({"Name":"g"})");
  EXPECT_TRUE(call("ListTagsForResource", "{" + arn + "}").starts_with("ResourceNotFound"));
}

}  // namespace
}  // namespace pawl::scheduler
