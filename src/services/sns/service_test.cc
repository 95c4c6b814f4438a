// SPDX-License-Identifier: Apache-2.0
// The API over a memory store, a virtual clock, a recording caller and a recorded web.
#include "services/sns/service.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/openssl_handles.h"
#include "store/memory/memory_store.h"

namespace pawl::sns {
namespace {

using json::Value;

constexpr const char* kEndpoint = "http://127.0.0.1:4566";
constexpr const char* kTopic = "arn:aws:sns:us-east-1:000000000000:news";
constexpr const char* kFifoTopic = "arn:aws:sns:us-east-1:000000000000:news.fifo";
constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:queue";

/// Keeps what is sent and answers with the next of `statuses`, then with 200.
class RecordingWeb final : public aws::HttpTransport {
 public:
  struct Sent {
    std::string url;
    aws::HttpRequest request;
  };

  void send(std::string url, aws::HttpRequest request, Receiver receiver) override {
    sent.push_back({std::move(url), std::move(request)});
    int status = 200;
    if (!statuses.empty()) {
      status = statuses.front();
      statuses.erase(statuses.begin());
    }
    if (status == 0) {
      receiver(base::Error{base::ErrorKind::Io, "refused"});
    } else {
      aws::HttpResponse response;
      response.status = status;
      receiver(response);
    }
  }

  std::vector<Sent> sent;
  std::vector<int> statuses;
};

class SnsTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("sns");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    open();
    ok("CreateTopic", R"({"Name": "news"})");
  }

  void open() {
    table_.reset();
    service_.reset();
    service_ = SnsService::open({.store = store_,
                                 .loop = loop_,
                                 .caller = caller_,
                                 .transport = &web_,
                                 .endpoint_url = [] { return std::string(kEndpoint); },
                                 .after_sync = [](const std::function<void()>& task) { task(); }})
                   .value();
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input,
                   const std::string& region = "us-east-1",
                   const std::string& account = "000000000000") {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    EXPECT_NE(request.operation, nullptr) << operation;
    const auto parsed = json::parse(input);
    EXPECT_TRUE(parsed) << input;
    request.input = *parsed;
    request.region = region;
    request.principal.account_id = account;
    request.received = loop_.now();
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   is_error_ = !result;
                   if (result) {
                     last_ = result->value;
                     answer = json::write(result->value);
                   } else {
                     answer = result.error().code + ": " + result.error().message.value_or("");
                   }
                 }));
    return answer;
  }
  std::string ok(const std::string& operation, const std::string& input) {
    std::string answer = call(operation, input);
    EXPECT_FALSE(is_error_) << operation << input << ": " << answer;
    return answer;
  }
  std::string last(const char* member) const {
    const Value* value = last_.find(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(absent)";
  }
  std::string last_attribute(const char* name) const {
    const Value* value = last_.find("Attributes")->find(name);
    return value != nullptr ? std::string(value->as_string()) : "(absent)";
  }
  std::string subscribe(const std::string& protocol, const std::string& endpoint,
                        const std::string& attributes = "{}", const char* topic = kTopic) {
    ok("Subscribe", R"({"TopicArn": ")" + std::string(topic) + R"(", "Protocol": ")" + protocol +
                        R"(", "Endpoint": ")" + endpoint +
                        R"(", "ReturnSubscriptionArn": true, "Attributes": )" + attributes + "}");
    return last("SubscriptionArn");
  }
  std::string publish(const std::string& rest, const char* topic = kTopic) {
    ok("Publish", R"({"TopicArn": ")" + std::string(topic) + "\", " + rest + "}");
    loop_.run();
    return last("MessageId");
  }
  /// The member of the call's input.
  static std::string input_of(const aws::Call& call, const char* member) {
    const Value* value = call.input.find(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(absent)";
  }
  static Value body_of(const aws::Call& call) {
    return json::parse(input_of(call, "MessageBody")).value();
  }
  static std::string text(const Value& object, const char* member) {
    const Value* value = object.find(member);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(absent)";
  }
  aws::HttpResponse get(const std::string& target, const char* method = "GET") {
    aws::HttpRequest request;
    request.method = method;
    const size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    EXPECT_TRUE(service_->site().serves(request)) << target;
    aws::HttpResponse response;
    service_->site().serve(request, [&](aws::HttpResponse answer) { response = answer; });
    return response;
  }
  /// The path and query of a link into this server.
  static std::string path_of(const std::string& url) {
    EXPECT_TRUE(url.starts_with(kEndpoint)) << url;
    return url.substr(std::string(kEndpoint).size());
  }
  bool verifies(const std::string& signed_text, const std::string& signature,
                const std::string& certificate_url, const EVP_MD* digest) {
    const std::string pem = get(path_of(certificate_url)).body;
    const net::BioHandle reading = net::reading(pem);
    const net::CertificateHandle certificate(
        PEM_read_bio_X509(reading.get(), nullptr, nullptr, nullptr));
    EXPECT_TRUE(certificate);
    if (!certificate) return false;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const std::string bytes = base::base64_decode(signature).value_or("");
    EVP_DigestVerifyInit(context, nullptr, digest, nullptr, X509_get0_pubkey(certificate.get()));
    const int result = EVP_DigestVerify(
        context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
        reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size());
    EVP_MD_CTX_free(context);
    return result == 1;
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  std::optional<aws::ApiError> refusal_;  ///< what the caller answers; nullopt: success
  aws::RecordingCaller caller_{[this](const aws::Call&) {
    return refusal_ ? aws::ApiResult<Value>(*refusal_) : aws::ApiResult<Value>(Value::object());
  }};
  RecordingWeb web_;
  const aws::ServiceModel* model_ = nullptr;
  std::unique_ptr<SnsService> service_;
  std::optional<aws::ActionTable> table_;
  Value last_ = Value::object();
  bool is_error_ = false;
};

TEST_F(SnsTest, EveryOperationOfTheModelIsThere) { EXPECT_TRUE(table_->unimplemented().empty()); }

TEST_F(SnsTest, NoAccountOrRegionSeesAnother) {
  EXPECT_NE(call("ListTopics", "{}").find(kTopic), std::string::npos);
  EXPECT_EQ(call("ListTopics", "{}", "eu-west-1"), R"({"Topics":[]})");
  EXPECT_EQ(call("ListTopics", "{}", "us-east-1", "111111111111"), R"({"Topics":[]})");
  const std::string by_arn = R"({"TopicArn": ")" + std::string(kTopic) + "\"}";
  EXPECT_EQ(call("GetTopicAttributes", by_arn, "eu-west-1"),
            "InvalidParameter: Invalid parameter: TopicArn");
}

