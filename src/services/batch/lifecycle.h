// SPDX-License-Identifier: Apache-2.0
// Lifecycle: what the end of one job means for others: those that depend on it, the next of its
// array, the array. Knows no container and no clock.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "services/batch/job_store.h"

namespace pawl::batch {

/// One step: changes are made in `changes`, and committed by whoever made these. One thread.
/// Errors: those of the store.
class Lifecycle {
 public:
  Lifecycle(const JobStore& store, JobChanges& changes, int64_t now_ms)
      : store_(store), changes_(changes), now_ms_(now_ms) {}

  /// A job that waits for nothing any more is RUNNABLE; an array has its children now.
  base::Result<void> make_ready(Job& job);
  /// Keeps the counts of the array.
  base::Result<void> set_status(Job& job, Status status);
  /// SUCCEEDED or FAILED, and what follows of that.
  base::Result<void> finish(Job& job, Status status, std::string reason);

 private:
  void end(Job& job, Status status, std::string reason);
  base::Result<void> make_children(Job& parent);
  base::Result<void> settle(const Job& ended);
  base::Result<void> settle_child(const Job& child);
  base::Result<void> release(Job& dependent, Status outcome);
  base::Result<uint32_t> unfinished_counterparts(const Job& parent, uint32_t index,
                                                 bool& has_failed);

  const JobStore& store_;
  JobChanges& changes_;
  int64_t now_ms_;
  std::deque<Job*> ended_;
};

}  // namespace pawl::batch
