// SPDX-License-Identifier: Apache-2.0
// The keyspace "states/status-events": a number → an event (docs/formats/executions.md).
#include "server/status_events.h"

#include "base/wire.h"
#include "interpreter/redrive.h"
#include "json/value.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::server {
namespace {

using interpreter::ExecutionStatus;
using json::ObjectBuilder;
using json::Value;

constexpr uint8_t kFormat = 1;
/// Of input and output together, as they stand inside the event.
constexpr size_t kPayloadBytesMax = size_t{248} * 1024;

std::string encode(const StatusEvents::Event& event) {
  std::string bytes(1, static_cast<char>(kFormat));
  base::append_signed(bytes, event.time.ms);
  for (const std::string* text :
       {&event.account, &event.region, &event.execution_arn, &event.detail}) {
    base::append_sized(bytes, *text);
  }
  return bytes;
}

base::Result<StatusEvents::Event> decode(std::string_view bytes) {
  base::ByteReader reader(bytes);
  StatusEvents::Event event;
  if (reader.byte() != kFormat) reader.fail();
  event.time = {reader.signed_varint()};
  for (std::string* text : {&event.account, &event.region, &event.execution_arn, &event.detail}) {
    *text = reader.sized();
  }
  if (!reader.ok() || !reader.at_end()) {
    return base::Error(base::ErrorKind::TypeMismatch, "a stored status event is damaged");
  }
  return event;
}

Value included(bool is_included) { return Value::object({{"included", Value(is_included)}}); }

/// Input and output with what says whether they are there; a limit of EventBridge leaves them out.
void set_payloads(const interpreter::ExecutionState& state, bool has_output,
                  ObjectBuilder& detail) {
  const Value input(state.input.text());
  const Value output = has_output ? Value(state.output.text()) : Value();
  const size_t output_bytes = has_output ? json::write(output).size() : 0;
  const bool shows_output = output_bytes <= kPayloadBytesMax;
  const bool shows_input =
      json::write(input).size() + (shows_output ? output_bytes : 0) <= kPayloadBytesMax;
  detail.set("input", shows_input ? input : Value())
      .set("output", shows_output ? output : Value())
      .set("inputDetails", included(shows_input))
      .set("outputDetails", has_output ? included(shows_output) : Value());
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value detail_of(const engine::ExecutionRecord& record, const interpreter::ExecutionState& state,
                ExecutionStatus status) {
  const bool is_running = status == ExecutionStatus::Running;
  const std::string machine_arn = state_machine_arn_of(record);
  ObjectBuilder detail;
  detail.set("executionArn", Value(execution_arn_of(record)))
      .set("stateMachineArn", Value(machine_arn))
      .set("name", Value(record.name))
      .set("status", Value(interpreter::execution_status_name(status)))
      .set("startDate", Value(state.started_at.ms))
      .set("stopDate", is_running ? Value() : Value(state.stopped_at.ms))
      .set("stateMachineVersionArn",
           text_or_null(record.version.empty() ? "" : machine_arn + ":" + record.version))
      .set("stateMachineAliasArn",
           text_or_null(record.alias.empty() ? "" : machine_arn + ":" + record.alias))
      .set("redriveCount", Value(state.redrive_count))
      .set("redriveDate", state.redrive_count > 0 ? Value(state.redriven_at.ms) : Value());
  const auto redrive = interpreter::judge_redrive({.status = status,
                                                   .started_at = state.started_at,
                                                   .stopped_at = state.stopped_at,
                                                   .event_count = state.next_event_id - 1},
                                                  is_running ? state.started_at : state.stopped_at);
  detail.set("redriveStatus", Value(interpreter::redrive_status_name(redrive.status)))
      .set("redriveStatusReason", text_or_null(std::string(redrive.reason)));
  set_payloads(state, status == ExecutionStatus::Succeeded, detail);
  // As DescribeExecution: a time-out of the machine has no error.
  const bool has_error = status == ExecutionStatus::Failed || status == ExecutionStatus::Aborted;
  const auto shown = [has_error](const std::optional<std::string>& text) {
    return has_error && text ? Value(*text) : Value();
  };
  detail.set("error", shown(state.error.error)).set("cause", shown(state.error.cause));
  return std::move(detail).build();
}

}  // namespace

base::Result<std::unique_ptr<StatusEvents>> StatusEvents::open(Options options) {
  const store::Keyspace waiting =
      PAWL_TRY(options.store.keyspace("states/status-events", store::Shape::Queue));
  std::unique_ptr<StatusEvents> made(new StatusEvents(std::move(options), waiting));
  const auto cursor = made->options_.store.cursor(waiting, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    made->left_over_.emplace_back(cursor->key(), PAWL_TRY(decode(cursor->value())));
    made->next_number_ = store::KeyReader(cursor->key()).u64().value_or(0) + 1;
  }
  return made;
}

void StatusEvents::run() {
  for (const auto& [key, event] : std::exchange(left_over_, {})) hand_over(key, event);
}

bool StatusEvents::is_interested(const engine::ExecutionRecord& record) {
  static_cast<void>(record);
  return options_.is_wanted();
}

std::function<void()> StatusEvents::changed(const engine::ExecutionRecord& record,
                                            const interpreter::ExecutionState& state,
                                            ExecutionStatus status, store::Batch& batch) {
  Event event;
  const size_t region_end = record.scope.find(':');
  event.region = record.scope.substr(0, region_end);
  event.account = record.scope.substr(region_end + 1, 12);
  event.execution_arn = execution_arn_of(record);
  event.detail = json::write(detail_of(record, state, status));
  event.time = status != ExecutionStatus::Running ? state.stopped_at
               : state.redrive_count > 0          ? state.redriven_at
                                                  : state.started_at;
  const std::string key = store::KeyBuilder().u64(next_number_++).take();
  batch.put(waiting_, key, encode(event));
  return [this, key, event = std::move(event)] { hand_over(key, event); };
}

void StatusEvents::hand_over(const std::string& key, const Event& event) {
  options_.emit(event);
  // In the log after the event: lost with it or not at all. A failed store says so to everybody.
  store::Batch done;
  done.erase(waiting_, key);
  static_cast<void>(options_.store.commit(done, store::Sync::No));
}

}  // namespace pawl::server
