// SPDX-License-Identifier: Apache-2.0
#include "engine/execution_check.h"

#include <memory>
#include <optional>
#include <utility>

#include "engine/map_run_record.h"
#include "interpreter/stored/step_record.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;
using store::KeyReader;
using store::Keyspace;
using store::Range;

class Walk {
 public:
  Walk(const ExecutionStore& executions, size_t faults_max)
      : spaces_(executions.keyspaces()),
        snapshot_(executions.store().snapshot()),
        faults_max_(faults_max) {}

  base::Result<ExecutionCheck> run() {
    PAWL_TRY_VOID(walk_executions());
    PAWL_TRY_VOID(walk_steps());
    PAWL_TRY_VOID(walk_names());
    PAWL_TRY_VOID(walk_lists(spaces_.lists, "list entry", &found_.list_entries));
    PAWL_TRY_VOID(walk_lists(spaces_.open, "entry of running executions", nullptr));
    PAWL_TRY_VOID(walk_timers());
    PAWL_TRY_VOID(walk_outbox());
    PAWL_TRY_VOID(walk_map_runs());
    return std::move(found_);
  }

 private:
  void fault(std::string text) {
    ++found_.faults_found;
    if (found_.faults.size() < faults_max_) found_.faults.push_back(std::move(text));
  }
  void fault(const ExecutionRecord& record, const std::string& text) {
    fault("execution " + execution_arn_of(record) + ": " + text);
  }

  base::Result<bool> has(Keyspace space, std::string_view key) {
    return PAWL_TRY(snapshot_->get(space, key)).has_value();
  }
  base::Result<bool> exists(ExecutionId id) {
    return has(spaces_.executions, ExecutionStore::id_key(id));
  }

