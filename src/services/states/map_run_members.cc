// SPDX-License-Identifier: Apache-2.0
#include "services/states/map_run_members.h"

#include <utility>

#include "services/states/execution_members.h"

namespace pawl::states {

using engine::MapRunCounts;
using engine::MapRunRecord;
using engine::MapRunStatus;
using json::ObjectBuilder;
using json::Value;

namespace {

Value count(uint64_t number) { return Value(static_cast<int64_t>(number)); }

/// API MapRunItemCounts, MapRunExecutionCounts.
Value counts_of(const MapRunCounts& counts) {
  ObjectBuilder out;
  out.set("pending", count(counts.pending()))
      .set("running", count(counts.running))
      .set("succeeded", count(counts.succeeded))
      .set("failed", count(counts.failed))
      .set("timedOut", count(counts.timed_out))
      .set("aborted", count(counts.aborted))
      .set("total", count(counts.total))
      .set("resultsWritten", count(counts.results_written))
      .set("failuresNotRedrivable", Value(int64_t{0}))
      .set("pendingRedrive", Value(int64_t{0}));
  return std::move(out).build();
}

}  // namespace

Value map_run_description(const MapRunRecord& record) {
  ObjectBuilder out;
  out.set("mapRunArn", Value(record.arn))
      .set("executionArn", Value(record.execution_arn))
      .set("status", Value(map_run_status_name(record.status)))
      .set("startDate", seconds_of(record.started_at));
  if (record.status != MapRunStatus::Running) out.set("stopDate", seconds_of(record.stopped_at));
  out.set("maxConcurrency", Value(static_cast<int64_t>(record.max_concurrency)))
      .set("toleratedFailurePercentage", Value(record.tolerated_failure_percentage))
      .set("toleratedFailureCount", Value(record.tolerated_failure_count))
      .set("itemCounts", counts_of(record.items))
      .set("executionCounts", counts_of(record.children))
      .set("redriveCount", count(record.redrive_count));
  if (record.redrive_count > 0) out.set("redriveDate", seconds_of(record.redriven_at));
  return std::move(out).build();
}

}  // namespace pawl::states
