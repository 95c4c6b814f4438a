// SPDX-License-Identifier: Apache-2.0
// Keys: scope, writer -> five signed numbers. The empty scope marks that all executions are
// counted.
#include "engine/status_counts.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;

constexpr char kFormat = 1;
constexpr size_t kRecordsPerQuestion = 4'096;

std::string key_of(std::string_view scope, uint32_t writer) {
  return KeyBuilder().text(scope).u32(writer).take();
}

std::string encode(const StatusCounts& counts) {
  std::string value(1, kFormat);
  for (const int64_t count : counts) base::append_signed(value, count);
  return value;
}

base::Result<StatusCounts> decode(std::string_view value) {
  base::ByteReader reader(value);
  StatusCounts counts{};
  const bool is_known = reader.byte() == kFormat;
  for (int64_t& count : counts) count = reader.signed_varint();
  if (!is_known || !reader.ok() || !reader.at_end())
    return base::Error(base::ErrorKind::TypeMismatch, "stored counts: damaged");
  return counts;
}

bool is_zero(const StatusCounts& counts) {
  return std::all_of(counts.begin(), counts.end(), [](int64_t count) { return count == 0; });
}

void add(StatusCounts& to, const StatusCounts& counts) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += counts[i];
}

}  // namespace

void StatusCountWriter::move(const std::string& scope, std::optional<ExecutionStatus> from,
                             std::optional<ExecutionStatus> to) {
  auto& entry = *scopes_.try_emplace(scope).first;
  if (from) --entry.second.counts[static_cast<size_t>(*from)];
  if (to) ++entry.second.counts[static_cast<size_t>(*to)];
  if (!std::exchange(entry.second.is_changed, true)) changed_.push_back(&entry);
}

base::Result<void> StatusCountWriter::write(const ExecutionStore& executions, store::Batch& batch) {
  const store::Keyspace space = executions.keyspaces().counts;
  for (auto* entry : changed_) {
    auto& [scope, own] = *entry;
    const std::string key = key_of(scope, writer_);
    if (!std::exchange(own.is_read, true)) {
      const auto stored = PAWL_TRY(executions.store().get(space, key));
      if (stored) add(own.counts, PAWL_TRY(decode(*stored)));
    }
    own.is_changed = false;
    if (is_zero(own.counts))
      batch.erase(space, key);
    else
      batch.put(space, key, encode(own.counts));
  }
  changed_.clear();
  // They are read again when needed, after this batch has been committed.
  if (scopes_.size() > kScopesMax) scopes_.clear();
  return {};
}

base::Result<StatusCountsByScope> read_status_counts(const ExecutionStore& executions) {
  const auto cursor = executions.store().cursor(executions.keyspaces().counts, store::Range::all());
  StatusCountsByScope sums;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    const auto scope = KeyReader(cursor->key()).text();
    if (!scope) return base::Error(base::ErrorKind::TypeMismatch, "stored counts: damaged");
    if (!scope->empty()) add(sums[*scope], PAWL_TRY(decode(cursor->value())));
  }
  return sums;
}

base::Result<std::unique_ptr<StatusCountRebuild>> StatusCountRebuild::begin(
    const ExecutionStore& executions) {
  const ExecutionKeyspaces& spaces = executions.keyspaces();
  store::Store& store = executions.store();
  const std::string marker = key_of("", 0);
  if (PAWL_TRY(store.get(spaces.counts, marker))) return std::unique_ptr<StatusCountRebuild>();
  store::Batch batch;
  batch.erase_range(spaces.counts, Range::all());
  const bool is_empty = !PAWL_TRY(store.cursor(spaces.executions, Range::all())->first());
  if (is_empty) batch.put(spaces.counts, marker, std::string(1, kFormat));
  // Whatever moves is committed after this, so no sync is needed.
  PAWL_TRY_VOID(store.commit(batch, store::Sync::No));
  if (is_empty) return std::unique_ptr<StatusCountRebuild>();
  return std::unique_ptr<StatusCountRebuild>(new StatusCountRebuild(executions));
}

base::Result<std::optional<StatusCountsByScope>> StatusCountRebuild::run(
    const std::function<bool()>& go_on) {
  const ExecutionKeyspaces& spaces = executions_.keyspaces();
  StatusCountsByScope sums;
  const auto cursor = snapshot_->cursor(spaces.executions, Range::all());
  size_t read = 0;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    if (++read % kRecordsPerQuestion == 0 && !go_on()) return std::optional<StatusCountsByScope>();
    std::string_view rest;
    const ExecutionRecord record = PAWL_TRY(decode_execution_record(cursor->value(), rest));
    if (record.map_run == 0) ++sums[record.scope][static_cast<size_t>(record.status)];
  }
  store::Batch batch;
  for (const auto& [scope, counts] : sums)
    batch.put(spaces.counts, key_of(scope, StatusCountWriter::kRebuild), encode(counts));
  batch.put(spaces.counts, key_of("", 0), std::string(1, kFormat));
  PAWL_TRY_VOID(executions_.store().commit(batch, store::Sync::No));
  return std::optional<StatusCountsByScope>(std::move(sums));
}

}  // namespace pawl::engine
