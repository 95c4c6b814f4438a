// SPDX-License-Identifier: Apache-2.0
// QueueName: a queue's account, region and name, and the ARNs and URLs that say the same.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::sqs {

struct QueueName {
  std::string account;
  std::string region;
  std::string name;
  friend auto operator<=>(const QueueName&, const QueueName&) = default;

  bool is_fifo() const { return name.ends_with(".fifo"); }
};

/// arn:PARTITION:sqs:REGION:ACCOUNT:NAME
std::string queue_arn(const QueueName& name);
std::optional<QueueName> parse_queue_arn(std::string_view arn);

/// `base`/ACCOUNT/NAME, where `base` is how the client reached us: the URL works with any client
/// wherever it runs. "http://127.0.0.1:4566/000000000000/jobs".
std::string queue_url(std::string_view base, const QueueName& name);

/// The queue of a URL of any such form: ours, AWS's own, "http://sqs.eu-west-1.localhost:4566/…",
/// with the host's region, or `region` if it names none. A path without a host will do. nullopt if
/// it ends not in ACCOUNT/NAME.
std::optional<QueueName> parse_queue_url(std::string_view url, std::string_view region);

bool is_account_id(std::string_view text);

}  // namespace pawl::sqs
