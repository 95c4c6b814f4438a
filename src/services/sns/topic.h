// SPDX-License-Identifier: Apache-2.0
// Topic and Subscription as they are stored, and the ARNs that name them. No rules of the API here.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "base/error.h"
#include "base/time.h"

namespace pawl::sns {

/// What leads every key of the store, so that no account or region sees another.
struct Scope {
  std::string account;
  std::string region;
  friend auto operator<=>(const Scope&, const Scope&) = default;
};

struct TopicName {
  Scope scope;
  std::string name;

  std::string arn() const;
  bool is_fifo() const { return name.ends_with(".fifo"); }
  friend auto operator<=>(const TopicName&, const TopicName&) = default;
};

/// "arn:PARTITION:sns:REGION:ACCOUNT:NAME"; nullopt if `arn` is of another service or kind.
std::optional<TopicName> topic_of(const aws::Arn& arn);

using Attributes = std::map<std::string, std::string, std::less<>>;
/// "" if it is not set.
std::string_view attribute(const Attributes& attributes, std::string_view name);

struct Topic {
  TopicName name;
  base::Timestamp created_at;
  Attributes attributes;  ///< those that were set, as they were given
  std::vector<std::pair<std::string, std::string>> tags;
  std::string data_protection_policy;
  uint64_t subscriptions_deleted = 0;

  bool is_fifo() const { return name.is_fifo(); }
  bool is_true(std::string_view name_of_attribute) const {
    return attribute(attributes, name_of_attribute) == "true";
  }
  std::string_view signature_version() const;
};

struct Subscription {
  TopicName topic;
  std::string id;  ///< a UUID
  std::string protocol;
  std::string endpoint;
  std::string owner;      ///< account
  std::string principal;  ///< ARN of who subscribed
  base::Timestamp created_at;
  Attributes attributes;
  std::string token;  ///< that confirms it; "" if none was needed
  bool is_pending = false;
  bool was_authenticated = true;  ///< "ConfirmationWasAuthenticated"

  std::string arn() const { return topic.arn() + ":" + id; }
  bool is_raw() const { return attribute(attributes, "RawMessageDelivery") == "true"; }
};

/// The topic and the id that a subscription's ARN names; nullopt if it names none.
std::optional<std::pair<TopicName, std::string>> subscription_of(const aws::Arn& arn);

// docs/formats/sns.md. Names are in the keys. Errors of reading: InvalidSyntax.

std::string write_topic(const Topic& topic);
base::Result<Topic> read_topic(const TopicName& name, std::string_view bytes);
std::string write_subscription(const Subscription& subscription);
base::Result<Subscription> read_subscription(std::string_view bytes);

}  // namespace pawl::sns
