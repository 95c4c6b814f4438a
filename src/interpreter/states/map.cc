// SPDX-License-Identifier: Apache-2.0
// ASL "Map State": inline iterations run as frames; a Distributed Map is handed to the engine as a
// Map Run.
#include <algorithm>
#include <utility>

#include "interpreter/stepper.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// Developer Guide "Inline mode": at most 40 iterations at once.
constexpr uint32_t kInlineConcurrencyMax = 40;

}  // namespace

Outcome<void> Stepper::execute_map(Frame& frame, const asl::MapState& map) {
  json::Payload input = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
  inspect_flow(frame, &Inspection::after_input_path, input);
  const bool distributed = map.mode == asl::MapMode::Distributed;
  json::Value items;
  // An ItemReader means something to a Distributed Map only.
  if (!map.item_reader || !distributed) {
    items = speaks_jsonata(frame) ? PAWL_TRY(jsonata_map_items(frame, map))
                                  : PAWL_TRY(map_items(frame, map, input));
    if (result_.inspection != nullptr && !speaks_jsonata(frame))
      result_.inspection->after_items_path = items;
  }
  const int64_t concurrency =
      PAWL_TRY(evaluate_integer(frame, map.max_concurrency, "MaxConcurrencyPath", input))
          .value_or(0);
  if (concurrency < 0) {
    return tl::unexpected(in_state(frame, runtime_failure("MaxConcurrency cannot be negative.")));
  }
  if (result_.inspection != nullptr) {
    result_.inspection->max_concurrency = concurrency;
    PAWL_TRY_VOID(inspect_map(frame, map, input, items));
  }
  emit_next(frame, HistoryEventType::MapStateStarted,
            MapStateStartedDetails{static_cast<int64_t>(items.size())});
  if (state_.status != ExecutionStatus::Running) return {};
  if (distributed || result_.inspection != nullptr)
    return start_map_run(frame, map, input, std::move(items), concurrency);

  frame.phase = Phase::Children;
  frame.children = std::make_unique<Children>();
  note(frame, FramePart::Children);
  Children& children = *frame.children;
  children.total = static_cast<uint32_t>(items.size());
  children.results.resize(children.total);
  children.items = std::move(items);
  children.selector_input = std::move(input);
  children.concurrency = kInlineConcurrencyMax;
  if (concurrency > 0)
    children.concurrency = static_cast<uint32_t>(std::min<int64_t>(concurrency, 40));
  if (children.total == 0) {
    json::Payload none;
    join(frame, none, frame.last_event_id);
    return {};
  }
  start_iterations(frame, frame.last_event_id);
  return {};
}

Outcome<json::Value> Stepper::map_items(const Frame& frame, const asl::MapState& map,
                                        const json::Payload& input) {
  const json::Payload items = PAWL_TRY(apply_path(frame, map.items_path, input));
  if (items.value().is_array()) return items.value();
  std::string path = map.items_path.path ? map.items_path.path->text() : "$";
  if (path.starts_with("$$")) path.erase(0, 1);  // recorded: the path inside the Context Object
  return tl::unexpected(
      in_state(frame, runtime_failure("Reference path \"" + path + "\" must point to array.")));
}

/// Starts as many iterations as MaxConcurrency leaves room for.
// ASL "Items": an array or an expression; without it, the state's input.
Outcome<json::Value> Stepper::jsonata_map_items(const Frame& frame, const asl::MapState& map) {
  if (map.items) return evaluate_typed(frame, *map.items, json::Kind::Array, {});
  const json::Value& input = frame.input.value();
  if (input.is_array()) return input;
  return tl::unexpected(evaluation_failed(
      frame, {"", "Map state input must be an array but was: " + json::write(input)}));
}

void Stepper::start_iterations(Frame& parent, int64_t previous_event_id) {
  Children& children = *parent.children;
  while (state_.status == ExecutionStatus::Running && children.next < children.total &&
         children.running < children.concurrency) {
    const uint32_t index = children.next++;
    ++children.running;
    if (Outcome<void> started = start_iteration(parent, index, previous_event_id); !started) {
      --children.next;  // it has no frame: a redrive starts it like the others that are left
      --children.running;
      fail(parent, std::move(started).error());
      return;
    }
  }
}

Outcome<void> Stepper::start_iteration(Frame& parent, uint32_t index, int64_t previous_event_id) {
  const auto& map = std::get<asl::MapState>(state_of(parent).detail);
  const json::Value& item = parent.children->items.items()[index];
  const int64_t started = emit(previous_event_id, HistoryEventType::MapIterationStarted,
                               MapIterationDetails{parent.state, static_cast<int64_t>(index)});
  json::Payload input(
      PAWL_TRY(select_item(parent, map, parent.children->selector_input.value(), index, item)));
  if (state_.status == ExecutionStatus::Running) {
    make_ready(make_frame(parent.id, index, map.processor, std::move(input), started));
  }
  return {};
}

