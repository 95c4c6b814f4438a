// SPDX-License-Identifier: Apache-2.0
// The expressions of each type of state.
#include "interpreter/state_expressions.h"

#include "interpreter/choice_rules.h"
#include "interpreter/state_evaluator.h"

namespace pawl::interpreter {
namespace {

using json::Payload;
using json::Value;

constexpr const char* kNotReadable = "what it reads could not be evaluated";

std::string child(const std::string& pointer, std::string_view name, size_t index) {
  return pointer + "/" + std::string(name) + "/" + std::to_string(index);
}

bool always() { return true; }

}  // namespace

std::vector<StateExpression> StateEvaluator::all() {
  switch (state_.type) {
    case asl::StateType::Task: add_task(std::get<asl::TaskState>(state_.detail)); break;
    case asl::StateType::Pass: add_pass(std::get<asl::PassState>(state_.detail)); break;
    case asl::StateType::Choice: add_choice(std::get<asl::ChoiceState>(state_.detail)); break;
    case asl::StateType::Wait: add_wait(std::get<asl::WaitState>(state_.detail)); break;
    case asl::StateType::Succeed:
      add_path_field("InputPath", state_.input_path, frame_.input, "");
      add_plain_flow();
      break;
    case asl::StateType::Fail: add_fail(std::get<asl::FailState>(state_.detail)); break;
    case asl::StateType::Parallel: add_parallel(std::get<asl::ParallelState>(state_.detail)); break;
    case asl::StateType::Map: add_map(std::get<asl::MapState>(state_.detail)); break;
  }
  add_retriers();
  add_catchers();
  return std::move(rows_);
}

Outcome<Payload> StateEvaluator::effective_input() {
  const Payload input = PAWL_TRY(input_after_path());
  const auto* parallel = std::get_if<asl::ParallelState>(&state_.detail);
  if (parallel == nullptr) return input;
  if (parallel->arguments) return Payload(PAWL_TRY(whole(*parallel->arguments)));
  return stepper_.apply_template(frame_, parallel->parameters, input);
}

Outcome<Value> StateEvaluator::map_items() {
  const auto& map = std::get<asl::MapState>(state_.detail);
  if (!speaks_jsonata()) return stepper_.map_items(frame_, map, PAWL_TRY(input_after_path()));
  if (!map.items) return frame_.input.value();
  return whole(*map.items);
}

/// The value of a field that sees neither result nor error.
Outcome<Value> StateEvaluator::whole(const query::jsonata::ValueTemplate& field) {
  const Value& raw = frame_.input.value();
  const FrameScope scope(program_, moment_.state, frame_, raw, stepper_.random_);
  const StatesFields fields;
  const StatesScope variables(scope, raw, fields, true);
  query::jsonata::EvaluationInput given;
  given.variables = &variables;
  given.random = &stepper_.random_;
  given.now_ms = visit_.evaluated_at.ms;
  auto value = field.evaluate(given);
  if (!value) return tl::unexpected(runtime_failure(std::move(value).error().cause));
  return *std::move(value);
}

void StateEvaluator::add_task(const asl::TaskState& task) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  const Outcome<Payload> input = input_after_path();
  add_integer("", "TimeoutSeconds", task.timeout_seconds, input);
  add_integer("", "HeartbeatSeconds", task.heartbeat_seconds, input);
  add_template("/Parameters", task.parameters, input, "");
  add_jsonata("/Arguments", task.arguments, {});
  add_template("/Credentials", task.credentials, input, "");
  add_jsonata("/Credentials", task.jsonata_credentials, {});
  add_result_flow(task.result_selector);
}

void StateEvaluator::add_pass(const asl::PassState& pass) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  Outcome<Payload> result = input_after_path();
  add_template("/Parameters", pass.parameters, result, "");
  if (pass.result) {
    result = Payload(pass.result->value());
  } else if (result) {
    reseed();
    result = stepper_.apply_template(frame_, pass.parameters, *std::move(result));
  }
  add_assign("", state_.assign, result, {});
  add_jsonata("/Output", state_.output, {});
  if (speaks_jsonata()) return;
  Outcome<Payload> combined = result;
  if (result) {
    combined = stepper_.apply_result_path(frame_, state_.result_path, frame_.input, *result);
  }
  if (state_.result_path.use != asl::ResultPathField::Use::Replace) {
    StateExpression& row = add("/ResultPath", Kind::Path,
                               state_.result_path.path ? state_.result_path.path->text() : "null");
    if (!result) {
      row.pending = kNotReadable;
    } else if (combined) {
      row.value = combined->value();
    } else {
      row.error = combined.error().error;
    }
  }
  add_path_field("OutputPath", state_.output_path, combined, "");
}

