// SPDX-License-Identifier: Apache-2.0
#include "app/mailbox_command.h"

#include <unistd.h>

#include <utility>

#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "json/parse.h"
#include "json/value.h"

namespace pawl::app {
namespace {

using json::Value;

constexpr const char* kPath = "/_pawl/mailbox";

std::string member(const Value& mail, std::string_view name) {
  const Value* found = mail.is_object() ? mail.find(name) : nullptr;
  if (found == nullptr) return "";
  if (found->is_string()) return std::string(found->as_string());
  return found->is_number() ? found->number_text() : "";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string list_line(const Value& mail) {
  std::string title = member(mail, "Subject");
  if (title.empty()) title = first_line(member(mail, "Text"));
  return member(mail, "Id") + "  " + member(mail, "SentAt") + "  " + member(mail, "Protocol") +
         " to " + printable(member(mail, "To")) + ": " + printable(title) + "\n";
}

/// What people wrote stays on its lines; control characters do not reach the terminal.
std::string letter(const std::string& text) {
  std::string out;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t end = std::min(text.find('\n', start), text.size());
    out += printable(text.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return out;
}

std::string whole_mail(const Value& mail) {
  std::string out;
  for (const auto& [title, name] :
       {std::pair("To", "To"), std::pair("Protocol", "Protocol"), std::pair("Topic", "TopicArn"),
        std::pair("Sent", "SentAt"), std::pair("Message", "MessageId"),
        std::pair("Subject", "Subject")}) {
    const std::string value = member(mail, name);
    if (!value.empty()) out += std::string(title) + ": " + printable(value) + "\n";
  }
  return out + "\n" + letter(member(mail, "Text"));
}

std::string shown(const Value& answer, bool is_one) {
  if (is_one) return whole_mail(answer);
  std::string out;
  const Value* mails = answer.is_object() ? answer.find("Mails") : nullptr;
  if (mails != nullptr && mails->is_array())
    for (const Value& mail : mails->items()) out += list_line(mail);
  return out.empty() ? "no mails\n" : out;
}

/// Percent-encodes all but RFC 3986's unreserved characters.
std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

int fail(const std::string& message) {
  write_fully(STDERR_FILENO, "pawl mailbox: " + message + "\n");
  return kExitFailed;
}

}  // namespace

int run_mailbox(const MailboxOptions& options) {
  const auto endpoint = parse_endpoint(options.endpoint);
  if (!endpoint) return fail(endpoint.error().message);
  HttpCall call;
  call.target = kPath;
  if (options.empties) {
    call.method = "DELETE";
  } else if (options.mail != 0) {
    call.target += "/" + std::to_string(options.mail);
  } else {
    call.target += "?max=" + std::to_string(options.max);
    if (!options.to.empty()) call.target += "&to=" + encoded(options.to);
  }
  const auto answer = call_http(*endpoint, call);
  if (!answer) return fail(options.endpoint + ": " + answer.error().message);
  const auto body = json::parse(answer->body);
  if (answer->status < 200 || answer->status > 299) {
    const std::string why = body ? member(*body, "message") : "";
    return fail(why.empty() ? "the server at " + options.endpoint + " shows no mailbox" : why);
  }
  if (options.empties) return kExitOk;
  if (!body) return fail("the server at " + options.endpoint + " shows no mailbox");
  write_fully(STDOUT_FILENO, options.json ? answer->body : shown(*body, options.mail != 0));
  return kExitOk;
}

}  // namespace pawl::app
