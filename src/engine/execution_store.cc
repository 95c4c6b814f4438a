// SPDX-License-Identifier: Apache-2.0
#include "engine/execution_store.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "interpreter/stored/step_record.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using interpreter::HistoryEvent;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;
using store::Shape;

constexpr size_t kLookedAtMax = 10'000;

base::Error damaged(std::string_view what) {
  return {base::ErrorKind::TypeMismatch, "stored " + std::string(what) + ": damaged"};
}

/// The step record inside a steps value.
base::Result<std::string_view> step_record_of(std::string_view value) {
  std::vector<StoredTimer> timers;
  std::vector<StoredTask> tasks;
  PAWL_TRY_VOID(ExecutionStore::decode_waits(value, timers, tasks));
  return value;
}

}  // namespace

base::Result<ExecutionStore> ExecutionStore::open(store::Store& store) {
  ExecutionKeyspaces spaces;
  spaces.executions = PAWL_TRY(store.keyspace("states/executions", Shape::Records));
  spaces.steps = PAWL_TRY(store.keyspace("states/steps", Shape::Records));
  spaces.names = PAWL_TRY(store.keyspace("states/names", Shape::Records));
  spaces.lists = PAWL_TRY(store.keyspace("states/lists", Shape::Records));
  spaces.open = PAWL_TRY(store.keyspace("states/open", Shape::Queue));
  spaces.timers = PAWL_TRY(store.keyspace("states/timers", Shape::Queue));
  spaces.outbox = PAWL_TRY(store.keyspace("states/outbox", Shape::Queue));
  spaces.map_runs = PAWL_TRY(store.keyspace("states/map-runs", Shape::Records));
  spaces.counts = PAWL_TRY(store.keyspace("states/counts", Shape::Records));
  return ExecutionStore(store, spaces);
}

base::Result<std::optional<ExecutionId>> ExecutionStore::find(std::string_view scope,
                                                              std::string_view name) const {
  const auto value = PAWL_TRY(store_->get(keyspaces_.names, name_key(scope, name)));
  if (!value) return std::optional<ExecutionId>();
  const auto id = KeyReader(*value).u64();
  if (!id) return damaged("execution name");
  return std::optional<ExecutionId>(*id);
}

base::Result<std::optional<ExecutionRecord>> ExecutionStore::record(ExecutionId id) const {
  const auto value = PAWL_TRY(store_->get(keyspaces_.executions, id_key(id)));
  if (!value) return std::optional<ExecutionRecord>();
  std::string_view rest;
  ExecutionRecord record = PAWL_TRY(decode_execution_record(*value, rest));
  record.id = id;
  return std::optional<ExecutionRecord>(std::move(record));
}

base::Result<std::optional<ExecutionSummary>> ExecutionStore::summary(ExecutionId id) const {
  auto stored = PAWL_TRY(load(id));
  if (!stored) return std::optional<ExecutionSummary>();
  ExecutionSummary summary;
  summary.record = std::move(stored->record);
  summary.input = stored->state.input.text();
  if (stored->state.status == interpreter::ExecutionStatus::Succeeded)
    summary.output = stored->state.output.text();
  summary.error = std::move(stored->state.error);
  summary.events = stored->state.next_event_id - 1;
  return std::optional<ExecutionSummary>(std::move(summary));
}

base::Result<std::optional<StoredExecution>> ExecutionStore::load(ExecutionId id) const {
  // One snapshot: the partition may write the execution's end meanwhile.
  const auto snapshot = store_->snapshot();
  const auto value = PAWL_TRY(snapshot->get(keyspaces_.executions, id_key(id)));
  if (!value) return std::optional<StoredExecution>();
  StoredExecution stored;
  std::string_view inline_step;
  stored.record = PAWL_TRY(decode_execution_record(*value, inline_step));
  stored.record.id = id;
  if (!inline_step.empty()) {
    PAWL_TRY_VOID(interpreter::apply_step_record(inline_step, stored.state));
    stored.next_record = 1;
    stored.inline_step = inline_step;
  }
  // Back to the newest record that says everything, then forward again.
  const auto cursor = snapshot->cursor(keyspaces_.steps, Range::prefix(id_key(id)));
  std::vector<std::string> records;
  for (bool more = PAWL_TRY(cursor->last()); more; more = PAWL_TRY(cursor->prev())) {
    if (records.empty()) {
      KeyReader key(cursor->key());
      key.u64();
      key.u64();
      stored.next_record = key.u32().value_or(0) + 1;
    }
    records.emplace_back(cursor->value());
    const auto step = PAWL_TRY(step_record_of(records.back()));
    if (PAWL_TRY(interpreter::read_record_header(step)).kind == interpreter::RecordKind::Full)
      break;
  }
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    std::string_view bytes = *record;
    stored.timers.clear();
    stored.tasks.clear();
    PAWL_TRY_VOID(decode_waits(bytes, stored.timers, stored.tasks));
    PAWL_TRY_VOID(interpreter::apply_step_record(bytes, stored.state));
  }
  return std::optional<StoredExecution>(std::move(stored));
}

