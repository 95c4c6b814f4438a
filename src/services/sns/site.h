// SPDX-License-Identifier: Apache-2.0
// SnsSite: what Amazon SNS answers besides its API: the certificate of its signatures, the links in
// messages that confirm and end subscriptions, and the local mailbox.
#pragma once

#include "aws/http_message.h"
#include "aws/service/http_site.h"

namespace pawl::sns {

class SnsService;

/// GET /SimpleNotificationService-….pem
/// GET /?Action=ConfirmSubscription&TopicArn=…&Token=…  and  GET /?Action=Unsubscribe&…, unsigned
/// GET /_pawl/mailbox[?to=ADDRESS][&max=N], newest first: {"Mails": [{"Id": 7, "Protocol": "email",
///   "To": …, "TopicArn": …, "MessageId": …, "Subject": …, "Text": …, "SentAt": "2026-…Z"}]}
/// GET /_pawl/mailbox/7: one of them, or 404. DELETE /_pawl/mailbox: empties it.
/// Thread-safe.
class SnsSite final : public aws::HttpSite {
 public:
  /// `shows_mailbox`: whoever reaches the server may read it.
  SnsSite(SnsService& service, bool shows_mailbox)
      : service_(service), shows_mailbox_(shows_mailbox) {}

  bool serves(const aws::HttpRequest& request) const override;
  void serve(const aws::HttpRequest& request, Answer answer) override;

 private:
  aws::HttpResponse certificate(const aws::HttpRequest& request);
  aws::HttpResponse follow_link(const aws::HttpRequest& request);
  aws::HttpResponse mailbox(const aws::HttpRequest& request);

  SnsService& service_;
  const bool shows_mailbox_;
};

}  // namespace pawl::sns
