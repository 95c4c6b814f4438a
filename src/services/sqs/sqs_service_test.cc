// SPDX-License-Identifier: Apache-2.0
// The API as it stands in AmazonSQS 2012-11-05: what it takes, answers and refuses. Receiving over
// time is receive_test.cc's; what AWS answers word by word is in the recorded cases.
#include "services/sqs/sqs_service.h"

#include <gtest/gtest.h>

#include "services/sqs/receipt_handle.h"
#include "services/sqs/service_fixture_for_test.h"

namespace pawl::sqs {
namespace {

class SqsApi : public ServiceFixture {};

TEST_F(SqsApi, CreateQueueAgainIsNoErrorWithTheSameAttributes) {
  make("q", R"("DelaySeconds":"5")");
  make("q", R"("DelaySeconds":"5")");
  make("q");
  EXPECT_EQ(call("CreateQueue", R"({"QueueName":"q","Attributes":{"DelaySeconds":"6"}})"),
            "QueueNameExists: A queue already exists with the same name and a different value for "
            "attribute DelaySeconds");
}

TEST_F(SqsApi, QueueNames) {
  const auto refused = [&](const std::string& name, const std::string& attributes = "") {
    return call("CreateQueue",
                R"({"QueueName":")" + name + R"(","Attributes":{)" + attributes + "}}")
        .starts_with("InvalidParameterValueException: ");
  };
  EXPECT_TRUE(refused("a b"));
  EXPECT_TRUE(refused(std::string(81, 'a')));
  EXPECT_TRUE(refused("q.fifo"));
  EXPECT_TRUE(refused("q", R"("FifoQueue":"true")"));
  EXPECT_TRUE(refused(".fifo", R"("FifoQueue":"true")"));
  EXPECT_FALSE(refused(std::string(80, 'a')));
  EXPECT_FALSE(refused(std::string(75, 'a') + ".fifo", R"("FifoQueue":"true")"));
  EXPECT_EQ(call("CreateQueue", "{}"),
            "MissingRequiredParameterException: The request must contain the parameter QueueName.");
}

TEST_F(SqsApi, DeletedNameIsFreeAfterAMinute) {
  make("q");
  send("q", "old");
  EXPECT_EQ(call("DeleteQueue", on("q")), "{}");
  EXPECT_EQ(send("q", "x"), "QueueDoesNotExist: The specified queue does not exist.");
  open();
  loop_.advance_by(59'999);
  EXPECT_EQ(call("CreateQueue", R"({"QueueName":"q"})"),
            "QueueDeletedRecently: You must wait 60 seconds after deleting a queue before you can "
            "create another with the same name.");
  loop_.advance_by(1);
  make("q");
  EXPECT_EQ(receive("q"), "") << "nothing of the old queue is in the new one";
}

TEST_F(SqsApi, ListQueuesPagesByName) {
  for (const char* name : {"b2", "a1", "b1", "b3", "c1"}) make(name);
  EXPECT_EQ(
      call("ListQueues", R"({"QueueNamePrefix":"b"})"),
      R"({"QueueUrls":[")" + url("b1") + R"(",")" + url("b2") + R"(",")" + url("b3") + "\"]}");
  call("ListQueues", R"({"QueueNamePrefix":"b","MaxResults":2})");
  const std::string token(last_.value.find("NextToken")->as_string());
  EXPECT_EQ(
      call("ListQueues", R"({"QueueNamePrefix":"b","MaxResults":2,"NextToken":")" + token + "\"}"),
      R"({"QueueUrls":[")" + url("b3") + "\"]}");
  EXPECT_EQ(call("ListQueues", R"({"QueueNamePrefix":"x"})"), "{}");
  EXPECT_EQ(call("ListQueues", R"({"MaxResults":1001})"),
            "InvalidParameterValueException: Value 1001 for parameter MaxResults is invalid. "
            "Reason: MaxResults must be an integer between 1 and 1000.");
}

