// SPDX-License-Identifier: Apache-2.0
// CreateStateMachine, Describe, Update, Delete, List and ValidateStateMachineDefinition.
#include <set>

#include "services/states/api_for_test.h"

namespace pawl::states {
namespace {

TEST_F(ApiTest, CreatedMachineIsDescribed) {
  EXPECT_EQ(call("CreateStateMachine", machine("m")),
            R"({"stateMachineArn":")" + arn("m") + R"(","creationDate":1700000000})");
  EXPECT_EQ(call("DescribeStateMachine", of("m")),
            R"({"stateMachineArn":")" + arn("m") + R"(","name":"m","definition":)" +
                json::write(json::Value(definition("1"))) + R"(,"roleArn":")" + std::string(kRole) +
                R"(","loggingConfiguration":{"level":"OFF","includeExecutionData":false},)"
                R"("tracingConfiguration":{"enabled":false},)"
                R"("encryptionConfiguration":{"type":"AWS_OWNED_KEY"},)"
                R"("status":"ACTIVE","type":"STANDARD","creationDate":1700000000})");
}

TEST_F(ApiTest, MetadataOnlyHidesTheDefinition) {
  call("CreateStateMachine", machine("m"));
  EXPECT_EQ(
      text("DescribeStateMachine", of("m", R"(,"includedData":"METADATA_ONLY")"), "definition"),
      "{}");
}

TEST_F(ApiTest, RepeatedCreateIsTheSameMachine) {
  const std::string first = call("CreateStateMachine", machine("m"));
  clock_.advance_by_ms(5'000);
  EXPECT_EQ(call("CreateStateMachine", machine("m")), first);
  // "If a following request has a different roleArn or tags, Step Functions will ignore these".
  EXPECT_EQ(call("CreateStateMachine", machine("m", "1", R"(,"tags":[{"key":"a","value":"b"}])")),
            first);
  EXPECT_EQ(call("ListTagsForResource", R"({"resourceArn":")" + arn("m") + "\"}"),
            R"({"tags":[]})");
}

TEST_F(ApiTest, OtherMachineOfTheSameNameIsRefused) {
  call("CreateStateMachine", machine("m"));
  const std::string wanted =
      "StateMachineAlreadyExists: State Machine Already Exists: '" + arn("m") + "'";
  EXPECT_EQ(error("CreateStateMachine", machine("m", "2")), wanted);
  EXPECT_EQ(error("CreateStateMachine", machine("m", " 1")), wanted);  // format counts: recorded
  EXPECT_EQ(error("CreateStateMachine", machine("m", "1", R"(,"type":"EXPRESS")")), wanted);
  EXPECT_EQ(error("CreateStateMachine", machine("m", "1", R"(,"publish":true)")), wanted);
  EXPECT_EQ(
      error("CreateStateMachine", machine("m", "1", R"(,"tracingConfiguration":{"enabled":true})")),
      wanted);
  region_ = "eu-west-1";
  EXPECT_EQ(error("CreateStateMachine", machine("m", "2")), "");
}

TEST_F(ApiTest, NamesThatAwsRefuses) {
  for (const char* name : {"a b",
                           "a<b",
                           "a>b",
                           "a{b",
                           "a}b",
                           "a[b",
                           "a]b",
                           "a?b",
                           "a*b",
                           "a#b",
                           "a%b",
                           "a^b",
                           "a|b",
                           "a~b",
                           "a`b",
                           "a$b",
                           "a&b",
                           "a,b",
                           "a;b",
                           "a:b",
                           "a/b",
                           "a\xc2\xa0"
                           "b",
                           "a\xc2\x85"
                           "b"}) {
    EXPECT_EQ(error("CreateStateMachine", machine(name)),
              "InvalidName: Invalid Name: '" + std::string(name) + "'");
  }
  EXPECT_EQ(error("CreateStateMachine", machine("Aufträge.v1_-")), "");
  EXPECT_EQ(error("CreateStateMachine", machine(std::string(81, 'a'))),
            "ValidationException: 1 validation error detected: Value '" + std::string(81, 'a') +
                "' at 'name' failed to satisfy constraint: Member must have length less than or "
                "equal to 80");
}

