// SPDX-License-Identifier: Apache-2.0
// Every mistake with its code, words and place. Where AWS's answer was recorded or measured the
// words are AWS's.
#include <string>

#include <gtest/gtest.h>

#include "asl/compile.h"

namespace pawl::asl {
namespace {

/// All errors, as "CODE: message at /location", one to a line.
std::string errors(std::string_view definition, CompileOptions options = {}) {
  options.unknown_resource = Severity::Error;
  std::string out;
  for (const Diagnostic& diagnostic : compile(definition, options).diagnostics) {
    if (diagnostic.severity != Severity::Error) continue;
    if (!out.empty()) out += '\n';
    out += diagnostic.code + ": " + diagnostic.message + " at " + diagnostic.location;
  }
  return out;
}

/// Of a machine with the one state "A".
std::string state_errors(const std::string& state, CompileOptions options = {}) {
  return errors(R"({"StartAt":"A","States":{"A":)" + state + "}}", options);
}

std::string schema(const std::string& rest) { return "SCHEMA_VALIDATION_FAILED: " + rest; }

TEST(Diagnostics, NoJsonObject) {
  EXPECT_EQ(errors(""), schema("Definition must be a valid JSON object at "));
  EXPECT_EQ(errors("[]"), schema("Definition must be a valid JSON object at "));
  EXPECT_EQ(errors("{}"), schema("These fields are required: [States, StartAt] at /"));
  const Compilation compilation = compile("{\"StartAt\":\n  oops}");
  ASSERT_EQ(compilation.diagnostics.size(), 1u);
  EXPECT_EQ(compilation.diagnostics[0].code, "INVALID_JSON_DESCRIPTION");
  EXPECT_EQ(compilation.diagnostics[0].position.line, 2);
}

TEST(Diagnostics, LimitsOfTheText) {
  EXPECT_TRUE(errors(std::string(5'000'000, ' ') + "{}")
                  .starts_with("SCHEMA_VALIDATION_FAILED: The definition is beyond"));
  EXPECT_TRUE(errors(std::string(1'001, '[')).starts_with("TOO_DEEPLY_NESTED"));
  std::string nested = R"({"Variable":"$","IsNull":true})";
  for (int i = 0; i < 300; ++i) nested = R"({"Not":)" + nested + "}";
  EXPECT_NE(state_errors(R"({"Type":"Choice","Choices":[{"Next":"A","Not":)" + nested + "}]}")
                .find("TOO_DEEPLY_NESTED"),
            std::string::npos);
  std::string scopes = R"({"StartAt":"S","States":{"S":{"Type":"Succeed"}}})";
  for (int i = 0; i < 230; ++i) {
    const std::string name = "S" + std::to_string(i);
    scopes = R"({"StartAt":")" + name + R"(","States":{")" + name +
             R"(":{"Type":"Parallel","End":true,"Branches":[)" + scopes + "]}}}";
  }
  EXPECT_EQ(errors(scopes), "");
}

TEST(Diagnostics, FieldsOfTheWrongType) {
  EXPECT_EQ(state_errors(R"({"Type":"Pass","TimeoutSeconds":5,"Retry":[],"End":true})"),
            schema("Field 'TimeoutSeconds' is not supported at /States/A\n") +
                schema("Field 'Retry' is not supported at /States/A"));
  EXPECT_EQ(errors(R"({"StartAt":"A","Stats":1,"States":{"A":{"Type":"Succeed"}}})"),
            schema("Field 'Stats' is not supported at /"));
  EXPECT_EQ(state_errors(R"({"Type":"Nope","End":true})"),
            schema("The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, "
                   "Fail, Choice, "
                   "Parallel, Map] at /States/A/Type"));
  EXPECT_EQ(state_errors(R"({"Type":"Pass","End":"yes"})"),
            schema("Expected value of type Boolean at /States/A/End"));
}

TEST(Diagnostics, NextAndEnd) {
  EXPECT_EQ(state_errors(R"({"Type":"Pass","Next":"A","End":true})"),
            schema("There should only be one of the following fields: [Next, End] at /States/A"));
  EXPECT_EQ(
      errors(R"({"StartAt":"A","States":{"A":{"Type":"Pass"},"B":{"Type":"Succeed"}}})"),
      schema(
          "This object should have only one of the following fields: [Next, End] at /States/A\n") +
          "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B");
}

TEST(Diagnostics, Transitions) {
  EXPECT_EQ(state_errors(R"({"Type":"Pass","Next":"NOPE"})"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next\n"
            "MISSING_END_STATE: Workflow has no terminal state at ");
  EXPECT_EQ(errors(R"({"StartAt":"X","States":{"a/b":{"Type":"Pass","End":true}}})"),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /StartAt\n"
            "MISSING_TRANSITION_TARGET: State \"a/b\" is not reachable. at /States/a/b");
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"G"}],"Default":"H"})"),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: G at /States/A/Choices[0]/Next\n"
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: H at /States/A/Default\n"
      "MISSING_END_STATE: Workflow has no terminal state at ");
  EXPECT_EQ(
      state_errors(R"({"Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{
                "B":{"Type":"Pass","Next":"B"},"C":{"Type":"Pass","Next":"A"}}}]})"),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /States/A/Branches[0]/States/C/Next\n"
      "MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/A/Branches[0]/States/C");
}