TEST_F(SqsApi, UrlsFollowTheRequestAndNameRegionAndAccount) {
  aws::Request made = request("CreateQueue", R"({"QueueName":"q"})");
  made.host = "sqs.eu-west-1.localhost:4566";
  made.region = "eu-west-1";
  EXPECT_EQ(start(std::move(made))->text,
            R"({"QueueUrl":"http://sqs.eu-west-1.localhost:4566/000000000000/q"})");
  const auto send_to = [&](const std::string& address) {
    return call("SendMessage", R"({"MessageBody":"x","QueueUrl":")" + address + "\"}");
  };
  EXPECT_EQ(send_to(url("q")), "QueueDoesNotExist: The specified queue does not exist.")
      << "another region";
  EXPECT_TRUE(send_to("http://sqs.eu-west-1.localhost:4566/000000000000/q").starts_with("{"));
  EXPECT_TRUE(send_to("https://sqs.eu-west-1.amazonaws.com/000000000000/q").starts_with("{"));
  EXPECT_EQ(send_to("q"), "InvalidAddress: The address q is not valid for this endpoint.");
}

TEST_F(SqsApi, OtherAccountsNeedThePolicy) {
  make("q");
  const auto send_as = [&](const std::string& account) {
    aws::Request made = request("SendMessage", on("q", R"("MessageBody":"x")"));
    made.principal.account_id = account;
    made.principal.arn = "arn:aws:iam::" + account + ":root";
    return start(std::move(made))->text.substr(0, 21);
  };
  EXPECT_EQ(send_as("111111111111"), "AccessDeniedException");
  EXPECT_EQ(call("AddPermission", on("q", R"("Label":"l","AWSAccountIds":["111111111111"],)"
                                          R"("Actions":["SendMessage"])")),
            "{}");
  EXPECT_TRUE(send_as("111111111111").starts_with("{"));
  EXPECT_EQ(send_as("222222222222"), "AccessDeniedException");
  EXPECT_EQ(call("AddPermission", on("q", R"("Label":"l","AWSAccountIds":["111111111111"],)"
                                          R"("Actions":["SendMessage"])")),
            "InvalidParameterValueException: Value l for parameter Label is invalid. Reason: "
            "Already exists.");
  EXPECT_EQ(call("RemovePermission", on("q", R"("Label":"l")")), "{}");
  EXPECT_EQ(send_as("111111111111"), "AccessDeniedException");
  EXPECT_EQ(attribute("q", "Policy"), "(none)");
}

TEST_F(SqsApi, AttributesHaveBoundsAndDefaults) {
  make("q");
  EXPECT_EQ(attribute("q", "VisibilityTimeout"), "30");
  EXPECT_EQ(attribute("q", "QueueArn"), "arn:aws:sqs:us-east-1:000000000000:q");
  EXPECT_EQ(attribute("q", "CreatedTimestamp"), "1700000000");
  const auto set = [&](const std::string& name, const std::string& value) {
    return call("SetQueueAttributes",
                on("q", R"("Attributes":{")" + name + R"(":")" + value + "\"}"));
  };
  loop_.advance_by(5'000);
  EXPECT_EQ(set("VisibilityTimeout", "43200"), "{}");
  EXPECT_EQ(attribute("q", "LastModifiedTimestamp"), "1700000005");
  for (const auto& [name, value] : {std::pair("VisibilityTimeout", "43201"),
                                    {"DelaySeconds", "-1"},
                                    {"MaximumMessageSize", "1023"},
                                    {"MessageRetentionPeriod", "59"},
                                    {"ReceiveMessageWaitTimeSeconds", "21"},
                                    {"ReceiveMessageWaitTimeSeconds", "x"},
                                    {"SqsManagedSseEnabled", "maybe"},
                                    {"Policy", "{"}}) {
    EXPECT_EQ(set(name, value),
              "InvalidAttributeValue: Invalid value for the parameter " + std::string(name) + ".");
  }
  EXPECT_EQ(set("QueueArn", "x"), "InvalidAttributeName: Unknown Attribute QueueArn.");
  EXPECT_EQ(attribute("q", "Nonsense"), "(none)");
  EXPECT_EQ(last_.text, "InvalidAttributeName: Unknown Attribute Nonsense.");
}