TEST_F(ApiTest, MistakesInParametersOfCreate) {
  const std::string bad = machine("m", "1,\"Bogus\":1");
  EXPECT_EQ(error("CreateStateMachine", bad).substr(0, 51),
            "InvalidDefinition: Invalid State Machine Definition");
  std::string other_role = machine("m");
  other_role.replace(other_role.find(kRole), kRole.size(), "nobody");
  EXPECT_EQ(error("CreateStateMachine", other_role), "InvalidArn: Invalid Role Arn: 'nobody'");
  EXPECT_EQ(error("CreateStateMachine", machine("m", "1", R"(,"versionDescription":"d")")),
            "ValidationException: Version description can only be set when publish is true");
  EXPECT_EQ(
      error("CreateStateMachine", machine("m", "1", R"(,"loggingConfiguration":{"level":"ALL"})")),
      "InvalidLoggingConfiguration: Invalid Logging Configuration: Must specify exactly one "
      "Log Destination.");
  const std::string group = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  const auto logging = [&](const std::string& log_group) {
    return machine("m", "1",
                   R"(,"loggingConfiguration":{"level":"ALL","destinations":[)"
                   R"({"cloudWatchLogsLogGroup":{"logGroupArn":")" +
                       log_group + R"("}}]})");
  };
  EXPECT_EQ(error("CreateStateMachine", logging(group)),
            "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be "
            "provided with '*' qualifier.");
  EXPECT_EQ(error("CreateStateMachine", logging(group + ":*")), "");
  EXPECT_EQ(error("CreateStateMachine", machine("k", "1",
                                                R"(,"encryptionConfiguration":)"
                                                R"({"type":"CUSTOMER_MANAGED_KMS_KEY"})"))
                .substr(0, 30),
            "InvalidEncryptionConfiguration");
  EXPECT_EQ(error("DescribeStateMachine", of("k")),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("k") + "'");
}

TEST_F(ApiTest, WrongTypesAreRefusedBeforeAnyAction) {
  for (const char* body :
       {R"({"name":1})", R"({"name":"m","definition":{},"roleArn":"r"})",
        R"({"name":"m","definition":"d","roleArn":"r","publish":"maybe"})",
        R"({"name":"m","definition":"d","roleArn":"r","tags":{}})", R"([])", R"({)"}) {
    EXPECT_EQ(error("CreateStateMachine", body).substr(0, 22), "SerializationException") << body;
  }
  EXPECT_EQ(error("CreateStateMachine", "{}").substr(0, 51),
            "ValidationException: 3 validation errors detected: ");
}

/// Every operation of the model with every member of its input in turn of every JSON type, the
/// other members plausible: AWS's errors, never ours, and nothing crashes.
TEST_F(ApiTest, AnyTypeInAnyMemberIsAnsweredInAwsWords) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  const json::Value plausible = *json::parse(
      R"({"name":"n","definition":"{}","roleArn":"arn:aws:iam::000000000000:role/r","tags":[],)"
      R"("tagKeys":[],"activityArn":"arn:aws:states:us-east-1:000000000000:activity:a",)"
      R"("routingConfiguration":[{"stateMachineVersionArn":")" +
      arn("m:1") + R"(","weight":100}],"stateMachineArn":")" + arn("m") +
      R"(","stateMachineVersionArn":")" + arn("m:1") + R"(","stateMachineAliasArn":")" +
      arn("m:a") + R"(","resourceArn":")" + arn("m") + R"("})");
  const std::vector<std::string> wrong = {"1",     "-1",   "1.5", "1e300",     "true",
                                          "\"x\"", "\"\"", "[]",  "[1]",       "[null]",
                                          "[[]]",  "[{}]", "{}",  R"({"a":1})"};
  size_t calls = 0;
  for (const aws::OperationModel& operation : model_->operations()) {
    if (!table_->implements(operation) || operation.input == nullptr) continue;
    for (const aws::Member& tested : operation.input->members) {
      for (const std::string& value_text : wrong) {
        json::ObjectBuilder input;
        for (const aws::Member& member : operation.input->members) {
          if (const json::Value* given = plausible.find(member.name))
            input.set(member.name, *given);
        }
        input.set(tested.name, *json::parse(value_text));
        const std::string body = json::write(std::move(input).build());
        const std::string found = error(operation.name, body);
        const std::string code = found.substr(0, found.find(':'));
        const bool is_known = code.empty() || code == "SerializationException" ||
                              code == "ValidationException" ||
                              operation.find_error(code) != nullptr;
        EXPECT_TRUE(is_known) << operation.name << " " << body << " " << found;
        ++calls;
      }
    }
  }
  EXPECT_GT(calls, 700u);
}