TEST(Diagnostics, ApiMessage) {
  const Compilation endless =
      compile(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}})");
  EXPECT_EQ(invalid_definition_message(endless.diagnostics),
            "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state "
            "at null'");
}

TEST(Diagnostics, Names) {
  EXPECT_EQ(errors(R"({"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[
                {"StartAt":"A","States":{"A":{"Type":"Succeed"}}}]}}})"),
            "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A");
  EXPECT_EQ(errors(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"},"A":{"Type":"Succeed"}}})"),
            "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A");
  const std::string name(81, 'x');
  EXPECT_TRUE(
      errors(R"({"StartAt":")" + name + R"(","States":{")" + name + R"(":{"Type":"Succeed"}}})")
          .starts_with("INVALID_STATE_NAME: Invalid State name: '"));
  std::string umlauts;
  for (int i = 0; i < 80; ++i) umlauts += "ü";
  EXPECT_EQ(errors(R"({"StartAt":")" + umlauts + R"(","States":{")" + umlauts +
                   R"(":{"Type":"Succeed"}}})"),
            "");
}

TEST(Diagnostics, QueryLanguage) {
  EXPECT_EQ(state_errors(R"({"Type":"Pass","QueryLanguage":"foo","InputPath":"$.a","End":true})"),
            schema("The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported "
                   "for the 'JSONPath' "
                   "QueryLanguage at /States/A\n") +
                schema("Value should be one of the following: [JSONPath, JSONata] at "
                       "/States/A/QueryLanguage"));
  EXPECT_EQ(errors(R"({"QueryLanguage":5,"StartAt":"A","States":{"A":{"Type":"Succeed"}}})"),
            schema("Expected value of type [STRING] at /QueryLanguage"));
  EXPECT_EQ(errors(R"({"QueryLanguage":"JSONata","StartAt":"A","States":{
                "A":{"Type":"Pass","QueryLanguage":"JSONPath","Output":1,"End":true}}})"),
            schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state "
                   "machine at /States/A"));
  // A Map's language is not that of the states inside.
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Map","QueryLanguage":"JSONata","Items":[1],"Output":1,"End":true,"ItemProcessor":{
                "StartAt":"P","States":{"P":{"Type":"Pass","Output":1,"End":true}}}})"),
      schema("The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the "
             "'JSONata' "
             "QueryLanguage at /States/A/ItemProcessor/States/P"));
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Map","End":true,"ItemProcessor":{"QueryLanguage":"JSONata","StartAt":"P",
                "States":{"P":{"Type":"Pass","End":true}}}})"),
      schema("Field 'QueryLanguage' is not supported at /States/A/ItemProcessor"));
}

