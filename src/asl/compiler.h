// SPDX-License-Identifier: Apache-2.0
// Compiler: what the files of this folder share while one definition is compiled. Internal to asl.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "asl/compile.h"
#include "asl/fields.h"

namespace pawl::asl {

/// The states of one scope by name, where control can go between them, and the variables they
/// assign.
struct ScopeStates {
  const ScopeStates* outer =
      nullptr;  ///< whose variables can be seen; null also inside a Distributed Map
  std::unordered_map<std::string_view, StateIndex> by_name;
  std::vector<std::vector<StateIndex>> edges;  ///< by index within the scope
  StateIndex first = 0;  ///< the scope's states follow each other in the Program
  bool has_terminal = false;
  bool is_incomplete = false;  ///< a state could not be read, so nobody knows where control goes
  std::unordered_set<std::string_view> variables;
};

/// How the states of a scope run: in a machine, or in the child executions of a Distributed Map.
struct ScopeKind {
  StateMachineType type = StateMachineType::Standard;
  bool sees_outer_variables = true;
};

class Compiler {
 public:
  Compiler(const DefinitionSource& source, const CompileOptions& options);

  Compilation run();

  // Used by Fields. `pointer` is RFC 6901.
  void error(const std::string& pointer, std::string message,
             std::string_view code = kSchemaValidationFailed);
  void warn(const std::string& pointer, std::string message,
            std::string_view code = kSchemaValidationFailed);
  /// What AWS refuses, but those who only look at a definition need not
  /// (CompileOptions::unknown_resource).
  void error_if_strict(const std::string& pointer, std::string message,
                       std::string_view code = kSchemaValidationFailed);
  const CompileOptions& options() const { return options_; }

 private:
  friend struct StateCompiler;

  // compile.cc
  void compile_machine();
  /// "StartAt" and "States" of an object that has them.
  ScopeIndex compile_scope(const Fields& fields, ScopeKind kind);
  void index_states(const Fields& states, ScopeStates& scope_states);
  /// False if it cannot be told where the state leads.
  bool compile_state(StateIndex index, const json::Member& member,
                     const std::string& states_pointer, ScopeIndex scope);
  void report_duplicates();
  Compilation finish();
  // transitions.cc
  StateIndex resolve(const std::string& pointer, const std::string& target);
  void check_reachability(const json::Value& states, const std::string& pointer, StateIndex start);
  // variables.cc
  void collect_variables(const json::Value& state);
  void check_assign(const Fields& assign);

  const DefinitionSource& source_;
  const CompileOptions& options_;
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
  bool truncated_ = false;
  std::unordered_set<std::string_view> state_names_;
  std::unordered_set<std::string_view> labels_;
  ScopeStates* states_ = nullptr;                       ///< of the scope being compiled
  StateMachineType type_ = StateMachineType::Standard;  ///< of the scope being compiled
};

/// Compiles one state; one function per state type, in states/.
struct StateCompiler {
  Compiler& compiler;
  Fields fields;
  State& state;
  StateIndex index;

  /// Set if the machine's query language forbids the state's: what follows from that is not
  /// reported again.
  bool is_downgraded = false;

  bool is_jsonata() const { return state.query_language == QueryLanguage::Jsonata; }

  void compile();
  void compile_pass();
  void warn_of_dynamic_result(const json::Value& result);
  void compile_task();
  void compile_choice();
  void compile_condition(const Fields& rule, ChoiceBranch& branch);
  void compile_wait();
  void compile_succeed();
  void compile_fail();
  void compile_parallel();
  void compile_map();

  // fields that several types share
  void compile_next();
  void compile_io_paths();
  /// Assign of the state, a Catcher or a Choice Rule.
  AssignField compile_assign(const Fields& from);
  void compile_result_fields(std::optional<query::PayloadTemplate>& selector);
  void check_fields();
  /// A field with expressions; nothing if it is absent or the state speaks JSONPath.
  JsonataField compile_expressions(const Fields& from, std::string_view name);
  void check_braces(const json::Value& value, const std::string& pointer);
  /// An integer or number that may be an expression in a JSONata state.
  IntegerField compile_integer(const Fields& from, std::string_view name, int64_t min, int64_t max);
  NumberField compile_number(const Fields& from, std::string_view name, double min, double max);
  StateIndex transition(const Fields& from, std::string_view field);

  // retry_catch.cc
  void compile_retry();
  void compile_catch();
  // choice_rule.cc
  ChoiceRule compile_rule(const Fields& rule, int depth);
  void compile_comparison(const Fields& rule, bool is_top, ChoiceRule& out);
  // states/map_compiler.cc, states/map_fields.cc
  ScopeIndex compile_processor(const Fields& processor, MapState& map);
  void compile_label(MapState& map);
  ItemReader compile_item_reader(const Fields& reader);
  ItemBatcher compile_item_batcher(const Fields& batcher);
  ResultWriter compile_result_writer(const Fields& writer);
  // states/task_compiler.cc
  std::optional<TaskResource> compile_resource(const Fields& from);
  void check_pattern(const Fields& from, const TaskResource& resource);
  void check_credentials(const TaskState& task);
  void check_parameters(const TaskResource& resource);
};

}  // namespace pawl::asl
