// SPDX-License-Identifier: Apache-2.0
// ASL "Pass State".
#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_pass(Frame& frame, const asl::PassState& pass) {
  json::Payload result;
  if (pass.result) {
    result = json::Payload(pass.result->value());
  } else {
    result = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
    result = PAWL_TRY(apply_template(frame, pass.parameters, std::move(result)));
  }
  leave(frame, PAWL_TRY(depart_with_result(frame, std::nullopt, std::move(result))));
  return {};
}

}  // namespace pawl::interpreter
