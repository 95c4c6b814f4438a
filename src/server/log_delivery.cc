// SPDX-License-Identifier: Apache-2.0
#include "server/log_delivery.h"

#include <utility>
#include <vector>

namespace pawl::server {

states::HistoryLogger::Sink deliver_to(logs::LogStore& store) {
  return [&store](const states::LogDelivery& delivery, store::Batch& batch) -> base::Result<void> {
    const auto group = logs::parse_group_arn(delivery.log_group_arn);
    if (!group) {
      return base::Error(base::ErrorKind::InvalidSyntax,
                         std::string(delivery.log_group_arn) + " names no log group");
    }
    std::vector<logs::LogLine> lines;
    lines.reserve(delivery.lines.size());
    for (states::LogDelivery::Line& line : delivery.lines)
      lines.push_back({line.timestamp, std::move(line.message)});
    return store.append(*group, std::string(delivery.log_stream), lines, delivery.now, batch);
  };
}

}  // namespace pawl::server
