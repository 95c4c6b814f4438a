// SPDX-License-Identifier: Apache-2.0
#include "services/sns/topic.h"

#include "services/sns/record_parts.h"

namespace pawl::sns {
namespace {

constexpr uint8_t kTopicVersion = 1;
constexpr uint8_t kSubscriptionVersion = 1;

}  // namespace

std::string TopicName::arn() const {
  return aws::Arn{std::string(aws::partition_of(scope.region)), "sns", scope.region, scope.account,
                  name}
      .text();
}

std::optional<TopicName> topic_of(const aws::Arn& arn) {
  if (arn.service != "sns" || arn.resource.find_first_of(":/") != std::string::npos)
    return std::nullopt;
  return TopicName{{arn.account_id, arn.region}, arn.resource};
}

std::string_view attribute(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view Topic::signature_version() const {
  const std::string_view version = attribute(attributes, "SignatureVersion");
  return version.empty() ? "1" : version;
}

std::optional<std::pair<TopicName, std::string>> subscription_of(const aws::Arn& arn) {
  const size_t colon = arn.resource.rfind(':');
  if (arn.service != "sns" || colon == std::string::npos) return std::nullopt;
  return std::pair(TopicName{{arn.account_id, arn.region}, arn.resource.substr(0, colon)},
                   arn.resource.substr(colon + 1));
}

std::string write_topic(const Topic& topic) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kTopicVersion);
  out.signed_varint(topic.created_at.ms);
  write_attributes(out, topic.attributes);
  out.varint(topic.tags.size());
  for (const auto& [key, value] : topic.tags) {
    out.sized(key);
    out.sized(value);
  }
  out.sized(topic.data_protection_policy);
  out.varint(topic.subscriptions_deleted);
  return bytes;
}

base::Result<Topic> read_topic(const TopicName& name, std::string_view bytes) {
  base::ByteReader in(bytes);
  Topic topic;
  topic.name = name;
  if (in.byte() != kTopicVersion) in.fail();
  topic.created_at.ms = in.signed_varint();
  topic.attributes = read_attributes(in);
  for (size_t left = in.count(); left > 0; --left) {
    const std::string key(in.sized());
    topic.tags.emplace_back(key, in.sized());
  }
  topic.data_protection_policy = in.sized();
  topic.subscriptions_deleted = in.varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS topic");
  return topic;
}

std::string write_subscription(const Subscription& subscription) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kSubscriptionVersion);
  out.sized(subscription.topic.scope.account);
  out.sized(subscription.topic.scope.region);
  out.sized(subscription.topic.name);
  out.sized(subscription.id);
  out.sized(subscription.protocol);
  out.sized(subscription.endpoint);
  out.sized(subscription.owner);
  out.sized(subscription.principal);
  out.signed_varint(subscription.created_at.ms);
  write_attributes(out, subscription.attributes);
  out.sized(subscription.token);
  out.boolean(subscription.is_pending);
  out.boolean(subscription.was_authenticated);
  return bytes;
}

base::Result<Subscription> read_subscription(std::string_view bytes) {
  base::ByteReader in(bytes);
  Subscription subscription;
  if (in.byte() != kSubscriptionVersion) in.fail();
  subscription.topic.scope.account = in.sized();
  subscription.topic.scope.region = in.sized();
  subscription.topic.name = in.sized();
  subscription.id = in.sized();
  subscription.protocol = in.sized();
  subscription.endpoint = in.sized();
  subscription.owner = in.sized();
  subscription.principal = in.sized();
  subscription.created_at.ms = in.signed_varint();
  subscription.attributes = read_attributes(in);
  subscription.token = in.sized();
  subscription.is_pending = in.boolean();
  subscription.was_authenticated = in.boolean();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS subscription");
  return subscription;
}

}  // namespace pawl::sns
