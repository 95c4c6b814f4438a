// SPDX-License-Identifier: Apache-2.0
// Retention: forgets executions that ended long ago ("Service quotas": "Execution history
// retention time": 90 days after an execution is closed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_set>

#include "base/error.h"
#include "base/time.h"
#include "engine/execution_feed.h"
#include "engine/execution_store.h"

namespace pawl::engine {

struct RetentionPolicy {
  int64_t keep_ms = int64_t{90} * 24 * 3'600 * 1'000;  ///< after the end
  size_t executions_per_batch = 256;
};

/// Erases the executions that ended more than `keep_ms` before `now`, oldest first, in batches that
/// need no sync. Runs beside the partitions: what has ended that long ago nobody moves.
/// `go_on` is asked between batches; `feed`, if there is one, is told. One call at a time. Answers
/// how many were erased. Errors: the store's.
base::Result<size_t> erase_expired_executions(const ExecutionStore& executions, base::Timestamp now,
                                              const RetentionPolicy& policy,
                                              const std::function<bool()>& go_on,
                                              ExecutionFeed* feed = nullptr);

/// The revisions that stored executions run or ran. Reads every execution's record.
/// Errors: the store's.
base::Result<std::unordered_set<uint64_t>> revisions_in_use(const ExecutionStore& executions);

}  // namespace pawl::engine
