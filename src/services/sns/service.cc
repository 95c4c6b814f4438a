// SPDX-License-Identifier: Apache-2.0
// How the service is put together. What it does: actions/.
#include "services/sns/service.h"

#include "services/sns/subscription_attributes.h"
#include "services/sns/topic_policy.h"

#include <utility>

namespace pawl::sns {

using aws::ApiResult;
using base::Result;

namespace {

/// Compiled policies that are kept; a compilation costs some microseconds.
constexpr size_t kFiltersMax = 10'000;

}  // namespace

SnsService::SnsService(Options options, TopicStore topics, Deduplication deduplication,
                       PlatformStore platforms, SmsStore sms, store::Keyspace keys)
    : options_(std::move(options)),
      site_(*this, options_.shows_mailbox),
      topics_(topics),
      platforms_(platforms),
      sms_(sms),
      signer_(options_.store, keys),
      deduplication_(deduplication) {}

Result<std::unique_ptr<SnsService>> SnsService::open(Options options) {
  store::Store& store = options.store;
  const TopicStore topics = PAWL_TRY(TopicStore::open(store));
  const Deduplication deduplication = PAWL_TRY(Deduplication::open(store));
  const PlatformStore platforms = PAWL_TRY(PlatformStore::open(store));
  const SmsStore sms = PAWL_TRY(SmsStore::open(store));
  const store::Keyspace keys = PAWL_TRY(store.keyspace("sns/keys", store::Shape::Records));
  std::unique_ptr<SnsService> service(
      new SnsService(std::move(options), topics, deduplication, platforms, sms, keys));
  service->mailbox_ = PAWL_TRY(Mailbox::open(store));
  const Options& kept = service->options_;
  service->courier_ =
      std::make_unique<Courier>(Courier::Ports{kept.store, kept.loop, kept.caller, kept.transport,
                                               kept.endpoint_url, kept.mail_relay},
                                service->signer_, *service->mailbox_);
  service->queue_ = PAWL_TRY(DeliveryQueue::open({kept.store, kept.loop, kept.after_sync},
                                                 service->topics_, *service->courier_));
  return service;
}

void SnsService::bind(aws::ActionTable& table) {
  using S = SnsService;
  table.on_write("CreateTopic", &S::create_topic);
  table.on_write("DeleteTopic", &S::delete_topic);
  table.on("GetTopicAttributes", &S::get_topic_attributes);
  table.on_write("SetTopicAttributes", &S::set_topic_attributes);
  table.on("ListTopics", &S::list_topics);
  table.on_write("AddPermission", &S::add_permission);
  table.on_write("RemovePermission", &S::remove_permission);
  table.on_write("PutDataProtectionPolicy", &S::put_data_protection_policy);
  table.on("GetDataProtectionPolicy", &S::get_data_protection_policy);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags);
  table.on_write("Subscribe", &S::subscribe);
  table.on_write("ConfirmSubscription", &S::confirm_subscription);
  table.on_write("Unsubscribe", &S::unsubscribe_action);
  table.on("GetSubscriptionAttributes", &S::get_subscription_attributes);
  table.on_write("SetSubscriptionAttributes", &S::set_subscription_attributes);
  table.on("ListSubscriptions", &S::list_subscriptions);
  table.on("ListSubscriptionsByTopic", &S::list_subscriptions_by_topic);
  table.on_async("Publish", [this](aws::Request request, aws::Reply reply) {
    with_topic_key(std::move(request), std::move(reply), &S::publish);
  });
  table.on_async("PublishBatch", [this](aws::Request request, aws::Reply reply) {
    with_topic_key(std::move(request), std::move(reply), &S::publish_batch);
  });
  table.on_write("CreatePlatformApplication", &S::create_platform_application);
  table.on_write("DeletePlatformApplication", &S::delete_platform_application);
  table.on("GetPlatformApplicationAttributes", &S::get_platform_application_attributes);
  table.on_write("SetPlatformApplicationAttributes", &S::set_platform_application_attributes);
  table.on("ListPlatformApplications", &S::list_platform_applications);
  table.on_write("CreatePlatformEndpoint", &S::create_platform_endpoint);
  table.on_write("DeleteEndpoint", &S::delete_endpoint);
  table.on("GetEndpointAttributes", &S::get_endpoint_attributes);
  table.on_write("SetEndpointAttributes", &S::set_endpoint_attributes);
  table.on("ListEndpointsByPlatformApplication", &S::list_endpoints);
  table.on("GetSMSAttributes", &S::get_sms_attributes);
  table.on_write("SetSMSAttributes", &S::set_sms_attributes);
  table.on("CheckIfPhoneNumberIsOptedOut", &S::is_opted_out);
  table.on("ListPhoneNumbersOptedOut", &S::list_opted_out);
  table.on("OptInPhoneNumber", &S::opt_in);
  table.on_write("CreateSMSSandboxPhoneNumber", &S::create_sandbox_number);
  table.on_write("DeleteSMSSandboxPhoneNumber", &S::delete_sandbox_number);
  table.on_write("VerifySMSSandboxPhoneNumber", &S::verify_sandbox_number);
  table.on("ListSMSSandboxPhoneNumbers", &S::list_sandbox_numbers);
  table.on("GetSMSSandboxAccountStatus", &S::get_sandbox_status);
  table.on("ListOriginationNumbers", &S::list_origination_numbers);
}

ApiResult<Topic> SnsService::find_topic(const aws::Request& request,
                                        std::string_view member) const {
  const TopicName name = PAWL_TRY(topic_member(request, member));
  std::optional<Topic> topic = PAWL_TRY(from_store(topics_.find_topic(name)));
  if (!topic) return not_found("Topic does not exist");
  if (name.scope.account != request.account_id() &&
      !policy_allows(*topic, request.principal, request.operation->name))
    return not_authorized(request, name.arn());
  return *std::move(topic);
}

ApiResult<void> SnsService::commit(const store::Batch& batch) {
  return from_store(options_.store.commit(batch, store::Sync::No));
}

std::shared_ptr<const FilterPolicy> SnsService::filter_of(const Subscription& subscription) const {
  const std::string_view text = attribute(subscription.attributes, "FilterPolicy");
  if (text.empty()) return nullptr;
  const FilterScope scope = filter_scope(subscription);
  const std::string key =
      (scope == FilterScope::MessageBody ? "body " : "attributes ") + std::string(text);
  const std::lock_guard lock(filters_mutex_);
  if (const auto found = filters_.find(key); found != filters_.end()) return found->second;
  // It was checked when it was set. One that does not compile any more lets nothing through.
  Result<FilterPolicy> compiled = FilterPolicy::compile(text, scope);
  auto policy =
      std::make_shared<const FilterPolicy>(compiled ? *std::move(compiled) : FilterPolicy{});
  if (filters_.size() >= kFiltersMax) filters_.clear();
  filters_.emplace(key, policy);
  return policy;
}

}  // namespace pawl::sns
