// SPDX-License-Identifier: Apache-2.0
#include "services/sns/courier.h"

#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"
#include "services/sns/mail_text.h"

namespace pawl::sns {
namespace {

using aws::Arn;
using base::Result;
using json::ObjectBuilder;
using json::Value;

constexpr int kTooManyRequests = 429;
constexpr int kRequestTimeout = 408;
constexpr const char* kSenderId = "AIDAIT2UOQQY3AUEKVGXU";  ///< as queues show who sent: SNS

Value queue_attributes(const Message& message) {
  ObjectBuilder attributes;
  for (const MessageAttribute& each : message.attributes) {
    attributes.set(each.name, std::move(ObjectBuilder()
                                            .set("DataType", Value(each.data_type))
                                            .set(each.is_binary() ? "BinaryValue" : "StringValue",
                                                 Value(each.value)))
                                  .build());
  }
  return std::move(attributes).build();
}

/// Whether a call may succeed later: nobody answered, or the other side is at fault.
Outcome outcome_of(const aws::ApiError& error) {
  const bool is_worth_a_retry = error.status == 0 || error.status >= 500 ||
                                error.status == kTooManyRequests ||
                                error.fault == aws::Fault::Receiver;
  return is_worth_a_retry ? Outcome::Failed : Outcome::Refused;
}

Outcome outcome_of(const Result<aws::HttpResponse>& answer) {
  if (!answer) return Outcome::Failed;
  if (answer->status >= 200 && answer->status < 300) return Outcome::Delivered;
  const bool is_worth_a_retry = answer->status >= 500 || answer->status == kTooManyRequests ||
                                answer->status == kRequestTimeout;
  return is_worth_a_retry ? Outcome::Failed : Outcome::Refused;
}

struct Url {
  std::string origin;  ///< scheme, host and port
  std::string path = "/";
  std::string query;
  std::string user;  ///< "name:password"; "" if none
};

Url split_url(std::string_view text) {
  Url url;
  const size_t authority = text.find("://") + 3;
  const size_t path = std::min(text.find_first_of("/?#", authority), text.size());
  std::string_view host = text.substr(authority, path - authority);
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) {
    url.user = aws::uri_decode(host.substr(0, at));
    host.remove_prefix(at + 1);
  }
  url.origin = std::string(text.substr(0, authority)) + std::string(host);
  std::string_view rest = text.substr(path);
  rest = rest.substr(0, rest.find('#'));
  const size_t mark = std::min(rest.find('?'), rest.size());
  if (mark > 0) url.path = rest.substr(0, mark);
  if (mark < rest.size()) url.query = rest.substr(mark + 1);
  return url;
}

std::string queue_url(const Arn& queue) {
  return "https://sqs." + queue.region + ".amazonaws.com/" + queue.account_id + "/" +
         queue.resource;
}

}  // namespace

Stationery Courier::stationery(const Topic& topic) const {
  return {signer_, ports_.endpoint_url(), topic.signature_version(), ports_.loop.now()};
}

void Courier::carry(const Message& message, const Topic& topic, const Subscription& subscription,
                    Done done) {
  const std::string& protocol = subscription.protocol;
  if (protocol == "sqs")
    return send_to_queue(subscription.endpoint, message, topic, subscription, std::move(done));
  if (protocol == "lambda") return invoke_function(message, topic, subscription, std::move(done));
  if (protocol == "firehose") return put_to_stream(message, topic, subscription, std::move(done));
  if (protocol == "http" || protocol == "https")
    return post(message, topic, subscription, std::move(done));
  put_into_mailbox(message, topic, subscription, std::move(done));
}

void Courier::carry_to_dead_letters(const std::string& queue_arn, const Message& message,
                                    const Topic& topic, const Subscription& subscription,
                                    Done done) {
  send_to_queue(queue_arn, message, topic, subscription, std::move(done));
}

void Courier::call(std::string service, std::string operation, Value input, const Arn& target,
                   Done done) {
  aws::Call call;
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.input = std::move(input);
  call.region = target.region;
  call.principal.account_id = target.account_id;
  call.principal.arn = "arn:" + target.partition + ":sts::" + target.account_id +
                       ":assumed-role/AWSServiceRoleForSNS/sns.amazonaws.com";
  call.principal.user_id = kSenderId;
  call.principal.service = "sns.amazonaws.com";
  ports_.caller.call(std::move(call), [done = std::move(done)](aws::ApiResult<Value> answer) {
    done(answer ? Outcome::Delivered : outcome_of(answer.error()));
  });
}

void Courier::send_to_queue(const std::string& queue_arn, const Message& message,
                            const Topic& topic, const Subscription& subscription, Done done) {
  const std::optional<Arn> queue = Arn::parse(queue_arn);
  if (!queue) return done(Outcome::Refused);
  ObjectBuilder input;
  input.set("QueueUrl", Value(queue_url(*queue)));
  if (subscription.is_raw()) {
    input.set("MessageBody", Value(message.text_for(subscription.protocol)));
    if (!message.attributes.empty()) input.set("MessageAttributes", queue_attributes(message));
  } else {
    const Result<std::string> body = envelope(stationery(topic), message, subscription);
    if (!body) return done(Outcome::Failed);
    input.set("MessageBody", Value(*body));
  }
  const bool is_fifo_queue = queue->resource.ends_with(".fifo");
  // A standard topic hands its groups on to fair queues; a FIFO topic's stay behind at a standard
  // queue (recorded).
  if (!message.group_id.empty() && is_fifo_queue == topic.is_fifo())
    input.set("MessageGroupId", Value(message.group_id));
  if (!message.deduplication_id.empty() && is_fifo_queue)
    input.set("MessageDeduplicationId", Value(message.deduplication_id));
  call("sqs", "SendMessage", std::move(input).build(), *queue, std::move(done));
}

