// SPDX-License-Identifier: Apache-2.0
// What is written is read; what is damaged is refused, never guessed at.
#include <gtest/gtest.h>

#include "services/sns/message.h"
#include "services/sns/topic.h"

namespace pawl::sns {
namespace {

Subscription a_subscription() {
  Subscription subscription;
  subscription.topic = {{"000000000000", "us-east-1"}, "news"};
  subscription.id = "id";
  subscription.protocol = "http";
  subscription.endpoint = "http://example.com";
  subscription.owner = "111122223333";
  subscription.principal = "arn";
  subscription.created_at = {5};
  subscription.attributes = {{"FilterPolicy", "{}"}, {"RawMessageDelivery", "true"}};
  subscription.token = "token";
  subscription.is_pending = true;
  subscription.was_authenticated = false;
  return subscription;
}

Message a_message() {
  Message message;
  message.type = Message::Type::UnsubscribeConfirmation;
  message.id = "id";
  message.topic = {{"000000000000", "us-east-1"}, "news"};
  message.published_at = {7};
  message.subject = "";
  message.text = std::string("a\0b", 3);
  message.text_of_protocol = {{"sqs", "q"}};
  message.attributes = {{"n", "Number", "1"}};
  message.group_id = "g";
  message.deduplication_id = "d";
  message.sequence_number = "10000000000000000001";
  message.token = "t";
  return message;
}

Topic a_topic() {
  Topic topic;
  topic.name = {{"000000000000", "us-east-1"}, "news"};
  topic.created_at = {-3};
  topic.attributes = {{"DisplayName", "News"}};
  topic.tags = {{"a", "1"}, {"b", ""}};
  topic.data_protection_policy = "{}";
  topic.subscriptions_deleted = 300;
  return topic;
}

/// Every prefix, and every text with a byte more, must be refused.
template <typename Read>
void expect_exact(const std::string& bytes, Read&& read) {
  EXPECT_TRUE(read(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read(bytes.substr(0, size)));
  EXPECT_FALSE(read(bytes + "x"));
  std::string newer = bytes;
  newer[0] = static_cast<char>(newer[0] + 1);
  EXPECT_FALSE(read(newer));
}

TEST(SnsRecords, AreReadAsTheyWereWritten) {
  const Subscription subscription = a_subscription();
  EXPECT_EQ(write_subscription(*read_subscription(write_subscription(subscription))),
            write_subscription(subscription));
  EXPECT_EQ(read_subscription(write_subscription(subscription))->arn(),
            "arn:aws:sns:us-east-1:000000000000:news:id");
  const Message message = a_message();
  const auto message_read = read_message(write_message(message));
  ASSERT_TRUE(message_read);
  EXPECT_EQ(write_message(*message_read), write_message(message));
  EXPECT_EQ(message_read->subject, "");
  EXPECT_EQ(message_read->text_for("sqs"), "q");
  const Topic topic = a_topic();
  EXPECT_EQ(write_topic(*read_topic(topic.name, write_topic(topic))), write_topic(topic));
  const Delivery delivery{.subscription = subscription, .attempts = 9, .next_at = {11}};
  EXPECT_EQ(write_delivery(*read_delivery(write_delivery(delivery))), write_delivery(delivery));
}

TEST(SnsRecords, RefuseWhatIsDamaged) {
  expect_exact(write_subscription(a_subscription()),
               [](const std::string& bytes) { return read_subscription(bytes).has_value(); });
  expect_exact(write_message(a_message()),
               [](const std::string& bytes) { return read_message(bytes).has_value(); });
  expect_exact(write_topic(a_topic()), [](const std::string& bytes) {
    return read_topic(a_topic().name, bytes).has_value();
  });
  expect_exact(write_delivery({.subscription = a_subscription()}),
               [](const std::string& bytes) { return read_delivery(bytes).has_value(); });
}

}  // namespace
}  // namespace pawl::sns