TEST_F(SqsApi, RedrivePolicyIsChecked) {
  make("letters");
  make("letters.fifo", R"("FifoQueue":"true")");
  make("q");
  const auto set = [&](const std::string& policy) {
    aws::Request made = request("SetQueueAttributes", on("q"));
    made.input = made.input.with_member(
        "Attributes", json::Value::object({{"RedrivePolicy", json::Value(policy)}}));
    const std::string text = start(std::move(made))->text;
    const size_t reason = text.find("Reason: ");
    return reason == std::string::npos ? text : text.substr(reason + 8);
  };
  const auto to = [](const std::string& name, const std::string& count) {
    return R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:)" + name +
           R"(","maxReceiveCount":)" + count + "}";
  };
  EXPECT_EQ(set(to("letters", "\"3\"")), "{}");
  EXPECT_EQ(attribute("q", "RedrivePolicy"), to("letters", "3"));
  EXPECT_EQ(set(to("nothing", "3")), "Dead letter target does not exist.");
  EXPECT_EQ(set(to("letters.fifo", "3")),
            "Dead letter queue must be same type of queue as the source.");
  EXPECT_EQ(set(to("letters", "1001")),
            "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both "
            "inclusive.");
  EXPECT_EQ(set(R"({"maxReceiveCount":1})"),
            "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  EXPECT_EQ(call("ListDeadLetterSourceQueues", on("letters")),
            R"({"queueUrls":[")" + url("q") + "\"]}");
  EXPECT_EQ(call("SetQueueAttributes", on("letters", R"("Attributes":{"RedriveAllowPolicy":)"
                                                     R"("{\"redrivePermission\":\"denyAll\"}"})")),
            "{}");
  EXPECT_EQ(set(to("letters", "2")),
            "Dead letter target queue does not allow this source queue: see its "
            "RedriveAllowPolicy.");
  EXPECT_EQ(set(""), "{}");
  EXPECT_EQ(attribute("q", "RedrivePolicy"), "(none)");
}

TEST_F(SqsApi, DigestsAreThoseOfTheSdks) {
  make("q");
  // Computed by the algorithm of the Developer Guide in Python.
  send("q", "hello", R"("MessageAttributes":{"b":{"DataType":"Number.int","StringValue":"12"},
       "a":{"DataType":"Binary","BinaryValue":"AP8="}},"MessageSystemAttributes":{
       "AWSTraceHeader":{"DataType":"String","StringValue":"Root=1"}})");
  EXPECT_EQ(last_.value.find("MD5OfMessageBody")->as_string(), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(last_.value.find("MD5OfMessageAttributes")->as_string(),
            "52b71c49470b89f449669528bd722703");
  EXPECT_EQ(last_.value.find("MD5OfMessageSystemAttributes")->as_string(),
            "d6619b3d47b81d3fc72c0db005a70eda");
  receive("q", R"("MessageAttributeNames":["a.*"],"MessageSystemAttributeNames":["All"])");
  EXPECT_NE(last_.text.find(R"("MD5OfMessageAttributes":"1263a979332a0d122cfa78b9bf2ecd4d")"),
            std::string::npos);
  EXPECT_NE(last_.text.find(R"("AWSTraceHeader":"Root=1")"), std::string::npos);
}