TEST_F(SnsTest, AnotherAccountMayWhatThePolicySays) {
  const std::string topic = R"({"TopicArn": ")" + std::string(kTopic) + "\"";
  const auto as_other = [&](const std::string& operation, const std::string& rest) {
    return call(operation, topic + rest + "}", "us-east-1", "111122223333");
  };
  const std::string refusal =
      "AuthorizationError: User: arn:aws:iam::000000000000:root is not "
      "authorized to perform: SNS:Publish on resource: " +
      std::string(kTopic);
  EXPECT_EQ(as_other("Publish", R"(, "Message": "m")"), refusal);
  EXPECT_TRUE(as_other("DeleteTopic", "").starts_with("AuthorizationError"));
  ok("AddPermission",
     topic + R"(, "Label": "l", "AWSAccountId": ["111122223333"], "ActionName": ["Publish"]})");
  as_other("Publish", R"(, "Message": "m")");
  EXPECT_FALSE(is_error_);
  EXPECT_TRUE(as_other("GetTopicAttributes", "").starts_with("AuthorizationError"));
  const std::string subscription = R"({"SubscriptionArn": ")" + subscribe("sqs", kQueue) + "\"}";
  call("GetSubscriptionAttributes", subscription, "us-east-1", "111122223333");
  EXPECT_TRUE(is_error_);
  call("Unsubscribe", subscription, "us-east-1", "111122223333");
  EXPECT_TRUE(is_error_);
  ok("GetSubscriptionAttributes", subscription);
}

TEST_F(SnsTest, ListsGoOnWhereAPageEnds) {
  for (int i = 0; i < 130; ++i)
    ok("CreateTopic", R"({"Name": "t)" + std::to_string(1000 + i) + "\"}");
  ok("ListTopics", "{}");
  EXPECT_EQ(last_.find("Topics")->size(), 100U);
  ok("ListTopics", R"({"NextToken": ")" + last("NextToken") + "\"}");
  EXPECT_EQ(last_.find("Topics")->size(), 31U);
  EXPECT_EQ(last("NextToken"), "(absent)");
  for (int i = 0; i < 101; ++i) subscribe("sms", "+4912345" + std::to_string(1000 + i));
  ok("ListSubscriptions", "{}");
  EXPECT_EQ(last_.find("Subscriptions")->size(), 100U);
  ok("ListSubscriptionsByTopic", R"({"TopicArn": ")" + std::string(kTopic) +
                                     R"(", "NextToken": ")" + last("NextToken") + "\"}");
  EXPECT_EQ(last_.find("Subscriptions")->size(), 1U);
}

TEST_F(SnsTest, TagsAreKeptAndBounded) {
  const std::string resource = R"({"ResourceArn": ")" + std::string(kTopic) + "\"";
  ok("TagResource",
     resource + R"(, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})");
  ok("TagResource", resource + R"(, "Tags": [{"Key": "a", "Value": "3"}]})");
  ok("UntagResource", resource + R"(, "TagKeys": ["b"]})");
  EXPECT_EQ(ok("ListTagsForResource", resource + "}"), R"({"Tags":[{"Key":"a","Value":"3"}]})");
  EXPECT_EQ(call("TagResource",
                 resource + R"(, "Tags": [{"Key": "x", "Value": ""}, {"Key": "x", "Value": ""}]})"),
            "InvalidParameter: Invalid parameter: Duplicated keys are not allowed.");
  EXPECT_EQ(call("ListTagsForResource", R"({"ResourceArn": ")" + std::string(kTopic) + "x\"}"),
            "ResourceNotFound: Resource does not exist");
}

