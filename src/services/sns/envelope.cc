// SPDX-License-Identifier: Apache-2.0
#include "services/sns/envelope.h"

#include <utility>
#include <vector>

#include "json/value.h"
#include "json/write.h"

namespace pawl::sns {
namespace {

using base::Result;
using json::ObjectBuilder;
using json::Value;

struct Signed {
  std::string signature;
  std::string certificate_url;
};

Result<Signed> sign(const Stationery& stationery, const Message& message, const std::string& text,
                    const std::string& link) {
  Signed out;
  out.signature = PAWL_TRY(stationery.signer.sign(
      stationery.signature_version, string_to_sign(message, text, link), stationery.now));
  out.certificate_url =
      stationery.endpoint + PAWL_TRY(stationery.signer.certificate_path(stationery.now));
  return out;
}

Value attributes_json(const Message& message) {
  ObjectBuilder attributes;
  for (const MessageAttribute& each : message.attributes) {
    attributes.set(
        each.name,
        std::move(
            ObjectBuilder().set("Type", Value(each.data_type)).set("Value", Value(each.value)))
            .build());
  }
  return std::move(attributes).build();
}

/// "name" : value lines, as AWS lays them out.
class Layout {
 public:
  void add(std::string_view name, std::string_view text) {
    std::string value;
    json::write_string(text, value);
    add_raw(name, value);
  }
  void add_raw(std::string_view name, std::string_view value) {
    out_ += out_.empty() ? "{\n  \"" : ",\n  \"";
    out_ += name;
    out_ += "\" : ";
    out_ += value;
  }
  std::string take() && { return std::move(out_) + "\n}"; }

 private:
  std::string out_;
};

std::string attributes_layout(const Message& message) {
  std::string out = "{";
  for (const MessageAttribute& each : message.attributes) {
    out += out.size() == 1 ? "\n    " : ",\n    ";
    json::write_string(each.name, out);
    out += " : {\"Type\":";
    json::write_string(each.data_type, out);
    out += ",\"Value\":";
    json::write_string(each.value, out);
    out += "}";
  }
  return out + "\n  }";
}

}  // namespace

std::string string_to_sign(const Message& message, std::string_view text,
                           std::string_view subscribe_url) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.append(name).append("\n").append(value).append("\n");
  };
  add("Message", text);
  add("MessageId", message.id);
  if (message.type == Message::Type::Notification) {
    if (message.subject) add("Subject", *message.subject);
    add("Timestamp", base::format_iso8601(message.published_at));
  } else {
    add("SubscribeURL", subscribe_url);
    add("Timestamp", base::format_iso8601(message.published_at));
    add("Token", message.token);
  }
  add("TopicArn", message.topic.arn());
  add("Type", type_name(message.type));
  return out;
}

std::string subscribe_url(const Stationery& stationery, const Message& message) {
  return stationery.endpoint + "/?Action=ConfirmSubscription&TopicArn=" + message.topic.arn() +
         "&Token=" + message.token;
}

std::string unsubscribe_url(const Stationery& stationery, const Subscription& subscription) {
  return stationery.endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + subscription.arn();
}

Result<std::string> envelope(const Stationery& stationery, const Message& message,
                             const Subscription& subscription) {
  const bool is_notification = message.type == Message::Type::Notification;
  const std::string& text = message.text_for(subscription.protocol);
  const std::string link = is_notification ? "" : subscribe_url(stationery, message);
  Layout out;
  out.add("Type", type_name(message.type));
  out.add("MessageId", message.id);
  if (!is_notification) out.add("Token", message.token);
  if (!message.sequence_number.empty()) out.add("SequenceNumber", message.sequence_number);
  out.add("TopicArn", message.topic.arn());
  if (message.subject) out.add("Subject", *message.subject);
  out.add("Message", text);
  if (!is_notification) out.add("SubscribeURL", link);
  out.add("Timestamp", base::format_iso8601(message.published_at));
  if (message.sequence_number.empty()) {
    const Signed by = PAWL_TRY(sign(stationery, message, text, link));
    out.add("SignatureVersion", stationery.signature_version);
    out.add("Signature", by.signature);
    out.add("SigningCertURL", by.certificate_url);
  }
  if (is_notification) out.add("UnsubscribeURL", unsubscribe_url(stationery, subscription));
  if (!message.attributes.empty()) out.add_raw("MessageAttributes", attributes_layout(message));
  return std::move(out).take();
}

Result<std::string> lambda_event(const Stationery& stationery, const Message& message,
                                 const Subscription& subscription) {
  const std::string& text = message.text_for(subscription.protocol);
  const Signed by = PAWL_TRY(sign(stationery, message, text, ""));
  Value sns = std::move(ObjectBuilder()
                            .set("Type", Value(type_name(message.type)))
                            .set("MessageId", Value(message.id))
                            .set("TopicArn", Value(message.topic.arn()))
                            .set("Subject", message.subject ? Value(*message.subject) : Value())
                            .set("Message", Value(text))
                            .set("Timestamp", Value(base::format_iso8601(message.published_at)))
                            .set("SignatureVersion", Value(stationery.signature_version))
                            .set("Signature", Value(by.signature))
                            .set("SigningCertUrl", Value(by.certificate_url))
                            .set("UnsubscribeUrl", Value(unsubscribe_url(stationery, subscription)))
                            .set("MessageAttributes", attributes_json(message)))
                  .build();
  Value record = std::move(ObjectBuilder()
                               .set("EventSource", Value("aws:sns"))
                               .set("EventVersion", Value("1.0"))
                               .set("EventSubscriptionArn", Value(subscription.arn()))
                               .set("Sns", std::move(sns)))
                     .build();
  return json::write(
      std::move(ObjectBuilder().set("Records", Value::array({std::move(record)}))).build());
}

}  // namespace pawl::sns
