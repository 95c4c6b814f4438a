// SPDX-License-Identifier: Apache-2.0
// ASL "Choice State": the first rule that holds decides.
#include <utility>

#include "interpreter/choice_rules.h"
#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_choice(Frame& frame, const asl::ChoiceState& choice) {
  const asl::State& state = state_of(frame);
  const json::Payload input = PAWL_TRY(apply_path(frame, state.input_path, frame.input));
  inspect_flow(frame, &Inspection::after_input_path, input);
  Departure departure;
  // These apply when Default is taken.
  const asl::AssignField* assign = &state.assign;
  const asl::JsonataField* output = &state.output;
  departure.next = choice.default_next;
  {
    const FrameScope scope(program_, state_, frame, input.value(), random_);
    for (const asl::ChoiceBranch& branch : choice.choices) {
      if (!PAWL_TRY(branch_matches(frame, branch, scope))) continue;
      departure.next = branch.next;
      assign = &branch.assign;
      output = &branch.output;
      break;
    }
  }
  if (departure.next == asl::kEnd) {
    // Documented as States.NoChoiceMatched; AWS was measured to answer States.Runtime.
    return tl::unexpected(in_state(
        frame,
        runtime_failure(
            "Failed to transition out of the state. The state does not point to a next state.")));
  }
  departure.assigned = PAWL_TRY(evaluate_assign(frame, *assign, input, {}));
  json::Payload passed = PAWL_TRY(apply_path(frame, state.output_path, input));
  passed = PAWL_TRY(evaluate_field(frame, *output, std::move(passed), {}));
  departure.output = PAWL_TRY(check_size(frame, std::move(passed)));
  leave(frame, std::move(departure));
  return {};
}

Outcome<bool> Stepper::branch_matches(const Frame& frame, const asl::ChoiceBranch& branch,
                                      const FrameScope& scope) {
  if (!branch.condition) return choice_matches(frame, branch.rule, scope);
  return PAWL_TRY(evaluate_typed(frame, *branch.condition, json::Kind::Boolean, {})).as_boolean();
}

Outcome<bool> Stepper::choice_matches(const Frame& frame, const asl::ChoiceRule& rule,
                                      const FrameScope& scope) {
  switch (rule.op) {
    case asl::ChoiceOperator::And:
      for (const asl::ChoiceRule& part : rule.rules) {
        if (!PAWL_TRY(choice_matches(frame, part, scope))) return false;
      }
      return true;
    case asl::ChoiceOperator::Or:
      for (const asl::ChoiceRule& part : rule.rules) {
        if (PAWL_TRY(choice_matches(frame, part, scope))) return true;
      }
      return false;
    case asl::ChoiceOperator::Not:
      return !PAWL_TRY(choice_matches(frame, rule.rules.front(), scope));
    default: break;
  }
  const SelectedValue variable(*rule.variable, scope.bindings());
  if (rule.op == asl::ChoiceOperator::IsPresent) {
    return variable.present() == std::get<bool>(rule.comparand);
  }
  const auto invalid = [&](const query::Path& path) {
    return tl::unexpected(
        in_state(frame, runtime_failure("Invalid path '" + path.text() +
                                        "': The choice state's condition path references an "
                                        "invalid value.")));
  };
  if (!variable.present()) return invalid(*rule.variable);
  if (const auto* path = std::get_if<query::Path>(&rule.comparand)) {
    const SelectedValue comparand(*path, scope.bindings());
    if (!comparand.present()) return invalid(*path);
    return compare_values(rule.op, variable.value(), comparand.value());
  }
  return compare_literal(rule, variable.value());
}

}  // namespace pawl::interpreter
