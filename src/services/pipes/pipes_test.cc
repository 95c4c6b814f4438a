// SPDX-License-Identifier: Apache-2.0
// PipesService over a store in memory with a virtual clock, with a queue, a stream and targets that
// the test plays.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/pipes/service.h"
#include "store/memory/memory_store.h"

namespace pawl::pipes {
namespace {

using json::Value;

const std::string kQueue = "arn:aws:sqs:us-east-1:000000000000:q";
const std::string kStream = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026";
const std::string kMachine = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const std::string kFunction = "arn:aws:lambda:us-east-1:000000000000:function:f";
const std::string kForget =
    R"(,"TargetParameters":{"StepFunctionStateMachineParameters":{"InvocationType":"FIRE_AND_FORGET"}})";

class PipesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(aws::installed_model("pipes"), nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also again: as after a restart.
  void open() {
    table_.reset();
    service_.reset();
    service_ = PipesService::open(store_, {.delivery = {loop_, caller_}, .seed = 7}).value();
    table_.emplace(*service_, *aws::installed_model("pipes"));
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
    std::string text = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   text = result ? json::write(result->value)
                                 : result.error().code + ": " + result.error().message.value_or("");
                   if (result) last_ = result->value;
                 }));
    return text;
  }
  std::string state() {
    call("DescribePipe", R"({"Name":"p"})");
    return text_member(last_, "CurrentState");
  }
  std::string create(const std::string& source, const std::string& target,
                     const std::string& more = "") {
    const std::string text = call(
        "CreatePipe", R"({"Name":"p","RoleArn":"arn:aws:iam::000000000000:role/r","Source":")" +
                          source + R"(","Target":")" + target + "\"" + more + "}");
    loop_.run();
    return text;
  }
  static std::string batching(int size, int window) {
    return R"(,"SourceParameters":{"SqsQueueParameters":{"BatchSize":)" + std::to_string(size) +
           R"(,"MaximumBatchingWindowInSeconds":)" + std::to_string(window) + "}}";
  }

  aws::ApiResult<Value> answer(const aws::Call& call) {
    if (call.operation == "GetQueueUrl") {
      if (!has_queue_) return aws::ApiError("QueueDoesNotExist", "The queue does not exist.");
      return Value::object().with_member("QueueUrl", Value("http://here/q"));
    }
    if (call.operation == "ReceiveMessage") return receive(call);
    if (call.operation == "DescribeStream")
      return *json::parse(R"({"StreamDescription":{"Shards":[{"ShardId":"s1"}]}})");
    if (call.operation == "GetShardIterator") {
      iterator_types_ += text_member(call.input, "ShardIteratorType") + " ";
      const std::string after = text_member(call.input, "SequenceNumber");
      return Value::object().with_member("ShardIterator", Value(after.empty() ? "0" : after));
    }
    if (call.operation == "GetRecords") return read(call);
    if (call.operation == "DeleteMessageBatch" || call.operation == "ChangeMessageVisibility")
      return Value::object();
    called_.push_back(call.operation + " " + payload_of(call));
    return target_ ? target_(call) : aws::ApiResult<Value>(Value::object());
  }
  static std::string payload_of(const aws::Call& call) {
    for (const char* member : {"input", "MessageBody", "Message"}) {
      if (call.input.find(member) != nullptr) return text_member(call.input, member);
    }
    if (call.input.find("Payload") != nullptr)
      return base::base64_decode(text_member(call.input, "Payload")).value_or("");
    return json::write(call.input);
  }
  aws::ApiResult<Value> receive(const aws::Call& call) {
    if (messages_.empty()) return aws::ApiError("Later", "the test has no message", 500);
    int64_t most = integer_member(call.input, "MaxNumberOfMessages");
    std::vector<Value> given;
    for (; !messages_.empty() && most > 0; --most) {
      const std::string id = "m" + std::to_string(++received_);
      given.push_back(Value::object()
                          .with_member("MessageId", Value(id))
                          .with_member("ReceiptHandle", Value("r" + id))
                          .with_member("Body", Value(messages_.front())));
      messages_.pop_front();
    }
    return Value::object().with_member("Messages", Value::array(std::move(given)));
  }
  aws::ApiResult<Value> read(const aws::Call& call) {
    const int after = std::stoi(text_member(call.input, "ShardIterator"));
    const int64_t limit = integer_member(call.input, "Limit");
    std::vector<Value> records;
    int last = after;
    for (int i = after + 1; i <= records_ && static_cast<int64_t>(records.size()) < limit; ++i) {
      last = i;
      records.push_back(*json::parse(R"({"eventName":"INSERT","dynamodb":{"SequenceNumber":")" +
                                     std::to_string(i) + R"(","Keys":{"id":{"N":")" +
                                     std::to_string(i) + R"("}},"ApproximateCreationDateTime":)" +
                                     std::to_string(created_seconds_) + "}}"));
    }
    return Value::object()
        .with_member("Records", Value::array(std::move(records)))
        .with_member("NextShardIterator", Value(std::to_string(last)));
  }
  std::string deleted() const {
    std::string handles;
    for (const aws::Call& call : caller_.calls) {
      if (call.operation != "DeleteMessageBatch") continue;
      for (const Value& entry : call.input.find("Entries")->items())
        handles += (handles.empty() ? "" : " ") + text_member(entry, "ReceiptHandle");
    }
    return handles;
  }
  /// The bodies in the array that the target got with call `index`: "a b".
  std::string bodies(size_t index) const {
    const std::string& text = called_.at(index);
    const auto events = json::parse(text.substr(text.find(' ') + 1));
    std::string out;
    if (!events || !events->is_array()) return "(no array) " + text;
    for (const Value& each : events->items())
      out += (out.empty() ? "" : " ") + text_member(each, "body");
    return out;
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  aws::RecordingCaller caller_{[this](const aws::Call& call) { return answer(call); }};
  std::function<aws::ApiResult<Value>(const aws::Call&)> target_;
  std::unique_ptr<PipesService> service_;
  std::optional<aws::ActionTable> table_;
  Value last_;
  bool has_queue_ = true;
  std::deque<std::string> messages_;
  int received_ = 0;
  int records_ = 0;
  int64_t created_seconds_ = 1'900'000'000;
  std::string iterator_types_;
  std::vector<std::string> called_;
};