  /// Calls `visit(key, value)` for each key; that answers a Result<void>.
  template <typename Visitor>
  base::Result<void> each(Keyspace space, const Range& range, const Visitor& visit) {
    const auto cursor = snapshot_->cursor(space, range);
    for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next()))
      PAWL_TRY_VOID(visit(cursor->key(), cursor->value()));
    return {};
  }

  base::Result<void> walk_executions() {
    return each(spaces_.executions, Range::all(),
                [this](std::string_view key, std::string_view value) -> base::Result<void> {
                  ++found_.executions;
                  const ExecutionId id = KeyReader(key).u64().value_or(0);
                  std::string_view inline_step;
                  auto record = decode_execution_record(value, inline_step);
                  if (!record) {
                    fault("execution " + std::to_string(id) + ": " + record.error().message);
                    return {};
                  }
                  record->id = id;
                  if (record->status == ExecutionStatus::Running) ++found_.running;
                  PAWL_TRY_VOID(check_steps(*record, inline_step));
                  return check_indexes(*record);
                });
  }

  /// What the step records of one execution say, in their order.
  base::Result<void> check_steps(const ExecutionRecord& record, std::string_view inline_step) {
    Chain chain;
    if (!inline_step.empty()) apply(record, inline_step, chain);
    PAWL_TRY_VOID(each(
        spaces_.steps, Range::prefix(ExecutionStore::id_key(record.id)),
        [&](std::string_view key, std::string_view value) -> base::Result<void> {
          KeyReader parts(key);
          parts.u64();
          const auto first_event = static_cast<int64_t>(parts.u64().value_or(0));
          const uint32_t number = parts.u32().value_or(0);
          if (number != chain.next_number || first_event != chain.state.next_event_id)
            fault(record, "step record " + std::to_string(number) + " from event " +
                              std::to_string(first_event) + " stands where " +
                              std::to_string(chain.next_number) + " from event " +
                              std::to_string(chain.state.next_event_id) + " should");
          chain.next_number = number + 1;
          chain.timers.clear();
          chain.tasks.clear();
          if (const auto read = ExecutionStore::decode_waits(value, chain.timers, chain.tasks);
              !read)
            fault(record, "step record " + std::to_string(number) + ": " + read.error().message);
          else
            apply(record, value, chain);
          return {};
        }));
    if (chain.is_readable && chain.state.next_event_id == 1) {
      fault(record, "has no events");
    } else if (chain.is_readable && chain.state.status != record.status) {
      fault(record, "is " + std::string(execution_status_name(record.status)) +
                        ", but its steps say " +
                        std::string(execution_status_name(chain.state.status)));
    }
    if (record.status != ExecutionStatus::Running) return {};
    return check_waits(record, chain);
  }

  struct Chain {
    interpreter::ExecutionState state;
    std::vector<StoredTimer> timers;
    std::vector<StoredTask> tasks;
    uint32_t next_number = 0;
    bool is_readable = true;
  };

  void apply(const ExecutionRecord& record, std::string_view step, Chain& chain) {
    ++found_.step_records;
    int64_t next = chain.state.next_event_id;
    std::vector<interpreter::HistoryEvent> events;
    auto read = interpreter::read_record_events(step, 1, INT64_MAX, events);
    for (const interpreter::HistoryEvent& event : events) {
      if (event.id != next++) {
        fault(record, "event " + std::to_string(event.id) + " stands where " +
                          std::to_string(next - 1) + " should");
        next = event.id + 1;
      }
    }
    found_.events += events.size();
    if (read && chain.is_readable) read = interpreter::apply_step_record(step, chain.state);
    if (!read) {
      fault(record, read.error().message);
      chain.is_readable = false;
    }
    // Goes on with the next record where that says it does.
    chain.state.next_event_id = next;
  }

  base::Result<void> check_waits(const ExecutionRecord& record, const Chain& chain) {
    for (const StoredTimer& timer : chain.timers) {
      if (!PAWL_TRY(
              has(spaces_.timers, ExecutionStore::timer_key(timer.due, record.id, timer.timer))))
        fault(record, "waits for a timer that is not set");
    }
    for (const StoredTask& task : chain.tasks) {
      if (!PAWL_TRY(has(spaces_.outbox, ExecutionStore::outbox_key(record.id, task.task))))
        fault(record, "waits for a task that is not in the outbox");
    }
    return {};
  }

  base::Result<void> check_indexes(const ExecutionRecord& record) {
    const std::string list_key = ExecutionStore::list_key(
        record.map_run == 0 ? record.scope : record.map_run_arn, record.id);
    if (!PAWL_TRY(has(spaces_.names, ExecutionStore::name_key(record.scope, record.name))))
      fault(record, "is not found by its name");
    if (!PAWL_TRY(has(spaces_.lists, list_key))) fault(record, "is in no list");
    const bool is_open = PAWL_TRY(has(spaces_.open, list_key));
    if (is_open != (record.status == ExecutionStatus::Running))
      fault(record,
            is_open ? "has ended, but is listed as running" : "runs, but is not listed as running");
    return {};
  }

  /// Step records of executions that are not there.
  base::Result<void> walk_steps() {
    const auto cursor = snapshot_->cursor(spaces_.steps, Range::all());
    bool more = PAWL_TRY(cursor->first());
    while (more) {
      const ExecutionId id = KeyReader(cursor->key()).u64().value_or(0);
      if (!PAWL_TRY(exists(id)))
        fault("step records of execution " + std::to_string(id) + ", which does not exist");
      more = id < UINT64_MAX && PAWL_TRY(cursor->seek(ExecutionStore::id_key(id + 1)));
    }
    return {};
  }

  base::Result<void> check_target(const std::string& what, std::optional<ExecutionId> id) {
    if (!id) {
      fault(what + ": damaged");
    } else if (!PAWL_TRY(exists(*id))) {
      fault(what + " of execution " + std::to_string(*id) + ", which does not exist");
    }
    return {};
  }

  base::Result<void> walk_names() {
    return each(spaces_.names, Range::all(), [this](std::string_view key, std::string_view value) {
      ++found_.names;
      KeyReader parts(key);
      const std::string scope = parts.text().value_or("");
      return check_target("name " + scope + " " + std::string(parts.rest()),
                          KeyReader(value).u64());
    });
  }

  base::Result<void> walk_lists(Keyspace space, const std::string& what, uint64_t* count) {
    return each(space, Range::all(), [&](std::string_view key, std::string_view) {
      if (count != nullptr) ++*count;
      KeyReader parts(key);
      const auto list = parts.text();
      const auto inverted = parts.u64();
      return check_target(what + " in " + list.value_or("?"),
                          inverted ? std::optional(~*inverted) : std::nullopt);
    });
  }

  base::Result<void> walk_timers() {
    return each(spaces_.timers, Range::all(), [this](std::string_view key, std::string_view) {
      ++found_.timers;
      KeyReader parts(key);
      parts.i64();
      return check_target("timer", parts.u64());
    });
  }

  base::Result<void> walk_outbox() {
    return each(spaces_.outbox, Range::all(), [this](std::string_view key, std::string_view value) {
      ++found_.tasks;
      // An answer may come later than the end of its task.
      if (!value.empty()) return base::Result<void>();
      return check_target("task in the outbox", KeyReader(key).u64());
    });
  }

  base::Result<void> walk_map_runs() {
    return each(spaces_.map_runs, MapRunStore::records_range(),
                [this](std::string_view, std::string_view value) -> base::Result<void> {
                  ++found_.map_runs;
                  const auto run = decode_map_run_record(value);
                  if (!run) {
                    fault("Map Run: " + run.error().message);
                    return {};
                  }
                  return check_target("Map Run " + run->arn, run->parent);
                });
  }

  const ExecutionKeyspaces& spaces_;
  std::unique_ptr<store::Snapshot> snapshot_;
  size_t faults_max_;
  ExecutionCheck found_;
};

}  // namespace

base::Result<ExecutionCheck> check_executions(const ExecutionStore& executions, size_t faults_max) {
  return Walk(executions, faults_max).run();
}

}  // namespace pawl::engine
