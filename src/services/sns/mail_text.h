// SPDX-License-Identifier: Apache-2.0
// What people read: the text of a notification by e-mail, text message or push, with the links to
// confirm and to unsubscribe.
#pragma once

#include "base/error.h"
#include "services/sns/envelope.h"
#include "services/sns/mailbox.h"
#include "services/sns/message.h"

namespace pawl::sns {

/// Errors: the signer's (email-json).
base::Result<Mail> make_mail(const Stationery& stationery, const Message& message,
                             const Topic& topic, const Subscription& subscription);

}  // namespace pawl::sns
