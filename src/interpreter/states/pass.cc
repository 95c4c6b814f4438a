// SPDX-License-Identifier: Apache-2.0
// ASL "Pass State".
#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_pass(Frame& frame, const asl::PassState& pass) {
  json::Payload result;
  if (pass.result) {
    result = json::Payload(pass.result->value());
    inspect_flow(frame, &Inspection::result, result);
  } else {
    result = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
    inspect_flow(frame, &Inspection::after_input_path, result);
    result = PAWL_TRY(apply_template(frame, pass.parameters, std::move(result)));
    inspect_flow(frame, &Inspection::after_parameters, result);
  }
  leave(frame, PAWL_TRY(depart_with_result(frame, std::nullopt, std::move(result))));
  return {};
}

}  // namespace pawl::interpreter
