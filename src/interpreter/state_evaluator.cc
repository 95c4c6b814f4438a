// SPDX-License-Identifier: Apache-2.0
// What the expressions of all states have in common: their values, the data flow around them,
// Retriers and Catchers.
#include "interpreter/state_evaluator.h"

#include <algorithm>
#include <array>

#include "json/parse.h"

namespace pawl::interpreter {
namespace {

using json::Payload;
using json::Value;

constexpr std::string_view kDynamicSuffix = ".$";

bool may_be_random(std::string_view text) {
  constexpr std::array<std::string_view, 5> kNames = {"random", "uuid", "shuffle", "UUID",
                                                      "MathRandom"};
  return std::any_of(kNames.begin(), kNames.end(), [text](std::string_view name) {
    return text.find(name) != std::string_view::npos;
  });
}

/// What `pointer`, into a template, leads to in the value that was made of it.
const Value* find_filled(const Value& value, std::string_view pointer) {
  const Value* found = &value;
  for (const std::string& token : json::pointer_tokens(pointer)) {
    if (found->is_array()) {
      size_t index = 0;
      for (const char digit : token) index = index * 10 + static_cast<size_t>(digit - '0');
      if (index >= found->size()) return nullptr;
      found = &found->items()[index];
      continue;
    }
    std::string_view name = token;
    if (name.ends_with(kDynamicSuffix)) name.remove_suffix(kDynamicSuffix.size());
    found = found->find(name);
    if (found == nullptr) return nullptr;
  }
  return found;
}

Outcome<Value> value_of(const Outcome<Payload>& payload) {
  if (!payload) return tl::unexpected(payload.error());
  return payload->value();
}

}  // namespace

std::string_view expression_kind_name(StateExpression::Kind kind) {
  switch (kind) {
    case StateExpression::Kind::Path: return "path";
    case StateExpression::Kind::Intrinsic: return "intrinsic";
    case StateExpression::Kind::Jsonata: return "jsonata";
    case StateExpression::Kind::Rule: return "rule";
    case StateExpression::Kind::Retrier: return "retrier";
    case StateExpression::Kind::Catcher: return "catcher";
  }
  return "";
}

StateEvaluator::StateEvaluator(const StateMoment& moment, const std::function<bool()>& go_on)
    : moment_(moment),
      program_(moment.program),
      frame_(moment.frame),
      visit_(moment.visit),
      state_(moment.program.states[moment.frame.state]),
      go_on_(go_on),
      stepper_(moment.program, moment.state, moment.visit.evaluated_at, kSeed, scratch_) {
  scratch_.inspection = &inspection_;
}

void StateEvaluator::reseed(uint64_t seed) { stepper_.random_ = base::Random(seed); }

Outcome<Payload> StateEvaluator::input_after_path() {
  return stepper_.apply_path(frame_, state_.input_path, frame_.input);
}

StateExpression& StateEvaluator::add(std::string pointer, Kind kind, std::string text) {
  StateExpression& row = rows_.emplace_back();
  row.pointer = std::move(pointer);
  row.kind = kind;
  row.text = std::move(text);
  return row;
}

bool StateEvaluator::stopped(StateExpression& row) {
  if (go_on_()) return false;
  row.pending = "not evaluated: the whole answer would take too long";
  return true;
}

void StateEvaluator::evaluate_row(StateExpression& row,
                                  const std::function<Outcome<Value>()>& evaluate) {
  if (stopped(row)) return;
  reseed();
  Outcome<Value> value = evaluate();
  if (value && may_be_random(row.text)) {
    reseed(kOtherSeed);
    const Outcome<Value> other = evaluate();
    row.is_random = !other || !(*other == *value);
  }
  if (value) {
    row.value = *std::move(value);
    if (row.is_random) take_recorded(row);
  } else {
    row.error = std::move(value).error().error;
  }
}

/// What the execution really saw, where its history tells.
void StateEvaluator::take_recorded(StateExpression& row) const {
  std::string_view pointer = row.pointer;
  const auto below = [&pointer](std::string_view field) {
    if (!pointer.starts_with(field)) return false;
    if (pointer.size() > field.size() && pointer[field.size()] != '/') return false;
    pointer.remove_prefix(field.size());
    return true;
  };
  const Value* recorded = nullptr;
  Value assigned;
  if (below("/Parameters") || below("/Arguments")) {
    if (visit_.arguments) recorded = find_filled(*visit_.arguments, pointer);
  } else if (!visit_.left || visit_.failed) {
    return;
  } else if (below("/Assign")) {
    json::ObjectBuilder all;
    if (visit_.assigned) {
      for (const auto& [name, value] : *visit_.assigned) all.set(name, value);
    }
    assigned = std::move(all).build();
    recorded = find_filled(assigned, pointer);
  } else if (below("/Output")) {
    recorded = find_filled(visit_.output.value(), pointer);
  }
  if (recorded == nullptr) return;
  const Value kept = *recorded;
  row.value = kept;
  row.is_recorded = true;
}

// ASL "InputPath", "OutputPath", "ItemsPath".
void StateEvaluator::add_path_field(std::string_view name, const asl::PathField& field,
                                    const Outcome<Payload>& input, const std::string& blocked) {
  if (field.use == asl::PathField::Use::Whole) return;
  StateExpression& row =
      add("/" + std::string(name), Kind::Path, field.path ? field.path->text() : "null");
  if (!blocked.empty()) {
    row.pending = blocked;
  } else if (!input) {
    row.pending = "what it reads could not be evaluated";
  } else {
    evaluate_row(row, [&] { return value_of(stepper_.apply_path(frame_, field, *input)); });
  }
}

void StateEvaluator::add_path(std::string pointer, const query::Path& path,
                              const Outcome<Payload>& input, const std::string& blocked) {
  StateExpression& row = add(std::move(pointer), Kind::Path, path.text());
  if (!blocked.empty()) {
    row.pending = blocked;
  } else if (!input) {
    row.pending = "what it reads could not be evaluated";
  } else {
    evaluate_row(row, [&]() -> Outcome<Value> {
      const FrameScope scope(program_, moment_.state, frame_, input->value(), stepper_.random_);
      base::Result<Value> value = path.evaluate(scope.bindings());
      if (!value) return tl::unexpected(stepper_.path_failure(frame_, path, value.error()));
      return *std::move(value);
    });
  }
}

// ASL "Payload Template".
void StateEvaluator::add_template(const std::string& pointer,
                                  const std::optional<query::PayloadTemplate>& field,
                                  const Outcome<Payload>& input, const std::string& blocked,
                                  std::optional<MapItem> item, const std::string& note) {
  if (!field || field->is_literal()) return;
  std::string pending = blocked;
  if (pending.empty() && !input) pending = "what it reads could not be evaluated";
  const Payload none;
  const Value& seen = pending.empty() ? input->value() : none.value();
  const FrameScope scope(program_, moment_.state, frame_, seen, stepper_.random_, item);
  field->for_each_expression(
      [&](const std::string& below, const query::TemplateExpression& expression) {
        StateExpression& row =
            add(pointer + below, expression.call() != nullptr ? Kind::Intrinsic : Kind::Path,
                expression.text());
        row.note = note;
        row.pending = pending;
        if (pending.empty() && frame_.task_token.empty() &&
            row.text.find("Task.Token") != std::string::npos)
          row.pending = "the task's token is not known";
      });
  if (!pending.empty()) return;
  size_t index = rows_.size();
  field->for_each_expression(
      [&index](const std::string&, const query::TemplateExpression&) { --index; });
  if (!go_on_()) {
    for (; index < rows_.size(); ++index) stopped(rows_[index]);
    return;
  }
  for (const uint64_t seed : {kSeed, kOtherSeed}) {
    size_t at = index;
    reseed(seed);
    field->evaluate_each(scope.bindings(), [&](const std::string&, const query::TemplateExpression&,
                                               base::Result<Value> value) {
      StateExpression& row = rows_[at++];
      if (!row.pending.empty()) return;
      if (seed == kOtherSeed) {
        row.is_random = row.value && value && !(*value == *row.value);
        if (row.is_random) take_recorded(row);
      } else if (value) {
        row.value = *std::move(value);
      } else {
        row.error = stepper_.query_failure(frame_, value.error()).error;
      }
    });
    const bool random = std::any_of(rows_.begin() + static_cast<std::ptrdiff_t>(index), rows_.end(),
                                    [](const auto& row) { return may_be_random(row.text); });
    if (!random) break;
  }
}

/// Why `expression` has to wait; "" if it has all that it reads.
std::string StateEvaluator::missing_field(const query::jsonata::Expression& expression,
                                          const Sees& sees) const {
  if (!sees.blocked.empty()) return sees.blocked;
  if (frame_.task_token.empty() && expression.source().find("Task.Token") != std::string::npos)
    return "the task's token is not known";
  if (sees.no_result.empty()) return "";
  for (const std::string& field : expression.fields_of("states")) {
    if (field == "result" || field.empty()) return sees.no_result;
  }
  return "";
}

// ASL "JSONata Expressions".
void StateEvaluator::add_jsonata(const std::string& pointer, const asl::JsonataField& field,
                                 const Sees& sees, const std::string& note) {
  if (!field) return;
  field->for_each_part([&](const query::jsonata::ValueTemplate::Part& part) {
    StateExpression& row = add(pointer + part.pointer, Kind::Jsonata, part.expression.source());
    row.note = note;
    row.pending = missing_field(part.expression, sees);
    if (!row.pending.empty()) return;
    evaluate_row(row, [&]() -> Outcome<Value> {
      const Value& input = frame_.input.value();
      const FrameScope scope(program_, moment_.state, frame_, input, stepper_.random_,
                             sees.fields.item);
      const StatesScope variables(scope, input, sees.fields, field->reads_context());
      query::jsonata::EvaluationInput given;
      given.variables = &variables;
      given.random = &stepper_.random_;
      given.now_ms = visit_.evaluated_at.ms;
      auto value = part.evaluate(given);
      const auto failed = [](query::jsonata::TemplateFailure failure) {
        return tl::unexpected(
            named_failure(asl::error_name::kQueryEvaluationError, std::move(failure.cause)));
      };
      if (!value) return failed(std::move(value).error());
      if (sees.expected && part.pointer.empty() && value->kind() != *sees.expected)
        return failed(field->unexpected_type(json::kind_name(*sees.expected), *value));
      return *std::move(value);
    });
  });
}

void StateEvaluator::add_assign(const std::string& pointer, const asl::AssignField& assign,
                                const Outcome<Payload>& input, const Sees& sees) {
  add_template(pointer + "/Assign", assign.json_path, input, sees.blocked);
  add_jsonata(pointer + "/Assign", assign.jsonata, sees);
}

void StateEvaluator::add_integer(const std::string& pointer, std::string_view name,
                                 const asl::IntegerField& field, const Outcome<Payload>& input) {
  const std::string place = pointer + "/" + std::string(name);
  add_jsonata(place, field.expression, {.expected = json::Kind::Number});
  if (!field.path) return;
  const std::string path_name = std::string(name) + "Path";
  StateExpression& row = add(place + "Path", Kind::Path, field.path->text());
  if (!input) {
    row.pending = "what it reads could not be evaluated";
    return;
  }
  evaluate_row(row, [&]() -> Outcome<Value> {
    return Value(PAWL_TRY(stepper_.evaluate_integer(frame_, field, path_name, *input)).value_or(0));
  });
}

std::string StateEvaluator::why_no_result() const {
  if (visit_.succeeded && !visit_.result)
    return "what its Map Run returned is not in the history of this execution";
  if (visit_.succeeded) return "";
  if (visit_.failed && frame_.phase == Phase::RetryTimer)
    return "the attempt has failed; the state will be tried again";
  if (visit_.failed || visit_.left) return "the state has failed: there is no result";
  switch (state_.type) {
    case asl::StateType::Task: return "the task has not answered yet";
    case asl::StateType::Parallel: return "its branches have not ended yet";
    case asl::StateType::Map:
      return std::get<asl::MapState>(state_.detail).mode == asl::MapMode::Inline
                 ? "its iterations have not ended yet"
                 : "its Map Run has not ended yet";
    default: return "";
  }
}

/// ResultSelector, Assign, ResultPath, OutputPath; Assign and Output: of a Task, Parallel or Map.
void StateEvaluator::add_result_flow(const std::optional<query::PayloadTemplate>& selector) {
  Sees sees;
  sees.no_result = why_no_result();
  if (visit_.failed || (visit_.left && !visit_.succeeded)) sees.blocked = sees.no_result;
  const Payload result = visit_.result.value_or(Payload());
  const Value kept = result.value();
  if (sees.no_result.empty()) sees.fields.result = &kept;
  if (speaks_jsonata()) {
    add_assign("", state_.assign, result, sees);
    add_jsonata("/Output", state_.output, sees);
    return;
  }
  const std::string& blocked = sees.blocked = sees.no_result;
  add_template("/ResultSelector", selector, result, blocked);
  Outcome<Payload> selected = result;
  if (blocked.empty()) selected = stepper_.apply_template(frame_, selector, result);
  add_assign("", state_.assign, result, sees);
  Outcome<Payload> combined = selected;
  if (state_.result_path.use != asl::ResultPathField::Use::Replace) {
    StateExpression& row = add("/ResultPath", Kind::Path,
                               state_.result_path.path ? state_.result_path.path->text() : "null");
    row.pending = blocked;
    if (blocked.empty() && !selected) row.pending = "what it takes in could not be evaluated";
    if (row.pending.empty()) {
      combined = stepper_.apply_result_path(frame_, state_.result_path, frame_.input, *selected);
      evaluate_row(row, [&] { return value_of(combined); });
    }
  }
  add_path_field("OutputPath", state_.output_path, combined, blocked);
}

/// Assign and OutputPath or Output of a state without a result: Choice, Wait, Succeed.
void StateEvaluator::add_plain_flow() {
  const Outcome<Payload> input = input_after_path();
  add_assign("", state_.assign, input, {});
  add_path_field("OutputPath", state_.output_path, input, "");
  add_jsonata("/Output", state_.output, {});
}

// ASL "Retrying After Error".
void StateEvaluator::add_retriers() {
  bool handled = false;
  for (size_t i = 0; i < state_.retry.size(); ++i) {
    const asl::Retrier& retrier = state_.retry[i];
    StateExpression& row = add("/Retry/" + std::to_string(i), Kind::Retrier, "");
    json::ObjectBuilder value;
    value.set("attempts", Value(int64_t{i < frame_.retries.size() ? frame_.retries[i] : 0}));
    value.set("maxAttempts", Value(retrier.max_attempts));
    if (visit_.failed && visit_.error) {
      const bool is_match = !handled && matches(retrier.error_equals, *visit_.error);
      value.set("matches", Value(is_match));
      handled = handled || is_match;
    }
    row.value = std::move(value).build();
  }
}

// ASL "Fallback States".
void StateEvaluator::add_catchers() {
  bool handled = false;
  const bool retries = frame_.phase == Phase::RetryTimer && !visit_.left;
  for (size_t i = 0; i < state_.catchers.size(); ++i) {
    const asl::Catcher& catcher = state_.catchers[i];
    const std::string pointer = "/Catch/" + std::to_string(i);
    Sees sees;
    bool is_match = false;
    if (!visit_.failed) {
      sees.blocked = visit_.left && !visit_.succeeded
                         ? "what it caught is not in the history of this execution"
                         : "nothing has failed";
    } else if (retries) {
      sees.blocked = "the state will be tried again";
    } else if (!visit_.error) {
      sees.blocked = "what has failed is not in the history of this execution";
    } else {
      is_match = !handled && matches(catcher.error_equals, *visit_.error);
      if (!is_match) sees.blocked = handled ? "another Catcher handles the error" : "no match";
      handled = handled || is_match;
    }
    StateExpression& row = add(pointer, Kind::Catcher, "");
    json::ObjectBuilder value;
    if (visit_.failed && visit_.error && !retries) value.set("matches", Value(is_match));
    if (catcher.next != asl::kEnd) value.set("next", Value(program_.states[catcher.next].name));
    row.value = std::move(value).build();
    const Payload error(error_output(visit_.error.value_or(asl::ExecutionError())));
    sees.fields.error_output = &error.value();
    if (catcher.result_path.use != asl::ResultPathField::Use::Replace) {
      StateExpression& path =
          add(pointer + "/ResultPath", Kind::Path,
              catcher.result_path.path ? catcher.result_path.path->text() : "null");
      path.pending = sees.blocked;
      if (path.pending.empty()) {
        evaluate_row(path, [&] {
          return value_of(
              stepper_.apply_result_path(frame_, catcher.result_path, frame_.input, error));
        });
      }
    }
    add_assign(pointer, catcher.assign, error, sees);
    add_jsonata(pointer + "/Output", catcher.output, sees);
  }
}

}  // namespace pawl::interpreter