template <typename Event, typename Read>
base::Result<void> ExecutionStore::read_history(ExecutionId id, int64_t first, int64_t last,
                                                const Read& read, std::vector<Event>& out) const {
  const auto snapshot = store_->snapshot();
  const auto value = PAWL_TRY(snapshot->get(keyspaces_.executions, id_key(id)));
  if (!value) return {};
  std::string_view inline_step;
  PAWL_TRY(decode_execution_record(*value, inline_step));
  if (!inline_step.empty()) PAWL_TRY_VOID(read(inline_step, first, last, out));
  const auto cursor = snapshot->cursor(keyspaces_.steps, Range::prefix(id_key(id)));
  // The record that holds event `first` is the last one whose first event is not behind it.
  bool more = PAWL_TRY(cursor->seek_before(step_key(id, first + 1, 0)));
  if (!more) more = PAWL_TRY(cursor->first());
  for (; more; more = PAWL_TRY(cursor->next())) {
    KeyReader key(cursor->key());
    key.u64();
    if (static_cast<int64_t>(key.u64().value_or(0)) > last) break;
    const auto step = PAWL_TRY(step_record_of(cursor->value()));
    PAWL_TRY_VOID(read(step, first, last, out));
  }
  return {};
}

base::Result<std::vector<interpreter::EventOutline>> ExecutionStore::outlines(
    ExecutionId id, int64_t first, size_t events_max) const {
  std::vector<interpreter::EventOutline> events;
  if (events_max == 0) return events;
  const auto max = static_cast<int64_t>(std::min<size_t>(events_max, INT64_MAX / 2));
  const int64_t last = first > INT64_MAX - 1 - max ? INT64_MAX - 1 : first + max - 1;
  PAWL_TRY_VOID(read_history(id, first, last, interpreter::read_record_outlines, events));
  return events;
}

base::Result<std::vector<HistoryEvent>> ExecutionStore::history(ExecutionId id, int64_t first,
                                                                int64_t last, size_t events_max,
                                                                bool reverse) const {
  std::vector<HistoryEvent> events;
  if (first > last || events_max == 0) return events;
  const auto max = static_cast<int64_t>(std::min<size_t>(events_max, INT64_MAX / 2));
  if (reverse) {
    first = std::max(first, last - max + 1);
  } else if (last - first >= max) {
    last = first + max - 1;
  }
  PAWL_TRY_VOID(read_history(id, first, last, interpreter::read_record_events, events));
  if (reverse) std::reverse(events.begin(), events.end());
  return events;
}

base::Result<ExecutionStore::ListPage> ExecutionStore::list(const ListQuery& query) const {
  // Running ones have an index of their own: few among millions of ended ones are found at once.
  const bool open_only = query.status == interpreter::ExecutionStatus::Running;
  const auto snapshot = store_->snapshot();
  const std::string prefix = KeyBuilder().text(query.list).take();
  const auto cursor =
      snapshot->cursor(open_only ? keyspaces_.open : keyspaces_.lists, Range::prefix(prefix));
  ListPage page;
  size_t looked_at = 0;
  ExecutionId latest = query.before;
  bool more = query.before == UINT64_MAX
                  ? PAWL_TRY(cursor->first())
                  : PAWL_TRY(cursor->seek(list_key(query.list, query.before - 1)));
  for (; more; more = PAWL_TRY(cursor->next())) {
    if (page.records.size() == query.records_max || looked_at++ == kLookedAtMax) {
      page.next = latest;
      break;
    }
    KeyReader key(cursor->key());
    key.text();
    const auto inverted = key.u64();
    if (!inverted) return damaged("list");
    latest = ~*inverted;
    const auto value = PAWL_TRY(snapshot->get(keyspaces_.executions, id_key(latest)));
    if (!value) continue;
    std::string_view rest;
    ExecutionRecord record = PAWL_TRY(decode_execution_record(*value, rest));
    record.id = latest;
    if (query.status && record.status != *query.status) continue;
    if (!query.version.empty() && record.version != query.version) continue;
    if (!query.alias.empty() && record.alias != query.alias) continue;
    if (query.redriven && (record.redrive_count > 0) != *query.redriven) continue;
    page.records.push_back(std::move(record));
  }
  return page;
}

