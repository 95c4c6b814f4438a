// SPDX-License-Identifier: Apache-2.0
// Subscribe, ConfirmSubscription, Unsubscribe.
#include <utility>

#include "services/sns/identifiers.h"
#include "services/sns/service.h"
#include "services/sns/subscription_attributes.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTokenDigits = 288;
constexpr std::string_view kInvalid = "Invalid parameter: ";
constexpr std::string_view kPending = "pending confirmation";

/// Subscribe names the member that held the attribute: "Invalid parameter: Attributes Reason: …".
ApiError in_attributes(ApiError error) {
  const std::string message = error.message.value_or("");
  if (message.starts_with(kInvalid))
    error.message = std::string(kInvalid) + "Attributes Reason: " + message.substr(kInvalid.size());
  return error;
}

ApiResult<void> set_given(Subscription& subscription, const Attributes& given) {
  for (const auto& [name, value] : given) {
    const auto set = set_attribute(subscription, name, value);
    if (!set) return in_attributes(set.error());
  }
  const auto consistent = check_filter(subscription);
  if (!consistent) return in_attributes(consistent.error());
  return {};
}

/// NOTE A caller whose access key belongs to nobody in particular is shown as the user of that name
/// (recorded: user/NAME); root has no key of its own on AWS.
std::string principal_of(const Request& request) {
  const aws::Principal& who = request.principal;
  if (!who.arn.ends_with(":root") || who.access_key_id.empty()) return who.arn;
  return who.arn.substr(0, who.arn.size() - 4) + "user/" + who.access_key_id;
}

ActionResult subscription_arn(std::string_view arn) {
  return aws::Output(std::move(ObjectBuilder().set("SubscriptionArn", Value(arn))).build());
}

std::string notice(const Subscription& subscription, Message::Type type) {
  if (type == Message::Type::SubscriptionConfirmation)
    return "You have chosen to subscribe to the topic " + subscription.topic.arn() +
           ".\nTo confirm the subscription, visit the SubscribeURL included in this message.";
  return "You have chosen to deactivate subscription " + subscription.arn() +
         ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL "
         "included "
         "in this message.";
}

}  // namespace

ApiResult<void> SnsService::commit_with_notice(store::Batch& batch,
                                               const Subscription& subscription,
                                               Message::Type type) {
  Message message;
  message.type = type;
  message.id = new_uuid();
  message.topic = subscription.topic;
  message.published_at = options_.loop.now();
  message.text = notice(subscription, type);
  message.token = subscription.token;
  const std::vector<Subscription> receiver{subscription};
  PAWL_TRY_VOID(from_store(topics_.forget_tokens(batch, message.published_at)));
  const uint64_t number = queue_->add(batch, message, receiver);
  PAWL_TRY_VOID(commit(batch));
  queue_->start(number, message, receiver);
  return {};
}

/// API Subscribe: "idempotent", unless attributes are given that differ. Who has not confirmed yet
/// is asked again.
ApiResult<void> SnsService::subscribe_again(Subscription existing, const Subscription& wanted,
                                            const Attributes& given) {
  for (const auto& [name, value] : given) {
    if (!have_same_attribute(existing, wanted, name))
      return invalid_parameter(
          "Attributes Reason: Subscription already exists with different attributes");
  }
  if (!existing.is_pending) return {};
  existing.token = new_token(kTokenDigits);
  store::Batch batch;
  topics_.put(batch, existing);
  topics_.put_token(batch, existing, options_.loop.now());
  return commit_with_notice(batch, existing, Message::Type::SubscriptionConfirmation);
}

