// SPDX-License-Identifier: Apache-2.0
// SnsService: Amazon SNS (API reference 2010-03-31): topics, subscriptions, messages and their way
// to queues, functions, HTTP endpoints and people.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "services/sns/api_input.h"
#include "services/sns/courier.h"
#include "services/sns/deduplication.h"
#include "services/sns/delivery_queue.h"
#include "services/sns/filter_policy.h"
#include "services/sns/mailbox.h"
#include "services/sns/platform_store.h"
#include "services/sns/signer.h"
#include "services/sns/site.h"
#include "services/sns/sms_store.h"
#include "services/sns/topic_store.h"
#include "store/store.h"

namespace pawl::sns {

/// Actions may run on any thread at once; what changes topics and subscriptions takes a mutex.
/// Differences from AWS: docs/differences.md, "SNS".
class SnsService final : public aws::Service {
 public:
  /// All must outlive the service. See Courier::Ports and DeliveryQueue::Ports.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    aws::HttpTransport* transport = nullptr;
    std::function<std::string()> endpoint_url;
    std::function<void(std::function<void()>)> after_sync;
    Courier::MailRelay mail_relay = {};
    bool shows_mailbox = true;  ///< see SnsSite
  };

  static base::Result<std::unique_ptr<SnsService>> open(Options options);
  /// Deliveries that an earlier process owed go on. Not before the caller can be used.
  void run() { queue_->run(); }

  void bind(aws::ActionTable& table) override;

  aws::HttpSite& site() { return site_; }
  base::Timestamp now() { return options_.loop.now(); }
  void after_sync(std::function<void()> task) { options_.after_sync(std::move(task)); }
  Mailbox& mailbox() { return *mailbox_; }
  Signer& signer() { return signer_; }
  /// What the links in e-mails and envelopes do, without a request that is signed.
  aws::ApiResult<std::string> confirm(const TopicName& topic, const std::string& token,
                                      bool is_authenticated);
  aws::ApiResult<void> unsubscribe_by_link(const TopicName& topic, const std::string& id);
  /// Deliveries that are not done.
  size_t deliveries() const { return queue_->size(); }

 private:
  SnsService(Options options, TopicStore topics, Deduplication deduplication,
             PlatformStore platforms, SmsStore sms, store::Keyspace keys);

