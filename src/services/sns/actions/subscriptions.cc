// SPDX-License-Identifier: Apache-2.0
// GetSubscriptionAttributes, SetSubscriptionAttributes, ListSubscriptions,
// ListSubscriptionsByTopic.
#include <utility>

#include "services/sns/service.h"
#include "services/sns/subscription_attributes.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageSize = 100;

ApiResult<Subscription> find_subscription(const TopicStore& topics, const Request& request) {
  const aws::Arn arn = PAWL_TRY(arn_member(request.input, "SubscriptionArn"));
  const auto named = subscription_of(arn);
  if (!named || arn.region != request.region) return invalid_parameter("SubscriptionArn");
  std::optional<Subscription> found =
      PAWL_TRY(from_store(topics.find_subscription(named->first, named->second)));
  if (!found) return not_found("Subscription does not exist");
  PAWL_TRY_VOID(check_subscriber(request, *found));
  return *std::move(found);
}

Value describe(const Subscription& subscription) {
  return std::move(ObjectBuilder()
                       .set("SubscriptionArn",
                            Value(subscription.is_pending ? std::string("PendingConfirmation")
                                                          : subscription.arn()))
                       .set("Owner", Value(subscription.owner))
                       .set("Protocol", Value(subscription.protocol))
                       .set("Endpoint", Value(subscription.endpoint))
                       .set("TopicArn", Value(subscription.topic.arn())))
      .build();
}

ActionResult listed(const Page<Subscription>& page) {
  std::vector<Value> subscriptions;
  for (const Subscription& each : page.items) subscriptions.push_back(describe(each));
  ObjectBuilder out;
  out.set("Subscriptions", Value::array(std::move(subscriptions)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace

ActionResult SnsService::get_subscription_attributes(const Request& request) {
  const Subscription subscription = PAWL_TRY(find_subscription(topics_, request));
  const std::optional<Topic> topic = PAWL_TRY(from_store(topics_.find_topic(subscription.topic)));
  return aws::Output(
      std::move(ObjectBuilder().set("Attributes", attributes_value(shown_attributes(
                                                      subscription, topic ? &*topic : nullptr))))
          .build());
}

ActionResult SnsService::set_subscription_attributes(const Request& request) {
  const std::lock_guard lock(mutex_);
  Subscription subscription = PAWL_TRY(find_subscription(topics_, request));
  PAWL_TRY_VOID(set_attribute(subscription, text_member(request.input, "AttributeName"),
                              text_member(request.input, "AttributeValue")));
  PAWL_TRY_VOID(check_filter(subscription));
  store::Batch batch;
  topics_.put(batch, subscription);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_subscriptions(const Request& request) {
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  return listed(PAWL_TRY(from_store(
      topics_.subscriptions({request.account_id(), request.region}, nullptr, from, kPageSize))));
}

ActionResult SnsService::list_subscriptions_by_topic(const Request& request) {
  const Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  return listed(
      PAWL_TRY(from_store(topics_.subscriptions(topic.name.scope, &topic.name, from, kPageSize))));
}

}  // namespace pawl::sns