TEST_F(ApiTest, ArnsThatAreNone) {
  const auto describe = [&](const std::string& text) {
    return error("DescribeStateMachine", R"({"stateMachineArn":")" + text + "\"}");
  };
  EXPECT_EQ(describe("not_a_valid_arn"),
            "InvalidArn: Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'");
  EXPECT_EQ(describe("arn:aws:states:us-east-1:000000000000:execution:m:e"),
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: execution'");
  for (const char* text :
       {"arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:states:us-east-1",
        "arn:", "arn:aws:states:us-east-1:000000000000:stateMachine:",
        "arn:aws:states:us-east-1:000000000000:stateMachine",
        "arn:aws:states:us-east-1:000000000000:stateMachine:m:",
        "arn:aws:states:us-east-1:000000000000:stateMachine:m:1:2",
        "arn:aws:states:us-east-1:000000000000:stateMachine:a b",
        "arn:aws:states:::stateMachine:m"}) {
    EXPECT_EQ(describe(text).substr(0, 12), "InvalidArn: ") << text;
  }
  EXPECT_EQ(describe(arn("m/label")).substr(0, 20), "ValidationException:");
}

TEST_F(ApiTest, UpdateMakesARevisionOnlyWhenSomethingChanges) {
  call("CreateStateMachine", machine("m"));
  clock_.advance_by_ms(1'500);
  EXPECT_EQ(call("UpdateStateMachine", of("m", with_definition("1"))),
            R"({"updateDate":1700000001.5})");
  const std::string first = text("UpdateStateMachine", of("m", with_definition("2")), "revisionId");
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "revisionId"), first);
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "definition"), definition("2"));
  EXPECT_EQ(text("UpdateStateMachine", of("m", with_definition("2")), "revisionId"), first);
  const std::string second = text(
      "UpdateStateMachine", of("m", R"(,"tracingConfiguration":{"enabled":true})"), "revisionId");
  EXPECT_NE(second, first);
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "definition"), definition("2"));
}

TEST_F(ApiTest, MistakesInUpdates) {
  EXPECT_EQ(error("UpdateStateMachine", of("m", with_definition("1"))),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("m") + "'");
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  EXPECT_EQ(error("UpdateStateMachine", of("m", R"(,"publish":true)")),
            "MissingRequiredParameter: Either the definition, the role ARN, the "
            "LoggingConfiguration, or the TracingConfiguration must be specified");
  EXPECT_EQ(error("UpdateStateMachine", of("m:1", with_definition("2"))),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("m:1") + "'");
  EXPECT_EQ(error("UpdateStateMachine", of("m", R"(,"definition":"{}")")).substr(0, 17),
            "InvalidDefinition");
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "definition"), definition("1"));
}

TEST_F(ApiTest, DeletedMachineTakesVersionsAndAliasesAlong) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  call("CreateStateMachineAlias", R"({"name":"PROD","routingConfiguration":[)"
                                  R"({"stateMachineVersionArn":")" +
                                      arn("m:1") + R"(","weight":100}]})");
  EXPECT_EQ(call("DeleteStateMachine", of("m")), "{}");
  EXPECT_EQ(call("DeleteStateMachine", of("m")), "{}");
  call("CreateStateMachine", machine("m", "2"));
  EXPECT_EQ(call("ListStateMachineVersions", of("m")), R"({"stateMachineVersions":[]})");
  EXPECT_EQ(call("ListStateMachineAliases", of("m")), R"({"stateMachineAliases":[]})");
}

TEST_F(ApiTest, MachineIsDeletingWhileExecutionsRun) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  running_.are_running = true;
  EXPECT_EQ(call("DeleteStateMachine", of("m")), "{}");
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "status"), "DELETING");
  EXPECT_EQ(text("DescribeStateMachine", of("m:1"), "status"), "DELETING");
  const std::string wanted = "StateMachineDeleting: State Machine Deleting: '" + arn("m") + "'";
  EXPECT_EQ(error("CreateStateMachine", machine("m")), wanted);
  EXPECT_EQ(error("UpdateStateMachine", of("m", with_definition("2"))), wanted);
  EXPECT_EQ(error("PublishStateMachineVersion", of("m")), wanted);
  ASSERT_TRUE(registry_->execution_ended(arn("m")));
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "status"), "DELETING");
  running_.are_running = false;
  ASSERT_TRUE(registry_->execution_ended(arn("m")));
  EXPECT_EQ(error("DescribeStateMachine", of("m")),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("m") + "'");
}

TEST_F(ApiTest, ADeletionThatACrashInterruptedGoesOn) {
  call("CreateStateMachine", machine("m"));
  running_.are_running = true;
  call("DeleteStateMachine", of("m"));
  restart();
  ASSERT_TRUE(registry_->resume_deletions());
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "status"), "DELETING");
  running_.are_running = false;
  ASSERT_TRUE(registry_->execution_ended(arn("m")));
  EXPECT_NE(error("DescribeStateMachine", of("m")), "");
}

