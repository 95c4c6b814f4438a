// SPDX-License-Identifier: Apache-2.0
// SmtpRelay: hands plain-text e-mail to a mail server (RFC 5321, RFC 5322, RFC 2045; libcurl). One
// mail a connection; no queue: who sends decides when to try again.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"

namespace pawl::net {

/// UTF-8. Line breaks in anything but `text` are taken out.
struct OutgoingMail {
  std::string from;  ///< an address
  std::string to;
  std::string subject;
  std::string text;
  std::string id;  ///< before the "@" of Message-ID
  base::Timestamp date;
};

/// The message as it travels: headers, then the text in base64.
std::string mail_message(const OutgoingMail& mail);

/// Thread-safe.
class SmtpRelay {
 public:
  /// "smtp://[USER:PASSWORD@]HOST[:PORT]", or smtps. Over smtp TLS is used where the server offers
  /// it. Errors: InvalidSyntax.
  static base::Result<SmtpRelay> parse(const std::string& url);

  /// Blocks until the server has accepted the mail, half a minute at most. Errors: Io with the
  /// server's words.
  base::Result<void> send(const OutgoingMail& mail) const;

 private:
  explicit SmtpRelay(std::string url) : url_(std::move(url)) {}

  std::string url_;
};

}  // namespace pawl::net
