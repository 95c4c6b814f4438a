// SPDX-License-Identifier: Apache-2.0
// CreateTopic, DeleteTopic, GetTopicAttributes, SetTopicAttributes, ListTopics.
#include <algorithm>
#include <utility>

#include "services/sns/service.h"
#include "services/sns/tags.h"
#include "services/sns/topic_attributes.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageSize = 100;

ActionResult topic_arn(const TopicName& name) {
  return aws::Output(std::move(ObjectBuilder().set("TopicArn", Value(name.arn()))).build());
}

/// API CreateTopic: idempotent; what is given must be what is there, what is not given may differ.
ApiResult<void> check_same(const Topic& existing, const Tags& tags, const Attributes& attributes) {
  for (const auto& tag : tags) {
    if (std::find(existing.tags.begin(), existing.tags.end(), tag) == existing.tags.end())
      return invalid_parameter("Tags Reason: Topic already exists with different tags");
  }
  for (const auto& [name, value] : attributes) {
    if (effective_topic_attribute(existing, name) != value)
      return invalid_parameter("Attributes Reason: Topic already exists with different attributes");
  }
  return {};
}

}  // namespace

ActionResult SnsService::create_topic(const Request& request) {
  const Attributes attributes = attributes_member(request.input, "Attributes");
  const TopicName name{{request.account_id(), request.region}, text_member(request.input, "Name")};
  PAWL_TRY_VOID(check_topic_name(name.name, attribute(attributes, "FifoTopic") == "true"));
  for (const auto& [attribute_name, value] : attributes) {
    if (!is_topic_attribute(attribute_name))
      return invalid_parameter("Attributes Reason: Unknown attribute " + attribute_name);
    PAWL_TRY_VOID(check_topic_attribute(name, attribute_name, value));
  }
  const Tags tags = PAWL_TRY(tags_member(request.input));
  const std::lock_guard lock(mutex_);
  if (const std::optional<Topic> existing = PAWL_TRY(from_store(topics_.find_topic(name)))) {
    PAWL_TRY_VOID(check_same(*existing, tags, attributes));
    return topic_arn(name);
  }
  Topic topic;
  topic.name = name;
  topic.created_at = request.received;
  topic.tags = tags;
  topic.data_protection_policy = text_member(request.input, "DataProtectionPolicy");
  for (const auto& [attribute_name, value] : attributes) {
    if (attribute_name != "FifoTopic" && !value.empty())
      topic.attributes.emplace(attribute_name, value);
  }
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return topic_arn(name);
}

/// API DeleteTopic: "idempotent, so deleting a topic that does not exist does not result in an
/// error."
ActionResult SnsService::delete_topic(const Request& request) {
  const TopicName name = PAWL_TRY(topic_member(request, "TopicArn"));
  PAWL_TRY_VOID(check_owner(request, name.scope.account, name.arn()));
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  topics_.erase_topic(batch, name);
  deduplication_.erase_topic(batch, name);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::get_topic_attributes(const Request& request) {
  const Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  SubscriptionCounts counts;
  PAWL_TRY_VOID(from_store(topics_.visit_subscriptions(topic.name, [&](const Subscription& each) {
    ++(each.is_pending ? counts.pending : counts.confirmed);
    return true;
  })));
  return aws::Output(std::move(ObjectBuilder().set(
                                   "Attributes", attributes_value(shown_attributes(topic, counts))))
                         .build());
}

ActionResult SnsService::set_topic_attributes(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  const std::string name = text_member(request.input, "AttributeName");
  const std::string value = text_member(request.input, "AttributeValue");
  // What makes a topic FIFO is for good (recorded: not an attribute that can be set).
  if (!is_topic_attribute(name) || name == "FifoTopic") return invalid_parameter("AttributeName");
  if (name == "ContentBasedDeduplication" && !topic.is_fifo())
    return invalid_parameter("AttributeName");
  PAWL_TRY_VOID(check_topic_attribute(topic.name, name, value));
  if (value.empty()) {
    topic.attributes.erase(name);
  } else {
    topic.attributes.insert_or_assign(name, value);
  }
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_topics(const Request& request) {
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  const Page<TopicName> page =
      PAWL_TRY(from_store(topics_.topics({request.account_id(), request.region}, from, kPageSize)));
  std::vector<Value> topics;
  for (const TopicName& name : page.items)
    topics.push_back(std::move(ObjectBuilder().set("TopicArn", Value(name.arn()))).build());
  ObjectBuilder out;
  out.set("Topics", Value::array(std::move(topics)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::sns
