// SPDX-License-Identifier: Apache-2.0
// What a picture of an execution needs, asked of a running server: the definition it runs by, and
// its history.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/service_client.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::app {

struct StoredExecution {
  std::string name;
  std::string definition;  ///< the text it runs by
  json::Value history;     ///< an array of events, oldest first
  /// Of its Map Runs, as DescribeMapRun answers, each with "stateName".
  std::vector<json::Value> map_runs;
};

/// Events beyond this many are not read: they are AWS's bound of a history.
inline constexpr size_t kEventsMax = 25'000;

/// Without the events' data. Errors: Io if the server does not answer; NotFound if it has no such
/// execution, or keeps no history of it (EXPRESS); else Unsupported, with the server's words.
base::Result<StoredExecution> fetch_execution(ServiceCalls& calls, const std::string& arn);

}  // namespace pawl::app