TEST_F(SnsTest, ANotificationReachesAQueueSigned) {
  const std::string subscription = subscribe("sqs", kQueue);
  const std::string id = publish(R"("Message": "hello \"you\"", "Subject": "s", "MessageAttributes":
          {"n": {"DataType": "Number", "StringValue": "99.12"},
           "b": {"DataType": "Binary", "BinaryValue": "AgME"}})");
  ASSERT_EQ(caller_.calls.size(), 1U);
  const aws::Call& call = caller_.calls[0];
  EXPECT_EQ(call.service + "." + call.operation, "sqs.SendMessage");
  EXPECT_TRUE(input_of(call, "QueueUrl").ends_with("/000000000000/queue"));
  EXPECT_EQ(call.input.find("MessageAttributes"), nullptr);
  const Value body = body_of(call);
  EXPECT_EQ(text(body, "Type"), "Notification");
  EXPECT_EQ(text(body, "MessageId"), id);
  EXPECT_EQ(text(body, "Message"), "hello \"you\"");
  EXPECT_EQ(text(body, "UnsubscribeURL"),
            std::string(kEndpoint) + "/?Action=Unsubscribe&SubscriptionArn=" + subscription);
  EXPECT_EQ(json::write(*body.find("MessageAttributes")),
            R"({"n":{"Type":"Number","Value":"99.12"},"b":{"Type":"Binary","Value":"AgME"}})");
  const std::string to_sign = "Message\nhello \"you\"\nMessageId\n" + id +
                              "\nSubject\ns\nTimestamp\n" + text(body, "Timestamp") +
                              "\nTopicArn\n" + kTopic + "\nType\nNotification\n";
  EXPECT_EQ(text(body, "SignatureVersion"), "1");
  EXPECT_TRUE(verifies(to_sign, text(body, "Signature"), text(body, "SigningCertURL"), EVP_sha1()));
  EXPECT_FALSE(
      verifies(to_sign + "x", text(body, "Signature"), text(body, "SigningCertURL"), EVP_sha1()));
  EXPECT_EQ(service_->deliveries(), 0U);
}

TEST_F(SnsTest, SignatureVersionTwoIsSha256) {
  ok("SetTopicAttributes", R"({"TopicArn": ")" + std::string(kTopic) +
                               R"(", "AttributeName": "SignatureVersion", "AttributeValue": "2"})");
  subscribe("sqs", kQueue);
  const std::string id = publish(R"("Message": "m")");
  const Value body = body_of(caller_.calls.at(0));
  const std::string to_sign = "Message\nm\nMessageId\n" + id + "\nTimestamp\n" +
                              text(body, "Timestamp") + "\nTopicArn\n" + kTopic +
                              "\nType\nNotification\n";
  EXPECT_TRUE(
      verifies(to_sign, text(body, "Signature"), text(body, "SigningCertURL"), EVP_sha256()));
}

TEST_F(SnsTest, ARawMessageTakesItsAttributesAlong) {
  subscribe("sqs", kQueue, R"({"RawMessageDelivery": "true"})");
  publish(
      R"("Message": "m", "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": "AgME"},
                                                   "s": {"DataType": "String", "StringValue": "x"}})");
  const aws::Call& call = caller_.calls.at(0);
  EXPECT_EQ(input_of(call, "MessageBody"), "m");
  EXPECT_EQ(json::write(*call.input.find("MessageAttributes")),
            R"({"b":{"DataType":"Binary","BinaryValue":"AgME"},)"
            R"("s":{"DataType":"String","StringValue":"x"}})");
}

TEST_F(SnsTest, AFunctionGetsAnEvent) {
  const std::string function = "arn:aws:lambda:us-east-1:000000000000:function:f";
  const std::string subscription = subscribe("lambda", function);
  publish(R"("Message": "m")");
  const aws::Call& call = caller_.calls.at(0);
  EXPECT_EQ(call.service + "." + call.operation, "lambda.Invoke");
  EXPECT_EQ(input_of(call, "FunctionName"), function);
  EXPECT_EQ(input_of(call, "InvocationType"), "Event");
  const Value event = json::parse(base::base64_decode(input_of(call, "Payload")).value()).value();
  const Value& record = event.find("Records")->items()[0];
  EXPECT_EQ(text(record, "EventSource"), "aws:sns");
  EXPECT_EQ(text(record, "EventSubscriptionArn"), subscription);
  const Value& sns = *record.find("Sns");
  EXPECT_EQ(text(sns, "Message"), "m");
  EXPECT_TRUE(sns.find("Subject")->is_null());
  EXPECT_EQ(json::write(*sns.find("MessageAttributes")), "{}");
  EXPECT_TRUE(text(sns, "SigningCertUrl").starts_with(kEndpoint));
}

