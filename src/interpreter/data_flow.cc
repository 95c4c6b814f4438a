// SPDX-License-Identifier: Apache-2.0
// Input and output processing (ASL "Input and Output Processing"): InputPath, Parameters,
// ResultSelector, Assign, ResultPath, OutputPath, and the payload limit.
#include <utility>

#include "base/integer.h"
#include "interpreter/stepper.h"
#include "json/write.h"

namespace pawl::interpreter {

// ASL "InputPath", "OutputPath": absent passes all on, null gives {}.
Outcome<json::Payload> Stepper::apply_path(const Frame& frame, const asl::PathField& field,
                                           const json::Payload& payload) {
  switch (field.use) {
    case asl::PathField::Use::Whole: return payload;
    case asl::PathField::Use::Discard: return json::Payload(json::Value::object());
    case asl::PathField::Use::Select: break;
  }
  const query::Path& path = *field.path;
  if (path.root() == query::PathRoot::Input && path.is_root_only()) return payload;
  const FrameScope scope(program_, state_, frame, payload.value(), random_);
  base::Result<json::Value> selected = path.evaluate(scope.bindings());
  if (!selected) return tl::unexpected(path_failure(frame, path, selected.error()));
  return json::Payload(*std::move(selected));
}

// ASL "Payload Template".
Outcome<json::Payload> Stepper::apply_template(const Frame& frame,
                                               const std::optional<query::PayloadTemplate>& source,
                                               json::Payload payload) {
  if (!source) return payload;
  const FrameScope scope(program_, state_, frame, payload.value(), random_);
  base::Result<json::Value> filled = source->evaluate(scope.bindings());
  if (!filled) return tl::unexpected(query_failure(frame, filled.error()));
  return json::Payload(*std::move(filled));
}

// ASL "ResultPath": always against the raw input.
Outcome<json::Payload> Stepper::apply_result_path(const Frame& frame,
                                                  const asl::ResultPathField& field,
                                                  const json::Payload& raw_input,
                                                  json::Payload result) {
  switch (field.use) {
    case asl::ResultPathField::Use::Replace: return result;
    case asl::ResultPathField::Use::Discard: return raw_input;
    case asl::ResultPathField::Use::Assign: break;
  }
  base::Result<json::Value> combined = field.path->assign(raw_input.value(), result.value());
  if (!combined) {
    return tl::unexpected(in_state(
        frame, named_failure(asl::error_name::kResultPathMatchFailure, combined.error().message)));
  }
  return json::Payload(*std::move(combined));
}

// ASL "Assign"; what `$` is for each state type: Developer Guide "Passing data between states with
// variables".
Outcome<std::shared_ptr<const AssignedVariables>> Stepper::evaluate_assign(
    const Frame& frame, const asl::AssignField& assign, const json::Payload& input,
    const StatesFields& states) {
  if (assign.jsonata) {
    const json::Value values = PAWL_TRY(evaluate_expressions(frame, *assign.jsonata, states));
    AssignedVariables members;
    for (const json::Member& member : values.members())
      members.emplace_back(member.name(), member.value);
    return checked_assignment(frame, std::move(members));
  }
  if (!assign.json_path) return std::shared_ptr<const AssignedVariables>();
  const FrameScope scope(program_, state_, frame, input.value(), random_);
  base::Result<AssignedVariables> members = assign.json_path->evaluate_members(scope.bindings());
  if (!members) return tl::unexpected(query_failure(frame, members.error()));
  return checked_assignment(frame, *std::move(members));
}

Outcome<std::shared_ptr<const AssignedVariables>> Stepper::checked_assignment(
    const Frame& frame, AssignedVariables members) {
  size_t total_bytes = 0;
  for (const auto& [name, value] : members) total_bytes += value.text_bytes();
  if (total_bytes > state_.info->limits.variable_bytes_max) {
    return tl::unexpected(in_state(
        frame, runtime_failure(
                   "The variables assigned exceed the maximum number of bytes service limit.")));
  }
  // "Variable limits": all variables of an execution together; what is replaced counts until then.
  if (static_cast<size_t>(state_.variable_bytes) + total_bytes >
      state_.info->limits.variables_total_bytes_max) {
    return tl::unexpected(in_state(
        frame, runtime_failure("The variables of the execution exceed the maximum number of bytes "
                               "service limit.")));
  }
  if (members.empty()) return std::shared_ptr<const AssignedVariables>();
  return std::make_shared<const AssignedVariables>(std::move(members));
}

// "Maximum input or output size for a task, state, or execution", and our own bound on nesting.
Outcome<json::Payload> Stepper::check_size(const Frame& frame, json::Payload output) const {
  const base::Limits& limits = state_.info->limits;
  if (output.text_bytes() > limits.payload_bytes_max) {
    return tl::unexpected(
        named_failure(asl::error_name::kDataLimitExceeded,
                      "The state/task '" + state_of(frame).name +
                          "' returned a result with a size exceeding the maximum number of bytes "
                          "service limit."));
  }
  if (!output.is_as_written() && output.value().depth() > limits.json_depth_max) {
    return tl::unexpected(
        in_state(frame, runtime_failure("The output is nested deeper than " +
                                        std::to_string(limits.json_depth_max) + " levels.")));
  }
  return output;
}

Outcome<Stepper::Departure> Stepper::depart_with_result(
    Frame& frame, const std::optional<query::PayloadTemplate>& selector, json::Payload result) {
  const asl::State& state = state_of(frame);
  Departure departure;
  departure.next = state.next;
  // A Pass state has no result that `$states` could hold.
  StatesFields states;
  if (speaks_jsonata(frame) && state.type != asl::StateType::Pass) states.result = &result.value();
  // Assign sees the raw result, before ResultSelector.
  departure.assigned = PAWL_TRY(evaluate_assign(frame, state.assign, result, states));
  if (speaks_jsonata(frame)) {
    json::Payload output = PAWL_TRY(evaluate_field(frame, state.output, result, states));
    departure.output = PAWL_TRY(check_size(frame, std::move(output)));
    return departure;
  }
  json::Payload selected = PAWL_TRY(apply_template(frame, selector, std::move(result)));
  inspect_flow(frame, &Inspection::after_result_selector, selected);
  json::Payload combined =
      PAWL_TRY(apply_result_path(frame, state.result_path, frame.input, std::move(selected)));
  inspect_flow(frame, &Inspection::after_result_path, combined);
  json::Payload output = PAWL_TRY(apply_path(frame, state.output_path, combined));
  departure.output = PAWL_TRY(check_size(frame, std::move(output)));
  return departure;
}

void Stepper::leave_with_result(Frame& frame, const std::optional<query::PayloadTemplate>& selector,
                                json::Payload result) {
  Outcome<Departure> departure = depart_with_result(frame, selector, std::move(result));
  if (departure) {
    leave(frame, *std::move(departure));
  } else {
    fail(frame, std::move(departure).error());
  }
}

/// An integer field or its …Path twin. A path may lead to a number or to its text (recorded).
Outcome<std::optional<int64_t>> Stepper::evaluate_integer(const Frame& frame,
                                                          const asl::IntegerField& field,
                                                          std::string_view field_name,
                                                          const json::Payload& input) {
  if (field.expression) return PAWL_TRY(evaluate_whole_number(frame, *field.expression));
  if (!field.path) return field.literal;
  const FrameScope scope(program_, state_, frame, input.value(), random_);
  base::Result<json::Value> value = field.path->evaluate(scope.bindings());
  if (!value) return tl::unexpected(path_failure(frame, *field.path, value.error()));
  int64_t integer = 0;
  if (value->is_number() && value->to_int64(integer)) return integer;
  if (value->is_string()) {
    if (const auto parsed = base::parse_int64(value->as_string())) return *parsed;
  }
  std::string cause = "The " + std::string(field_name) + " field refers to value \"" +
                      json::write(*value) +
                      "\" which is not a valid integer: " + field.path->text();
  return tl::unexpected(in_state(frame, runtime_failure(std::move(cause))));
}

}  // namespace pawl::interpreter
