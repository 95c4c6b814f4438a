// SPDX-License-Identifier: Apache-2.0
// Input and output processing in JSONata states (ASL "JSONata Expressions"): Arguments, Output,
// Assign, and single fields such as Seconds.
#include <algorithm>
#include <utility>

#include "interpreter/stepper.h"

namespace pawl::interpreter {

StateFailure Stepper::evaluation_failed(const Frame& frame,
                                        query::jsonata::TemplateFailure failure) {
  // Recorded: while a state is entered, the event follows the one before …StateEntered.
  int64_t previous = frame.last_event_id;
  if (previous == frame.entered_event_id) {
    const auto entered =
        std::find_if(result_.events.begin(), result_.events.end(),
                     [previous](const HistoryEvent& event) { return event.id == previous; });
    if (entered != result_.events.end()) previous = entered->previous_event_id;
  }
  return evaluation_failed_after(previous, frame, std::move(failure));
}

StateFailure Stepper::evaluation_failed_after(int64_t previous, const Frame& frame,
                                              query::jsonata::TemplateFailure failure) {
  StateFailure result = in_state(
      frame, named_failure(asl::error_name::kQueryEvaluationError, std::move(failure.cause)));
  state_.find(frame.id)->last_event_id = emit(
      previous, HistoryEventType::EvaluationFailed,
      std::make_shared<const EvaluationFailedDetails>(EvaluationFailedDetails{
          frame.state, *result.error.error, *result.error.cause, std::move(failure.location)}));
  return result;
}

Outcome<json::Value> Stepper::evaluate_expressions(const Frame& frame,
                                                   const query::jsonata::ValueTemplate& field,
                                                   const StatesFields& states) {
  const FrameScope scope(program_, state_, frame, frame.input.value(), random_, states.item);
  const StatesScope variables(scope, frame.input.value(), states, field.reads_context());
  query::jsonata::EvaluationInput input;
  input.variables = &variables;
  input.random = &random_;
  input.now_ms = now_.ms;
  auto value = field.evaluate(input);
  if (!value) return tl::unexpected(evaluation_failed(frame, std::move(value).error()));
  return *std::move(value);
}

Outcome<json::Value> Stepper::evaluate_typed(const Frame& frame,
                                             const query::jsonata::ValueTemplate& field,
                                             json::Kind kind, const StatesFields& states) {
  json::Value value = PAWL_TRY(evaluate_expressions(frame, field, states));
  if (value.kind() == kind) return value;
  return tl::unexpected(
      evaluation_failed(frame, field.unexpected_type(json::kind_name(kind), value)));
}

Outcome<json::Payload> Stepper::evaluate_field(const Frame& frame, const asl::JsonataField& field,
                                               json::Payload otherwise,
                                               const StatesFields& states) {
  if (!field) return otherwise;
  return json::Payload(PAWL_TRY(evaluate_expressions(frame, *field, states)));
}

Outcome<int64_t> Stepper::evaluate_whole_number(const Frame& frame,
                                                const query::jsonata::ValueTemplate& field) {
  const json::Value value = PAWL_TRY(evaluate_typed(frame, field, json::Kind::Number, {}));
  int64_t integer = 0;
  if (value.to_int64(integer)) return integer;
  return tl::unexpected(evaluation_failed(frame, field.unexpected_type("integer", value)));
}

}  // namespace pawl::interpreter