TEST_F(SnsTest, FiltersDecideByAttributesOrByBody) {
  subscribe("sqs", std::string(kQueue) + "-a", R"({"FilterPolicy": "{\"k\": [\"yes\"]}"})");
  subscribe(
      "sqs", std::string(kQueue) + "-b",
      R"({"FilterPolicy": "{\"k\": [{\"numeric\": [\">\", 5]}]}", "FilterPolicyScope": "MessageBody"})");
  const auto receivers = [&](const std::string& message) {
    caller_.calls.clear();
    publish(message);
    std::string names;
    for (const aws::Call& call : caller_.calls) names += input_of(call, "QueueUrl").back();
    return names;
  };
  EXPECT_EQ(receivers(R"("Message": "m")"), "");
  EXPECT_EQ(receivers(R"("Message": "{\"k\": 6}")"), "b");
  EXPECT_EQ(
      receivers(
          R"("Message": "{\"k\": 5}", "MessageAttributes": {"k": {"DataType": "String", "StringValue": "yes"}})"),
      "a");
  EXPECT_EQ(
      receivers(
          R"("Message": "m", "MessageAttributes": {"k": {"DataType": "String.Array", "StringValue": "[\"no\", \"yes\"]"}})"),
      "a");
  EXPECT_EQ(
      receivers(
          R"("Message": "m", "MessageAttributes": {"k": {"DataType": "Binary", "BinaryValue": "eWVz"}})"),
      "");
}

TEST_F(SnsTest, AProtocolMayHaveItsOwnText) {
  subscribe("sqs", kQueue);
  publish(
      R"("Message": "{\"default\": \"d\", \"sqs\": \"q\", \"http\": 5}", "MessageStructure": "json")");
  publish(R"("Message": "{\"default\": \"d\", \"sqs\": {}}", "MessageStructure": "json")");
  EXPECT_EQ(text(body_of(caller_.calls.at(0)), "Message"), "q");
  EXPECT_EQ(text(body_of(caller_.calls.at(1)), "Message"), "d");
}

TEST_F(SnsTest, SubscribingAgainWithTheSameAttributesIsNothingNew) {
  const std::string first = subscribe(
      "sqs", kQueue, R"({"FilterPolicy": "{\"k\": [\"yes\"]}", "RawMessageDelivery": "True"})");
  EXPECT_EQ(subscribe("sqs", kQueue,
                      R"({"FilterPolicy": "{\"k\":[\"yes\"]}", "RawMessageDelivery": "true"})"),
            first);
  EXPECT_EQ(subscribe("sqs", kQueue), first);
  const auto refused = [&](const std::string& attributes) {
    return call("Subscribe", R"({"TopicArn": ")" + std::string(kTopic) +
                                 R"(", "Protocol": "sqs", "Endpoint": ")" + kQueue +
                                 R"(", "Attributes": )" + attributes + "}");
  };
  EXPECT_EQ(refused(R"({"FilterPolicy": "{\"k\": [\"no\"]}"})"),
            "InvalidParameter: Invalid parameter: Attributes Reason: Subscription already exists "
            "with different attributes");
  EXPECT_EQ(refused(R"({"RawMessageDelivery": "Perhaps"})"),
            "InvalidParameter: Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid "
            "value [Perhaps]. Must be true or false.");
}

TEST_F(SnsTest, AWebEndpointConfirmsBeforeItIsToldAnything) {
  const std::string subscription = subscribe("http", "http://user:pass@example.com:8080/in?x=1");
  loop_.run();
  ASSERT_EQ(web_.sent.size(), 1U);
  EXPECT_EQ(web_.sent[0].url, "http://example.com:8080");
  const aws::HttpRequest& asked = web_.sent[0].request;
  EXPECT_EQ(asked.method + " " + asked.path + "?" + asked.query, "POST /in?x=1");
  EXPECT_EQ(asked.headers.get("x-amz-sns-message-type"), "SubscriptionConfirmation");
  EXPECT_EQ(asked.headers.get("x-amz-sns-topic-arn"), kTopic);
  EXPECT_EQ(asked.headers.get("Authorization"), "Basic dXNlcjpwYXNz");
  const Value body = json::parse(asked.body).value();
  const std::string to_sign = "Message\n" + text(body, "Message") + "\nMessageId\n" +
                              text(body, "MessageId") + "\nSubscribeURL\n" +
                              text(body, "SubscribeURL") + "\nTimestamp\n" +
                              text(body, "Timestamp") + "\nToken\n" + text(body, "Token") +
                              "\nTopicArn\n" + kTopic + "\nType\nSubscriptionConfirmation\n";
  EXPECT_TRUE(verifies(to_sign, text(body, "Signature"), text(body, "SigningCertURL"), EVP_sha1()));

  publish(R"("Message": "too early")");
  EXPECT_EQ(web_.sent.size(), 1U);
  ok("GetSubscriptionAttributes", R"({"SubscriptionArn": ")" + subscription + "\"}");
  EXPECT_EQ(last_attribute("PendingConfirmation"), "true");
  ok("ListSubscriptions", "{}");
  EXPECT_EQ(text(last_.find("Subscriptions")->items()[0], "SubscriptionArn"),
            "PendingConfirmation");

  EXPECT_EQ(call("ConfirmSubscription",
                 R"({"TopicArn": ")" + std::string(kTopic) + R"(", "Token": "wrong"})"),
            "InvalidParameter: Invalid parameter: Token");
  const aws::HttpResponse confirmed = get(path_of(text(body, "SubscribeURL")));
  EXPECT_EQ(confirmed.status, 200);
  EXPECT_NE(confirmed.body.find(subscription), std::string::npos);
  ok("ConfirmSubscription",
     R"({"TopicArn": ")" + std::string(kTopic) + R"(", "Token": ")" + text(body, "Token") + "\"}");
  EXPECT_EQ(last("SubscriptionArn"), subscription);
  ok("GetTopicAttributes", R"({"TopicArn": ")" + std::string(kTopic) + "\"}");
  EXPECT_EQ(last_attribute("SubscriptionsConfirmed"), "1");
  EXPECT_EQ(last_attribute("SubscriptionsPending"), "0");

  publish(R"("Message": "now")");
  ASSERT_EQ(web_.sent.size(), 2U);
  const aws::HttpRequest& told = web_.sent[1].request;
  EXPECT_EQ(told.headers.get("x-amz-sns-message-type"), "Notification");
  EXPECT_EQ(told.headers.get("x-amz-sns-subscription-arn"), subscription);
  EXPECT_EQ(told.headers.get("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(text(json::parse(told.body).value(), "Message"), "now");
}

TEST_F(SnsTest, ATokenIsValidForTwoDays) {
  const std::string subscription = subscribe("http", "http://example.com/");
  loop_.run();
  const Value asked = json::parse(web_.sent.at(0).request.body).value();
  const std::string link = path_of(text(asked, "SubscribeURL"));
  loop_.advance_by(TopicStore::kTokenValidMs);
  EXPECT_EQ(get(link).status, 400);
  ok("GetSubscriptionAttributes", R"({"SubscriptionArn": ")" + subscription + "\"}");
  // The next that is asked has those forgotten that did not answer.
  subscribe("http", "http://example.org/");
  EXPECT_EQ(call("GetSubscriptionAttributes", R"({"SubscriptionArn": ")" + subscription + "\"}"),
            "NotFound: Subscription does not exist");
  loop_.run();
  const Value asked_second = json::parse(web_.sent.back().request.body).value();
  loop_.advance_by(TopicStore::kTokenValidMs - 1);
  EXPECT_EQ(get(path_of(text(asked_second, "SubscribeURL"))).status, 200);
  loop_.advance_by(2);
  subscribe("http", "http://example.net/");
  ok("ListSubscriptions", "{}");
  EXPECT_EQ(last_.find("Subscriptions")->size(), 2U);  // what was confirmed stays
}