TEST(Diagnostics, Jsonata) {
  const auto output = [](std::string_view text) {
    return state_errors(R"({"Type":"Pass","QueryLanguage":"JSONata","End":true,"Output":{"v":")" +
                        std::string(text) + "\"}}");
  };
  EXPECT_EQ(output("{% $states.input %}"), "");
  EXPECT_EQ(output("{% 1 +"),
            schema("JSONata string must start with {% and end with %} at /States/A/Output/v"));
  EXPECT_EQ(output("{% 1 + %}"),
            "INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/v");
  const auto invalid = [](std::string_view message) {
    return "INVALID_JSONATA_EXPRESSION: " + std::string(message) + " at /States/A/Output/v";
  };
  // Measured on AWS.
  EXPECT_EQ(output("{% a[1,2) %}"), invalid("Expected \"]\", got \",\""));
  EXPECT_EQ(output("{% 'open %}"),
            invalid("String literal must be terminated by a matching quote"));
  EXPECT_EQ(output("{% {'a':} %}"), invalid("The symbol \"}\" cannot be used as a unary operator"));
  EXPECT_EQ(output("{% $x := %}"), invalid("Unexpected end of expression"));
  EXPECT_EQ(output("{% $match('a', /abc %}"), invalid("No terminating / in regular expression"));
  EXPECT_EQ(output("{% phone %}"),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not "
            "supported. at /States/A/Output/v");
  for (const std::string_view text :
       {"{% $f(?, 1) %}", "{% ($x := 1; $x;) %}", "{% $states.input.**.b[c = 1] %}",
        "{% function($x)<n-:n>{ $x * 2 }(3) %}", "{% $split($x, /[,;]/i) %}", "{%10%}",
        "{% $a /* ( */ ? $b : $c %}", "{% {} ~> $merge %}", "{% $x ~> |a|{'b': 1}| %}"}) {
    EXPECT_EQ(output(text), "") << text;
  }
}

TEST(Diagnostics, PathsAndTemplates) {
  EXPECT_EQ(state_errors(R"({"Type":"Pass","InputPath":"a.b","End":true})"),
            schema("Value must be a valid JSONPath. at /States/A/InputPath"));
  EXPECT_EQ(state_errors(R"({"Type":"Pass","ResultPath":"$.a[*]","End":true})"),
            schema("Value is not a Reference Path at /States/A/ResultPath"));
  EXPECT_EQ(state_errors(R"({"Type":"Pass","ResultPath":"$$.a","End":true})"),
            schema("Value is not a Reference Path at /States/A/ResultPath"));
  EXPECT_EQ(state_errors(R"({"Type":"Pass","Parameters":{"a":[{"b.$":"nope"}]},"End":true})"),
            schema("The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic "
                   "function call at "
                   "/States/A/Parameters/a[0]/b.$"));
  EXPECT_EQ(state_errors(R"({"Type":"Wait","SecondsPath":"$..a","End":true})"),
            schema("Value is not a Reference Path at /States/A/SecondsPath"));
}

TEST(Diagnostics, Wait) {
  EXPECT_EQ(
      state_errors(R"({"Type":"Wait","Seconds":1,"Timestamp":"2030-01-01T00:00:00Z","End":true})"),
      schema("There should only be one of the following fields: [SecondsPath, Seconds, "
             "TimestampPath, Timestamp] "
             "at /States/A"));
  EXPECT_EQ(state_errors(R"({"Type":"Wait","Seconds":10000000000000000,"End":true})"),
            schema("Maximum value is 99999999 at /States/A/Seconds"));
  EXPECT_EQ(state_errors(R"({"Type":"Wait","Timestamp":"2030-01-01 00:00:00","End":true})"),
            schema("String does not match RFC3339 timestamp at /States/A/Timestamp"));
}

TEST(Diagnostics, RetryAndCatch) {
  const std::string task =
      R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:1:function:f","End":true,)";
  EXPECT_EQ(
      state_errors(
          task + R"("Retry":[{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["E","States.ALL"]}]})"),
      schema("States.ALL must appear alone and at end of list at "
             "/States/A/Retry[0]/ErrorEquals[0]\n") +
          schema("States.ALL must appear alone and at end of list at "
                 "/States/A/Retry[1]/ErrorEquals[1]"));
  EXPECT_EQ(
      state_errors(
          task +
          R"("Retry":[{"ErrorEquals":[],"BackoffRate":0.5,"MaxAttempts":-1,"JitterStrategy":"X"}]})"),
      schema("Value cannot be empty at /States/A/Retry[0]/ErrorEquals\n") +
          schema("Minimum value is 0 at /States/A/Retry[0]/MaxAttempts\n") +
          schema("Minimum value is 1.0 at /States/A/Retry[0]/BackoffRate\n") +
          schema("Value should be one of the following: [NONE, FULL] at "
                 "/States/A/Retry[0]/JitterStrategy"));
  EXPECT_EQ(state_errors(task + R"("Catch":[{"Output":1}]})"),
            schema("The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported "
                   "for the 'JSONata' "
                   "QueryLanguage at /States/A/Catch[0]\n") +
                schema("These fields are required: [ErrorEquals, Next] at /States/A/Catch[0]"));
}

