// SPDX-License-Identifier: Apache-2.0
// Good definitions: what the Program holds.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "asl/compile.h"

namespace pawl::asl {
namespace {

std::shared_ptr<const Program> compiled(std::string_view definition) {
  Compilation compilation = compile(definition);
  EXPECT_NE(compilation.program, nullptr) << invalid_definition_message(compilation.diagnostics);
  if (compilation.program == nullptr) std::abort();  // nothing below could run
  return compilation.program;
}

std::shared_ptr<const Program> with_state(const std::string& state) {
  return compiled(R"({"StartAt":"A","States":{"A":)" + state + R"(,"Z":{"Type":"Succeed"}}})");
}

const State& find(const Program& program, std::string_view name) {
  for (const State& state : program.states) {
    if (state.name == name) return state;
  }
  ADD_FAILURE() << "no state " << name;
  return program.states.front();
}

TEST(Compile, MachineFields) {
  const auto program = compiled(
      R"({"Comment":"c","Version":"1.0","TimeoutSeconds":7,"StartAt":"B","States":{"A":{"Type":"Succeed"},"B":{"Type":"Pass","Next":"A"}}})");
  EXPECT_EQ(program->comment, "c");
  EXPECT_EQ(program->timeout_seconds, 7);
  EXPECT_EQ(program->scopes[0].start_at, 1u);
  EXPECT_EQ(program->states[1].next, 0u);
  EXPECT_EQ(program->states[0].next, kEnd);
}

TEST(Compile, PassPaths) {
  const auto program = with_state(
      R"({"Type":"Pass","InputPath":null,"OutputPath":"$.a[?(@.b>1)]","ResultPath":null,"Result":[1],"Next":"Z"})");
  const State& state = program->states[0];
  EXPECT_EQ(state.input_path.use, PathField::Use::Discard);
  EXPECT_EQ(state.output_path.use, PathField::Use::Select);
  EXPECT_EQ(state.result_path.use, ResultPathField::Use::Discard);
  EXPECT_EQ(std::get<PassState>(state.detail).result->value().size(), 1u);
  const auto root =
      with_state(R"({"Type":"Pass","ResultPath":"$","InputPath":"$$.Execution","Next":"Z"})");
  EXPECT_EQ(root->states[0].result_path.use, ResultPathField::Use::Replace);
  EXPECT_EQ(root->states[0].input_path.path->root(), query::PathRoot::Context);
}

TEST(Compile, TaskWithRetryAndCatch) {
  const auto program =
      with_state(R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{
      "FunctionName":"f"},"TimeoutSecondsPath":"$.t","HeartbeatSeconds":5,"Next":"Z",
      "Retry":[{"ErrorEquals":["E"]},{"ErrorEquals":["States.ALL"],"IntervalSeconds":3,"MaxAttempts":0,"BackoffRate":1.5,
        "MaxDelaySeconds":9,"JitterStrategy":"FULL"}],
      "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Assign":{"e.$":"$.Error"},"Next":"Z"}]})");
  const State& state = program->states[0];
  const auto& task = std::get<TaskState>(state.detail);
  EXPECT_EQ(task.timeout_seconds.path->text(), "$.t");
  EXPECT_EQ(task.heartbeat_seconds.literal, 5);
  ASSERT_EQ(state.retry.size(), 2u);
  EXPECT_EQ(state.retry[0].interval_seconds, 1);
  EXPECT_EQ(state.retry[0].max_attempts, 3);
  EXPECT_EQ(state.retry[0].backoff_rate, 2.0);
  EXPECT_EQ(state.retry[1].max_attempts, 0);
  EXPECT_EQ(state.retry[1].max_delay_seconds, 9);
  EXPECT_TRUE(state.retry[1].full_jitter);
  ASSERT_EQ(state.catchers.size(), 1u);
  EXPECT_EQ(state.catchers[0].next, 1u);
  EXPECT_EQ(state.catchers[0].result_path.use, ResultPathField::Use::Assign);
  EXPECT_TRUE(state.catchers[0].assign.json_path.has_value());
}

TEST(Compile, ChoiceRules) {
  const auto program = with_state(R"({"Type":"Choice","Default":"Z","Choices":[
      {"Not":{"Or":[{"Variable":"$.a","StringMatches":"a*b\\*c\\\\*"},{"Variable":"$$.x","NumericLessThanPath":"$v"}]},
       "Assign":{"n":1},"Next":"Z"},
      {"Variable":"$","TimestampEquals":"2016-03-14T01:59:00Z","Next":"Z"},
      {"Variable":"$.n","NumericEquals":1.5,"Next":"Z"},
      {"Variable":"$.b","BooleanEquals":true,"Next":"Z"}]})");
  const auto& choice = std::get<ChoiceState>(program->states[0].detail);
  ASSERT_EQ(choice.choices.size(), 4u);
  EXPECT_EQ(choice.default_next, 1u);
  const ChoiceRule& rule = choice.choices[0].rule;
  EXPECT_EQ(rule.op, ChoiceOperator::Not);
  EXPECT_EQ(rule.rules[0].op, ChoiceOperator::Or);
  EXPECT_EQ(std::get<StringPattern>(rule.rules[0].rules[0].comparand).pieces,
            (std::vector<std::string>{"a", "b*c\\", ""}));
  EXPECT_EQ(std::get<query::Path>(rule.rules[0].rules[1].comparand).root(),
            query::PathRoot::Variable);
  EXPECT_TRUE(choice.choices[0].assign.json_path.has_value());
  EXPECT_EQ(std::get<base::Timestamp>(choice.choices[1].rule.comparand).ms, 1'457'920'740'000);
  EXPECT_EQ(std::get<double>(choice.choices[2].rule.comparand), 1.5);
}