TEST_F(ApiTest, MachinesAreListedNewestFirstInPages) {
  for (int i = 0; i < 7; ++i) {
    call("CreateStateMachine", machine("m" + std::to_string(i)));
    if (i != 3) clock_.advance_by_ms(1);  // two of one millisecond
  }
  std::vector<std::string> names;
  std::string token;
  do {
    const json::Value page = value(
        "ListStateMachines",
        token.empty() ? R"({"maxResults":3})" : R"({"maxResults":2,"nextToken":")" + token + "\"}");
    for (const json::Value& each : page.find("stateMachines")->items()) {
      names.emplace_back(each.find("name")->as_string());
    }
    const json::Value* next = page.find("nextToken");
    token = next == nullptr ? "" : std::string(next->as_string());
  } while (!token.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"m6", "m5", "m4", "m3", "m2", "m1", "m0"}));
}

TEST_F(ApiTest, PageTokensOfAnotherListAreInvalid) {
  for (const char* name : {"a", "b"}) {
    call("CreateStateMachine", machine(name));
    call("CreateActivity", R"({"name":")" + std::string(name) + "\"}");
  }
  const std::string token = text("ListStateMachines", R"({"maxResults":1})", "nextToken");
  const auto with_token = [](std::string_view given) {
    return R"({"nextToken":")" + std::string(given) + "\"}";
  };
  EXPECT_EQ(error("ListStateMachines", with_token(token)), "");
  const std::string wanted = "InvalidToken: Invalid Token: 'Invalid token'";
  EXPECT_EQ(error("ListActivities", with_token(token)), wanted);
  EXPECT_EQ(error("ListStateMachines", with_token("invented")), wanted);
  EXPECT_EQ(error("ListStateMachines", with_token(token.substr(4))), wanted);
  EXPECT_EQ(error("ListStateMachineVersions", of("a", R"(,"nextToken":")" + token + "\"")), wanted);
  region_ = "eu-west-1";
  EXPECT_EQ(error("ListStateMachines", with_token(token)), wanted);
  region_ = "us-east-1";
  restart();
  EXPECT_EQ(error("ListStateMachines", with_token(token)), "");
  clock_.advance_by_ms(24 * 60 * 60 * 1000);
  EXPECT_EQ(error("ListStateMachines", with_token(token)), wanted);
}

TEST_F(ApiTest, LimitOfMachines) {
  restart({.machines_max = 2, .activities_max = 1});
  call("CreateStateMachine", machine("a"));
  call("CreateStateMachine", machine("b"));
  EXPECT_EQ(error("CreateStateMachine", machine("c")).substr(0, 25), "StateMachineLimitExceeded");
  EXPECT_EQ(error("CreateStateMachine", machine("b")), "");
  call("DeleteStateMachine", of("a"));
  EXPECT_EQ(error("CreateStateMachine", machine("c")), "");
  EXPECT_EQ(error("CreateActivity", R"({"name":"a"})"), "");
  EXPECT_EQ(error("CreateActivity", R"({"name":"b"})").substr(0, 21), "ActivityLimitExceeded");
}

TEST_F(ApiTest, ValidationShowsAllMistakesUpToMaxResults) {
  const std::string bad = json::write(
      json::Value(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Fly"},)"
                  R"("D":{"Type":"Task","Resource":"nothing","End":true}}})"));
  const json::Value all = value("ValidateStateMachineDefinition", R"({"definition":)" + bad + "}");
  EXPECT_EQ(all.find("result")->as_string(), "FAIL");
  EXPECT_GE(all.find("diagnostics")->size(), 3u);
  EXPECT_FALSE(all.find("truncated")->as_boolean());
  const json::Value one =
      value("ValidateStateMachineDefinition", R"({"maxResults":1,"definition":)" + bad + "}");
  EXPECT_EQ(one.find("diagnostics")->size(), 1u);
  EXPECT_TRUE(one.find("truncated")->as_boolean());
}

TEST_F(ApiTest, ValidationShowsWarningsWhenAskedFor) {
  const std::string warned = json::write(json::Value(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a":"$.b"},"End":true}}})"));
  const auto diagnostics = [&](const std::string& more) {
    const json::Value answer =
        value("ValidateStateMachineDefinition", R"({"definition":)" + warned + more + "}");
    EXPECT_EQ(answer.find("result")->as_string(), "OK");
    return answer.find("diagnostics")->size();
  };
  EXPECT_EQ(diagnostics(""), 0u);
  EXPECT_EQ(diagnostics(R"(,"severity":"ERROR")"), 0u);
  EXPECT_GE(diagnostics(R"(,"severity":"WARNING")"), 1u);
}

}  // namespace
}  // namespace pawl::states