base::Result<bool> ExecutionStore::has_open(std::string_view scope) const {
  const auto cursor =
      store_->cursor(keyspaces_.open, Range::prefix(KeyBuilder().text(scope).take()));
  return cursor->first();
}

base::Result<int64_t> ExecutionStore::last_event_id(ExecutionId id) const {
  const auto snapshot = store_->snapshot();
  const auto cursor = snapshot->cursor(keyspaces_.steps, Range::prefix(id_key(id)));
  if (PAWL_TRY(cursor->last())) {
    const auto step = PAWL_TRY(step_record_of(cursor->value()));
    return PAWL_TRY(interpreter::read_record_header(step)).next_event_id - 1;
  }
  const auto value = PAWL_TRY(snapshot->get(keyspaces_.executions, id_key(id)));
  std::string_view step;
  if (value) PAWL_TRY(decode_execution_record(*value, step));
  if (step.empty()) return int64_t{0};
  return PAWL_TRY(interpreter::read_record_header(step)).next_event_id - 1;
}

base::Result<ExecutionId> ExecutionStore::last_id() const {
  const auto cursor = store_->cursor(keyspaces_.executions, Range::all());
  if (!PAWL_TRY(cursor->last())) return ExecutionId{0};
  return KeyReader(cursor->key()).u64().value_or(0);
}

std::string ExecutionStore::id_key(ExecutionId id) { return KeyBuilder().u64(id).take(); }

std::string ExecutionStore::step_key(ExecutionId id, int64_t first_event_id, uint32_t number) {
  return KeyBuilder().u64(id).u64(static_cast<uint64_t>(first_event_id)).u32(number).take();
}

std::string ExecutionStore::name_key(std::string_view scope, std::string_view name) {
  return KeyBuilder().text(scope).raw(name).take();
}

std::string ExecutionStore::list_key(std::string_view list, ExecutionId id) {
  return KeyBuilder().text(list).u64(~id).take();
}

std::string ExecutionStore::timer_key(base::Timestamp due, ExecutionId id,
                                      interpreter::TimerId timer) {
  return KeyBuilder().i64(due.ms).u64(id).u32(timer.frame).u32(timer.sequence).take();
}

std::string ExecutionStore::outbox_key(ExecutionId id, interpreter::TaskId task) {
  return KeyBuilder().u64(id).u32(task.frame).u32(task.sequence).take();
}

void ExecutionStore::encode_waits(const std::vector<StoredTimer>& timers,
                                  const std::vector<StoredTask>& tasks, std::string& out) {
  base::ByteWriter writer(out);
  writer.varint(timers.size());
  for (const StoredTimer& timer : timers) {
    writer.varint(timer.timer.frame);
    writer.varint(timer.timer.sequence);
    writer.signed_varint(timer.due.ms);
  }
  writer.varint(tasks.size());
  for (const StoredTask& task : tasks) {
    writer.varint(task.task.frame);
    writer.varint(task.task.sequence);
    writer.signed_varint(task.scheduled_event_id);
  }
}

base::Result<void> ExecutionStore::decode_waits(std::string_view& bytes,
                                                std::vector<StoredTimer>& timers,
                                                std::vector<StoredTask>& tasks) {
  base::ByteReader reader(bytes);
  const auto wait_id = [&reader] {
    const auto frame = static_cast<interpreter::FrameId>(reader.varint());
    return interpreter::WaitId{frame, static_cast<uint32_t>(reader.varint())};
  };
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const interpreter::TimerId timer = wait_id();
    timers.push_back({timer, {reader.signed_varint()}});
  }
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const interpreter::TaskId task = wait_id();
    tasks.push_back({task, reader.signed_varint()});
  }
  if (!reader.ok()) return damaged("step");
  bytes = reader.rest();
  return {};
}

}  // namespace pawl::engine
