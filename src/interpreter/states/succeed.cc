// SPDX-License-Identifier: Apache-2.0
// ASL "Succeed State".
#include <utility>

#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_succeed(Frame& frame) {
  const asl::State& state = state_of(frame);
  const json::Payload input = PAWL_TRY(apply_path(frame, state.input_path, frame.input));
  inspect_flow(frame, &Inspection::after_input_path, input);
  Departure departure;
  json::Payload output = PAWL_TRY(apply_path(frame, state.output_path, input));
  output = PAWL_TRY(evaluate_field(frame, state.output, std::move(output), {}));
  departure.output = PAWL_TRY(check_size(frame, std::move(output)));
  leave(frame, std::move(departure));
  return {};
}

}  // namespace pawl::interpreter
