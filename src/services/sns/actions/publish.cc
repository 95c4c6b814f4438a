// SPDX-License-Identifier: Apache-2.0
// Publish, PublishBatch: to topics, phone numbers and devices.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "json/parse.h"
#include "services/sns/identifiers.h"
#include "services/sns/message_checks.h"
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

constexpr size_t kBatchEntriesMax = 10;
constexpr size_t kEntryIdMax = 80;
constexpr size_t kPhoneDigitsMax = 15;
constexpr size_t kBodyDepthMax = 500;

Value published(const Message& message) {
  ObjectBuilder out;
  out.set("MessageId", Value(message.id));
  if (!message.sequence_number.empty()) out.set("SequenceNumber", Value(message.sequence_number));
  return std::move(out).build();
}

/// E.164
bool is_phone_number(std::string_view text) {
  if (!text.starts_with('+')) return false;
  text.remove_prefix(1);
  return text.size() > 1 && text.size() <= kPhoneDigitsMax && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_entry_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

ApiResult<void> check_entry_ids(std::span<const Value> entries) {
  if (entries.empty())
    return ApiError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.size() > kBatchEntriesMax)
    return ApiError("TooManyEntriesInBatchRequest",
                    "The batch request contains more entries than permissible.");
  std::set<std::string> ids;
  for (const Value& entry : entries) {
    const std::string id = text_member(entry, "Id");
    if (id.size() > kEntryIdMax)
      return ApiError("InvalidBatchEntryId",
                      "The Id of a batch entry in the batch request is too long: " + id);
    if (id.empty() || !std::all_of(id.begin(), id.end(), is_entry_id_character))
      return ApiError(
          "InvalidBatchEntryId",
          "The Id of a batch entry in the batch request contains an impermissible character: " +
              id);
    if (!ids.insert(id).second)
      return ApiError("BatchEntryIdsNotDistinct",
                      "Two or more batch entries in the request have the same Id.");
  }
  return {};
}

}  // namespace

ApiResult<std::vector<Subscription>> SnsService::receivers(const Message& message) const {
  const Value attributes = filtered_attributes(message);
  std::optional<Value> body;
  std::vector<Subscription> wanted;
  PAWL_TRY_VOID(
      from_store(topics_.visit_subscriptions(message.topic, [&](const Subscription& each) {
        if (each.is_pending) return true;
        const std::shared_ptr<const FilterPolicy> filter = filter_of(each);
        if (filter && filter_scope(each) == FilterScope::MessageBody && !body)
          body = json::parse(message.text, {.depth_max = kBodyDepthMax}).value_or(Value());
        const bool matches =
            !filter ||
            filter->matches(filter_scope(each) == FilterScope::MessageBody ? *body : attributes);
        if (matches) wanted.push_back(each);
        return true;
      })));
  return wanted;
}

/// Acknowledged once the message and what is owed of it are stored; the sync is the server's.
ApiResult<void> SnsService::publish_to_topic(Message& message, const Topic& topic,
                                             const std::function<void()>& before_commit) {
  message.id = new_uuid();
  message.topic = topic.name;
  message.published_at = options_.loop.now();
  std::unique_lock<std::mutex> lock;
  store::Batch batch;
  if (topic.is_fifo()) {
    // One at a time: the order of sequence numbers is that of delivery.
    lock = std::unique_lock(mutex_);
    const bool by_group = attribute(topic.attributes, "FifoThroughputScope") == "MessageGroup";
    if (auto accepted = PAWL_TRY(from_store(deduplication_.find(message, by_group)))) {
      message.id = accepted->id;
      message.sequence_number = accepted->sequence_number;
      return {};
    }
    PAWL_TRY_VOID(from_store(deduplication_.accept(batch, message, by_group)));
  }
  const std::vector<Subscription> to = PAWL_TRY(receivers(message));
  const uint64_t number = queue_->add(batch, message, to);
  before_commit();
  PAWL_TRY_VOID(commit(batch));
  queue_->start(number, message, to);
  return {};
}

