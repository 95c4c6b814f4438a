// SPDX-License-Identifier: Apache-2.0
// Courier: carries one message to one endpoint, once: to a queue or function through aws::Caller,
// over HTTP, into the mailbox. When to try again is another's (delivery_queue.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "services/sns/envelope.h"
#include "services/sns/mailbox.h"
#include "services/sns/message.h"
#include "services/sns/retry_policy.h"
#include "services/sns/signer.h"
#include "store/store.h"

namespace pawl::sns {

enum class Outcome : uint8_t {
  Delivered,
  Refused,  ///< trying again would not help: "client-side errors" of the developer guide
  Failed,   ///< it might
};

/// Thread-safe.
class Courier {
 public:
  /// May be null: then nothing is relayed, mails are in the mailbox only. Answers once.
  using MailRelay = std::function<void(const Mail&, std::function<void(base::Result<void>)>)>;

  struct Ports {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    aws::HttpTransport* transport;  ///< may be null: every HTTP delivery fails
    std::function<std::string()> endpoint_url;
    MailRelay mail_relay;
  };
  using Done = std::function<void(Outcome)>;

  /// All must outlive it.
  Courier(Ports ports, Signer& signer, Mailbox& mailbox)
      : ports_(std::move(ports)), signer_(signer), mailbox_(mailbox) {}

  /// `done` is called once, inside this call or later, from any thread.
  void carry(const Message& message, const Topic& topic, const Subscription& subscription,
             Done done);

  /// What could not be delivered, to the queue of the subscription's RedrivePolicy.
  void carry_to_dead_letters(const std::string& queue_arn, const Message& message,
                             const Topic& topic, const Subscription& subscription, Done done);

 private:
  Stationery stationery(const Topic& topic) const;
  void send_to_queue(const std::string& queue_arn, const Message& message, const Topic& topic,
                     const Subscription& subscription, Done done);
  void invoke_function(const Message& message, const Topic& topic, const Subscription& subscription,
                       Done done);
  void put_to_stream(const Message& message, const Topic& topic, const Subscription& subscription,
                     Done done);
  void post(const Message& message, const Topic& topic, const Subscription& subscription,
            Done done);
  void put_into_mailbox(const Message& message, const Topic& topic,
                        const Subscription& subscription, Done done);
  void call(std::string service, std::string operation, json::Value input, const aws::Arn& target,
            Done done);

  Ports ports_;
  Signer& signer_;
  Mailbox& mailbox_;
};

/// deadLetterTargetArn of a RedrivePolicy; "" if there is none.
std::string dead_letter_target(const Subscription& subscription);

}  // namespace pawl::sns
