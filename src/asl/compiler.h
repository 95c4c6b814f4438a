// SPDX-License-Identifier: Apache-2.0
// Compiler: what the files of this folder share while one definition is compiled. Internal to asl.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "asl/compile.h"
#include "asl/fields.h"
#include "asl/jsonata_check.h"

namespace pawl::asl {

/// The states of one scope by name, and where control can go between them.
struct ScopeStates {
  std::unordered_map<std::string_view, StateIndex> by_name;
  std::unordered_map<StateIndex, std::vector<StateIndex>> edges;
  bool has_terminal = false;
};

class Compiler {
 public:
  Compiler(const DefinitionSource& source, const CompileOptions& options);

  Compilation run();

  // Used by Fields.
  void error(const std::string& pointer, std::string message, std::string_view code = kSchemaValidationFailed,
             Severity severity = Severity::Error);
  const CompileOptions& options() const { return options_; }

 private:
  friend struct StateCompiler;

  // compile.cc
  void compile_machine();
  /// "StartAt" and "States" of the object at `pointer`.
  ScopeIndex compile_scope(const Fields& fields, QueryLanguage language);
  void compile_state(StateIndex index, const json::Member& member, const std::string& states_pointer,
                     ScopeIndex scope, QueryLanguage language);
  void report_duplicates();
  // transitions.cc
  StateIndex resolve(const std::string& pointer, std::string_view field, const std::string& target);
  void check_scope(const json::Value& states, const std::string& pointer, StateIndex start);

  const DefinitionSource& source_;
  const CompileOptions& options_;
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
  std::vector<Diagnostic> diagnostics_;
  std::unordered_set<std::string_view> state_names_;
  ScopeStates* states_ = nullptr;  ///< of the scope being compiled
};

/// Compiles one state; one function per state type, in states/.
struct StateCompiler {
  Compiler& compiler;
  Fields fields;
  State& state;
  StateIndex index;

  bool is_jsonata() const { return state.query_language == QueryLanguage::Jsonata; }

  void compile();
  void compile_pass();
  void compile_task();
  void compile_choice();
  void compile_wait();
  void compile_succeed();
  void compile_fail();
  void compile_parallel();
  void compile_map();

  // fields that several types share
  void compile_next();
  void compile_io_paths();
  void compile_assign();
  void compile_result_fields(std::optional<query::PayloadTemplate>& selector);
  /// Fields of JSONata states hold expressions, which this release checks but does not compile.
  void check_jsonata_field(std::string_view name);
  StateIndex transition(const Fields& from, std::string_view field);

  // retry_catch.cc
  void compile_retry();
  void compile_catch();
  // choice_rule.cc
  ChoiceRule compile_rule(const Fields& rule, int depth);
  void compile_comparison(const Fields& rule, ChoiceRule& out);
  // map_fields.cc
  ItemReader compile_item_reader(const Fields& reader);
  ItemBatcher compile_item_batcher(const Fields& batcher);
  ResultWriter compile_result_writer(const Fields& writer);
  std::optional<TaskResource> compile_resource(const Fields& from);
};

}  // namespace pawl::asl