ApiResult<void> SnsService::deliver_directly(const Message& message, std::string protocol,
                                             const std::string& to) {
  Mail mail;
  mail.text = message.text_for(protocol);
  mail.protocol = std::move(protocol);
  mail.to = to;
  mail.message_id = message.id;
  mail.subject = message.subject.value_or("");
  mail.sent_at = options_.loop.now();
  store::Batch batch;
  mailbox_->add(batch, mail);
  return commit(batch);
}

ActionResult SnsService::publish_to_person(const Request& request, Message message,
                                           const std::string& phone_number) {
  if (!is_phone_number(phone_number))
    return invalid_parameter("PhoneNumber Reason: " + phone_number + " is not valid to publish to");
  message.id = new_uuid();
  request.keep_answer(published(message));
  PAWL_TRY_VOID(deliver_directly(message, "sms", phone_number));
  return aws::Output(published(message));
}

ActionResult SnsService::publish_to_device(const Request& request, Message message,
                                           const std::string& endpoint_arn) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(endpoint_arn);
  const auto named = arn ? platform_endpoint_of(*arn) : std::nullopt;
  const auto endpoint =
      named ? PAWL_TRY(from_store(platforms_.find(*named))) : std::optional<PlatformEndpoint>();
  if (!endpoint)
    return invalid_parameter("TargetArn Reason: No endpoint found for the target arn specified");
  PAWL_TRY_VOID(check_owner(request, named->application.scope.account, endpoint_arn));
  if (!endpoint->is_enabled()) return ApiError("EndpointDisabled", "Endpoint is disabled");
  message.id = new_uuid();
  request.keep_answer(published(message));
  // A device is spoken to in the words for its platform, if there are some.
  const std::string& platform = endpoint->application.platform;
  PAWL_TRY_VOID(deliver_directly(
      message, message.text_of_protocol.contains(platform) ? platform : "application",
      endpoint_arn));
  return aws::Output(published(message));
}

ActionResult SnsService::publish(const Request& request) {
  Message message = PAWL_TRY(read_published(request.input, 0));
  if (const auto phone_number = find_text(request.input, "PhoneNumber"))
    return publish_to_person(request, std::move(message), *phone_number);
  const auto topic_arn = find_text(request.input, "TopicArn");
  const auto target_arn = find_text(request.input, "TargetArn");
  if (!topic_arn && !target_arn)
    return invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter");
  if (!topic_arn && target_arn->find(":endpoint/") != std::string::npos)
    return publish_to_device(request, std::move(message), *target_arn);
  const Topic topic = PAWL_TRY(find_topic(request, topic_arn ? "TopicArn" : "TargetArn"));
  PAWL_TRY_VOID(check_fifo_parameters(message, topic, request.input));
  PAWL_TRY_VOID(publish_to_topic(message, topic, [&] { request.keep_answer(published(message)); }));
  return aws::Output(published(message));
}

/// What is wrong with one entry fails the whole batch (recorded).
ActionResult SnsService::publish_batch(const Request& request) {
  const Value* entries = request.input.find("PublishBatchRequestEntries");
  const auto items =
      entries != nullptr && entries->is_array() ? entries->items() : std::span<const Value>();
  PAWL_TRY_VOID(check_entry_ids(items));
  const Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  std::vector<Message> messages;
  size_t bytes = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    messages.push_back(PAWL_TRY(read_published(items[i], i + 1)));
    PAWL_TRY_VOID(check_fifo_parameters(messages.back(), topic, items[i]));
    bytes += published_bytes(items[i]);
  }
  if (bytes > kMessageBytesMax)
    return ApiError("BatchRequestTooLong",
                    "The length of all the messages put together is more than the limit.");
  std::vector<Value> successful;
  for (size_t i = 0; i < items.size(); ++i) {
    PAWL_TRY_VOID(publish_to_topic(messages[i], topic, [] {}));
    successful.push_back(
        published(messages[i]).with_member("Id", Value(text_member(items[i], "Id"))));
  }
  return aws::Output(std::move(ObjectBuilder()
                                   .set("Successful", Value::array(std::move(successful)))
                                   .set("Failed", Value::array()))
                         .build());
}

}  // namespace pawl::sns