  // actions/topic_key.cc
  using Action = aws::ActionResult (SnsService::*)(const aws::Request&);
  /// The action once KMS has said that the topic's key may be used, if it has one. Errors:
  /// KMSDisabled, KMSNotFound and their like.
  void with_topic_key(aws::Request request, aws::Reply reply, Action action);
  // actions/topics.cc
  aws::ActionResult create_topic(const aws::Request& request);
  aws::ActionResult delete_topic(const aws::Request& request);
  aws::ActionResult get_topic_attributes(const aws::Request& request);
  aws::ActionResult set_topic_attributes(const aws::Request& request);
  aws::ActionResult list_topics(const aws::Request& request);
  // actions/topic_access.cc
  aws::ActionResult add_permission(const aws::Request& request);
  aws::ActionResult remove_permission(const aws::Request& request);
  aws::ActionResult put_data_protection_policy(const aws::Request& request);
  aws::ActionResult get_data_protection_policy(const aws::Request& request);
  // actions/tags.cc
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags(const aws::Request& request);
  // actions/subscribe.cc
  aws::ActionResult subscribe(const aws::Request& request);
  aws::ActionResult confirm_subscription(const aws::Request& request);
  aws::ActionResult unsubscribe_action(const aws::Request& request);
  // actions/subscriptions.cc
  aws::ActionResult get_subscription_attributes(const aws::Request& request);
  aws::ActionResult set_subscription_attributes(const aws::Request& request);
  aws::ActionResult list_subscriptions(const aws::Request& request);
  aws::ActionResult list_subscriptions_by_topic(const aws::Request& request);
  // actions/publish.cc
  aws::ActionResult publish(const aws::Request& request);
  aws::ActionResult publish_batch(const aws::Request& request);
  // actions/platforms.cc
  aws::ActionResult create_platform_application(const aws::Request& request);
  aws::ActionResult delete_platform_application(const aws::Request& request);
  aws::ActionResult get_platform_application_attributes(const aws::Request& request);
  aws::ActionResult set_platform_application_attributes(const aws::Request& request);
  aws::ActionResult list_platform_applications(const aws::Request& request);
  // actions/platform_endpoints.cc
  aws::ActionResult create_platform_endpoint(const aws::Request& request);
  aws::ActionResult delete_endpoint(const aws::Request& request);
  aws::ActionResult get_endpoint_attributes(const aws::Request& request);
  aws::ActionResult set_endpoint_attributes(const aws::Request& request);
  aws::ActionResult list_endpoints(const aws::Request& request);
  // actions/sms.cc
  aws::ActionResult get_sms_attributes(const aws::Request& request);
  aws::ActionResult set_sms_attributes(const aws::Request& request);
  aws::ActionResult is_opted_out(const aws::Request& request);
  aws::ActionResult list_opted_out(const aws::Request& request);
  aws::ActionResult opt_in(const aws::Request& request);
  aws::ActionResult create_sandbox_number(const aws::Request& request);
  aws::ActionResult delete_sandbox_number(const aws::Request& request);
  aws::ActionResult verify_sandbox_number(const aws::Request& request);
  aws::ActionResult list_sandbox_numbers(const aws::Request& request);
  aws::ActionResult get_sandbox_status(const aws::Request& request);
  aws::ActionResult list_origination_numbers(const aws::Request& request);

  /// The topic that the member names. NotFound if there is none, AuthorizationError if it is
  /// another account's whose policy does not allow this.
  aws::ApiResult<Topic> find_topic(const aws::Request& request, std::string_view member) const;
  aws::ApiResult<void> commit(const store::Batch& batch);
  /// What was published to a topic, into the queue of deliveries.
  /// `before_commit` is called when the message has its ids.
  aws::ApiResult<void> publish_to_topic(Message& message, const Topic& topic,
                                        const std::function<void()>& before_commit);
  aws::ApiResult<std::vector<Subscription>> receivers(const Message& message) const;
  std::shared_ptr<const FilterPolicy> filter_of(const Subscription& subscription) const;
  aws::ActionResult publish_to_person(const aws::Request& request, Message message,
                                      const std::string& phone_number);
  aws::ActionResult publish_to_device(const aws::Request& request, Message message,
                                      const std::string& endpoint_arn);
  aws::ApiResult<void> deliver_directly(const Message& message, std::string protocol,
                                        const std::string& to);
  aws::ApiResult<void> unsubscribe(const TopicName& topic, const std::string& id);
  /// The endpoint has a subscription already.
  aws::ApiResult<void> subscribe_again(Subscription existing, const Subscription& wanted,
                                       const Attributes& given);
  /// Commits `batch` together with what its endpoint is told: that it was subscribed, or no longer
  /// is.
  aws::ApiResult<void> commit_with_notice(store::Batch& batch, const Subscription& subscription,
                                          Message::Type type);

  Options options_;
  SnsSite site_;
  TopicStore topics_;
  PlatformStore platforms_;
  SmsStore sms_;
  Signer signer_;
  std::unique_ptr<Mailbox> mailbox_;
  std::unique_ptr<Courier> courier_;
  std::unique_ptr<DeliveryQueue> queue_;
  mutable std::mutex mutex_;
  Deduplication deduplication_;  ///< guarded by mutex_
  mutable std::mutex filters_mutex_;
  /// By scope and text; guarded by filters_mutex_.
  mutable std::map<std::string, std::shared_ptr<const FilterPolicy>, std::less<>> filters_;
};

}  // namespace pawl::sns
