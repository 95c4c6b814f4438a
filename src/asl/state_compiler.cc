// SPDX-License-Identifier: Apache-2.0
// The fields that several state types share, and which fields each type has.
#include <array>
#include <span>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

using Names = std::span<const std::string_view>;

// ASL "States": the fields of each type, by query language.
constexpr std::string_view kPass[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "InputPath",
                                      "OutputPath", "ResultPath", "Parameters", "Result"};
constexpr std::string_view kPassJsonata[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output"};
constexpr std::string_view kTask[] = {
    "Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "InputPath", "OutputPath", "ResultPath", "Parameters",
    "ResultSelector", "Resource", "Credentials", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds",
    "HeartbeatSecondsPath", "Retry", "Catch"};
constexpr std::string_view kTaskJsonata[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output",
                                             "Arguments", "Resource", "Credentials", "TimeoutSeconds",
                                             "HeartbeatSeconds", "Retry", "Catch"};
constexpr std::string_view kChoice[] = {"Type", "Comment", "QueryLanguage", "Assign", "InputPath", "OutputPath",
                                        "Choices", "Default"};
constexpr std::string_view kChoiceJsonata[] = {"Type", "Comment", "QueryLanguage", "Assign", "Output", "Choices",
                                               "Default"};
constexpr std::string_view kWait[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "InputPath",
                                      "OutputPath", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"};
constexpr std::string_view kWaitJsonata[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output",
                                             "Seconds", "Timestamp"};
constexpr std::string_view kSucceed[] = {"Type", "Comment", "QueryLanguage", "InputPath", "OutputPath"};
constexpr std::string_view kSucceedJsonata[] = {"Type", "Comment", "QueryLanguage", "Output"};
constexpr std::string_view kFail[] = {"Type", "Comment", "QueryLanguage", "Error", "ErrorPath", "Cause", "CausePath"};
constexpr std::string_view kFailJsonata[] = {"Type", "Comment", "QueryLanguage", "Error", "Cause"};
constexpr std::string_view kParallel[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "InputPath",
                                          "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Branches",
                                          "Retry", "Catch"};
constexpr std::string_view kParallelJsonata[] = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign",
                                                 "Output", "Arguments", "Branches", "Retry", "Catch"};
constexpr std::string_view kMap[] = {
    "Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "InputPath", "OutputPath", "ResultPath", "Parameters",
    "ResultSelector", "Iterator", "ItemProcessor", "ItemsPath", "ItemSelector", "MaxConcurrency", "MaxConcurrencyPath",
    "ItemReader", "ItemBatcher", "ResultWriter", "ToleratedFailureCount", "ToleratedFailureCountPath",
    "ToleratedFailurePercentage", "ToleratedFailurePercentagePath", "Label", "Retry", "Catch"};
constexpr std::string_view kMapJsonata[] = {
    "Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output", "Arguments", "ItemProcessor", "Items",
    "ItemSelector", "MaxConcurrency", "ItemReader", "ItemBatcher", "ResultWriter", "ToleratedFailureCount",
    "ToleratedFailurePercentage", "Label", "Retry", "Catch"};

Names fields_of(StateType type, bool is_jsonata) {
  switch (type) {
    case StateType::Pass: return is_jsonata ? Names(kPassJsonata) : Names(kPass);
    case StateType::Task: return is_jsonata ? Names(kTaskJsonata) : Names(kTask);
    case StateType::Choice: return is_jsonata ? Names(kChoiceJsonata) : Names(kChoice);
    case StateType::Wait: return is_jsonata ? Names(kWaitJsonata) : Names(kWait);
    case StateType::Succeed: return is_jsonata ? Names(kSucceedJsonata) : Names(kSucceed);
    case StateType::Fail: return is_jsonata ? Names(kFailJsonata) : Names(kFail);
    case StateType::Parallel: return is_jsonata ? Names(kParallelJsonata) : Names(kParallel);
    case StateType::Map: return is_jsonata ? Names(kMapJsonata) : Names(kMap);
  }
  return {};
}

/// Every string "{% … %}" at or below `value`.
void check_expressions(Compiler& compiler, const json::Value& value, const std::string& pointer) {
  if (value.is_string() && is_jsonata_text(value.as_string())) {
    if (const auto mistake = jsonata_mistake(value.as_string())) compiler.error(pointer, *mistake);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      check_expressions(compiler, value.items()[i], pointer + "/" + std::to_string(i));
    }
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      check_expressions(compiler, member.value, pointer + "/" + std::string(member.name()));
    }
  }
}

}  // namespace

void StateCompiler::compile() {
  fields.check_names(fields_of(state.type, is_jsonata()));
  if (is_jsonata()) {
    for (const std::string_view name : {"Output", "Arguments", "Assign", "Items", "ItemSelector", "Seconds",
                                        "Timestamp", "Error", "Cause", "Credentials"}) {
      check_jsonata_field(name);
    }
  }
  switch (state.type) {
    case StateType::Pass: return compile_pass();
    case StateType::Task: return compile_task();
    case StateType::Choice: return compile_choice();
    case StateType::Wait: return compile_wait();
    case StateType::Succeed: return compile_succeed();
    case StateType::Fail: return compile_fail();
    case StateType::Parallel: return compile_parallel();
    case StateType::Map: return compile_map();
  }
}

void StateCompiler::check_jsonata_field(std::string_view name) {
  if (const json::Value* value = fields.find(name)) check_expressions(compiler, *value, fields.child_pointer(name));
}

// ASL "Transitions": exactly one of Next and "End": true.
void StateCompiler::compile_next() {
  const bool ends = fields.boolean("End").value_or(false);
  if (fields.has("Next") == ends) {
    fields.error_here(ends ? "Only one of these fields is allowed: [Next, End]"
                           : "One of these fields is required: [Next, End]");
  }
  if (ends) compiler.states_->has_terminal = true;
  state.next = transition(fields, "Next");
}

void StateCompiler::compile_io_paths() {
  if (is_jsonata()) return;
  state.input_path = fields.path_field("InputPath", true);
  state.output_path = fields.path_field("OutputPath", true);
}

void StateCompiler::compile_assign() {
  const json::Value* assign = fields.find("Assign");
  if (assign == nullptr || is_jsonata()) return;
  if (!assign->is_object()) {
    fields.error("Assign", "Expected value of type Object");
    return;
  }
  state.assign = fields.payload_template("Assign");
}

void StateCompiler::compile_result_fields(std::optional<query::PayloadTemplate>& selector) {
  if (!is_jsonata()) {
    state.result_path = fields.result_path("ResultPath");
    selector = fields.payload_template("ResultSelector");
  }
  compile_retry();
  compile_catch();
}

}  // namespace pawl::asl
