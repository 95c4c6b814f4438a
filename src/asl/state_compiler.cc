// SPDX-License-Identifier: Apache-2.0
// The fields that several state types share, and which fields each type has.
#include <algorithm>
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

// ASL "States": the fields of each type, by query language.
constexpr std::string_view kPass[] = {"Type",       "Comment",    "QueryLanguage", "Next",
                                      "End",        "Assign",     "InputPath",     "OutputPath",
                                      "ResultPath", "Parameters", "Result"};
constexpr std::string_view kPassJsonata[] = {"Type", "Comment", "QueryLanguage", "Next",
                                             "End",  "Assign",  "Output"};
constexpr std::string_view kTask[] = {"Type",
                                      "Comment",
                                      "QueryLanguage",
                                      "Next",
                                      "End",
                                      "Assign",
                                      "InputPath",
                                      "OutputPath",
                                      "ResultPath",
                                      "Parameters",
                                      "ResultSelector",
                                      "Resource",
                                      "Credentials",
                                      "TimeoutSeconds",
                                      "TimeoutSecondsPath",
                                      "HeartbeatSeconds",
                                      "HeartbeatSecondsPath",
                                      "Retry",
                                      "Catch"};
constexpr std::string_view kTaskJsonata[] = {
    "Type",           "Comment",          "QueryLanguage", "Next",     "End",
    "Assign",         "Output",           "Arguments",     "Resource", "Credentials",
    "TimeoutSeconds", "HeartbeatSeconds", "Retry",         "Catch"};
constexpr std::string_view kChoice[] = {"Type",      "Comment",    "QueryLanguage", "Assign",
                                        "InputPath", "OutputPath", "Choices",       "Default"};
constexpr std::string_view kChoiceJsonata[] = {"Type",   "Comment", "QueryLanguage", "Assign",
                                               "Output", "Choices", "Default"};
constexpr std::string_view kWait[] = {"Type",    "Comment",     "QueryLanguage", "Next",
                                      "End",     "Assign",      "InputPath",     "OutputPath",
                                      "Seconds", "SecondsPath", "Timestamp",     "TimestampPath"};
constexpr std::string_view kWaitJsonata[] = {
    "Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output", "Seconds", "Timestamp"};
constexpr std::string_view kSucceed[] = {"Type", "Comment", "QueryLanguage", "InputPath",
                                         "OutputPath"};
constexpr std::string_view kSucceedJsonata[] = {"Type", "Comment", "QueryLanguage", "Output"};
constexpr std::string_view kFail[] = {"Type",      "Comment", "QueryLanguage", "Error",
                                      "ErrorPath", "Cause",   "CausePath"};
constexpr std::string_view kFailJsonata[] = {"Type", "Comment", "QueryLanguage", "Error", "Cause"};
constexpr std::string_view kParallel[] = {
    "Type",           "Comment",   "QueryLanguage", "Next",       "End",
    "Assign",         "InputPath", "OutputPath",    "ResultPath", "Parameters",
    "ResultSelector", "Branches",  "Retry",         "Catch"};
constexpr std::string_view kParallelJsonata[] = {
    "Type",   "Comment",   "QueryLanguage", "Next",  "End",  "Assign",
    "Output", "Arguments", "Branches",      "Retry", "Catch"};
constexpr std::string_view kMap[] = {"Type",
                                     "Comment",
                                     "QueryLanguage",
                                     "Next",
                                     "End",
                                     "Assign",
                                     "InputPath",
                                     "OutputPath",
                                     "ResultPath",
                                     "Parameters",
                                     "ResultSelector",
                                     "Iterator",
                                     "ItemProcessor",
                                     "ItemsPath",
                                     "ItemSelector",
                                     "MaxConcurrency",
                                     "MaxConcurrencyPath",
                                     "ItemReader",
                                     "ItemBatcher",
                                     "ResultWriter",
                                     "ToleratedFailureCount",
                                     "ToleratedFailureCountPath",
                                     "ToleratedFailurePercentage",
                                     "ToleratedFailurePercentagePath",
                                     "Label",
                                     "Retry",
                                     "Catch"};
constexpr std::string_view kMapJsonata[] = {"Type",
                                            "Comment",
                                            "QueryLanguage",
                                            "Next",
                                            "End",
                                            "Assign",
                                            "Output",
                                            "Arguments",
                                            "ItemProcessor",
                                            "Items",
                                            "ItemSelector",
                                            "MaxConcurrency",
                                            "ItemReader",
                                            "ItemBatcher",
                                            "ResultWriter",
                                            "ToleratedFailureCount",
                                            "ToleratedFailurePercentage",
                                            "Label",
                                            "Retry",
                                            "Catch"};