TEST_F(SqsApi, MessagesAreChecked) {
  make("q", R"("MaximumMessageSize":"1024")");
  EXPECT_EQ(send("q", ""),
            "MissingRequiredParameterException: The request must contain the parameter "
            "MessageBody.");
  EXPECT_TRUE(send("q", "\\u0001").starts_with("InvalidMessageContents: "));
  EXPECT_TRUE(send("q", "\\uffff").starts_with("InvalidMessageContents: "));
  EXPECT_TRUE(send("q", "\\t\\ud83d\\ude00").starts_with("{"));
  EXPECT_TRUE(send("q", std::string(1024, 'a')).starts_with("{"));
  EXPECT_EQ(send("q", std::string(1025, 'a')),
            "InvalidParameterValueException: One or more parameters are invalid. Reason: Message "
            "must be shorter than 1024 bytes.");
  const auto attribute = [&](const std::string& name, const std::string& value) {
    return send("q", "x", R"("MessageAttributes":{")" + name + "\":{" + value + "}}");
  };
  EXPECT_EQ(attribute("a", R"("DataType":"String","StringValue":"")"),
            "InvalidParameterValueException: Message (user) attribute 'a' must contain a non-empty "
            "value of type 'String'.");
  EXPECT_TRUE(attribute("a", R"("DataType":"Text","StringValue":"x")").starts_with("Invalid"));
  EXPECT_TRUE(attribute("a", R"("DataType":"Number","StringValue":"x")").starts_with("Invalid"));
  EXPECT_TRUE(attribute("aws.a", R"("DataType":"String","StringValue":"x")").starts_with("Inv"));
  EXPECT_TRUE(attribute("a", R"("DataType":"Number","StringValue":"-1.5e3")").starts_with("{"));
}

TEST_F(SqsApi, BatchAnswersEachEntry) {
  make("q", R"("MaximumMessageSize":"1024")");
  call("SendMessageBatch", on("q", R"("Entries":[{"Id":"a","MessageBody":"x"},{"Id":"b"},
                  {"Id":"c","MessageBody":"x","DelaySeconds":901},
                  {"Id":"d","MessageBody":")" +
                                       std::string(1025, 'x') + "\"}]"));
  EXPECT_EQ(last_.value.find("Successful")->size(), 1);
  std::string codes;
  for (const json::Value& failed : last_.value.find("Failed")->items()) {
    codes += std::string(failed.find("Id")->as_string()) + "=" +
             std::string(failed.find("Code")->as_string()) + " ";
  }
  EXPECT_EQ(codes, "b=MissingParameter c=InvalidParameterValue d=InvalidParameterValue ");
  EXPECT_EQ(call("SendMessageBatch", on("q", R"("Entries":[])")),
            "EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the "
            "request.");
  EXPECT_EQ(call("DeleteMessageBatch", on("q", R"("Entries":[{"Id":"a","ReceiptHandle":"x"},)"
                                               R"({"Id":"a","ReceiptHandle":"x"}])")),
            "BatchEntryIdsNotDistinct: Id a repeated.");
  make("large");
  const std::string half(600'000, 'x');
  EXPECT_EQ(
      call("SendMessageBatch", on("large", R"("Entries":[{"Id":"a","MessageBody":")" + half +
                                               R"("},{"Id":"b","MessageBody":")" + half + "\"}]")),
      "BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have "
      "sent 1200000 bytes.");
  make("q.fifo", R"("FifoQueue":"true")");
  call("SendMessageBatch",
       on("q.fifo", R"("Entries":[{"Id":"a","MessageBody":"x","MessageGroupId":"g",
           "MessageDeduplicationId":"1"},{"Id":"b","MessageBody":"y","MessageGroupId":"g",
           "MessageDeduplicationId":"1"}])"));
  EXPECT_EQ(last_.value.find("Successful")->size(), 2);
  EXPECT_EQ(receive("q.fifo", R"("MaxNumberOfMessages":10)"), "x") << "duplicates in one batch";
}