TEST_F(PipesTest, GoesThroughItsStates) {
  EXPECT_TRUE(create(kQueue, kMachine, kForget).find(R"("CurrentState":"CREATING")") !=
              std::string::npos);
  EXPECT_EQ(state(), "RUNNING");
  call("StopPipe", R"({"Name":"p"})");
  EXPECT_EQ(text_member(last_, "CurrentState"), "STOPPING");
  EXPECT_TRUE(call("StartPipe", R"({"Name":"p"})").starts_with("ConflictException"));
  loop_.run();
  EXPECT_EQ(state(), "STOPPED");
  messages_ = {"a"};
  loop_.advance_by(60'000);
  EXPECT_TRUE(called_.empty());
  call("StartPipe", R"({"Name":"p"})");
  loop_.advance_by(1'000);
  EXPECT_EQ(state(), "RUNNING");
  ASSERT_EQ(called_.size(), 1U);
  EXPECT_EQ(bodies(0), "a");
  call("DeletePipe", R"({"Name":"p"})");
  EXPECT_EQ(text_member(last_, "CurrentState"), "DELETING");
  loop_.run();
  EXPECT_EQ(call("DescribePipe", R"({"Name":"p"})"), "NotFoundException: Pipe p does not exist.");
}

TEST_F(PipesTest, WithoutItsQueueItFails) {
  has_queue_ = false;
  create(kQueue, kMachine, kForget);
  EXPECT_EQ(state(), "CREATE_FAILED");
  EXPECT_EQ(text_member(last_, "StateReason"), "The queue does not exist.");
  has_queue_ = true;
  call("StartPipe", R"({"Name":"p"})");
  loop_.run();
  EXPECT_EQ(state(), "RUNNING");
  EXPECT_EQ(last_.find("StateReason"), nullptr);
}

TEST_F(PipesTest, MessagesWithinTheWindowShareOneExecution) {
  create(kQueue, kMachine, batching(5, 5) + kForget);
  messages_ = {"a", "b"};
  loop_.advance_by(2'000);
  messages_ = {"c"};
  loop_.advance_by(2'000);
  EXPECT_TRUE(called_.empty());
  loop_.advance_by(4'000);
  ASSERT_EQ(called_.size(), 1U);
  EXPECT_TRUE(called_[0].starts_with("StartExecution "));
  EXPECT_EQ(bodies(0), "a b c");
  EXPECT_EQ(deleted(), "rm1 rm2 rm3");
  // A full batch does not wait.
  messages_ = {"1", "2", "3", "4", "5", "6"};
  loop_.advance_by(1'500);
  ASSERT_EQ(called_.size(), 2U);
  EXPECT_EQ(bodies(1), "1 2 3 4 5");
}

TEST_F(PipesTest, WhatTheTargetDoesNotTakeStaysInTheQueue) {
  target_ = [](const aws::Call&) -> aws::ApiResult<Value> {
    return aws::ApiError("StateMachineDoesNotExist", "gone");
  };
  create(kQueue, kMachine, kForget);
  messages_ = {"a"};
  loop_.advance_by(5'000);
  EXPECT_EQ(called_.size(), 1U);
  EXPECT_EQ(deleted(), "");
  EXPECT_EQ(state(), "RUNNING");
}

TEST_F(PipesTest, GoesOnAfterARestart) {
  create(kQueue, kMachine, kForget);
  open();
  messages_ = {"a"};
  loop_.advance_by(5'000);
  ASSERT_FALSE(called_.empty());
  EXPECT_EQ(bodies(0), "a");
  EXPECT_EQ(state(), "RUNNING");
}

TEST_F(PipesTest, FiltersLookIntoTheBodyAndTheRestIsDeleted) {
  create(
      kQueue, "arn:aws:sqs:us-east-1:000000000000:out",
      R"(,"SourceParameters":{"FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"k\":[1]}}"}]}},)"
      R"("TargetParameters":{"InputTemplate":"<$.body.v>"})");
  messages_ = {R"({"k":1,"v":"yes"})", R"({"k":2,"v":"no"})", "text"};
  loop_.advance_by(5'000);
  ASSERT_EQ(called_.size(), 1U);
  EXPECT_EQ(called_[0], R"(SendMessage "yes")");
  // What is not wanted goes first.
  EXPECT_EQ(deleted(), "rm2 rm3 rm1");
}

TEST_F(PipesTest, OneByOneToTargetsThatTakeNoArrays) {
  create(kQueue, "arn:aws:sqs:us-east-1:000000000000:out.fifo",
         R"(,"TargetParameters":{"SqsQueueParameters":{"MessageGroupId":"$.body.g"}})");
  messages_ = {R"({"g":"a"})", R"({"g":"b"})", R"({"g":"c"})"};
  target_ = [](const aws::Call& call) -> aws::ApiResult<Value> {
    if (text_member(call.input, "MessageGroupId") == "b")
      return aws::ApiError("InvalidMessageContents", "no");
    return Value::object();
  };
  loop_.advance_by(5'000);
  EXPECT_EQ(called_.size(), 3U);
  EXPECT_EQ(deleted(), "rm1 rm3");
}

TEST_F(PipesTest, AFunctionTellsWhichItemsFailed) {
  target_ = [](const aws::Call& call) -> aws::ApiResult<Value> {
    EXPECT_EQ(text_member(call.input, "InvocationType"), "RequestResponse");
    return Value::object().with_member(
        "Payload",
        Value(base::base64_encode(R"({"batchItemFailures":[{"itemIdentifier":"m2"}]})")));
  };
  create(kQueue, kFunction);
  messages_ = {"a", "b"};
  loop_.advance_by(5'000);
  EXPECT_EQ(deleted(), "rm1");
}

TEST_F(PipesTest, AnExpressMachineIsWaitedForAndMayFail) {
  std::string status = "FAILED";
  target_ = [&](const aws::Call& call) -> aws::ApiResult<Value> {
    EXPECT_EQ(call.operation, "StartSyncExecution");
    return Value::object().with_member("status", Value(status)).with_member("output", Value("1"));
  };
  create(kQueue, kMachine);
  messages_ = {"a"};
  loop_.advance_by(5'000);
  EXPECT_EQ(deleted(), "");
  status = "SUCCEEDED";
  messages_ = {"b"};
  loop_.advance_by(5'000);
  EXPECT_EQ(deleted(), "rm2");
}

TEST_F(PipesTest, TheEnrichmentMakesNewEventsOrNone) {
  std::string result = R"([{"x":1},{"x":2}])";
  target_ = [&](const aws::Call& call) -> aws::ApiResult<Value> {
    if (call.operation != "Invoke") return Value::object();
    EXPECT_EQ(payload_of(call), R"(["a","b"])");
    return Value::object().with_member("Payload", Value(base::base64_encode(result)));
  };
  create(kQueue, kMachine,
         R"(,"Enrichment":")" + kFunction +
             R"(","EnrichmentParameters":{"InputTemplate":"<$.body>"})" + kForget);
  messages_ = {"a", "b"};
  loop_.advance_by(5'000);
  ASSERT_EQ(called_.size(), 2U);
  EXPECT_EQ(called_[1], R"(StartExecution [{"x":1},{"x":2}])");
  EXPECT_EQ(deleted(), "rm1 rm2");
  result = "[]";
  messages_ = {"a", "b"};
  loop_.advance_by(5'000);
  EXPECT_EQ(called_.size(), 3U);
  EXPECT_EQ(deleted(), "rm1 rm2 rm3 rm4");
}

TEST_F(PipesTest, AStreamGivesUpToItsDeadLetters) {
  target_ = [](const aws::Call& call) -> aws::ApiResult<Value> {
    if (call.operation == "Invoke")
      return Value::object()
          .with_member("FunctionError", Value("Unhandled"))
          .with_member("Payload", Value(base::base64_encode("{}")));
    return Value::object();
  };
  create(kStream, kFunction,
         R"(,"SourceParameters":{"DynamoDBStreamParameters":{"StartingPosition":"TRIM_HORIZON",)"
         R"("BatchSize":2,"MaximumRetryAttempts":1,)"
         R"("DeadLetterConfig":{"Arn":"arn:aws:sqs:us-east-1:000000000000:dead"}}})");
  records_ = 2;
  loop_.advance_by(30'000);
  ASSERT_EQ(called_.size(), 3U);
  EXPECT_TRUE(called_[2].starts_with("SendMessage "));
  EXPECT_NE(called_[2].find(R"("condition":"RetryAttemptsExhausted")"), std::string::npos);
  EXPECT_NE(called_[2].find(R"("endSequenceNumber":"2")"), std::string::npos);
  // Goes on behind it, also after a restart.
  target_ = {};
  open();
  records_ = 3;
  loop_.advance_by(30'000);
  ASSERT_EQ(called_.size(), 4U);
  EXPECT_NE(called_[3].find(R"("SequenceNumber":"3")"), std::string::npos);
}

TEST_F(PipesTest, AStreamReadFromItsEndLeavesNothingOutAfterARestart) {
  create(kStream, kMachine,
         R"(,"SourceParameters":{"DynamoDBStreamParameters":{"StartingPosition":"LATEST"}})" +
             kForget);
  open();
  EXPECT_EQ(iterator_types_, "LATEST TRIM_HORIZON ");
  // What was there before the pipe is not wanted, what came while nobody read is.
  records_ = 1;
  created_seconds_ = loop_.now().ms / 1'000 - 10;
  loop_.advance_by(1'000);
  EXPECT_TRUE(called_.empty());
  records_ = 2;
  created_seconds_ = loop_.now().ms / 1'000;
  loop_.advance_by(1'000);
  ASSERT_EQ(called_.size(), 1U);
  EXPECT_NE(called_[0].find(R"("SequenceNumber":"2")"), std::string::npos);
}

TEST_F(PipesTest, LanesOfAShardDoNotWaitForEachOther) {
  const std::string failing = R"("SequenceNumber":"1")";
  target_ = [&](const aws::Call& call) -> aws::ApiResult<Value> {
    if (payload_of(call).find(failing) == std::string::npos) return Value::object();
    return aws::ApiError("InvalidExecutionInput", "no");
  };
  create(kStream, kMachine,
         R"(,"SourceParameters":{"DynamoDBStreamParameters":{"StartingPosition":"TRIM_HORIZON",)"
         R"("BatchSize":1,"ParallelizationFactor":10}})" +
             kForget);
  records_ = 20;
  loop_.advance_by(20'000);
  const auto delivered = [&](const std::string& number) {
    return std::count_if(called_.begin(), called_.end(), [&](const std::string& each) {
      return each.find(R"("SequenceNumber":")" + number + "\"") != std::string::npos;
    });
  };
  EXPECT_GT(delivered("1"), 1);
  EXPECT_GT(called_.size(), 5U + static_cast<size_t>(delivered("1")));
  // The position stays before what is not done.
  called_.clear();
  target_ = {};
  open();
  loop_.advance_by(5'000);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(delivered(std::to_string(i)), 1) << i;
}

TEST_F(PipesTest, AMessageSeenAgainWithinTheWindowIsOne) {
  create(kQueue, kMachine, batching(5, 60) + kForget);
  messages_ = {"a"};
  loop_.advance_by(2'000);
  received_ = 0;  // the same message once more
  messages_ = {"a"};
  loop_.advance_by(70'000);
  ASSERT_EQ(called_.size(), 1U);
  EXPECT_EQ(bodies(0), "a");
  EXPECT_EQ(deleted(), "rm1");
}

TEST_F(PipesTest, LogsToItsGroup) {
  create(
      kQueue, kMachine,
      kForget +
          R"(,"LogConfiguration":{"Level":"INFO","CloudwatchLogsLogDestination":)"
          R"({"LogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/p"}})");
  messages_ = {"a"};
  loop_.advance_by(5'000);
  ASSERT_EQ(called_.size(), 3U);
  EXPECT_NE(called_[0].find("ExecutionStarted"), std::string::npos);
  EXPECT_NE(called_[2].find("ExecutionSucceeded"), std::string::npos);
}

TEST_F(PipesTest, RefusesWhatCannotWork) {
  const auto refused = [&](const std::string& text) {
    return text.starts_with("ValidationException");
  };
  EXPECT_TRUE(refused(create("arn:aws:kinesis:us-east-1:000000000000:stream/s", kMachine)));
  EXPECT_TRUE(refused(create(kStream, kMachine)));
  EXPECT_TRUE(refused(create(kQueue, "arn:aws:s3:::bucket")));
  EXPECT_TRUE(refused(create(kQueue, "arn:aws:sqs:us-east-1:000000000000:out.fifo")));
  EXPECT_TRUE(refused(create(kQueue, kMachine, batching(20, 0))));
  EXPECT_TRUE(refused(create(kQueue + ".fifo", kMachine, batching(10, 5))));
  EXPECT_TRUE(refused(create(kQueue, "arn:aws:sqs:us-east-1:000000000000:out", batching(20, 5))));
  EXPECT_TRUE(refused(
      create(kQueue, kMachine,
             R"(,"SourceParameters":{"FilterCriteria":{"Filters":[{"Pattern":"{\"a\":1}"}]}})")));
  EXPECT_TRUE(refused(
      create(kQueue, kMachine, R"(,"TargetParameters":{"InputTemplate":"<aws.pipes.x>"})")));
  EXPECT_TRUE(refused(create(kQueue, kMachine, R"(,"Enrichment":"arn:aws:s3:::b")")));
  EXPECT_TRUE(refused(call("CreatePipe", R"({"Name":"p"})")));
  EXPECT_TRUE(create(kQueue, kMachine).starts_with("{"));
  EXPECT_EQ(create(kQueue, kMachine), "ConflictException: Pipe p already exists.");
}

TEST_F(PipesTest, UpdatesKeepWhatTheyDoNotName) {
  create(kQueue, kMachine, batching(5, 5) + kForget + R"(,"Description":"d")");
  call("UpdatePipe",
       R"({"Name":"p","RoleArn":"arn:aws:iam::000000000000:role/s","DesiredState":"STOPPED",)"
       R"("SourceParameters":{"SqsQueueParameters":{"BatchSize":3}}})");
  EXPECT_EQ(text_member(last_, "CurrentState"), "UPDATING");
  loop_.run();
  EXPECT_EQ(state(), "STOPPED");
  EXPECT_EQ(text_member(last_, "RoleArn"), "arn:aws:iam::000000000000:role/s");
  EXPECT_EQ(text_member(last_, "Description"), "d");
  EXPECT_EQ(
      json::write(object_member(object_member(last_, "SourceParameters"), "SqsQueueParameters")),
      R"({"BatchSize":3,"MaximumBatchingWindowInSeconds":5})");
}

TEST_F(PipesTest, ListsAndTags) {
  create(kQueue, kMachine, R"(,"Tags":{"a":"1"})");
  const std::string arn = R"("resourceArn":"arn:aws:pipes:us-east-1:000000000000:pipe/p")";
  call("TagResource", "{" + arn + R"(,"tags":{"b":"2"}})");
  call("UntagResource", "{" + arn + R"(,"tagKeys":["a"]})");
  EXPECT_EQ(call("ListTagsForResource", "{" + arn + "}"), R"({"tags":{"b":"2"}})");
  call("ListPipes", R"({"NamePrefix":"p","CurrentState":"RUNNING","SourcePrefix":"arn:aws:sqs"})");
  EXPECT_EQ(last_.find("Pipes")->size(), 1U);
  call("ListPipes", R"({"TargetPrefix":"arn:aws:lambda"})");
  EXPECT_EQ(last_.find("Pipes")->size(), 0U);
}

}  // namespace
}  // namespace pawl::pipes