TEST_F(SnsTest, AnEndCanBeTakenBack) {
  const std::string subscription = subscribe("http", "http://example.com/");
  loop_.run();
  const Value asked = json::parse(web_.sent.at(0).request.body).value();
  EXPECT_EQ(get(path_of(text(asked, "SubscribeURL"))).status, 200);
  EXPECT_EQ(get("/?Action=Unsubscribe&SubscriptionArn=" + subscription).status, 200);
  loop_.run();
  ASSERT_EQ(web_.sent.size(), 2U);
  const Value goodbye = json::parse(web_.sent[1].request.body).value();
  EXPECT_EQ(text(goodbye, "Type"), "UnsubscribeConfirmation");
  ok("GetTopicAttributes", R"({"TopicArn": ")" + std::string(kTopic) + "\"}");
  EXPECT_EQ(last_attribute("SubscriptionsDeleted"), "1");
  publish(R"("Message": "nobody listens")");
  EXPECT_EQ(web_.sent.size(), 2U);
  EXPECT_EQ(get(path_of(text(goodbye, "SubscribeURL"))).status, 200);
  publish(R"("Message": "again")");
  EXPECT_EQ(web_.sent.size(), 3U);
}

TEST_F(SnsTest, AWebEndpointThatFailsIsTriedAgainByPolicyThenGivenUp) {
  const std::string queue = std::string(kQueue) + "-dead";
  const std::string subscription = subscribe("http", "http://example.com/");
  loop_.run();
  const Value asked = json::parse(web_.sent.at(0).request.body).value();
  get(path_of(text(asked, "SubscribeURL")));
  const auto set = [&](const std::string& name, const std::string& value) {
    ok("SetSubscriptionAttributes", R"({"SubscriptionArn": ")" + subscription +
                                        R"(", "AttributeName": ")" + name +
                                        R"(", "AttributeValue": ")" + value + "\"}");
  };
  set("RedrivePolicy", R"({\"deadLetterTargetArn\": \")" + queue + R"(\"})");
  set("DeliveryPolicy",
      R"({\"healthyRetryPolicy\": {\"minDelayTarget\": 1, \"maxDelayTarget\": 9, \"numRetries\": 4,)"
      R"( \"numNoDelayRetries\": 1, \"numMinDelayRetries\": 1, \"numMaxDelayRetries\": 1}})");
  web_.sent.clear();
  web_.statuses = {500, 0, 503, 429, 500};
  publish(R"("Message": "m")");
  EXPECT_EQ(web_.sent.size(), 2U);  // at once, and once more without delay
  loop_.advance_by(999);
  EXPECT_EQ(web_.sent.size(), 2U);
  loop_.advance_by(1);
  EXPECT_EQ(web_.sent.size(), 3U);
  loop_.advance_by(8'999);
  EXPECT_EQ(web_.sent.size(), 3U);
  loop_.advance_by(1);
  EXPECT_EQ(web_.sent.size(), 4U);
  EXPECT_TRUE(caller_.calls.empty());
  loop_.advance_by(9'000);
  EXPECT_EQ(web_.sent.size(), 5U);
  ASSERT_EQ(caller_.calls.size(), 1U);
  EXPECT_TRUE(input_of(caller_.calls[0], "QueueUrl").ends_with("queue-dead"));
  EXPECT_EQ(text(body_of(caller_.calls[0]), "Message"), "m");
  EXPECT_EQ(service_->deliveries(), 0U);
}

TEST_F(SnsTest, WhatAnEndpointRefusesIsNotTriedAgain) {
  subscribe("sqs", kQueue);
  refusal_ = aws::ApiError("AWS.SimpleQueueService.NonExistentQueue", "gone", 400);
  publish(R"("Message": "m")");
  loop_.advance_by(100'000);
  EXPECT_EQ(caller_.calls.size(), 1U);
  EXPECT_EQ(service_->deliveries(), 0U);
}

TEST_F(SnsTest, WhatIsOwedSurvivesTheProcess) {
  subscribe("sqs", kQueue);
  subscribe("sqs", std::string(kQueue) + "-2");
  ok("Publish", R"({"TopicArn": ")" + std::string(kTopic) + R"(", "Message": "m"})");
  EXPECT_EQ(service_->deliveries(), 2U);
  open();  // nothing was delivered yet; the tasks of the former process do nothing
  loop_.run();
  EXPECT_TRUE(caller_.calls.empty());
  refusal_ = aws::ApiError("ServiceUnavailable", "later", 503);
  service_->run();
  loop_.run();
  EXPECT_GE(caller_.calls.size(), 2U);
  EXPECT_EQ(service_->deliveries(), 2U);
  open();
  refusal_.reset();
  caller_.calls.clear();
  service_->run();
  loop_.advance_by(30'000);
  EXPECT_EQ(caller_.calls.size(), 2U);
  EXPECT_EQ(service_->deliveries(), 0U);
  open();
  service_->run();
  loop_.advance_by(30'000);
  EXPECT_EQ(caller_.calls.size(), 2U);
}

TEST_F(SnsTest, AFifoTopicKeepsOrderAndForgetsRepetitions) {
  ok("CreateTopic", R"({"Name": "news.fifo", "Attributes": {"FifoTopic": "true"}})");
  subscribe("sqs", std::string(kQueue) + ".fifo", "{}", kFifoTopic);
  refusal_ = aws::ApiError("ServiceUnavailable", "later", 503);
  const std::string first = publish(
      R"("Message": "1", "MessageGroupId": "g", "MessageDeduplicationId": "a")", kFifoTopic);
  EXPECT_EQ(last("SequenceNumber").size(), 20U);
  publish(R"("Message": "2", "MessageGroupId": "g", "MessageDeduplicationId": "b")", kFifoTopic);
  publish(R"("Message": "3", "MessageGroupId": "h", "MessageDeduplicationId": "c")", kFifoTopic);
  EXPECT_EQ(publish(R"("Message": "1", "MessageGroupId": "g", "MessageDeduplicationId": "a")",
                    kFifoTopic),
            first);
  // Nothing of group g but its first message has been tried.
  for (const aws::Call& call : caller_.calls) EXPECT_NE(text(body_of(call), "Message"), "2");
  refusal_.reset();
  caller_.calls.clear();
  loop_.advance_by(30'000);
  std::string order;
  for (const aws::Call& call : caller_.calls) {
    order += text(body_of(call), "Message");
    EXPECT_EQ(text(body_of(call), "Signature"), "(absent)");
    EXPECT_EQ(input_of(call, "MessageDeduplicationId").size(), 1U);
  }
  ASSERT_EQ(order.size(), 3U);
  EXPECT_LT(order.find('1'), order.find('2'));
  // After five minutes it is another message.
  loop_.advance_by(5 * 60 * 1000);
  EXPECT_NE(publish(R"("Message": "1", "MessageGroupId": "g", "MessageDeduplicationId": "a")",
                    kFifoTopic),
            first);
}

TEST_F(SnsTest, MailsAreInTheMailbox) {
  subscribe("email", "a@example.com");
  loop_.run();
  const auto mails = [&](const std::string& query) {
    return json::parse(get("/_pawl/mailbox" + query).body).value();
  };
  const Value asked = mails("?to=a@example.com");
  ASSERT_EQ(asked.find("Mails")->size(), 1U);
  const std::string letter = text(asked.find("Mails")->items()[0], "Text");
  const size_t link = letter.find(kEndpoint);
  ASSERT_NE(link, std::string::npos) << letter;
  EXPECT_EQ(get(path_of(letter.substr(link, letter.find('\n', link) - link))).status, 200);
  publish(R"("Message": "hello", "Subject": "news")");
  const Value told = mails("?to=a@example.com");
  ASSERT_EQ(told.find("Mails")->size(), 2U);
  const Value& mail = told.find("Mails")->items()[0];
  EXPECT_EQ(text(mail, "Subject"), "news");
  EXPECT_TRUE(text(mail, "Text").starts_with("hello\n"));
  const Value others = mails("?to=b@example.com");
  EXPECT_EQ(others.find("Mails")->size(), 0U);
  int64_t id = 0;
  ASSERT_TRUE(mail.find("Id")->to_int64(id));
  EXPECT_EQ(json::write(mails("/" + std::to_string(id))), json::write(mail));
  EXPECT_EQ(get("/_pawl/mailbox/999").status, 404);
  EXPECT_EQ(get("/_pawl/mailbox", "DELETE").status, 204);
  EXPECT_EQ(json::write(mails("")), R"({"Mails":[]})");
}

TEST_F(SnsTest, PeopleAndDevicesAreSpokenToDirectly) {
  ok("Publish", R"({"PhoneNumber": "+491234567", "Message": "hi"})");
  EXPECT_EQ(
      call("Publish", R"({"PhoneNumber": "1", "Message": "hi"})"),
      "InvalidParameter: Invalid parameter: PhoneNumber Reason: 1 is not valid to publish to");
  ok("CreatePlatformApplication",
     R"({"Name": "app", "Platform": "GCM", "Attributes": {"PlatformCredential": "secret"}})");
  const std::string application = last("PlatformApplicationArn");
  EXPECT_EQ(application, "arn:aws:sns:us-east-1:000000000000:app/GCM/app");
  EXPECT_EQ(ok("GetPlatformApplicationAttributes",
               R"({"PlatformApplicationArn": ")" + application + "\"}"),
            R"({"Attributes":{"Enabled":"true"}})");
  const std::string endpoint_input =
      R"({"PlatformApplicationArn": ")" + application + R"(", "Token": "t"})";
  ok("CreatePlatformEndpoint", endpoint_input);
  const std::string endpoint = last("EndpointArn");
  ok("CreatePlatformEndpoint", endpoint_input);
  EXPECT_EQ(last("EndpointArn"), endpoint);
  ok("Publish",
     R"({"TargetArn": ")" + endpoint +
         R"(", "MessageStructure": "json", "Message": "{\"default\": \"d\", \"GCM\": \"g\"}"})");
  const auto mails = service_->mailbox().list("", 10).value();
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].to + " " + mails[0].text, endpoint + " g");
  EXPECT_EQ(mails[1].to + " " + mails[1].text, "+491234567 hi");
  ok("SetEndpointAttributes",
     R"({"EndpointArn": ")" + endpoint + R"(", "Attributes": {"Enabled": "false"}})");
  EXPECT_EQ(call("Publish", R"({"TargetArn": ")" + endpoint + R"(", "Message": "m"})"),
            "EndpointDisabled: Endpoint is disabled");
}