// ASL "Choice State": all rules are shown, though the first that holds decides.
void StateEvaluator::add_choice(const asl::ChoiceState& choice) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  const Outcome<Payload> input = input_after_path();
  bool decided = false;
  bool failed = !input;
  const Payload seen = input ? *input : Payload();
  const FrameScope scope(program_, moment_.state, frame_, seen.value(), stepper_.random_);
  for (size_t i = 0; i < choice.choices.size(); ++i) {
    const asl::ChoiceBranch& branch = choice.choices[i];
    const std::string pointer = "/Choices/" + std::to_string(i);
    const size_t row = rows_.size();
    if (failed && !input) {
      add(pointer, Kind::Rule, "").pending = kNotReadable;
    } else if (branch.condition) {
      add_jsonata(pointer + "/Condition", branch.condition, {.expected = json::Kind::Boolean});
    } else {
      add_rule(pointer, branch.rule, scope);
    }
    bool holds = false;
    if (row < rows_.size()) {  // a condition may be a constant
      StateExpression& decision = rows_[row];
      holds = decision.value && decision.value->is_boolean() && decision.value->as_boolean();
      if (failed || decided) {
        decision.note = "not reached";
      } else if (holds) {
        decision.note = "chosen";
      }
      failed = failed || (!decided && decision.error.has_value());
    } else {
      holds = true;  // {"Condition": true}
    }
    Sees sees;
    if (failed || decided || !holds) sees.blocked = "this rule is not chosen";
    decided = decided || (holds && !failed);
    add_assign(pointer, branch.assign, input, sees);
    add_jsonata(pointer + "/Output", branch.output, sees);
  }
  Sees sees;
  if (decided) sees.blocked = "a rule is chosen: only Default uses it";
  if (failed) sees.blocked = "no rule could be chosen";
  add_assign("", state_.assign, input, sees);
  add_path_field("OutputPath", state_.output_path, input, "");
  add_jsonata("/Output", state_.output, sees);
}

// ASL "Choice Rules": the whole, then its parts.
std::optional<bool> StateEvaluator::add_rule(const std::string& pointer,
                                             const asl::ChoiceRule& rule, const FrameScope& scope) {
  StateExpression& row = add(pointer, Kind::Rule, "");
  evaluate_row(row, [&]() -> Outcome<Value> {
    return Value(PAWL_TRY(stepper_.choice_matches(frame_, rule, scope)));
  });
  std::optional<bool> result;
  if (row.value) result = row.value->as_boolean();
  const std::string_view name = asl::choice_operator_name(rule.op);
  if (rule.op == asl::ChoiceOperator::Not) {
    for (const asl::ChoiceRule& part : rule.rules) add_rule(pointer + "/Not", part, scope);
  } else {
    for (size_t i = 0; i < rule.rules.size(); ++i)
      add_rule(child(pointer, name, i), rule.rules[i], scope);
  }
  const auto operand = [&](std::string place, const query::Path& path) {
    StateExpression& operand_row = add(std::move(place), Kind::Path, path.text());
    evaluate_row(operand_row, [&]() -> Outcome<Value> {
      base::Result<Value> value = path.evaluate(scope.bindings());
      if (!value) return tl::unexpected(stepper_.path_failure(frame_, path, value.error()));
      return *std::move(value);
    });
  };
  if (rule.variable) operand(pointer + "/Variable", *rule.variable);
  if (const auto* path = std::get_if<query::Path>(&rule.comparand))
    operand(pointer + "/" + std::string(name) + "Path", *path);
  return result;
}

void StateEvaluator::add_wait(const asl::WaitState& wait) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  const Outcome<Payload> input = input_after_path();
  add_jsonata("/Seconds", wait.seconds.expression, {.expected = json::Kind::Number});
  add_jsonata("/Timestamp", wait.timestamp_expression, {.expected = json::Kind::String});
  if (wait.seconds.path) add_path("/SecondsPath", *wait.seconds.path, input, "");
  if (wait.timestamp_path) add_path("/TimestampPath", *wait.timestamp_path, input, "");
  add_plain_flow();
}

void StateEvaluator::add_fail(const asl::FailState& fail) {
  add_fail_field("Error", fail.error);
  add_fail_field("Cause", fail.cause);
}

void StateEvaluator::add_fail_field(std::string_view name, const asl::StringField& field) {
  const std::string pointer = "/" + std::string(name);
  add_jsonata(pointer, field.expression, {.expected = json::Kind::String});
  if (!field.path) return;
  StateExpression& row =
      add(pointer + "Path", field.path->call() != nullptr ? Kind::Intrinsic : Kind::Path,
          field.path->text());
  evaluate_row(row, [&]() -> Outcome<Value> {
    const auto text =
        PAWL_TRY(stepper_.evaluate_fail_field(frame_, field, std::string(name) + "Path"));
    return text ? Value(*text) : Value();
  });
}

