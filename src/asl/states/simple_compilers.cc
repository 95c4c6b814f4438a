// SPDX-License-Identifier: Apache-2.0
// ASL "Pass State", "Succeed State", "Fail State", "Wait State".
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

constexpr int64_t kWaitSecondsMax = 99'999'999;

}  // namespace

void StateCompiler::compile_pass() {
  PassState pass;
  compile_next();
  compile_io_paths();
  state.assign = compile_assign(fields);
  if (!is_jsonata()) {
    if (const json::Value* result = fields.find("Result")) {
      pass.result.emplace(*result);
      warn_of_dynamic_result(*result);
    }
    pass.parameters = fields.payload_template("Parameters");
    state.result_path = fields.result_path("ResultPath");
  }
  state.detail = std::move(pass);
}

// API ValidateStateMachineDefinition, warning PASS_RESULT_IS_STATIC.
void StateCompiler::warn_of_dynamic_result(const json::Value& result) {
  if (!result.is_object()) return;
  for (const json::Member& member : result.members()) {
    if (!member.name().ends_with(".$")) continue;
    compiler.warn(json::pointer_child(fields.child_pointer("Result"), member.name()),
                  "The Result of a Pass state is static: '" + std::string(member.name()) +
                      "' is not evaluated",
                  kPassResultIsStatic);
  }
}

void StateCompiler::compile_succeed() {
  compiler.states_->has_terminal = true;
  compile_io_paths();
  state.detail = SucceedState{};
}

void StateCompiler::compile_fail() {
  compiler.states_->has_terminal = true;
  FailState fail;
  if (is_jsonata()) {
    fail.error.expression = compile_expressions(fields, "Error");
    fail.cause.expression = compile_expressions(fields, "Cause");
  } else {
    fail.error = fields.string_field("Error");
    fail.cause = fields.string_field("Cause");
  }
  state.detail = std::move(fail);
}

void StateCompiler::compile_wait() {
  WaitState wait;
  compile_next();
  compile_io_paths();
  state.assign = compile_assign(fields);
  if (is_jsonata()) {
    fields.exactly_one({"Seconds", "Timestamp"});
  } else {
    fields.exactly_one({"SecondsPath", "Seconds", "TimestampPath", "Timestamp"});  // in AWS's order
  }
  const json::Value* seconds = fields.find("Seconds");
  if (is_jsonata() && seconds != nullptr && seconds->is_string()) {
    wait.seconds.expression = compile_expressions(fields, "Seconds");
  } else {
    wait.seconds.literal = fields.integer("Seconds", 0, kWaitSecondsMax);
  }
  const auto timestamp = fields.string("Timestamp");
  if (timestamp && is_jsonata() && timestamp->starts_with("{%")) {
    wait.timestamp_expression = compile_expressions(fields, "Timestamp");
  } else if (timestamp) {
    wait.timestamp = base::parse_iso8601(*timestamp);
    if (!wait.timestamp) fields.error("Timestamp", "String does not match RFC3339 timestamp");
  }
  if (!is_jsonata()) {
    wait.seconds.path = fields.reference_path("SecondsPath");
    wait.timestamp_path = fields.reference_path("TimestampPath");
  }
  state.detail = std::move(wait);
}

}  // namespace pawl::asl
