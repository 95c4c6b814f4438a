// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/test_state_output.h"

#include <string>
#include <string_view>
#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::states {
namespace {

using interpreter::Inspection;
using json::ObjectBuilder;
using json::Value;

void set_text(ObjectBuilder& out, std::string_view name, const std::optional<std::string>& text) {
  if (text) out.set(name, Value(*text));
}

void set_payload(ObjectBuilder& out, std::string_view name,
                 const std::optional<json::Payload>& payload) {
  if (payload) out.set(name, Value(payload->text()));
}

/// Recorded: a list of items is compact JSON but for ", " between the items.
void set_items(ObjectBuilder& out, std::string_view name, const std::optional<Value>& items) {
  if (!items) return;
  std::string text = "[";
  for (const Value& item : items->items()) {
    if (text.size() > 1) text += ", ";
    json::write(item, text);
  }
  out.set(name, Value(text + "]"));
}

Value error_details(const Inspection& inspection) {
  ObjectBuilder out;
  const auto set_index = [&](std::string_view name, const std::optional<size_t>& index) {
    if (index) out.set(name, Value(static_cast<int64_t>(*index)));
  };
  set_index("catchIndex", inspection.catch_index);
  set_index("retryIndex", inspection.retry_index);
  if (inspection.retry_delay_ms)
    out.set("retryBackoffIntervalSeconds", Value(*inspection.retry_delay_ms / 1000));
  return std::move(out).build();
}

/// API InspectionData, variables: those after the state has run. Recorded: none if there are none.
std::optional<std::string> variables_text(const TestStateRequest& request,
                                          const Inspection& inspection) {
  Value after;
  if (inspection.variables) {
    ObjectBuilder variables;
    for (const auto& [name, value] : *inspection.variables) variables.set(name, value);
    after = std::move(variables).build();
  } else if (request.variables) {
    after = json::parse(*request.variables).value_or(Value());
  }
  return after.size() == 0 ? std::nullopt : std::optional(json::write(after));
}

Value inspection_data(const TestStateRequest& request, const Inspection& inspection) {
  ObjectBuilder out;
  out.set("input", Value(request.input));
  set_payload(out, "afterArguments", inspection.after_arguments);
  set_payload(out, "afterInputPath", inspection.after_input_path);
  set_payload(out, "afterParameters", inspection.after_parameters);
  set_payload(out, "result", inspection.result);
  set_payload(out, "afterResultSelector", inspection.after_result_selector);
  set_payload(out, "afterResultPath", inspection.after_result_path);
  set_text(out, "variables", variables_text(request, inspection));
  Value details = error_details(inspection);
  if (details.size() > 0) out.set("errorDetails", std::move(details));
  set_items(out, "afterItemsPath", inspection.after_items_path);
  set_items(out, "afterItemsPointer", inspection.after_items_pointer);
  set_items(out, "afterItemSelector", inspection.after_item_selector);
  set_items(out, "afterItemBatcher", inspection.after_item_batcher);
  if (inspection.tolerated_failure_count)
    out.set("toleratedFailureCount", Value(*inspection.tolerated_failure_count));
  if (inspection.tolerated_failure_percentage)
    out.set("toleratedFailurePercentage", Value(*inspection.tolerated_failure_percentage));
  if (inspection.max_concurrency) out.set("maxConcurrency", Value(*inspection.max_concurrency));
  return std::move(out).build();
}

/// API InspectionData, request and response: "populated only for HTTP Tasks" at level TRACE.
Value with_http_trace(Value data, const engine::HttpTrace& trace) {
  const auto [request, response] = trace.texts();
  if (!request.empty()) data = data.with_member("request", *json::parse(request));
  return response.empty() ? data : data.with_member("response", *json::parse(response));
}

}  // namespace

Value test_state_output(const TestStateRequest& request, const TestedState& tested,
                        const interpreter::ExecutionState& state, const Inspection& inspection,
                        const engine::HttpTrace& http_trace) {
  ObjectBuilder out;
  const bool succeeded = state.status == interpreter::ExecutionStatus::Succeeded;
  const bool retries = state.status == interpreter::ExecutionStatus::Running;
  const bool caught = succeeded && inspection.catch_index.has_value();
  if (succeeded) out.set("output", Value(state.output.text()));
  if (!succeeded || caught) {
    const asl::ExecutionError& error = caught || retries ? *inspection.error : state.error;
    set_text(out, "error", error.error);
    set_text(out, "cause", error.cause);
  }
  if (request.inspection_level != InspectionLevel::Info) {
    Value data = inspection_data(request, inspection);
    if (request.inspection_level == InspectionLevel::Trace)
      data = with_http_trace(std::move(data), http_trace);
    out.set("inspectionData", std::move(data));
  }
  if (succeeded && inspection.next != asl::kEnd)
    out.set("nextState", Value(tested.program->states[inspection.next].name));
  const std::string_view status = caught      ? "CAUGHT_ERROR"
                                  : succeeded ? "SUCCEEDED"
                                  : retries   ? "RETRIABLE"
                                              : "FAILED";
  return std::move(out.set("status", Value(status))).build();
}

}  // namespace pawl::states