TEST_F(SnsTest, MessagesAreChecked) {
  const auto refused = [&](const std::string& rest) {
    return call("Publish", R"({"TopicArn": ")" + std::string(kTopic) + "\", " + rest + "}");
  };
  const auto with_attribute = [&](const std::string& name, const std::string& value) {
    return refused(R"("Message": "m", "MessageAttributes": {")" + name + "\": " + value + "}");
  };
  EXPECT_EQ(refused(R"("Message": ")" + std::string(262'145, 'x') + "\""),
            "InvalidParameter: Invalid parameter: Message too long");
  EXPECT_EQ(with_attribute(".a", R"({"DataType": "String", "StringValue": "x"})"),
            "ParameterValueInvalid: Invalid message attribute name starting with character '.' was "
            "found.");
  EXPECT_EQ(with_attribute("a..b", R"({"DataType": "String", "StringValue": "x"})"),
            "ParameterValueInvalid: Message attribute name can not have successive '.' character.");
  EXPECT_NE(with_attribute("a b", R"({"DataType": "String", "StringValue": "x"})")
                .find("Invalid non-alphanumeric character '#x20' was found"),
            std::string::npos);
  EXPECT_EQ(with_attribute("a", R"({"DataType": "Number", "StringValue": "abc"})"),
            "ParameterValueInvalid: Could not cast message attribute 'a' value to number.");
  EXPECT_NE(with_attribute("a", R"({"DataType": "Set", "StringValue": "x"})")
                .find("has an invalid message attribute type"),
            std::string::npos);
  EXPECT_NE(with_attribute("a", R"({"DataType": "Binary", "StringValue": "x"})")
                .find("with type 'Binary' must use field 'Binary'"),
            std::string::npos);
  EXPECT_NE(with_attribute("a", R"({"DataType": "String", "StringValue": ""})")
                .find("must contain non-empty message attribute value"),
            std::string::npos);
  EXPECT_NE(refused(R"("Message": "m", "MessageDeduplicationId": "d")")
                .find("not valid for this topic type"),
            std::string::npos);
  EXPECT_EQ(call("Publish", R"({"Message": "m"})"),
            "InvalidParameter: Invalid parameter: TopicArn or TargetArn Reason: no value for "
            "required parameter");
}