TEST(Compile, EveryChoiceOperator) {
  for (const std::string family : {"String", "Numeric", "Timestamp"}) {
    const std::string value = family == "String"    ? "\"a\""
                              : family == "Numeric" ? "1"
                                                    : "\"2016-03-14T01:59:00Z\"";
    for (const std::string relation :
         {"Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"}) {
      for (const bool is_path : {false, true}) {
        const std::string test =
            "\"" + family + relation + (is_path ? "Path\":\"$.b\"" : "\":" + value);
        with_state(R"({"Type":"Choice","Choices":[{"Variable":"$.a",)" + test +
                   R"(,"Next":"Z"}]})");
      }
    }
  }
  for (const std::string name : {"IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean",
                                 "IsTimestamp", "BooleanEquals"}) {
    with_state(R"({"Type":"Choice","Choices":[{"Variable":"$.a",")" + name +
               R"(":false,"Next":"Z"}]})");
  }
}

TEST(Compile, WaitFormsAndFailPaths) {
  EXPECT_EQ(
      std::get<WaitState>(with_state(R"({"Type":"Wait","Seconds":0,"Next":"Z"})")->states[0].detail)
          .seconds.literal,
      0);
  EXPECT_TRUE(
      std::get<WaitState>(
          with_state(R"({"Type":"Wait","TimestampPath":"$.t","Next":"Z"})")->states[0].detail)
          .timestamp_path.has_value());
  const auto program = compiled(
      R"json({"StartAt":"F","States":{"F":{"Type":"Fail","ErrorPath":"$.e","CausePath":"States.Format('{}', $.c)"}}})json");
  const auto& fail = std::get<FailState>(program->states[0].detail);
  EXPECT_NE(fail.error.path->path(), nullptr);
  EXPECT_NE(fail.cause.path->call(), nullptr);
}

TEST(Compile, NestedScopes) {
  const auto program = with_state(R"({"Type":"Parallel","Next":"Z","Branches":[
      {"StartAt":"B","States":{"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Succeed"}}},
      {"StartAt":"D","States":{"D":{"Type":"Map","End":true,"Iterator":{"StartAt":"E","States":{"E":{"Type":"Pass","End":true}}}}}}]})");
  ASSERT_EQ(program->scopes.size(), 4u);
  const auto& parallel = std::get<ParallelState>(find(*program, "A").detail);
  ASSERT_EQ(parallel.branches.size(), 2u);
  const State& b = program->states[program->scopes[parallel.branches[0]].start_at];
  EXPECT_EQ(b.name, "B");
  EXPECT_EQ(program->states[b.next].name, "C");
  EXPECT_EQ(b.scope, parallel.branches[0]);
  const auto& map = std::get<MapState>(find(*program, "D").detail);
  EXPECT_EQ(program->states[program->scopes[map.processor].start_at].name, "E");
}

TEST(Compile, DistributedMap) {
  const auto program = with_state(
      R"({"Type":"Map","Next":"Z","Label":"l","MaxConcurrencyPath":"$.m","ItemsPath":"$$.Execution.Input.items",
      "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"P","States":{"P":{"Type":"Succeed"}}},
      "ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","MaxItems":5},
        "Parameters":{"Bucket.$":"$.b","Key":"k"}},
      "ItemBatcher":{"MaxItemsPerBatch":3,"MaxInputBytesPerBatchPath":"$.n","BatchInput":{"x.$":"$.x"}},
      "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b"}},
      "ToleratedFailurePercentage":12.5,"ToleratedFailureCountPath":"$.c","ItemSelector":{"v.$":"$$.Map.Item.Value"}})");
  const auto& map = std::get<MapState>(find(*program, "A").detail);
  EXPECT_EQ(map.mode, MapMode::Distributed);
  EXPECT_EQ(map.execution_type, StateMachineType::Express);
  EXPECT_EQ(map.label, "l");
  EXPECT_EQ(map.item_reader->max_items.literal, 5);
  EXPECT_EQ(map.item_reader->resource.action, "getObject");
  EXPECT_EQ(map.item_batcher->max_items_per_batch.literal, 3);
  EXPECT_TRUE(map.result_writer->resource.has_value());
  EXPECT_EQ(map.tolerated_failure_percentage.literal, 12.5);
  EXPECT_TRUE(map.item_selector.has_value());
}

TEST(Compile, JsonataFields) {
  const auto program = compiled(R"({"QueryLanguage":"JSONata","StartAt":"A","States":{
      "A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Arguments":{"FunctionName":"{% $f %}"},
        "TimeoutSeconds":"{% 1 + 1 %}","Assign":{"x":"{% $states.result %}"},"Output":"{% $x %}","Next":"C"},
      "C":{"Type":"Choice","Choices":[{"Condition":"{% $x > 1 %}","Next":"W","Output":{"y":1}}],"Default":"M"},
      "W":{"Type":"Wait","Timestamp":"{% $now() %}","Next":"M"},
      "M":{"Type":"Map","Items":"{% [1..3] %}","MaxConcurrency":"{% 2 %}","End":true,
        "ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Fail","Error":"{% 'e' %}"}}}}}})");
  EXPECT_TRUE(program->states[0].output.has_value());
  EXPECT_TRUE(program->states[0].assign.jsonata.has_value());
  EXPECT_EQ(program->states[0].query_language, QueryLanguage::Jsonata);
  EXPECT_EQ(find(*program, "P").query_language, QueryLanguage::Jsonata);
}

TEST(Compile, StateTypeNames) {
  EXPECT_EQ(state_type_name(StateType::Task), "Task");
  EXPECT_EQ(state_type_name(StateType::Map), "Map");
}

}  // namespace
}  // namespace pawl::asl
