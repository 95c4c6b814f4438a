// SPDX-License-Identifier: Apache-2.0
// Program: a compiled state machine. Everything that can be decided from the definition is decided
// here: transitions are indexes, paths, templates and choice rules are compiled. Immutable; shared
// by every execution of the machine. Members are named after the fields of the Amazon States
// Language specification.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/task_resource.h"
#include "base/time.h"
#include "json/value.h"
#include "query/jsonata/value_template.h"
#include "query/path/path.h"
#include "query/template/payload_template.h"

namespace pawl::asl {

enum class StateMachineType : uint8_t { Standard, Express };
enum class QueryLanguage : uint8_t { JsonPath, Jsonata };
enum class StateType : uint8_t { Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map };

/// "Task", "Pass", …
std::string_view state_type_name(StateType type);

/// Index into Program::states.
using StateIndex = uint32_t;
inline constexpr StateIndex kEnd = UINT32_MAX;  ///< "End": true, or a terminal state

/// A nested "States": the machine itself, a Branch, an ItemProcessor. Index into Program::scopes.
using ScopeIndex = uint32_t;
struct Scope {
  StateIndex start_at = kEnd;
};

/// InputPath, OutputPath, ItemsPath: absent is the whole, null discards ("{}").
struct PathField {
  enum class Use : uint8_t { Whole, Discard, Select } use = Use::Whole;
  std::optional<query::Path> path;  ///< for Select
};

/// ResultPath: absent or "$" replaces the input, null keeps the input.
struct ResultPathField {
  enum class Use : uint8_t { Replace, Discard, Assign } use = Use::Replace;
  std::optional<query::ReferencePath> path;  ///< for Assign
};

/// A field of a JSONata state: expressions in JSON; nothing if absent.
using JsonataField = std::optional<query::jsonata::ValueTemplate>;

/// "Assign", in the state's query language; neither if absent.
struct AssignField {
  std::optional<query::PayloadTemplate> json_path;
  JsonataField jsonata;
};

/// An integer field, its …Path twin or an expression; none if absent.
struct IntegerField {
  std::optional<int64_t> literal;
  std::optional<query::Path> path;
  JsonataField expression;
  bool present() const { return literal.has_value() || path.has_value() || expression.has_value(); }
};

/// A number field, its …Path twin or an expression (ToleratedFailurePercentage).
struct NumberField {
  std::optional<double> literal;
  std::optional<query::Path> path;
  JsonataField expression;
  bool present() const { return literal.has_value() || path.has_value() || expression.has_value(); }
};

/// A string field, its …Path twin, which may be an intrinsic call, or an expression (Fail: Error,
/// Cause).
struct StringField {
  std::optional<std::string> literal;
  std::optional<query::TemplateExpression> path;
  JsonataField expression;
};

/// ASL "Retrying After Error". Defaults are the specification's.
struct Retrier {
  std::vector<std::string> error_equals;
  int64_t interval_seconds = 1;
  int64_t max_attempts = 3;
  double backoff_rate = 2.0;
  std::optional<int64_t> max_delay_seconds;
  bool full_jitter = false;  ///< "JitterStrategy": "FULL"
};

/// ASL "Fallback States".
struct Catcher {
  std::vector<std::string> error_equals;
  ResultPathField result_path;
  JsonataField output;
  AssignField assign;
  StateIndex next = kEnd;
};

struct PassState {
  std::optional<json::FrozenValue> result;
  std::optional<query::PayloadTemplate> parameters;
};

struct TaskState {
  TaskResource resource;
  std::optional<query::PayloadTemplate> parameters;
  std::optional<query::PayloadTemplate> result_selector;
  std::optional<query::PayloadTemplate> credentials;
  JsonataField arguments;
  JsonataField jsonata_credentials;
  IntegerField timeout_seconds;    ///< default 99,999,999
  IntegerField heartbeat_seconds;  ///< none by default
};

/// ASL "Choice Rules", data-test expressions. Each operator also exists with a comparand from a
/// path ("…Path").
enum class ChoiceOperator : uint8_t {
  And,
  Or,
  Not,
  StringEquals,
  StringLessThan,
  StringGreaterThan,
  StringLessThanEquals,
  StringGreaterThanEquals,
  StringMatches,
  NumericEquals,
  NumericLessThan,
  NumericGreaterThan,
  NumericLessThanEquals,
  NumericGreaterThanEquals,
  BooleanEquals,
  TimestampEquals,
  TimestampLessThan,
  TimestampGreaterThan,
  TimestampLessThanEquals,
  TimestampGreaterThanEquals,
  IsNull,
  IsPresent,
  IsNumeric,
  IsString,
  IsBoolean,
  IsTimestamp,
};

/// "And", "StringEquals", …; a rule with a path for its comparand adds "Path".
std::string_view choice_operator_name(ChoiceOperator op);

/// StringMatches, split at unescaped "*": pieces that must follow each other; the ends are
/// anchored.
struct StringPattern {
  std::vector<std::string> pieces;
};

struct ChoiceRule {
  ChoiceOperator op = ChoiceOperator::And;
  std::optional<query::Path> variable;  ///< for all but And, Or, Not
  /// The comparand: literal of the operator's type, or a path ("StringEqualsPath").
  std::variant<std::monostate, std::string, double, bool, base::Timestamp, StringPattern,
               query::Path>
      comparand;
  std::vector<ChoiceRule> rules;  ///< for And, Or, Not
};

struct ChoiceBranch {
  ChoiceRule rule;         ///< JSONPath
  JsonataField condition;  ///< JSONata
  JsonataField output;     ///< JSONata
  AssignField assign;
  StateIndex next = kEnd;
};

struct ChoiceState {
  std::vector<ChoiceBranch> choices;
  StateIndex default_next = kEnd;  ///< kEnd: no Default
};

struct WaitState {
  IntegerField seconds;
  std::optional<base::Timestamp> timestamp;
  std::optional<query::Path> timestamp_path;
  JsonataField timestamp_expression;
};

struct SucceedState {};

struct FailState {
  StringField error;
  StringField cause;
};

struct ParallelState {
  std::vector<ScopeIndex> branches;
  std::optional<query::PayloadTemplate> parameters;
  std::optional<query::PayloadTemplate> result_selector;
  JsonataField arguments;
};

/// ASL "ItemReader": where a Distributed Map's items come from.
struct ItemReader {
  TaskResource resource;
  std::optional<query::PayloadTemplate> parameters;
  JsonataField arguments;
  json::FrozenValue reader_config;  ///< as written; {} if absent
  IntegerField max_items;           ///< ReaderConfig.MaxItems(Path)
};

/// ASL "ItemBatcher".
struct ItemBatcher {
  std::optional<query::PayloadTemplate> batch_input;
  JsonataField jsonata_batch_input;
  IntegerField max_items_per_batch;
  IntegerField max_input_bytes_per_batch;
};

/// ASL "ResultWriter".
struct ResultWriter {
  std::optional<TaskResource> resource;
  std::optional<query::PayloadTemplate> parameters;
  JsonataField arguments;
  json::FrozenValue writer_config;  ///< as written; {} if absent
};

enum class MapMode : uint8_t { Inline, Distributed };

struct MapState {
  MapMode mode = MapMode::Inline;
  StateMachineType execution_type =
      StateMachineType::Standard;  ///< of a Distributed Map's children
  ScopeIndex processor = 0;
  PathField items_path;
  JsonataField items;
  std::optional<query::PayloadTemplate> item_selector;  ///< ItemSelector or the legacy Parameters
  JsonataField jsonata_item_selector;
  std::optional<query::PayloadTemplate> result_selector;
  IntegerField max_concurrency;  ///< 0 or absent: no limit (Inline: 40 at once on AWS)
  std::string label;             ///< Distributed: "" if absent
  std::optional<ItemReader> item_reader;
  std::optional<ItemBatcher> item_batcher;
  std::optional<ResultWriter> result_writer;
  IntegerField tolerated_failure_count;
  NumberField tolerated_failure_percentage;
};

/// One state. The fields that most types share stand here; the rest in `detail`.
struct State {
  std::string name;
  StateType type = StateType::Pass;
  QueryLanguage query_language = QueryLanguage::JsonPath;
  ScopeIndex scope = 0;  ///< the scope it belongs to
  StateIndex next = kEnd;
  PathField input_path;
  PathField output_path;
  ResultPathField result_path;
  JsonataField output;
  AssignField assign;
  std::vector<Retrier> retry;
  std::vector<Catcher> catchers;
  std::variant<PassState, TaskState, ChoiceState, WaitState, SucceedState, FailState, ParallelState,
               MapState>
      detail;
};

/// Move-only; shared as std::shared_ptr<const Program>.
struct Program {
  StateMachineType type = StateMachineType::Standard;
  QueryLanguage query_language = QueryLanguage::JsonPath;
  std::string comment;
  std::optional<int64_t> timeout_seconds;
  std::vector<State> states;
  std::vector<Scope> scopes;  ///< scopes[0] is the machine
};

}  // namespace pawl::asl