TEST(Diagnostics, ChoiceRules) {
  const auto rule = [](const std::string& text) {
    return state_errors(R"({"Type":"Choice","Default":"A","Choices":[)" + text + "]}");
  };
  const std::string endless = "\nMISSING_END_STATE: Workflow has no terminal state at ";
  EXPECT_EQ(rule(R"({"Variable":"$.a","IsNull":true})"),
            schema("These fields are required: [Next] at /States/A/Choices[0]") + endless);
  EXPECT_EQ(rule(R"({"Next":"A","Not":{"Variable":"$.a","IsNull":true,"Next":"A"}})"),
            schema("Field 'Next' is not supported at /States/A/Choices[0]/Not") + endless);
  EXPECT_EQ(rule(R"({"Next":"A","And":[{"Variable":"a","IsNull":true}]})"),
            schema("Value is not a Reference Path: Reference path didn't start with '$' at "
                   "/States/A/Choices[0]/And[0]/Variable") +
                endless);
  EXPECT_TRUE(rule(R"({"Next":"A","Variable":"$.a","IsNull":true,"IsString":true})")
                  .starts_with(
                      schema("There should only be one of the following fields: [StringEquals, ")));
  EXPECT_EQ(rule(R"({"Next":"A","Variable":"$.a","Or":[]})")
                .substr(0, 120)
                .find("The object must have only one of"),
            26u);
}

TEST(Diagnostics, Tasks) {
  EXPECT_EQ(state_errors(R"({"Type":"Task","Resource":"lambda","End":true})"),
            schema("Value is not a valid resource ARN at /States/A/Resource"));
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{},"End":true})"),
      schema("The field 'FunctionName' is required but was missing at /States/A/Parameters"));
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:listBuckets","End":true})"),
      schema("Parameters field is required for resource ARN: "
             "arn:aws:states:::aws-sdk:s3:listBuckets at /States/A"));
  EXPECT_EQ(
      state_errors(R"({"Type":"Task","Resource":"arn:aws:states:us-east-1:1:activity:a","End":true,
                "Credentials":{"RoleArn":"r"},"TimeoutSeconds":1,"TimeoutSecondsPath":"$.t","HeartbeatSeconds":2})"),
      schema("The field 'Credentials' is not supported for activities at /States/A/Credentials\n") +
          schema("There should only be one of the following fields: [TimeoutSeconds, "
                 "TimeoutSecondsPath] at "
                 "/States/A\n") +
          schema("HeartbeatSeconds must not be greater than TimeoutSeconds at "
                 "/States/A/HeartbeatSeconds"));
  // The definition may say less than AWS wants, where only the definition is looked at.
  EXPECT_NE(
      compile(
          R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"docker://x","End":true}}})")
          .program,
      nullptr);
}

TEST(Diagnostics, Express) {
  CompileOptions express;
  express.type = StateMachineType::Express;
  EXPECT_EQ(state_errors(
                R"({"Type":"Task","Resource":"arn:aws:states:us-east-1:1:activity:a","End":true})",
                express),
            schema("Express state machine does not support Activity ARN at /States/A/Resource"));
  const std::string map =
      R"({"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",
      "ExecutionType":"EXPRESS"},"StartAt":"T","States":{"T":{"Type":"Task","End":true,
      "Resource":"arn:aws:states:::glue:startJobRun.sync","Parameters":{"JobName":"j"}}}}})";
  EXPECT_EQ(state_errors(map, express),
            schema("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' "
                   "state machines at "
                   "/States/A/ItemProcessor/ProcessorConfig/Mode\n") +
                schema("Express state machine does not support '.sync' service integration at "
                       "/States/A/ItemProcessor/States/T/Resource"));
  EXPECT_EQ(state_errors(map),
            schema("Express state machine does not support '.sync' service integration at "
                   "/States/A/ItemProcessor/States/T/Resource"));
}