// ASL "ItemSelector": `$` is the Map's effective input, the item stands in $$.Map.Item.
Outcome<json::Value> Stepper::select_item(const Frame& frame, const asl::MapState& map,
                                          const json::Value& selector_input, uint32_t index,
                                          const json::Value& item) {
  const MapItem map_item{static_cast<int64_t>(index), &item};
  if (map.jsonata_item_selector) {
    StatesFields states;
    states.item = map_item;
    return PAWL_TRY(evaluate_expressions(frame, *map.jsonata_item_selector, states));
  }
  if (!map.item_selector) return item;
  const FrameScope scope(program_, state_, frame, selector_input, random_, map_item);
  base::Result<json::Value> selected = map.item_selector->evaluate(scope.bindings());
  if (!selected) return tl::unexpected(query_failure(frame, selected.error()));
  return *std::move(selected);
}

Outcome<void> Stepper::start_map_run(Frame& frame, const asl::MapState& map,
                                     const json::Payload& input, json::Value items,
                                     int64_t max_concurrency) {
  const int64_t tolerated_count = PAWL_TRY(evaluate_integer(frame, map.tolerated_failure_count,
                                                            "ToleratedFailureCountPath", input))
                                      .value_or(0);
  if (tolerated_count < 0) {
    return tl::unexpected(
        in_state(frame, runtime_failure("ToleratedFailureCount cannot be negative.")));
  }
  StartMapRun run;
  run.state = frame.state;
  run.tolerated_failure_count = tolerated_count;
  run.tolerated_failure_percentage = PAWL_TRY(evaluate_percentage(frame, map, input));
  if (Inspection* inspection = result_.inspection) {
    if (map.tolerated_failure_count.present())
      inspection->tolerated_failure_count = tolerated_count;
    if (map.tolerated_failure_percentage.present())
      inspection->tolerated_failure_percentage = run.tolerated_failure_percentage;
  }
  if (map.item_reader) {
    const asl::ItemReader& reader = *map.item_reader;
    const json::Payload parameters = PAWL_TRY(apply_template(frame, reader.parameters, input));
    run.reader_parameters =
        PAWL_TRY(evaluate_field(frame, reader.arguments, parameters, {})).value();
    run.reader_max_items =
        PAWL_TRY(evaluate_integer(frame, reader.max_items, "MaxItemsPath", input));
  }
  for (const Frame* scope = &frame; scope != nullptr; scope = state_.find(scope->parent)) {
    run.variables.insert(run.variables.end(), scope->variables.begin(), scope->variables.end());
  }
  frame.phase = Phase::MapRun;
  frame.task = frame.next_sequence++;
  run.task = {frame.id, frame.task};
  run.items = std::move(items);
  run.state_input = input.value();
  run.max_concurrency = static_cast<uint32_t>(std::min<int64_t>(max_concurrency, UINT32_MAX));
  result_.commands.push_back(std::move(run));
  return {};
}

Outcome<double> Stepper::evaluate_percentage(const Frame& frame, const asl::MapState& map,
                                             const json::Payload& input) {
  const asl::NumberField& field = map.tolerated_failure_percentage;
  double percentage = field.literal.value_or(0);
  if (field.expression) {
    percentage =
        PAWL_TRY(evaluate_typed(frame, *field.expression, json::Kind::Number, {})).as_double();
  }
  if (field.path) {
    const FrameScope scope(program_, state_, frame, input.value(), random_);
    base::Result<json::Value> value = field.path->evaluate(scope.bindings());
    if (!value) return tl::unexpected(path_failure(frame, *field.path, value.error()));
    // Like the integer fields, a number may come as text (recorded).
    const auto parsed = value->is_string() ? json::parse(value->as_string()) : value;
    if (!parsed || !parsed->is_number()) {
      return tl::unexpected(in_state(
          frame, runtime_failure("The ToleratedFailurePercentagePath field refers to value \"" +
                                 json::write(*value) +
                                 "\" which is not a valid number: " + field.path->text())));
    }
    percentage = parsed->as_double();
  }
  if (percentage < 0 || percentage > 100) {
    return tl::unexpected(
        in_state(frame, runtime_failure("ToleratedFailurePercentage must be between 0 and 100.")));
  }
  return percentage;
}

}  // namespace pawl::interpreter
