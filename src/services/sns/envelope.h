// SPDX-License-Identifier: Apache-2.0
// What endpoints receive ("Parsing Amazon SNS message formats"): the JSON of notifications and
// confirmations with their signature, and the event of a Lambda function.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "services/sns/message.h"
#include "services/sns/signer.h"

namespace pawl::sns {

/// What envelopes are made with. `endpoint` is where this server answers: "http://127.0.0.1:4566".
struct Stationery {
  Signer& signer;
  std::string endpoint;
  std::string_view signature_version;  ///< of the topic
  base::Timestamp now;
};

/// What is signed: "Message\n…\nMessageId\n…\n", the members of the type in alphabetical order.
std::string string_to_sign(const Message& message, std::string_view text,
                           std::string_view subscribe_url);

/// The link that confirms: "ENDPOINT/?Action=ConfirmSubscription&TopicArn=…&Token=…".
std::string subscribe_url(const Stationery& stationery, const Message& message);
std::string unsubscribe_url(const Stationery& stationery, const Subscription& subscription);

/// In AWS's layout. FIFO topics do not sign, and give a SequenceNumber. Errors: the signer's.
base::Result<std::string> envelope(const Stationery& stationery, const Message& message,
                                   const Subscription& subscription);

/// {"Records":[{"EventSource":"aws:sns",…}]}
base::Result<std::string> lambda_event(const Stationery& stationery, const Message& message,
                                       const Subscription& subscription);

}  // namespace pawl::sns