TEST_F(SqsApi, ReceiptHandlesAreChecked) {
  make("q");
  make("other");
  send("q", "a");
  receive("q");
  const std::string handle = handle_;
  std::string cut = handle;
  cut[10] = cut[10] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {std::string("x"), cut, handle.substr(0, 40)}) {
    EXPECT_EQ(remove("q", bad), "ReceiptHandleIsInvalid: The input receipt handle \"" + bad +
                                    "\" is not a valid receipt handle.");
    EXPECT_FALSE(parse_receipt_handle(bad));
  }
  EXPECT_TRUE(remove("other", handle).starts_with("ReceiptHandleIsInvalid"));
  const auto change = [&](const std::string& seconds) {
    return call("ChangeMessageVisibility", on("q", R"("VisibilityTimeout":)" + seconds +
                                                       R"(,"ReceiptHandle":")" + handle + "\""));
  };
  EXPECT_EQ(change("43200"), "{}");
  loop_.advance_by(60'000);
  EXPECT_EQ(change("43200"),
            "InvalidParameterValueException: Value 43200 for parameter VisibilityTimeout is "
            "invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 "
            "seconds].");
  EXPECT_EQ(remove("q", handle), "{}");
  EXPECT_EQ(remove("q", handle), "{}");
  EXPECT_EQ(change("10"), "InvalidParameterValueException: Value " + handle +
                              " for parameter ReceiptHandle is invalid. Reason: Message does not "
                              "exist or is not available for visibility timeout change.");
}

TEST_F(SqsApi, TagsAndPurge) {
  make("q");
  EXPECT_EQ(call("TagQueue", on("q", R"("Tags":{"a":"1","b":""})")), "{}");
  EXPECT_EQ(call("ListQueueTags", on("q")), R"({"Tags":{"a":"1","b":""}})");
  EXPECT_EQ(call("UntagQueue", on("q", R"("TagKeys":["a","x"])")), "{}");
  open();
  EXPECT_EQ(call("ListQueueTags", on("q")), R"({"Tags":{"b":""}})");
  send("q", "a");
  send("q", "b");
  receive("q");
  EXPECT_EQ(call("PurgeQueue", on("q")), "{}");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), "0");
  EXPECT_EQ(call("PurgeQueue", on("q")),
            "PurgeQueueInProgress: Only one PurgeQueue operation on q is allowed every 60 "
            "seconds.");
  loop_.advance_by(60'000);
  EXPECT_EQ(receive("q"), "");
  EXPECT_EQ(call("PurgeQueue", on("q")), "{}");
  send("q", "c");
  EXPECT_EQ(receive("q"), "c");
}

TEST_F(SqsApi, AnswerToAWorkflowIsKeptWithTheMessage) {
  make("q");
  std::string kept;
  aws::Request made = request("SendMessage", on("q", R"("MessageBody":"x")"));
  made.before_commit = [&](const json::Value& output) { kept = json::write(output); };
  EXPECT_EQ(start(std::move(made))->text, kept);
  EXPECT_FALSE(kept.empty());
  EXPECT_EQ(receive("q"), "x");
}

TEST_F(SqsApi, QueryErrorsAreInQuerysWords) {
  aws::HttpRequest http;
  http.path = "/000000000000/missing";
  aws::Request made = request("SendMessage", R"({"MessageBody":"x"})");
  made.http = &http;
  EXPECT_EQ(start(std::move(made))->text,
            "QueueDoesNotExist: The specified queue does not exist for this wsdl version.")
      << "the path names the queue";
}

TEST_F(SqsApi, FifoParametersAreDemanded) {
  make("q.fifo", R"("FifoQueue":"true")");
  EXPECT_TRUE(send("q.fifo", "x", R"("MessageGroupId":"g g","MessageDeduplicationId":"1")")
                  .starts_with("InvalidParameterValueException: Value g g for parameter"));
  make("q");
  EXPECT_TRUE(send("q", "x", R"("MessageDeduplicationId":"1")").starts_with("Invalid"));
  EXPECT_EQ(call("SetQueueAttributes",
                 on("q.fifo", R"("Attributes":{"FifoThroughputLimit":"perMessageGroupId"})")),
            "InvalidAttributeValue: Invalid value for the parameter FifoThroughputLimit. Reason: "
            "The perMessageGroupId value is allowed only when the value for DeduplicationScope is "
            "messageGroup.");
}

}  // namespace
}  // namespace pawl::sqs