ActionResult SnsService::subscribe(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  Subscription subscription;
  subscription.topic = topic.name;
  subscription.protocol = text_member(request.input, "Protocol");
  subscription.endpoint = text_member(request.input, "Endpoint");
  subscription.owner = request.account_id();
  subscription.principal = principal_of(request);
  subscription.created_at = request.received;
  PAWL_TRY_VOID(check_endpoint(topic.name, subscription.protocol, subscription.endpoint));
  const Attributes given = attributes_member(request.input, "Attributes");
  PAWL_TRY_VOID(set_given(subscription, given));

  const std::optional<Subscription> existing = PAWL_TRY(
      from_store(topics_.find_endpoint(topic.name, subscription.protocol, subscription.endpoint)));
  subscription.is_pending =
      existing ? existing->is_pending : needs_confirmation(subscription.protocol);
  if (existing) {
    PAWL_TRY_VOID(subscribe_again(*existing, subscription, given));
    subscription.id = existing->id;
  } else {
    subscription.id = new_uuid();
    store::Batch batch;
    if (subscription.is_pending) {
      subscription.token = new_token(kTokenDigits);
      subscription.was_authenticated = false;
      topics_.put_token(batch, subscription, options_.loop.now());
      topics_.put(batch, subscription);
      PAWL_TRY_VOID(
          commit_with_notice(batch, subscription, Message::Type::SubscriptionConfirmation));
    } else {
      topics_.put(batch, subscription);
      PAWL_TRY_VOID(commit(batch));
    }
  }
  const bool hides_arn =
      subscription.is_pending && !flag_member(request.input, "ReturnSubscriptionArn");
  return subscription_arn(hides_arn ? kPending : subscription.arn());
}

ApiResult<std::string> SnsService::confirm(const TopicName& topic, const std::string& token,
                                           bool is_authenticated) {
  const std::lock_guard lock(mutex_);
  if (!PAWL_TRY(from_store(topics_.find_topic(topic)))) return not_found("Topic does not exist");
  std::optional<Subscription> wanted =
      PAWL_TRY(from_store(topics_.find_token(topic, token, options_.loop.now())));
  if (!wanted) return invalid_parameter("Token");
  std::optional<Subscription> there =
      PAWL_TRY(from_store(topics_.find_endpoint(topic, wanted->protocol, wanted->endpoint)));
  if (there && !there->is_pending) return there->arn();  // API: idempotent
  // Whose end is taken back comes again as it was; attributes may have been set since the token
  // was sent.
  Subscription subscription = there ? *std::move(there) : *std::move(wanted);
  subscription.is_pending = false;
  subscription.was_authenticated = is_authenticated;
  store::Batch batch;
  topics_.put(batch, subscription);
  PAWL_TRY_VOID(commit(batch));
  return subscription.arn();
}

ActionResult SnsService::confirm_subscription(const Request& request) {
  const TopicName topic = PAWL_TRY(topic_member(request, "TopicArn"));
  const bool is_authenticated =
      aws::equals_ignoring_case(text_member(request.input, "AuthenticateOnUnsubscribe"), "true");
  return subscription_arn(
      PAWL_TRY(confirm(topic, text_member(request.input, "Token"), is_authenticated)));
}

ApiResult<void> SnsService::unsubscribe(const TopicName& topic, const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::optional<Subscription> found = PAWL_TRY(from_store(topics_.find_subscription(topic, id)));
  std::optional<Topic> holder = PAWL_TRY(from_store(topics_.find_topic(topic)));
  if (!found || !holder) return {};  // recorded: no error
  store::Batch batch;
  topics_.erase(batch, *found);
  if (!found->is_pending) ++holder->subscriptions_deleted;
  topics_.put(batch, *holder);
  if (found->is_pending || !needs_confirmation(found->protocol)) return commit(batch);
  found->token = new_token(kTokenDigits);
  topics_.put_token(batch, *found, options_.loop.now());
  return commit_with_notice(batch, *found, Message::Type::UnsubscribeConfirmation);
}

/// API ConfirmSubscription, AuthenticateOnUnsubscribe: then a link alone does not end it.
ApiResult<void> SnsService::unsubscribe_by_link(const TopicName& topic, const std::string& id) {
  const std::optional<Subscription> found =
      PAWL_TRY(from_store(topics_.find_subscription(topic, id)));
  if (found && found->was_authenticated && needs_confirmation(found->protocol))
    return ApiError("AuthorizationError", "Unsubscribing from this subscription needs a signature",
                    403);
  return unsubscribe(topic, id);
}

ActionResult SnsService::unsubscribe_action(const Request& request) {
  const aws::Arn arn = PAWL_TRY(arn_member(request.input, "SubscriptionArn"));
  const auto named = subscription_of(arn);
  if (!named) return invalid_parameter("SubscriptionId");
  if (arn.region != request.region) return invalid_parameter("SubscriptionArn");
  if (const auto found =
          PAWL_TRY(from_store(topics_.find_subscription(named->first, named->second))))
    PAWL_TRY_VOID(check_subscriber(request, *found));
  PAWL_TRY_VOID(unsubscribe(named->first, named->second));
  return aws::Output();
}

}  // namespace pawl::sns
