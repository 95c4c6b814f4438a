// SPDX-License-Identifier: Apache-2.0
#include "services/sns/mail_text.h"

namespace pawl::sns {
namespace {

constexpr std::string_view kLine = "\n\n--\n";

std::string subject_of(const Message& message, const Topic& topic) {
  switch (message.type) {
    case Message::Type::SubscriptionConfirmation:
      return "AWS Notification - Subscription Confirmation";
    case Message::Type::UnsubscribeConfirmation:
      return "AWS Notification - Unsubscribe Confirmation";
    case Message::Type::Notification: break;
  }
  if (message.subject) return *message.subject;
  const std::string_view display = attribute(topic.attributes, "DisplayName");
  return display.empty() ? "AWS Notification Message" : std::string(display);
}

std::string letter(const Stationery& stationery, const Message& message,
                   const Subscription& subscription) {
  if (message.type == Message::Type::Notification)
    return message.text_for("email") + std::string(kLine) +
           "If you wish to stop receiving notifications from this topic, please click or visit the "
           "link below to unsubscribe:\n" +
           unsubscribe_url(stationery, subscription) + "\n";
  if (message.type == Message::Type::UnsubscribeConfirmation)
    return "Your subscription to the topic below has been deactivated:\n" + message.topic.arn() +
           "\n\nIf this was in error, click or visit the link below to subscribe again:\n" +
           subscribe_url(stationery, message) + "\n";
  return "You have chosen to subscribe to the topic:\n" + message.topic.arn() +
         "\n\nTo confirm this subscription, click or visit the link below (If this was in error no "
         "action is necessary):\n" +
         subscribe_url(stationery, message) + "\n";
}

}  // namespace

base::Result<Mail> make_mail(const Stationery& stationery, const Message& message,
                             const Topic& topic, const Subscription& subscription) {
  Mail mail;
  mail.protocol = subscription.protocol;
  mail.to = subscription.endpoint;
  mail.topic_arn = topic.name.arn();
  mail.message_id = message.id;
  mail.sent_at = stationery.now;
  if (subscription.protocol == "email") {
    mail.subject = subject_of(message, topic);
    mail.text = letter(stationery, message, subscription);
  } else if (subscription.protocol == "email-json") {
    mail.subject = subject_of(message, topic);
    mail.text = PAWL_TRY(envelope(stationery, message, subscription));
  } else {
    mail.subject = message.subject.value_or("");
    mail.text = message.text_for(subscription.protocol);
  }
  return mail;
}

}  // namespace pawl::sns