TEST_F(SnsTest, ABatchIsPublishedWhole) {
  subscribe("sqs", kQueue, R"({"RawMessageDelivery": "true"})");
  const std::string topic = R"({"TopicArn": ")" + std::string(kTopic) + "\", ";
  ok("PublishBatch",
     topic +
         R"("PublishBatchRequestEntries": [{"Id": "a", "Message": "1"}, {"Id": "b", "Message": "2"}]})");
  loop_.run();
  EXPECT_EQ(last_.find("Successful")->size(), 2U);
  EXPECT_EQ(caller_.calls.size(), 2U);
  EXPECT_EQ(call("PublishBatch", topic + R"("PublishBatchRequestEntries": []})"),
            "EmptyBatchRequest: The batch request doesn't contain any entries.");
  EXPECT_EQ(
      call("PublishBatch", topic + R"("PublishBatchRequestEntries": [{"Id": "a", "Message": ")" +
                               std::string(200'000, 'x') + R"("}, {"Id": "b", "Message": ")" +
                               std::string(100'000, 'x') + "\"}]}"),
      "BatchRequestTooLong: The length of all the messages put together is more than the "
      "limit.");
  loop_.run();
  EXPECT_EQ(caller_.calls.size(), 2U);
}

TEST_F(SnsTest, ANumberOfTheSandboxIsVerifiedByItsPassword) {
  ok("CreateSMSSandboxPhoneNumber", R"({"PhoneNumber": "+491234567"})");
  const std::string message = service_->mailbox().list("+491234567", 1).value().at(0).text;
  const std::string password = message.substr(message.rfind(' ') + 1);
  const std::string number = R"({"PhoneNumber": "+491234567", "OneTimePassword": ")";
  EXPECT_EQ(call("VerifySMSSandboxPhoneNumber", number + "0000000\"}"),
            "VerificationException: Invalid OneTimePassword");
  ok("VerifySMSSandboxPhoneNumber", number + password + "\"}");
  EXPECT_EQ(ok("ListSMSSandboxPhoneNumbers", "{}"),
            R"({"PhoneNumbers":[{"PhoneNumber":"+491234567","Status":"Verified"}]})");
  ok("DeleteSMSSandboxPhoneNumber", R"({"PhoneNumber": "+491234567"})");
  EXPECT_EQ(ok("ListSMSSandboxPhoneNumbers", "{}"), R"({"PhoneNumbers":[]})");
}

