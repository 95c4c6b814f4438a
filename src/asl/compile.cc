// SPDX-License-Identifier: Apache-2.0
// A definition to a Program: the machine's own fields, then scope by scope its states.
#include "asl/compile.h"

#include <algorithm>
#include <array>
#include <utility>

#include "asl/compiler.h"
#include "asl/place.h"
#include "json/jackson_error.h"
#include "json/parse.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 6> kMachineFields = {
    "Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"};
constexpr std::array<std::pair<std::string_view, StateType>, 8> kStateTypes = {{
    {"Task", StateType::Task},
    {"Wait", StateType::Wait},
    {"Pass", StateType::Pass},
    {"Succeed", StateType::Succeed},
    {"Fail", StateType::Fail},
    {"Choice", StateType::Choice},
    {"Parallel", StateType::Parallel},
    {"Map", StateType::Map},
}};
constexpr int64_t kTimeoutSecondsMax = 99'999'999;

Compilation refused(Diagnostic diagnostic) {
  return {.program = nullptr, .diagnostics = {std::move(diagnostic)}};
}

Diagnostic not_an_object() {
  return {.severity = Severity::Error,
          .code = std::string(kSchemaValidationFailed),
          .message = "Definition must be a valid JSON object",
          .location = {},
          .position = {1, 1},
          .pointer = {}};
}

/// Characters of UTF-8 text, for the limit on names.
size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

/// Measured: what is not exactly "JSONPath" is taken for JSONata, whatever else is wrong with it.
QueryLanguage query_language_of(const json::Value& holder, QueryLanguage inherited) {
  const json::Value* value = holder.find("QueryLanguage");
  if (value == nullptr) return inherited;
  return value->is_string() && value->as_string() == "JSONPath" ? QueryLanguage::JsonPath
                                                                : QueryLanguage::Jsonata;
}

void check_query_language(const Fields& fields) {
  const json::Value* value = fields.find("QueryLanguage");
  if (value != nullptr && !value->is_string()) {
    fields.error("QueryLanguage", "Expected value of type [STRING]");
  } else {
    fields.one_of("QueryLanguage", {"JSONPath", "JSONata"});
  }
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
  type_ = options_.type;
  report_duplicates();
  compile_machine();
  return finish();
}

// Errors first, so that warnings never push one out.
Compilation Compiler::finish() {
  Compilation compilation;
  if (errors_.empty()) compilation.program = std::move(program_);
  compilation.diagnostics = std::move(errors_);
  for (Diagnostic& warning : warnings_) {
    if (compilation.diagnostics.size() < options_.diagnostics_max) {
      compilation.diagnostics.push_back(std::move(warning));
    } else {
      truncated_ = true;
    }
  }
  for (Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.code == kMissingEndState) continue;  // it has no place
    diagnostic.location = location_of(source_.root(), diagnostic.pointer);
    diagnostic.position = source_.locate(diagnostic.pointer);
  }
  compilation.truncated = truncated_;
  return compilation;
}

void Compiler::error(const std::string& pointer, std::string message, std::string_view code) {
  if (errors_.size() >= options_.diagnostics_max) {
    truncated_ = true;
    return;
  }
  errors_.push_back({.severity = Severity::Error,
                     .code = std::string(code),
                     .message = std::move(message),
                     .location = {},
                     .position = {},
                     .pointer = pointer});
}

void Compiler::warn(const std::string& pointer, std::string message, std::string_view code) {
  if (warnings_.size() >= options_.diagnostics_max) {
    truncated_ = true;
    return;
  }
  warnings_.push_back({.severity = Severity::Warning,
                       .code = std::string(code),
                       .message = std::move(message),
                       .location = {},
                       .position = {},
                       .pointer = pointer});
}

void Compiler::error_if_strict(const std::string& pointer, std::string message,
                               std::string_view code) {
  if (options_.unknown_resource == Severity::Error) {
    error(pointer, std::move(message), code);
  } else {
    warn(pointer, std::move(message), code);
  }
}

void Compiler::report_duplicates() {
  for (const std::string& pointer : source_.duplicates()) {
    const size_t name = pointer.rfind('/');
    if (std::string_view(pointer).substr(0, name).ends_with("/States")) {
      error(pointer, "Duplicate State name: " + pointer.substr(name + 1), kDuplicateStateName);
    } else {
      error(pointer, "Duplicate field '" + pointer.substr(name + 1) + "'");
    }
  }
}

void Compiler::compile_machine() {
  const Fields fields(*this, source_.root(), "");
  fields.check_names(kMachineFields);
  fields.require({"States", "StartAt"});
  program_->comment = fields.string("Comment").value_or("");
  fields.one_of("Version", {"1.0"});
  program_->timeout_seconds = fields.integer("TimeoutSeconds", 0, kTimeoutSecondsMax);
  // Measured: 0 is accepted. Nothing could run in no time, so it is read as no limit.
  if (program_->timeout_seconds == 0) program_->timeout_seconds.reset();
  program_->query_language = query_language_of(source_.root(), QueryLanguage::JsonPath);
  check_query_language(fields);
  compile_scope(fields, {.type = options_.type});
}