LanguageNames fields_of(StateType type) {
  switch (type) {
    case StateType::Pass: return {kPass, kPassJsonata};
    case StateType::Task: return {kTask, kTaskJsonata};
    case StateType::Choice: return {kChoice, kChoiceJsonata};
    case StateType::Wait: return {kWait, kWaitJsonata};
    case StateType::Succeed: return {kSucceed, kSucceedJsonata};
    case StateType::Fail: return {kFail, kFailJsonata};
    case StateType::Parallel: return {kParallel, kParallelJsonata};
    case StateType::Map: return {kMap, kMapJsonata};
  }
  return {};
}

bool is_expression(const json::Value* value) {
  return value != nullptr && value->is_string() &&
         query::jsonata::is_expression_text(value->as_string());
}

}  // namespace

void StateCompiler::check_fields() {
  LanguageNames names = fields_of(state.type);
  if (!is_downgraded) return fields.check_names(names, state.query_language);
  // Measured: of a state that must not be JSONPath, no field is called JSONata's.
  for (const json::Member& member : fields.object().members()) {
    const auto is = [&](std::string_view each) { return each == member.name(); };
    if (std::none_of(names.json_path.begin(), names.json_path.end(), is) &&
        std::none_of(names.jsonata.begin(), names.jsonata.end(), is)) {
      fields.refuse(member.name());
    }
  }
}

void StateCompiler::compile() {
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

/// "{%" without its "%}", at or below `value`.
void StateCompiler::check_braces(const json::Value& value, const std::string& pointer) {
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    if (text.starts_with("{%") && !query::jsonata::is_expression_text(text))
      compiler.error(pointer, "JSONata string must start with {% and end with %}");
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i)
      check_braces(value.items()[i], json::pointer_child(pointer, i));
  } else if (value.is_object()) {
    for (const json::Member& member : value.members())
      check_braces(member.value, json::pointer_child(pointer, member.name()));
  }
}

JsonataField StateCompiler::compile_expressions(const Fields& from, std::string_view name) {
  const json::Value* value = from.find(name);
  if (!is_jsonata() || value == nullptr) return std::nullopt;
  const std::string place = from.child_pointer(name);
  check_braces(*value, place);
  const size_t errors_before = compiler.errors_.size();
  JsonataField field = query::jsonata::ValueTemplate::compile(
      *value, name, [&](const std::string& pointer, const query::jsonata::EvaluationError& error) {
        // AWS strips the reference implementation's code.
        compiler.error(place + pointer, error.message(), kInvalidJsonataExpression);
      });
  // Expressions have no context of their own: "$", "$$" and bare names mean nothing there.
  field->for_each_expression([&](const std::string& pointer,
                                 const query::jsonata::Expression& expression) {
    for (const std::string& reference : expression.top_level_references()) {
      compiler.error_if_strict(
          place + pointer, "Reference to '" + reference + "' at the top level is not supported.",
          kUnsupportedJsonataExpression);
    }
  });
  if (compiler.errors_.size() > errors_before) return std::nullopt;
  return field;
}

IntegerField StateCompiler::compile_integer(const Fields& from, std::string_view name, int64_t min,
                                            int64_t max) {
  if (!is_jsonata()) return from.integer_field(name, min, max);
  IntegerField field;
  if (is_expression(from.find(name))) {
    field.expression = compile_expressions(from, name);
  } else {
    field.literal = from.integer(name, min, max);
  }
  return field;
}

NumberField StateCompiler::compile_number(const Fields& from, std::string_view name, double min,
                                          double max) {
  if (!is_jsonata()) return from.number_field(name, min, max);
  NumberField field;
  if (is_expression(from.find(name))) {
    field.expression = compile_expressions(from, name);
  } else {
    field.literal = from.number(name, min, max);
  }
  return field;
}

// ASL "Transitions": exactly one of Next and "End": true.
void StateCompiler::compile_next() {
  const bool ends =
      fields.boolean("End").value_or(fields.has("End"));  // a wrong type has been reported
  if (ends) {
    fields.at_most_one({"Next", "End"});
  } else if (!fields.has("Next")) {
    fields.error_here("This object should have only one of the following fields: [Next, End]");
  }
  if (ends) compiler.states_->has_terminal = true;
  state.next = transition(fields, "Next");
}

void StateCompiler::compile_io_paths() {
  state.output = compile_expressions(fields, "Output");
  if (is_jsonata()) return;
  state.input_path = fields.path_field("InputPath", true);
  state.output_path = fields.path_field("OutputPath", true);
}

AssignField StateCompiler::compile_assign(const Fields& from) {
  AssignField field;
  const std::optional<Fields> assign = from.object("Assign");
  if (!assign) return field;
  compiler.check_assign(*assign);
  if (is_jsonata()) {
    field.jsonata = compile_expressions(from, "Assign");
  } else {
    field.json_path = from.payload_template("Assign");
  }
  return field;
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