TEST_F(SnsTest, WhatIsNotBuiltSaysSo) {
  ok("CreateTopic", R"({"Name": "news.fifo", "Attributes": {"FifoTopic": "true"}})");
  const std::string answer = call(
      "SetTopicAttributes", R"({"TopicArn": ")" + std::string(kFifoTopic) +
                                R"(", "AttributeName": "ArchivePolicy", "AttributeValue": "{}"})");
  EXPECT_NE(answer.find("ArchivePolicy"), std::string::npos) << answer;
  EXPECT_TRUE(is_error_);
}

TEST_F(SnsTest, ADeletedTopicTakesAllWithIt) {
  subscribe("sqs", kQueue);
  ok("Publish", R"({"TopicArn": ")" + std::string(kTopic) + R"(", "Message": "m"})");
  ok("DeleteTopic", R"({"TopicArn": ")" + std::string(kTopic) + "\"}");
  loop_.run();
  EXPECT_TRUE(caller_.calls.empty());
  EXPECT_EQ(service_->deliveries(), 0U);
  EXPECT_EQ(ok("ListSubscriptions", "{}"), R"({"Subscriptions":[]})");
  EXPECT_EQ(call("Publish", R"({"TopicArn": ")" + std::string(kTopic) + R"(", "Message": "m"})"),
            "NotFound: Topic does not exist");
}

}  // namespace
}  // namespace pawl::sns
