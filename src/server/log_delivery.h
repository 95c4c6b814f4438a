// SPDX-License-Identifier: Apache-2.0
// The way of an execution's log lines from Step Functions to CloudWatch Logs: two services that do
// not know each other.
#pragma once

#include "services/logs/log_store.h"
#include "services/states/logging/history_logger.h"

namespace pawl::server {

/// Appends each delivery to its group in the caller's batch. `store` must outlive what is returned.
/// Errors: InvalidSyntax if the ARN names no log group; the store's.
states::HistoryLogger::Sink deliver_to(logs::LogStore& store);

}  // namespace pawl::server
