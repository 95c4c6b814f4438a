// SPDX-License-Identifier: Apache-2.0
// A definition to a Program: the machine's own fields, then scope by scope its states.
#include "asl/compile.h"

#include <algorithm>
#include <array>
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"
#include "json/jackson_error.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 6> kMachineFields = {"Comment", "StartAt",        "States",
                                                            "Version", "TimeoutSeconds", "QueryLanguage"};
constexpr std::array<std::pair<std::string_view, StateType>, 8> kStateTypes = {{
    {"Task", StateType::Task},       {"Wait", StateType::Wait}, {"Pass", StateType::Pass},
    {"Succeed", StateType::Succeed}, {"Fail", StateType::Fail}, {"Choice", StateType::Choice},
    {"Parallel", StateType::Parallel}, {"Map", StateType::Map},
}};
constexpr int64_t kTimeoutSecondsMax = 99'999'999;

Compilation refused(Diagnostic diagnostic) { return {.program = nullptr, .diagnostics = {std::move(diagnostic)}}; }

Diagnostic not_an_object() {
  return {.severity = Severity::Error,
          .code = std::string(kSchemaValidationFailed),
          .message = "Definition must be a valid JSON object",
          .location = {},
          .position = {1, 1}};
}

/// Characters of UTF-8 text, for the limit on names.
size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

std::optional<QueryLanguage> read_query_language(const Fields& fields) {
  const std::optional<std::string> text = fields.string("QueryLanguage");
  if (!text) return std::nullopt;
  if (*text == "JSONPath") return QueryLanguage::JsonPath;
  if (*text == "JSONata") return QueryLanguage::Jsonata;
  fields.error("QueryLanguage", "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]");
  return std::nullopt;
}

}  // namespace

std::string_view state_type_name(StateType type) {
  for (const auto& [name, each] : kStateTypes) {
    if (each == type) return name;
  }
  return "";
}

Compiler::Compiler(const DefinitionSource& source, const CompileOptions& options)
    : source_(source), options_(options) {}

Compilation Compiler::run() {
  if (!source_.root().is_object()) return refused(not_an_object());
  program_->type = options_.type;
  report_duplicates();
  compile_machine();
  Compilation compilation;
  if (!has_errors(diagnostics_)) compilation.program = std::move(program_);
  for (Diagnostic& diagnostic : diagnostics_) {
    diagnostic.position = source_.locate(diagnostic.location == "/" ? "" : diagnostic.location);
  }
  compilation.diagnostics = std::move(diagnostics_);
  return compilation;
}

void Compiler::error(const std::string& pointer, std::string message, std::string_view code, Severity severity) {
  if (diagnostics_.size() >= options_.diagnostics_max) return;
  diagnostics_.push_back({.severity = severity,
                          .code = std::string(code),
                          .message = std::move(message),
                          .location = pointer.empty() ? "/" : pointer,
                          .position = {}});
}

void Compiler::report_duplicates() {
  for (const std::string& pointer : source_.duplicates()) error(pointer, "Duplicate field");
}

void Compiler::compile_machine() {
  const Fields fields(*this, source_.root(), "");
  fields.check_names(kMachineFields);
  fields.require({"States", "StartAt"});
  program_->comment = fields.string("Comment").value_or("");
  if (const auto version = fields.string("Version"); version && *version != "1.0") {
    fields.error("Version", "The field 'Version' should have one of these values: [1.0]");
  }
  program_->timeout_seconds = fields.integer("TimeoutSeconds", 1, kTimeoutSecondsMax);
  program_->query_language = read_query_language(fields).value_or(QueryLanguage::JsonPath);
  compile_scope(fields, program_->query_language);
}

// Two passes: all names of the scope get their index first, so that transitions resolve in the second.
ScopeIndex Compiler::compile_scope(const Fields& fields, QueryLanguage language) {
  const auto scope = static_cast<ScopeIndex>(program_->scopes.size());
  program_->scopes.emplace_back();
  const std::optional<std::string> start_at = fields.string("StartAt");
  const std::optional<Fields> states = fields.object("States");
  if (!states) return scope;
  if (states->object().size() == 0) {
    states->error_here("Value cannot be empty");
    return scope;
  }

  ScopeStates scope_states;
  ScopeStates* const outer = std::exchange(states_, &scope_states);
  const auto first = static_cast<StateIndex>(program_->states.size());
  const auto members = states->object().members();
  for (size_t i = 0; i < members.size(); ++i) {
    const std::string_view name = members[i].name();
    scope_states.by_name.emplace(name, first + static_cast<StateIndex>(i));
    if (!state_names_.insert(name).second) states->error(name, "State names must be unique in the whole machine");
    if (count_characters(name) > options_.limits.name_characters_max) {
      states->error(name, "State name should have length less than or equal to " +
                              std::to_string(options_.limits.name_characters_max));
    }
  }
  program_->states.resize(first + members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    compile_state(first + static_cast<StateIndex>(i), members[i], states->pointer(), scope, language);
  }
  if (start_at) {
    const StateIndex start = resolve(fields.child_pointer("StartAt"), "StartAt", *start_at);
    program_->scopes[scope].start_at = start;
    if (start != kEnd) check_scope(states->object(), states->pointer(), start);
  }
  states_ = outer;
  return scope;
}

void Compiler::compile_state(StateIndex index, const json::Member& member, const std::string& states_pointer,
                             ScopeIndex scope, QueryLanguage language) {
  State state;
  state.name = member.name();
  state.scope = scope;
  state.query_language = language;
  const Fields fields(*this, member.value, json::pointer_child(states_pointer, member.name()));
  if (!member.value.is_object()) {
    fields.error_here("Expected value of type Object");
    return;
  }
  if (const std::optional<QueryLanguage> own = read_query_language(fields)) {
    if (*own == QueryLanguage::JsonPath && program_->query_language == QueryLanguage::Jsonata) {
      fields.error_here("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
    }
    state.query_language = *own;
  }
  if (state.query_language == QueryLanguage::Jsonata && !program_->first_jsonata_state) {
    program_->first_jsonata_state = index;
  }
  fields.require({"Type"});
  const std::optional<std::string> type = fields.string("Type");
  if (!type) return;
  const auto* found = std::find_if(kStateTypes.begin(), kStateTypes.end(),
                                   [&](const auto& row) { return row.first == *type; });
  if (found == kStateTypes.end()) {
    fields.error("Type",
                 "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, "
                 "Parallel, Map]");
    return;
  }
  state.type = found->second;
  StateCompiler{*this, fields, state, index}.compile();
  program_->states[index] = std::move(state);
}

Compilation compile(const DefinitionSource& source, const CompileOptions& options) {
  return Compiler(source, options).run();
}

Compilation compile(std::string_view json_text, const CompileOptions& options) {
  if (json_text.find_first_not_of(" \t\r\n") == std::string_view::npos) return refused(not_an_object());
  base::Result<DefinitionSource> source = DefinitionSource::from_json(std::string(json_text), options.limits);
  if (source) return compile(*source, options);
  const base::Error& error = source.error();
  if (error.kind == base::ErrorKind::LimitExceeded) {
    return refused({.severity = Severity::Error,
                    .code = std::string(kSchemaValidationFailed),
                    .message = "The definition is beyond the limits: " + error.message,
                    .location = {},
                    .position = error.position});
  }
  const json::JacksonError jackson = json::jackson_error(json_text, error);
  return refused({.severity = Severity::Error,
                  .code = std::string(kInvalidJsonDescription),
                  .message = jackson.message + "\n at " + jackson.location,
                  .location = jackson.location,
                  .position = error.position});
}

}  // namespace pawl::asl
