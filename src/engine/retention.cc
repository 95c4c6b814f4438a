// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <utility>

#include "engine/execution_id.h"
#include "engine/map_run_record.h"
#include "store/batch.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using store::KeyReader;
using store::Range;

base::Result<void> erase(const ExecutionStore& executions, const ExecutionRecord& record,
                         store::Batch& batch) {
  const ExecutionKeyspaces& spaces = executions.keyspaces();
  const std::string id = ExecutionStore::id_key(record.id);
  batch.erase(spaces.executions, id);
  batch.erase_range(spaces.steps, Range::prefix(id));
  const std::string& list = record.map_run == 0 ? record.scope : record.map_run_arn;
  batch.erase(spaces.lists, ExecutionStore::list_key(list, record.id));
  for (const MapRunRecord& run :
       PAWL_TRY(MapRunStore(executions).list(record.id, UINT64_MAX, SIZE_MAX)))
    MapRunStore::erase(run, spaces.map_runs, batch);
  // The name may be another's by now.
  const auto named = PAWL_TRY(executions.find(record.scope, record.name));
  if (named == record.id)
    batch.erase(spaces.names, ExecutionStore::name_key(record.scope, record.name));
  return {};
}

}  // namespace

base::Result<size_t> erase_expired_executions(const ExecutionStore& executions, base::Timestamp now,
                                              const RetentionPolicy& policy,
                                              const std::function<bool()>& go_on) {
  const base::Timestamp limit{now.ms - policy.keep_ms};
  if (limit.ms <= kExecutionIdEpochMs) return size_t{0};
  // Ids sort by start, and nothing ends before it starts.
  const ExecutionId last = static_cast<uint64_t>(limit.ms - kExecutionIdEpochMs + 1)
                           << (kCounterBits + kSlotBits);
  const Range range{{}, ExecutionStore::id_key(last)};
  const auto cursor = executions.store().cursor(executions.keyspaces().executions, range);
  store::Batch batch;
  size_t erased = 0;
  size_t in_batch = 0;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    std::string_view rest;
    ExecutionRecord record = PAWL_TRY(decode_execution_record(cursor->value(), rest));
    record.id = KeyReader(cursor->key()).u64().value_or(0);
    if (record.status == interpreter::ExecutionStatus::Running || record.stopped_at >= limit)
      continue;
    PAWL_TRY_VOID(erase(executions, record, batch));
    ++erased;
    if (++in_batch < policy.executions_per_batch) continue;
    PAWL_TRY_VOID(executions.store().commit(batch, store::Sync::No));
    batch.clear();
    in_batch = 0;
    if (!go_on()) return erased;
  }
  if (!batch.empty()) PAWL_TRY_VOID(executions.store().commit(batch, store::Sync::No));
  return erased;
}

base::Result<std::unordered_set<uint64_t>> revisions_in_use(const ExecutionStore& executions) {
  const auto cursor = executions.store().cursor(executions.keyspaces().executions, Range::all());
  std::unordered_set<uint64_t> revisions;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    std::string_view rest;
    revisions.insert(PAWL_TRY(decode_execution_record(cursor->value(), rest)).revision);
  }
  return revisions;
}

}  // namespace pawl::engine
