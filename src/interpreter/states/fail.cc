// SPDX-License-Identifier: Apache-2.0
// ASL "Fail State".
#include <utility>

#include "interpreter/stepper.h"
#include "json/write.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_fail(Frame& frame, const asl::FailState& fail_state) {
  inspect_flow(frame, &Inspection::after_input_path, frame.input);  // recorded: as if it had one
  asl::ExecutionError error;
  error.error = PAWL_TRY(evaluate_fail_field(frame, fail_state.error, "ErrorPath"));
  error.cause = PAWL_TRY(evaluate_fail_field(frame, fail_state.cause, "CausePath"));
  return tl::unexpected(StateFailure{.error = std::move(error), .fatal = false});
}

Outcome<std::optional<std::string>> Stepper::evaluate_fail_field(const Frame& frame,
                                                                 const asl::StringField& field,
                                                                 std::string_view field_name) {
  if (field.expression) {
    const json::Value text =
        PAWL_TRY(evaluate_typed(frame, *field.expression, json::Kind::String, {}));
    return std::string(text.as_string());
  }
  if (!field.path) return field.literal;
  const FrameScope scope(program_, state_, frame, frame.input.value(), random_);
  base::Result<json::Value> value = field.path->evaluate(scope.bindings());
  if (!value && value.error().kind == base::ErrorKind::PathNotFound) {
    return tl::unexpected(in_state(
        frame, runtime_failure("The JSONPath '" + field.path->text() +
                               "' specified for the field '" + std::string(field_name) +
                               "' could not be found in the input '" + frame.input.text() + "'")));
  }
  if (!value) return tl::unexpected(query_failure(frame, value.error()));
  if (!value->is_string()) {
    return tl::unexpected(in_state(
        frame,
        runtime_failure("The " + std::string(field_name) + " field refers to value \"" +
                        json::write(*value) + "\" which is not a string: " + field.path->text())));
  }
  return std::string(value->as_string());
}

}  // namespace pawl::interpreter
