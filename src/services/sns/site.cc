// SPDX-License-Identifier: Apache-2.0
#include "services/sns/site.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "json/value.h"
#include "json/write.h"
#include "services/sns/service.h"

namespace pawl::sns {
namespace {

using aws::ApiError;
using aws::ApiResult;
using aws::HttpRequest;
using aws::HttpResponse;
using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kMailboxPath = "/_pawl/mailbox";
constexpr std::string_view kCertificatePath = "/SimpleNotificationService-";
constexpr size_t kMailsShown = 100;
constexpr std::string_view kNamespace = "http://sns.amazonaws.com/doc/2010-03-31/";

HttpResponse json_answer(int status, const Value& value) {
  return {status, {{"Content-Type", "application/json"}}, json::write(value) + "\n", nullptr};
}

HttpResponse problem(int status, const std::string& message) {
  return json_answer(status, std::move(ObjectBuilder().set("message", Value(message))).build());
}

/// Characters that XML has for itself.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

HttpResponse xml_answer(int status, const std::string& body) {
  return {status, {{"Content-Type", "text/xml"}}, body, nullptr};
}

HttpResponse xml_error(const ApiError& error) {
  const int status = error.code == "NotFound" ? 404 : error.status != 0 ? error.status : 400;
  return xml_answer(status, "<ErrorResponse xmlns=\"" + std::string(kNamespace) +
                                "\"><Error><Type>Sender</Type><Code>" + escaped(error.code) +
                                "</Code><Message>" + escaped(error.message.value_or("")) +
                                "</Message></Error></ErrorResponse>\n");
}

bool is_link(const HttpRequest& request) {
  if (request.path != "/" || request.headers.has("Authorization")) return false;
  const std::string_view query = request.query;
  const bool is_action =
      query.starts_with("Action=ConfirmSubscription&") || query.starts_with("Action=Unsubscribe&");
  return is_action && query.find("X-Amz-Signature=") == std::string_view::npos &&
         query.find("&Signature=") == std::string_view::npos;
}

Value describe(const Mail& mail) {
  return std::move(ObjectBuilder()
                       .set("Id", Value(static_cast<int64_t>(mail.number)))
                       .set("Protocol", Value(mail.protocol))
                       .set("To", Value(mail.to))
                       .set("TopicArn", Value(mail.topic_arn))
                       .set("MessageId", Value(mail.message_id))
                       .set("Subject", Value(mail.subject))
                       .set("Text", Value(mail.text))
                       .set("SentAt", Value(base::format_iso8601(mail.sent_at))))
      .build();
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool SnsSite::serves(const HttpRequest& request) const {
  const std::string_view path = request.path;
  if (path.starts_with(kMailboxPath))
    return shows_mailbox_ &&
           (path.size() == kMailboxPath.size() || path[kMailboxPath.size()] == '/');
  if (request.method != "GET") return false;
  return path.starts_with(kCertificatePath) || is_link(request);
}

void SnsSite::serve(const HttpRequest& request, Answer answer) {
  const std::string_view path = request.path;
  if (path.starts_with(kMailboxPath)) return answer(mailbox(request));
  if (path.starts_with(kCertificatePath)) return answer(certificate(request));
  // What a link has changed is told when it is on disk.
  service_.after_sync(
      [answer = std::move(answer), response = follow_link(request)] { answer(response); });
}

HttpResponse SnsSite::certificate(const HttpRequest& request) {
  const base::Timestamp now = service_.now();
  const auto path = service_.signer().certificate_path(now);
  const auto pem = service_.signer().certificate(now);
  if (!path || !pem) return problem(500, "the certificate cannot be read");
  if (request.path != *path) return problem(404, "no such certificate");
  return {200, {{"Content-Type", "application/x-pem-file"}}, *pem, nullptr};
}

HttpResponse SnsSite::follow_link(const HttpRequest& request) {
  const aws::QueryParameters query = aws::parse_query(request.query);
  const auto parameter = [&](std::string_view name) {
    const std::string* value = aws::find_parameter(query, name);
    return value != nullptr ? *value : std::string();
  };
  const bool is_confirmation = parameter("Action") == "ConfirmSubscription";
  const std::string member = is_confirmation ? "TopicArn" : "SubscriptionArn";
  const auto arn =
      arn_member(std::move(ObjectBuilder().set(member, Value(parameter(member)))).build(), member);
  if (!arn) return xml_error(arn.error());
  if (is_confirmation) {
    const auto topic = topic_of(*arn);
    if (!topic) return xml_error(invalid_parameter("TopicArn"));
    const auto subscription = service_.confirm(*topic, parameter("Token"), false);
    if (!subscription) return xml_error(subscription.error());
    return xml_answer(200, "<ConfirmSubscriptionResponse xmlns=\"" + std::string(kNamespace) +
                               "\"><ConfirmSubscriptionResult><SubscriptionArn>" +
                               escaped(*subscription) +
                               "</SubscriptionArn></ConfirmSubscriptionResult>"
                               "</ConfirmSubscriptionResponse>\n");
  }
  const auto named = subscription_of(*arn);
  if (!named) return xml_error(invalid_parameter("SubscriptionId"));
  const auto ended = service_.unsubscribe_by_link(named->first, named->second);
  if (!ended) return xml_error(ended.error());
  return xml_answer(200, "<UnsubscribeResponse xmlns=\"" + std::string(kNamespace) +
                             "\"></UnsubscribeResponse>\n");
}

HttpResponse SnsSite::mailbox(const HttpRequest& request) {
  std::string_view id = std::string_view(request.path).substr(kMailboxPath.size());
  if (request.method == "DELETE" && id.empty()) {
    if (!service_.mailbox().clear()) return problem(500, "the mailbox cannot be emptied");
    return {204, {}, "", nullptr};
  }
  if (request.method != "GET") return problem(405, "GET and DELETE are possible");
  if (!id.empty()) {
    id.remove_prefix(1);
    const std::optional<uint64_t> number = parse_number(id);
    const auto mail =
        number ? service_.mailbox().find(*number) : base::Result<std::optional<Mail>>(std::nullopt);
    if (!mail) return problem(500, mail.error().message);
    if (!*mail) return problem(404, "no such mail");
    return json_answer(200, describe(**mail));
  }
  const aws::QueryParameters query = aws::parse_query(request.query, false);
  const std::string* to = aws::find_parameter(query, "to");
  const std::string* max = aws::find_parameter(query, "max");
  const auto mails = service_.mailbox().list(
      to != nullptr ? *to : "",
      max != nullptr ? parse_number(*max).value_or(kMailsShown) : kMailsShown);
  if (!mails) return problem(500, mails.error().message);
  std::vector<Value> shown;
  for (const Mail& mail : *mails) shown.push_back(describe(mail));
  return json_answer(
      200, std::move(ObjectBuilder().set("Mails", Value::array(std::move(shown)))).build());
}

}  // namespace pawl::sns
