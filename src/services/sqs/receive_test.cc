// SPDX-License-Identifier: Apache-2.0
// Receiving over time: visibility, delays, long polls, dead letters, restarts.
#include <gtest/gtest.h>

#include "services/sqs/service_fixture_for_test.h"

namespace pawl::sqs {
namespace {

class Receive : public ServiceFixture {
 protected:
  std::shared_ptr<Answer> wait(const std::string& queue, int seconds, int max = 1) {
    return start("ReceiveMessage",
                 on(queue, R"("WaitTimeSeconds":)" + std::to_string(seconds) +
                               R"(,"MaxNumberOfMessages":)" + std::to_string(max)));
  }
};

TEST_F(Receive, MessageIsInvisibleUntilItsTimeoutHasPassed) {
  make("q", R"("VisibilityTimeout":"10")");
  send("q", "a");
  EXPECT_EQ(receive("q"), "a");
  EXPECT_TRUE(last_.after_sync) << "the receive is a change that must be durable";
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), "1");
  loop_.advance_by(9'999);
  EXPECT_EQ(receive("q"), "");
  loop_.advance_by(1);
  EXPECT_EQ(receive("q"), "a");
  EXPECT_EQ(remove("q", handle_), "{}");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
}

TEST_F(Receive, VisibilityDeadlinesSurviveRestart) {
  make("q");
  send("q", "a");
  send("q", "b", R"("DelaySeconds":20)");
  EXPECT_EQ(receive("q", R"("VisibilityTimeout":10)"), "a");
  const std::string handle = handle_;
  open();
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), "1");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesDelayed"), "1");
  loop_.advance_by(10'000);
  EXPECT_EQ(receive("q", R"("AttributeNames":["ApproximateReceiveCount"])"), "a");
  EXPECT_NE(last_.text.find(R"("ApproximateReceiveCount":"2")"), std::string::npos);
  EXPECT_EQ(remove("q", handle), "{}") << "an older handle is no error";
  loop_.advance_by(10'000);
  EXPECT_EQ(receive("q"), "b");
  loop_.advance_by(20'000);
  EXPECT_EQ(receive("q", R"("VisibilityTimeout":0)"), "a") << "but deletes nothing others hold";
  EXPECT_EQ(remove("q", handle), "{}");
  EXPECT_EQ(receive("q"), "");
}

TEST_F(Receive, LongPollIsAnsweredBySend) {
  make("q");
  const auto answer = wait("q", 20);
  EXPECT_FALSE(answer->is_there);
  loop_.advance_by(5'000);
  send("q", "a");
  ASSERT_TRUE(answer->is_there);
  EXPECT_EQ(bodies_of(*answer), "a");
  EXPECT_TRUE(answer->after_sync);
  EXPECT_EQ(receive("q"), "") << "the poll has it";
}

TEST_F(Receive, LongPollEndsEmpty) {
  make("q", R"("ReceiveMessageWaitTimeSeconds":"3")");
  const auto answer = start("ReceiveMessage", on("q"));
  loop_.advance_by(2'999);
  EXPECT_FALSE(answer->is_there);
  loop_.advance_by(1);
  EXPECT_EQ(answer->text, "{}");
  send("q", "a");
  EXPECT_EQ(receive("q"), "a") << "who has his answer takes no message";
}

TEST_F(Receive, LongPollSeesDelaysAndTimeoutsEnd) {
  make("q");
  send("q", "late", R"("DelaySeconds":4)");
  const auto first = wait("q", 20);
  loop_.advance_by(3'999);
  EXPECT_FALSE(first->is_there);
  loop_.advance_by(1);
  EXPECT_EQ(bodies_of(*first), "late");
  const auto second = wait("q", 20);
  loop_.advance_by(19'999);
  EXPECT_FALSE(second->is_there);
  const auto third = wait("q", 20);
  loop_.advance_by(1);
  EXPECT_EQ(second->text, "{}");
  loop_.advance_by(10'000);
  EXPECT_EQ(bodies_of(*third), "late") << "30 s after it was received";
}

TEST_F(Receive, LongPollSeesVisibilityChangedToNow) {
  make("q");
  send("q", "a");
  EXPECT_EQ(receive("q"), "a");
  const auto answer = wait("q", 20);
  call("ChangeMessageVisibility",
       on("q", R"("VisibilityTimeout":0,"ReceiptHandle":")" + handle_ + "\""));
  EXPECT_EQ(bodies_of(*answer), "a");
}

TEST_F(Receive, WaitersAreServedInTheirOrder) {
  make("q");
  const auto first = wait("q", 20, 2);
  const auto second = wait("q", 20, 2);
  call("SendMessageBatch", on("q", R"("Entries":[{"Id":"1","MessageBody":"a"},
      {"Id":"2","MessageBody":"b"},{"Id":"3","MessageBody":"c"}])"));
  EXPECT_EQ(bodies_of(*first), "a b");
  EXPECT_EQ(bodies_of(*second), "c");
}

TEST_F(Receive, GoneClientSwallowsNoMessage) {
  make("q");
  bool is_there = true;
  aws::Request gone = request("ReceiveMessage", on("q", R"("WaitTimeSeconds":20)"));
  gone.is_wanted = [&] { return is_there; };
  const auto first = start(std::move(gone));
  const auto second = wait("q", 20);
  is_there = false;
  send("q", "a");
  EXPECT_EQ(bodies_of(*first), "");
  EXPECT_EQ(bodies_of(*second), "a");
}

TEST_F(Receive, ManyWaitersNeedOneTimer) {
  make("q");
  const size_t before = loop_.timers();
  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 0; i < 1000; ++i) answers.push_back(wait("q", 1 + i % 20));
  EXPECT_LE(loop_.timers(), before + 1);
  loop_.advance_by(20'000);
  for (const auto& answer : answers) EXPECT_EQ(answer->text, "{}");
}

TEST_F(Receive, DeletedQueueEndsLongPolls) {
  make("q");
  const auto answer = wait("q", 20);
  call("DeleteQueue", on("q"));
  EXPECT_EQ(answer->text, "QueueDoesNotExist: The specified queue does not exist.");
  loop_.advance_by(30'000);
}

TEST_F(Receive, DeadLettersMoveAndWakeTheirReceivers) {
  make("letters");
  make("q", R"("VisibilityTimeout":"1","RedrivePolicy":"{\"deadLetterTargetArn\":)"
            R"(\"arn:aws:sqs:us-east-1:000000000000:letters\",\"maxReceiveCount\":2}")");
  send("q", "a");
  const auto letters = wait("letters", 20);
  EXPECT_EQ(receive("q"), "a");
  loop_.advance_by(1'000);
  EXPECT_EQ(receive("q"), "a");
  loop_.advance_by(1'000);
  EXPECT_FALSE(letters->is_there);
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(bodies_of(*letters), "a");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
  loop_.advance_by(30'000);
  EXPECT_EQ(receive("letters", R"("MessageSystemAttributeNames":["All"])"), "a");
  EXPECT_NE(last_.text.find(R"("DeadLetterQueueSourceArn":"arn:aws:sqs:us-east-1:000000000000:q")"),
            std::string::npos);
  EXPECT_NE(last_.text.find(R"("ApproximateReceiveCount":"4")"), std::string::npos)
      << "across all queues";
}

TEST_F(Receive, OldMessagesGo) {
  make("q", R"("MessageRetentionPeriod":"60")");
  send("q", "a");
  send("q", "b");
  EXPECT_EQ(receive("q"), "a");
  loop_.advance_by(59'999);
  EXPECT_EQ(receive("q", R"("VisibilityTimeout":0,"MaxNumberOfMessages":10)"), "b a");
  loop_.advance_by(1);
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
}

TEST_F(Receive, OldMessagesGoThoughNobodyLooks) {
  make("q", R"("MessageRetentionPeriod":"60")");
  for (int i = 0; i < 30; ++i) send("q", "a");
  receive("q", R"("MaxNumberOfMessages":10)");
  const auto keys = [&] {
    const auto keyspace = store_.keyspace("sqs/messages", store::Shape::Queue).value();
    const auto cursor = store_.cursor(keyspace, store::Range::all());
    int count = 0;
    for (bool more = cursor->first().value(); more; more = cursor->next().value()) ++count;
    return count;
  };
  EXPECT_EQ(keys(), 1 + 30 + 10) << "counters, messages, states";
  open();
  loop_.advance_by(130'000);
  EXPECT_EQ(keys(), 1);
}

TEST_F(Receive, FifoKeepsGroupsInOrder) {
  make("q.fifo", R"("FifoQueue":"true","ContentBasedDeduplication":"true")");
  for (const char* body : {"a1", "a2", "b1", "a3"}) {
    const std::string group(1, body[0]);
    send("q.fifo", body, R"("MessageGroupId":")" + group + "\"");
  }
  EXPECT_EQ(receive("q.fifo"), "a1");
  const std::string first = handle_;
  EXPECT_EQ(receive("q.fifo", R"("MaxNumberOfMessages":10)"), "b1");
  const auto waiting = wait("q.fifo", 20, 10);
  EXPECT_FALSE(waiting->is_there);
  EXPECT_EQ(remove("q.fifo", first), "{}");
  EXPECT_EQ(bodies_of(*waiting), "a2 a3") << "the group goes on";
}

TEST_F(Receive, FifoAttemptIdGetsTheSameMessagesAgain) {
  make("q.fifo", R"("FifoQueue":"true","ContentBasedDeduplication":"true")");
  send("q.fifo", "a", R"("MessageGroupId":"g")");
  EXPECT_EQ(receive("q.fifo", R"("ReceiveRequestAttemptId":"t1")"), "a");
  const std::string handle = handle_;
  open();
  EXPECT_EQ(receive("q.fifo", R"("ReceiveRequestAttemptId":"t2")"), "");
  EXPECT_EQ(receive("q.fifo", R"("ReceiveRequestAttemptId":"t1")"), "a");
  EXPECT_EQ(handle_, handle);
  EXPECT_EQ(remove("q.fifo", handle), "{}");
  EXPECT_EQ(receive("q.fifo", R"("ReceiveRequestAttemptId":"t1")"), "");
}

TEST_F(Receive, FifoRefusesExpiredHandles) {
  make("q.fifo", R"("FifoQueue":"true","VisibilityTimeout":"1")");
  send("q.fifo", "a", R"("MessageGroupId":"g","MessageDeduplicationId":"1")");
  receive("q.fifo");
  loop_.advance_by(1'000);
  EXPECT_EQ(remove("q.fifo", handle_), "InvalidParameterValueException: Value " + handle_ +
                                           " for parameter ReceiptHandle is invalid. Reason: The "
                                           "receipt handle has expired.");
}

TEST_F(Receive, DeduplicationLastsFiveMinutesAndSurvivesRestart) {
  make("q.fifo", R"("FifoQueue":"true")");
  const std::string more = R"("MessageGroupId":"g","MessageDeduplicationId":"1")";
  const std::string first = send("q.fifo", "a", more);
  open();
  loop_.advance_by(299'999);
  EXPECT_EQ(send("q.fifo", "a", more), first) << "the same message id and sequence number";
  loop_.advance_by(1);
  EXPECT_NE(send("q.fifo", "a", more), first);
  EXPECT_EQ(receive("q.fifo", R"("MaxNumberOfMessages":10)"), "a a");
}

TEST_F(Receive, MoveTaskBringsDeadLettersBack) {
  make("letters");
  make("q", R"("VisibilityTimeout":"0","RedrivePolicy":"{\"deadLetterTargetArn\":)"
            R"(\"arn:aws:sqs:us-east-1:000000000000:letters\",\"maxReceiveCount\":1}")");
  for (int i = 0; i < 250; ++i) send("q", "m" + std::to_string(i));
  while (!receive("q", R"("MaxNumberOfMessages":10)").empty()) {
  }
  EXPECT_EQ(attribute("letters", "ApproximateNumberOfMessages"), "250");
  const std::string source = R"("SourceArn":"arn:aws:sqs:us-east-1:000000000000:letters")";
  call("StartMessageMoveTask", "{" + source + R"(,"MaxNumberOfMessagesPerSecond":100})");
  const std::string handle(last_.value.find("TaskHandle")->as_string());
  EXPECT_EQ(call("StartMessageMoveTask", "{" + source + "}"),
            "UnsupportedOperation: There is already a task running. Only one active task is "
            "allowed for a source queue arn at a given time.");
  loop_.advance_by(950);
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "100");
  open();  // and it goes on
  loop_.advance_by(10'000);
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "250");
  call("ListMessageMoveTasks", "{" + source + "}");
  const json::Value& task = last_.value.find("Results")->items()[0];
  EXPECT_EQ(task.find("Status")->as_string(), "COMPLETED");
  EXPECT_EQ(json::write(*task.find("ApproximateNumberOfMessagesMoved")), "250");
  EXPECT_EQ(call("CancelMessageMoveTask", R"({"TaskHandle":")" + handle + "\"}"),
            "UnsupportedOperation: Only active tasks can be cancelled.");
}

// The window of a standard queue holds some thousand messages, that of a FIFO queue 120,000.
class LargeQueue : public ServiceFixture {
 protected:
  void fill(const std::string& queue, int batches, int groups) {
    for (int i = 0; i < batches; ++i) {
      std::string entries;
      for (int j = 0; j < 10; ++j) {
        const std::string number = std::to_string(i * 10 + j);
        entries +=
            (j == 0 ? "" : ",") + (R"({"Id":")" + number + R"(","MessageBody":")") + number + "\"";
        if (groups > 0) {
          entries += R"(,"MessageDeduplicationId":")" + number + R"(","MessageGroupId":"g)" +
                     std::to_string((i * 10 + j) % groups) + "\"";
        }
        entries += "}";
      }
      start("SendMessageBatch", on(queue, R"("Entries":[)" + entries + "]"));
    }
  }
};

TEST_F(LargeQueue, StandardGivesEveryMessageOnce) {
  make("q", R"("VisibilityTimeout":"3600")");
  constexpr int kMessages = 12'000;
  fill("q", kMessages / 10, 0);
  open();
  for (int next = 0; next < kMessages; next += 10) {
    if (next == 6'000) open();
    const auto answer = start("ReceiveMessage", on("q", R"("MaxNumberOfMessages":10)"));
    ASSERT_EQ(answer->value.find("Messages")->size(), 10);
    ASSERT_EQ(bodies_of(*answer).substr(0, std::to_string(next).size()), std::to_string(next));
  }
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), std::to_string(kMessages));
}

TEST_F(LargeQueue, StandardTakesNewMessagesBehindTheWindow) {
  make("q", R"("VisibilityTimeout":"3600")");
  fill("q", 600, 0);  // more than the window
  for (int i = 0; i < 600; ++i) ASSERT_NE(receive("q", R"("MaxNumberOfMessages":10)"), "");
  send("q", "new");
  EXPECT_EQ(receive("q"), "new");
}

TEST_F(LargeQueue, FifoGoesOnBehindItsWindow) {
  make("q.fifo", R"("FifoQueue":"true","VisibilityTimeout":"3600")");
  constexpr int kMessages = 121'000;
  fill("q.fifo", kMessages / 10, 1);
  int count = 0;
  while (true) {
    const auto answer = start("ReceiveMessage", on("q.fifo", R"("MaxNumberOfMessages":10)"));
    const json::Value* messages = answer->value.find("Messages");
    if (messages == nullptr) break;
    std::string entries;
    for (const json::Value& each : messages->items()) {
      ASSERT_EQ(each.find("Body")->as_string(), std::to_string(count)) << "in order";
      entries += (entries.empty() ? "" : ",") + (R"({"Id":"m)" + std::to_string(count++)) +
                 R"(","ReceiptHandle":")" + std::string(each.find("ReceiptHandle")->as_string()) +
                 "\"}";
    }
    start("DeleteMessageBatch", on("q.fifo", R"("Entries":[)" + entries + "]"));
  }
  EXPECT_EQ(count, kMessages);
}

}  // namespace
}  // namespace pawl::sqs