// Two passes: all names of the scope get their index first, so that transitions resolve in the
// second.
ScopeIndex Compiler::compile_scope(const Fields& fields, ScopeKind kind) {
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
  if (kind.sees_outer_variables) scope_states.outer = states_;
  ScopeStates* const outer_states = std::exchange(states_, &scope_states);
  const StateMachineType outer_type = std::exchange(type_, kind.type);
  index_states(*states, scope_states);
  const auto members = states->object().members();
  for (size_t i = 0; i < members.size(); ++i) {
    const StateIndex index = scope_states.first + static_cast<StateIndex>(i);
    if (!compile_state(index, members[i], states->pointer(), scope))
      scope_states.is_incomplete = true;
  }
  StateIndex start = kEnd;
  if (start_at) start = resolve(fields.child_pointer("StartAt"), *start_at);
  program_->scopes[scope].start_at = start;
  // Measured: only the machine itself must have an end; while it has none, nothing is said of
  // reachability.
  const bool is_endless = scope == 0 && !scope_states.has_terminal && !scope_states.is_incomplete;
  if (is_endless) error("", "Workflow has no terminal state", kMissingEndState);
  if (start_at && !is_endless && !scope_states.is_incomplete)
    check_reachability(states->object(), states->pointer(), start);
  states_ = outer_states;
  type_ = outer_type;
  return scope;
}

void Compiler::index_states(const Fields& states, ScopeStates& scope_states) {
  const auto members = states.object().members();
  scope_states.first = static_cast<StateIndex>(program_->states.size());
  scope_states.edges.resize(members.size());
  program_->states.resize(scope_states.first + members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    const std::string_view name = members[i].name();
    const std::string shown(name);
    scope_states.by_name.emplace(name, scope_states.first + static_cast<StateIndex>(i));
    if (!state_names_.insert(name).second) {
      error(states.child_pointer(name), "Duplicate State name: " + shown, kDuplicateStateName);
    }
    if (name.empty())
      error(states.child_pointer(name), "Invalid State name: the name is empty", kInvalidStateName);
    if (count_characters(name) > options_.limits.name_characters_max) {
      error(states.child_pointer(name),
            "Invalid State name: '" + shown + "' exceeds the " +
                std::to_string(options_.limits.name_characters_max) +
                "-character limit allowed by the service",
            kInvalidStateName);
    }
    collect_variables(members[i].value);
  }
}

bool Compiler::compile_state(StateIndex index, const json::Member& member,
                             const std::string& states_pointer, ScopeIndex scope) {
  State state;
  state.name = member.name();
  state.scope = scope;
  const Fields fields(*this, member.value, json::pointer_child(states_pointer, member.name()));
  if (!member.value.is_object()) {
    fields.error_here("Expected value of type Object");
    return false;
  }
  state.query_language = query_language_of(member.value, program_->query_language);
  const bool is_downgraded = state.query_language == QueryLanguage::JsonPath &&
                             program_->query_language == QueryLanguage::Jsonata;
  if (is_downgraded) {
    fields.error_here(
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  fields.require({"Type"});
  const std::optional<std::string> type = fields.string("Type");
  if (!type) return false;
  const auto* found = std::find_if(kStateTypes.begin(), kStateTypes.end(),
                                   [&](const auto& row) { return row.first == *type; });
  if (found == kStateTypes.end()) {
    fields.error("Type",
                 "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, "
                 "Fail, Choice, "
                 "Parallel, Map]");
    return false;
  }
  state.type = found->second;
  StateCompiler compiler{*this, fields, state, index, is_downgraded};
  compiler.check_fields();
  check_query_language(fields);
  compiler.compile();
  program_->states[index] = std::move(state);
  return true;
}

Compilation compile(const DefinitionSource& source, const CompileOptions& options) {
  return Compiler(source, options).run();
}

Compilation compile(std::string_view json_text, const CompileOptions& options) {
  if (json_text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return refused(not_an_object());
  base::Result<DefinitionSource> source =
      DefinitionSource::from_json(std::string(json_text), options.limits);
  if (source) return compile(*source, options);
  const base::Error& error = source.error();
  if (error.kind == base::ErrorKind::LimitExceeded) {
    const bool is_too_long = json_text.size() > options.limits.definition_bytes_max;
    return refused({.severity = Severity::Error,
                    .code = std::string(is_too_long ? kSchemaValidationFailed : kTooDeeplyNested),
                    .message = "The definition is beyond the limits: " + error.message,
                    .location = {},
                    .position = error.position,
                    .pointer = {}});
  }
  const json::JacksonError jackson = json::jackson_error(json_text, error);
  return refused({.severity = Severity::Error,
                  .code = std::string(kInvalidJsonDescription),
                  .message = jackson.message + "\n at " + jackson.location,
                  .location = jackson.location,
                  .position = error.position,
                  .pointer = {}});
}

}  // namespace pawl::asl
