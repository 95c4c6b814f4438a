// SPDX-License-Identifier: Apache-2.0
// Mailbox: what people would get by e-mail, text message or push notification, kept here so that it
// can be read by API (GET /_pawl/mailbox) and CLI (pawl mailbox). The newest kMailsMax are kept.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/store.h"

namespace pawl::sns {

struct Mail {
  uint64_t number = 0;    ///< ascending; given by the mailbox
  std::string protocol;   ///< "email", "email-json", "sms" or "application"
  std::string to;         ///< address, phone number or endpoint ARN
  std::string topic_arn;  ///< "" of what was published to a number or an endpoint
  std::string message_id;
  std::string subject;
  std::string text;
  base::Timestamp sent_at;
};

/// Thread-safe. Errors: the store's.
class Mailbox {
 public:
  static constexpr uint64_t kMailsMax = 10'000;

  static base::Result<std::unique_ptr<Mailbox>> open(store::Store& store);

  /// Adds it to `batch`, which the caller commits, and forgets the oldest beyond the bound.
  void add(store::Batch& batch, const Mail& mail);
  /// The newest first, at most `max`; all, or those to one address.
  base::Result<std::vector<Mail>> list(std::string_view to, size_t max) const;
  base::Result<std::optional<Mail>> find(uint64_t number) const;
  base::Result<void> clear();

 private:
  Mailbox(store::Store& store, store::Keyspace mails) : store_(store), mails_(mails) {}

  store::Store& store_;
  const store::Keyspace mails_;
  std::atomic<uint64_t> next_ = 1;
};

}  // namespace pawl::sns