TEST(Diagnostics, Maps) {
  const std::string processor =
      R"("ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Succeed"}}})";
  EXPECT_EQ(state_errors(R"({"Type":"Map","End":true})"),
            schema("This object should have only one of the following fields: [ItemProcessor, "
                   "Iterator] at /States/A"));
  EXPECT_EQ(
      state_errors(R"({"Type":"Map","End":true,"MaxConcurrency":-1,"ToleratedFailurePercentage":101,
                "ToleratedFailureCount":1,"ToleratedFailureCountPath":"$.c",)" +
                   processor + "}"),
      schema("Minimum value is 0 at /States/A/MaxConcurrency\n") +
          schema("There should only be one of the following fields: [ToleratedFailureCount, "
                 "ToleratedFailureCountPath] at /States/A\n") +
          schema("Maximum value is 100.0 at /States/A/ToleratedFailurePercentage"));
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Map","End":true,"Label":"l","ItemReader":{"Resource":"arn:aws:states:::s3:x",
                "ReaderConfig":{"InputType":"CSV"}},"ResultWriter":{},"ItemProcessor":{"ProcessorConfig":{
                "Mode":"DISTRIBUTED"},"StartAt":"P","States":{"P":{"Type":"Succeed"}}}})"),
      schema("These fields are required: [ExecutionType] at "
             "/States/A/ItemProcessor/ProcessorConfig\n") +
          schema("The field 'Resource' does not match any of the allowed values. Examples: "
                 "[arn:<partition>:states:::s3:getObject, "
                 "arn:<partition>:states:::s3:listObjectsV2] at "
                 "/States/A/ItemReader/Resource\n") +
          schema(
              "The field 'CSVHeaderLocation' is required at /States/A/ItemReader/ReaderConfig\n") +
          schema("These fields are required: [Resource] at /States/A/ResultWriter"));
}

TEST(Diagnostics, Variables) {
  EXPECT_EQ(
      state_errors(R"({"Type":"Pass","End":true,"Assign":{"states":1,"a-b":1,"ok.$":"$.x"}})"),
      "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at "
      "/States/A/Assign/states\n"
      "INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid "
      "characters. at "
      "/States/A/Assign/a-b");
  const std::string inner =
      R"("StartAt":"P","States":{"P":{"Type":"Pass","Assign":{"x":1},"End":true}}})";
  EXPECT_EQ(state_errors(R"({"Type":"Map","End":true,"Assign":{"x.$":"$"},"ItemProcessor":{)" +
                         inner + "}"),
            schema("Cannot assign to variable 'x': an outer scope assigns it. at "
                   "/States/A/ItemProcessor/States/P/Assign/x"));
  EXPECT_EQ(
      state_errors(
          R"({"Type":"Map","End":true,"Assign":{"x.$":"$"},"ItemProcessor":{"ProcessorConfig":{
                "Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},)" +
          inner + "}"),
      "");
}

TEST(Diagnostics, WarningsDoNotRefuse) {
  const Compilation compilation = compile(R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","Result":{"x.$":"$.y"},"Parameters":{"a":"$.b"},"Next":"B"},
      "B":{"Type":"Fail","Cause":"$.cause"}}})");
  EXPECT_NE(compilation.program, nullptr);
  ASSERT_EQ(compilation.diagnostics.size(), 3u);
  EXPECT_EQ(compilation.diagnostics[0].code, "PASS_RESULT_IS_STATIC");
  EXPECT_EQ(compilation.diagnostics[1].code, "NO_DOLLAR");
  EXPECT_EQ(compilation.diagnostics[1].location, "/States/A/Parameters/a");
  EXPECT_EQ(compilation.diagnostics[2].code, "NO_PATH");
}

TEST(Diagnostics, AreBoundedAndPlaced) {
  CompileOptions options;
  options.diagnostics_max = 2;
  const Compilation compilation = compile("{\"a\": 1,\n \"b\": 2,\n \"c\": 3}", options);
  EXPECT_EQ(compilation.program, nullptr);
  EXPECT_TRUE(compilation.truncated);
  ASSERT_EQ(compilation.diagnostics.size(), 2u);
  const Compilation placed = compile(
      "{\"StartAt\": \"A\",\n \"States\": {\"A\": {\n   \"Type\": \"Pass\",\n   \"Next\": "
      "\"B\"}}}");
  EXPECT_EQ(placed.diagnostics[0].position.line, 4);
  EXPECT_EQ(placed.diagnostics[0].position.column, 4);
  EXPECT_EQ(placed.diagnostics[0].pointer, "/States/A/Next");
}

}  // namespace
}  // namespace pawl::asl
