// SPDX-License-Identifier: Apache-2.0
// ASL "Pass State", "Succeed State", "Fail State", "Wait State".
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr int64_t kWaitSecondsMax = 99'999'999;

}  // namespace

void StateCompiler::compile_pass() {
  PassState pass;
  compile_next();
  compile_io_paths();
  compile_assign();
  if (!is_jsonata()) {
    if (const json::Value* result = fields.find("Result")) pass.result.emplace(*result);
    pass.parameters = fields.payload_template("Parameters");
    state.result_path = fields.result_path("ResultPath");
  }
  state.detail = std::move(pass);
}

void StateCompiler::compile_succeed() {
  compiler.states_->has_terminal = true;
  compile_io_paths();
  state.detail = SucceedState{};
}

void StateCompiler::compile_fail() {
  compiler.states_->has_terminal = true;
  FailState fail;
  if (!is_jsonata()) {
    fail.error = fields.string_field("Error");
    fail.cause = fields.string_field("Cause");
  }
  state.detail = std::move(fail);
}

void StateCompiler::compile_wait() {
  WaitState wait;
  compile_next();
  compile_io_paths();
  compile_assign();
  size_t durations = 0;
  for (const std::string_view name : {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}) {
    durations += fields.has(name);
  }
  if (durations != 1) {
    fields.error_here("Exactly one of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath]");
  }
  const json::Value* seconds = fields.find("Seconds");
  const bool is_expression = is_jsonata() && seconds != nullptr && seconds->is_string();
  if (!is_expression) wait.seconds.literal = fields.integer("Seconds", 0, kWaitSecondsMax);
  const auto timestamp = fields.string("Timestamp");
  if (timestamp && !(is_jsonata() && is_jsonata_text(*timestamp))) {
    wait.timestamp = base::parse_iso8601(*timestamp);
    if (!wait.timestamp) fields.error("Timestamp", "String does not match RFC3339 timestamp");
  }
  if (!is_jsonata()) {
    wait.seconds.path = fields.path("SecondsPath");
    wait.timestamp_path = fields.path("TimestampPath");
  }
  state.detail = std::move(wait);
}

}  // namespace pawl::asl
