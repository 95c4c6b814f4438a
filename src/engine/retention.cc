// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <optional>
#include <utility>
#include <vector>

#include "engine/execution_id.h"
#include "engine/map_run_record.h"
#include "engine/status_counts.h"
#include "store/batch.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using store::KeyReader;
using store::Range;

/// Executions that are erased together.
class ErasingBatch {
 public:
  ErasingBatch(const ExecutionStore& executions, ExecutionFeed* feed)
      : executions_(executions), feed_(feed), counts_(StatusCountWriter::kRetention) {}

  base::Result<void> erase(ExecutionRecord record);
  base::Result<void> commit();
  size_t size() const { return records_.size(); }

 private:
  void tell_feed() const;

  const ExecutionStore& executions_;
  ExecutionFeed* const feed_;
  StatusCountWriter counts_;
  store::Batch batch_;
  std::vector<ExecutionRecord> records_;
};

base::Result<void> ErasingBatch::erase(ExecutionRecord record) {
  const ExecutionKeyspaces& spaces = executions_.keyspaces();
  const std::string id = ExecutionStore::id_key(record.id);
  batch_.erase(spaces.executions, id);
  batch_.erase_range(spaces.steps, Range::prefix(id));
  const std::string& list = record.map_run == 0 ? record.scope : record.map_run_arn;
  batch_.erase(spaces.lists, ExecutionStore::list_key(list, record.id));
  for (const MapRunRecord& run :
       PAWL_TRY(MapRunStore(executions_).list(record.id, UINT64_MAX, SIZE_MAX)))
    MapRunStore::erase(run, spaces.map_runs, batch_);
  // The name may be another's by now.
  const auto named = PAWL_TRY(executions_.find(record.scope, record.name));
  if (named == record.id)
    batch_.erase(spaces.names, ExecutionStore::name_key(record.scope, record.name));
  if (record.map_run == 0) counts_.move(record.scope, record.status, std::nullopt);
  records_.push_back(std::move(record));
  return {};
}

base::Result<void> ErasingBatch::commit() {
  if (records_.empty()) return {};
  PAWL_TRY_VOID(counts_.write(executions_, batch_));
  PAWL_TRY_VOID(executions_.store().commit(batch_, store::Sync::No));
  if (feed_ != nullptr) tell_feed();
  batch_.clear();
  records_.clear();
  return {};
}

void ErasingBatch::tell_feed() const {
  std::vector<ExecutionFeed::StatusChange> changes;
  std::vector<ExecutionId> moved;
  for (const ExecutionRecord& record : records_) {
    if (record.map_run == 0) changes.push_back({&record, record.status, std::nullopt, nullptr});
    if (feed_->is_watched(record.id)) moved.push_back(record.id);
  }
  if (!changes.empty()) feed_->changed(changes);
  if (!moved.empty()) feed_->moved(moved);
}

}  // namespace

base::Result<size_t> erase_expired_executions(const ExecutionStore& executions, base::Timestamp now,
                                              const RetentionPolicy& policy,
                                              const std::function<bool()>& go_on,
                                              ExecutionFeed* feed) {
  const base::Timestamp limit{now.ms - policy.keep_ms};
  if (limit.ms <= kExecutionIdEpochMs) return size_t{0};
  // Ids sort by start, and nothing ends before it starts.
  const ExecutionId last = static_cast<uint64_t>(limit.ms - kExecutionIdEpochMs + 1)
                           << (kCounterBits + kSlotBits);
  const Range range{{}, ExecutionStore::id_key(last)};
  const auto cursor = executions.store().cursor(executions.keyspaces().executions, range);
  ErasingBatch batch(executions, feed);
  size_t erased = 0;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    std::string_view rest;
    ExecutionRecord record = PAWL_TRY(decode_execution_record(cursor->value(), rest));
    record.id = KeyReader(cursor->key()).u64().value_or(0);
    if (record.status == interpreter::ExecutionStatus::Running || record.stopped_at >= limit)
      continue;
    PAWL_TRY_VOID(batch.erase(std::move(record)));
    ++erased;
    if (batch.size() < policy.executions_per_batch) continue;
    PAWL_TRY_VOID(batch.commit());
    if (!go_on()) return erased;
  }
  PAWL_TRY_VOID(batch.commit());
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
