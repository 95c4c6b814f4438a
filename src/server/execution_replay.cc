// SPDX-License-Identifier: Apache-2.0
#include "server/execution_replay.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/replay_check.h"
#include "engine/replay_lines.h"
#include "interpreter/history_json.h"
#include "services/states/engine_revisions.h"
#include "services/states/machine_registry.h"
#include "services/states/machine_store.h"

namespace pawl::server {
namespace {

using engine::Replay;
using json::ObjectBuilder;
using json::Value;

Value text_list(const std::vector<std::string>& texts) {
  std::vector<Value> list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Value::array(std::move(list));
}

template <typename Number>
Value number_list(const std::vector<Number>& numbers) {
  std::vector<Value> list;
  for (const Number number : numbers) list.emplace_back(static_cast<int64_t>(number));
  return Value::array(std::move(list));
}

Value line_value(const engine::ReplayLine& line) {
  ObjectBuilder variables;
  for (const auto& [name, value] : line.variables) variables.set(name, value);
  ObjectBuilder out;
  out.set("line", Value(line.name))
      .set("parent", line.parent.empty() ? Value() : Value(line.parent))
      .set("index", Value(int64_t{line.index}))
      .set("state", Value(line.state))
      .set("phase", Value(line.phase))
      .set("input", Value(line.input))
      .set("variables", std::move(variables).build())
      .set("retries", number_list(line.retries))
      .set("waits", text_list(line.waits))
      .set("lastEventId", Value(line.last_event));
  return std::move(out).build();
}

class Rendering {
 public:
  explicit Rendering(Replay& replay) : replay_(replay) {}

  Value all() const {
    const int64_t state_at = replay_.state.next_event_id - 1;
    std::vector<Value> lines;
    for (const engine::ReplayLine& line : engine::lines_of(replay_))
      lines.push_back(line_value(line));
    ObjectBuilder out;
    out.set("executionArn", Value(execution_arn_of(replay_.record)))
        .set("status", Value(interpreter::execution_status_name(replay_.record.status)))
        .set("events", Value(replay_.last_event))
        .set("until", Value(replay_.event.id))
        .set("event", event(replay_.event))
        .set("stateAt", Value(state_at))
        .set("lines", Value::array(std::move(lines)))
        .set("check", check());
    return std::move(out).build();
  }

 private:
  Value event(const interpreter::HistoryEvent& event) const {
    return interpreter::render(event, *replay_.revision->program, *replay_.state.info,
                               {.iso8601_timestamps = true});
  }

  Value check() const {
    const engine::ReplayCheck& check = replay_.check;
    std::vector<Value> not_derivable;
    for (const engine::NotDerivable& each : check.not_derivable)
      not_derivable.push_back(
          Value::object({{"event", Value(each.event)}, {"why", Value(each.why)}}));
    Value difference;
    if (check.first_difference) {
      const auto& [stored, replayed] = *check.first_difference;
      difference = Value::object({{"stored", stored ? event(*stored) : Value()},
                                  {"replayed", replayed ? event(*replayed) : Value()}});
    }
    ObjectBuilder out;
    out.set("records", Value(static_cast<int64_t>(check.records)))
        .set("eventsCompared", Value(static_cast<int64_t>(check.events_compared)))
        .set("notDerivable", Value::array(std::move(not_derivable)))
        .set("random", number_list(check.random))
        .set("firstDifference", std::move(difference));
    return std::move(out).build();
  }

  Replay& replay_;
};

}  // namespace

base::Result<Value> replay_as_json(store::Store& store, std::string_view execution_arn,
                                   int64_t until) {
  const auto executions = PAWL_TRY(engine::ExecutionStore::open(store));
  const auto name = engine::parse_execution_arn(execution_arn);
  if (!name)
    return base::Error(base::ErrorKind::NotFound,
                       std::string(execution_arn) + " is no ARN of a STANDARD execution");
  const auto id = PAWL_TRY(executions.find(name->scope, name->name));
  if (!id)
    return base::Error(base::ErrorKind::NotFound,
                       "there is no execution " + std::string(execution_arn));
  const auto machines = PAWL_TRY(states::MachineStore::open(store));
  states::MachineRegistry registry(*machines);
  states::EngineRevisions revisions(registry);
  Replay replay = PAWL_TRY(engine::replay_execution(executions, revisions, *id, until));
  return Rendering(replay).all();
}

}  // namespace pawl::server
