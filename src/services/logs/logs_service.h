// SPDX-License-Identifier: Apache-2.0
// LogsService: CloudWatch Logs, as far as reading and writing events goes (API reference
// AmazonCloudWatchLogs 2014-03-28): what AWS CLI's `logs` commands, `tail` among them, need to show
// the logs of executions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "services/logs/log_store.h"

namespace pawl::logs {

/// Actions may run on any thread at once. They read the store, so they may wait for the disk.
/// storedBytes of groups and sequence tokens, which AWS no longer keeps up, are left out.
class LogsService final : public aws::Service {
 public:
  /// `store` must outlive the service.
  explicit LogsService(LogStore& store) : store_(store) {}

  void bind(aws::ActionTable& table) override;

 private:
  aws::ActionResult create_log_group(const aws::Request& request);
  aws::ActionResult delete_log_group(const aws::Request& request);
  aws::ActionResult describe_log_groups(const aws::Request& request);
  aws::ActionResult put_retention_policy(const aws::Request& request);
  aws::ActionResult delete_retention_policy(const aws::Request& request);
  aws::ActionResult create_log_stream(const aws::Request& request);
  aws::ActionResult describe_log_streams(const aws::Request& request);
  aws::ActionResult put_log_events(const aws::Request& request);
  aws::ActionResult get_log_events(const aws::Request& request);
  aws::ActionResult filter_log_events(const aws::Request& request);

  /// logGroupName, or logGroupIdentifier, a name or an ARN. ResourceNotFoundException if there is
  /// no such group.
  aws::ApiResult<LogGroup> find_group(const aws::Request& request) const;

  LogStore& store_;
};

}  // namespace pawl::logs
