// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/queue_name.h"

#include <algorithm>

#include "aws/arn.h"
#include "aws/service/request_router.h"

namespace pawl::sqs {

std::string queue_arn(const QueueName& name) {
  return aws::Arn{std::string(aws::partition_of(name.region)), "sqs", name.region, name.account,
                  name.name}
      .text();
}

std::optional<QueueName> parse_queue_arn(std::string_view arn) {
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "sqs" || !is_account_id(parsed->account_id)) {
    return std::nullopt;
  }
  return QueueName{parsed->account_id, parsed->region, parsed->resource};
}

std::string queue_url(std::string_view base, const QueueName& name) {
  return std::string(base) + "/" + name.account + "/" + name.name;
}

std::optional<QueueName> parse_queue_url(std::string_view url, std::string_view region) {
  QueueName name;
  name.region = region;
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const std::string_view rest = url.substr(scheme + 3);
    const aws::HostParts host = aws::inspect_host(rest.substr(0, rest.find('/')));
    if (!host.region.empty()) name.region = host.region;
  }
  const size_t last = url.rfind('/');
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  name.name = url.substr(last + 1);
  const std::string_view before = url.substr(0, last);
  name.account = before.substr(before.rfind('/') + 1);
  if (!is_account_id(name.account) || name.name.empty()) return std::nullopt;
  return name;
}

bool is_account_id(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace pawl::sqs
