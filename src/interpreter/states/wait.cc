// SPDX-License-Identifier: Apache-2.0
// ASL "Wait State".
#include <utility>

#include "base/integer.h"
#include "interpreter/stepper.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// Recorded: 24,855 days wait, 24,856 do not: the delay is a signed 32-bit number of seconds.
constexpr int64_t kLongestDelaySeconds = INT32_MAX;

/// A value as the causes of this state print it: text without quotes.
std::string shown(const json::Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

}  // namespace

Outcome<void> Stepper::execute_wait(Frame& frame, const asl::WaitState& wait) {
  const json::Payload input = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
  inspect_flow(frame, &Inspection::after_input_path, input);
  const base::Timestamp until = PAWL_TRY(wait_until(frame, wait, input));
  if (until <= now_) return leave_wait(frame);
  frame.phase = Phase::WaitTimer;
  start_timer(frame, frame.timer, until);
  return {};
}

Outcome<base::Timestamp> Stepper::wait_until(const Frame& frame, const asl::WaitState& wait,
                                             const json::Payload& input) {
  if (wait.timestamp) return *wait.timestamp;
  if (wait.timestamp_expression) return wait_until_expression(frame, *wait.timestamp_expression);
  int64_t seconds = wait.seconds.literal.value_or(0);
  if (wait.seconds.expression) {
    seconds = PAWL_TRY(evaluate_whole_number(frame, *wait.seconds.expression));
  }
  const query::Path* path = nullptr;
  if (wait.seconds.path) path = &*wait.seconds.path;
  if (wait.timestamp_path) path = &*wait.timestamp_path;
  if (path != nullptr) {
    const FrameScope scope(program_, state_, frame, input.value(), random_);
    base::Result<json::Value> value = path->evaluate(scope.bindings());
    const std::string_view field = wait.timestamp_path ? "TimestampPath" : "SecondsPath";
    if (!value) {
      return tl::unexpected(in_state(
          frame, runtime_failure("The " + std::string(field) +
                                 " parameter does not reference an input value: " + path->text())));
    }
    const std::string place = path->text() + " == " + shown(*value);
    if (wait.timestamp_path) {
      const auto timestamp = value->is_string() ? base::parse_iso8601(value->as_string())
                                                : std::optional<base::Timestamp>();
      if (timestamp) return *timestamp;
      return tl::unexpected(in_state(
          frame,
          runtime_failure(
              "The TimestampPath parameter does not reference a valid ISO-8601 extended offset "
              "date-time format string: " +
              place)));
    }
    const bool is_long =
        value->is_number() && value->is_integer_lexeme() && value->to_int64(seconds);
    const auto parsed =
        value->is_string() ? base::parse_int64(value->as_string()) : std::optional<int64_t>();
    if (parsed) seconds = *parsed;
    if (!is_long && !parsed) {
      return tl::unexpected(in_state(
          frame,
          runtime_failure("The SecondsPath parameter cannot be parsed as a long value: " + place)));
    }
    if (seconds < 0) {
      return tl::unexpected(in_state(
          frame,
          runtime_failure("The SecondsPath parameter references a negative value: " + place)));
    }
  }
  if (seconds > kLongestDelaySeconds) {
    return tl::unexpected(in_state(frame, runtime_failure("Wait state delay is too long")));
  }
  return base::Timestamp{now_.ms + seconds * 1000};
}

Outcome<base::Timestamp> Stepper::wait_until_expression(
    const Frame& frame, const query::jsonata::ValueTemplate& timestamp) {
  const json::Value value = PAWL_TRY(evaluate_typed(frame, timestamp, json::Kind::String, {}));
  if (const auto parsed = base::parse_iso8601(value.as_string())) return *parsed;
  return tl::unexpected(evaluation_failed_after(
      frame.last_event_id, frame,
      {"Timestamp",
       "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format "
       "string: " +
           std::string(value.as_string())}));
}

Outcome<void> Stepper::leave_wait(Frame& frame) {
  const asl::State& state = state_of(frame);
  const json::Payload input = PAWL_TRY(apply_path(frame, state.input_path, frame.input));
  Departure departure;
  departure.next = state.next;
  departure.assigned = PAWL_TRY(evaluate_assign(frame, state.assign, input, {}));
  json::Payload output = PAWL_TRY(apply_path(frame, state.output_path, input));
  output = PAWL_TRY(evaluate_field(frame, state.output, std::move(output), {}));
  departure.output = PAWL_TRY(check_size(frame, std::move(output)));
  leave(frame, std::move(departure));
  return {};
}

}  // namespace pawl::interpreter