void Courier::invoke_function(const Message& message, const Topic& topic,
                              const Subscription& subscription, Done done) {
  const std::optional<Arn> function = Arn::parse(subscription.endpoint);
  if (!function) return done(Outcome::Refused);
  const Result<std::string> event = lambda_event(stationery(topic), message, subscription);
  if (!event) return done(Outcome::Failed);
  Value input = std::move(ObjectBuilder()
                              .set("FunctionName", Value(subscription.endpoint))
                              .set("InvocationType", Value("Event"))
                              .set("Payload", Value(base::base64_encode(*event))))
                    .build();
  call("lambda", "Invoke", std::move(input), *function, std::move(done));
}

void Courier::put_to_stream(const Message& message, const Topic& topic,
                            const Subscription& subscription, Done done) {
  const std::optional<Arn> stream = Arn::parse(subscription.endpoint);
  if (!stream) return done(Outcome::Refused);
  std::string body = message.text_for(subscription.protocol);
  if (!subscription.is_raw()) {
    const Result<std::string> wrapped = envelope(stationery(topic), message, subscription);
    if (!wrapped) return done(Outcome::Failed);
    body = *wrapped;
  }
  Value record =
      std::move(ObjectBuilder().set("Data", Value(base::base64_encode(body + "\n")))).build();
  Value input = std::move(ObjectBuilder()
                              .set("DeliveryStreamName", Value(stream->resource_id()))
                              .set("Record", std::move(record)))
                    .build();
  call("firehose", "PutRecord", std::move(input), *stream, std::move(done));
}

void Courier::post(const Message& message, const Topic& topic, const Subscription& subscription,
                   Done done) {
  if (ports_.transport == nullptr) return done(Outcome::Failed);
  const bool is_raw = subscription.is_raw() && message.type == Message::Type::Notification;
  aws::HttpRequest request;
  request.body = message.text_for(subscription.protocol);
  if (!is_raw) {
    Result<std::string> body = envelope(stationery(topic), message, subscription);
    if (!body) return done(Outcome::Failed);
    request.body = *std::move(body);
  }
  const Url url = split_url(subscription.endpoint);
  request.method = "POST";
  request.path = url.path;
  request.query = url.query;
  const DeliveryPolicy policy =
      subscription_delivery_policy(
          attribute(subscription.attributes, "DeliveryPolicy"),
          topic_delivery_policy(attribute(topic.attributes, "DeliveryPolicy"))
              .value_or(DeliveryPolicy{}))
          .value_or(DeliveryPolicy{});
  request.headers = {{"x-amz-sns-message-type", std::string(type_name(message.type))},
                     {"x-amz-sns-message-id", message.id},
                     {"x-amz-sns-topic-arn", message.topic.arn()},
                     {"Content-Type", policy.content_type},
                     {"User-Agent", "Amazon Simple Notification Service Agent"},
                     {"Accept-Encoding", "identity"}};
  // Who has not confirmed yet is not told the subscription's name.
  if (message.type != Message::Type::SubscriptionConfirmation)
    request.headers.set("x-amz-sns-subscription-arn", subscription.arn());
  if (is_raw) request.headers.set("x-amz-sns-rawdelivery", "true");
  if (!url.user.empty())
    request.headers.set("Authorization", "Basic " + base::base64_encode(url.user));
  ports_.transport->send(
      url.origin, std::move(request),
      [done = std::move(done)](Result<aws::HttpResponse> answer) { done(outcome_of(answer)); });
}

void Courier::put_into_mailbox(const Message& message, const Topic& topic,
                               const Subscription& subscription, Done done) {
  const Result<Mail> mail = make_mail(stationery(topic), message, topic, subscription);
  if (!mail) return done(Outcome::Failed);
  const auto keep = [this](const Mail& kept) {
    store::Batch batch;
    mailbox_.add(batch, kept);
    return ports_.store.commit(batch, store::Sync::No) ? Outcome::Delivered : Outcome::Failed;
  };
  if (!ports_.mail_relay || !subscription.protocol.starts_with("email")) return done(keep(*mail));
  ports_.mail_relay(*mail, [keep, mail = *mail, done = std::move(done)](Result<void> sent) {
    done(sent ? keep(mail) : Outcome::Failed);
  });
}

std::string dead_letter_target(const Subscription& subscription) {
  const std::string_view policy = attribute(subscription.attributes, "RedrivePolicy");
  if (policy.empty()) return "";
  const Result<Value> parsed = json::parse(policy, {.depth_max = 10});
  if (!parsed || !parsed->is_object()) return "";
  return text_member(*parsed, "deadLetterTargetArn");
}

}  // namespace pawl::sns