asl::ExecutionError StateEvaluator::fail_error() {
  const auto& fail = std::get<asl::FailState>(state_.detail);
  asl::ExecutionError error{.error = fail.error.literal, .cause = fail.cause.literal};
  add_fail(fail);
  for (const StateExpression& row : rows_) {
    if (!row.value || !row.value->is_string()) continue;
    (row.pointer.starts_with("/Error") ? error.error : error.cause) =
        std::string(row.value->as_string());
  }
  return error;
}

void StateEvaluator::add_parallel(const asl::ParallelState& parallel) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  add_template("/Parameters", parallel.parameters, input_after_path(), "");
  add_jsonata("/Arguments", parallel.arguments, {});
  add_result_flow(parallel.result_selector);
}

void StateEvaluator::add_map(const asl::MapState& map) {
  add_path_field("InputPath", state_.input_path, frame_.input, "");
  const Outcome<Payload> input = input_after_path();
  add_path_field("ItemsPath", map.items_path, input, "");
  add_jsonata("/Items", map.items, {.expected = json::Kind::Array});
  add_integer("", "MaxConcurrency", map.max_concurrency, input);
  if (map.mode == asl::MapMode::Distributed) add_map_run_fields(map, input);
  add_item_selector(map, input);
  add_result_flow(map.result_selector);
}

// ASL "ItemReader", "ItemBatcher", "ResultWriter", "ToleratedFailureCount" …
void StateEvaluator::add_map_run_fields(const asl::MapState& map, const Outcome<Payload>& input) {
  add_integer("", "ToleratedFailureCount", map.tolerated_failure_count, input);
  const asl::NumberField& percentage = map.tolerated_failure_percentage;
  add_jsonata("/ToleratedFailurePercentage", percentage.expression,
              {.expected = json::Kind::Number});
  if (percentage.path) add_path("/ToleratedFailurePercentagePath", *percentage.path, input, "");
  if (map.item_reader) {
    add_template("/ItemReader/Parameters", map.item_reader->parameters, input, "");
    add_jsonata("/ItemReader/Arguments", map.item_reader->arguments, {});
    add_integer("/ItemReader/ReaderConfig", "MaxItems", map.item_reader->max_items, input);
  }
  if (map.item_batcher) {
    const asl::ItemBatcher& batcher = *map.item_batcher;
    add_template("/ItemBatcher/BatchInput", batcher.batch_input, input, "");
    add_jsonata("/ItemBatcher/BatchInput", batcher.jsonata_batch_input, {});
    add_integer("/ItemBatcher", "MaxItemsPerBatch", batcher.max_items_per_batch, input);
    add_integer("/ItemBatcher", "MaxInputBytesPerBatch", batcher.max_input_bytes_per_batch, input);
  }
  if (map.result_writer) {
    add_template("/ResultWriter/Parameters", map.result_writer->parameters, input, "");
    add_jsonata("/ResultWriter/Arguments", map.result_writer->arguments, {});
  }
}

// ASL "ItemSelector": of the iteration that began last, else of the first.
void StateEvaluator::add_item_selector(const asl::MapState& map, const Outcome<Payload>& input) {
  if (!map.item_selector && !map.jsonata_item_selector) return;
  Outcome<Value> items = Value();
  std::string blocked;
  if (map.item_reader && map.mode == asl::MapMode::Distributed) {
    blocked = "the Map Run reads the items";
  } else if (frame_.children) {
    items = frame_.children->items;
  } else {
    items = map_items();
  }
  const size_t index = visit_.item.value_or(0);
  if (blocked.empty() && (!items || !items->is_array() || index >= items->size()))
    blocked = "there is no item";
  std::optional<MapItem> item;
  if (blocked.empty()) item = MapItem{static_cast<int64_t>(index), &items->items()[index]};
  const std::string note = blocked.empty() ? "item " + std::to_string(index) : "";
  add_template("/ItemSelector", map.item_selector, input, blocked, item, note);
  Sees sees;
  sees.fields.item = item;
  sees.blocked = blocked;
  add_jsonata("/ItemSelector", map.jsonata_item_selector, sees, note);
}

std::vector<StateExpression> evaluate_state(const StateMoment& moment,
                                            const std::function<bool()>& go_on) {
  return StateEvaluator(moment, go_on).all();
}

std::optional<Payload> input_of_children(const StateMoment& moment) {
  const std::function<bool()> go_on = always;
  Outcome<Payload> input = StateEvaluator(moment, go_on).effective_input();
  return input ? std::optional<Payload>(*std::move(input)) : std::nullopt;
}

std::optional<Value> items_of_map(const StateMoment& moment) {
  const std::function<bool()> go_on = always;
  Outcome<Value> items = StateEvaluator(moment, go_on).map_items();
  if (!items || !items->is_array()) return std::nullopt;
  return *std::move(items);
}

asl::ExecutionError error_of_fail_state(const StateMoment& moment) {
  const std::function<bool()> go_on = always;
  return StateEvaluator(moment, go_on).fail_error();
}

}  // namespace pawl::interpreter
