// SPDX-License-Identifier: Apache-2.0
// Versions, weighted aliases, activities and tags.
#include "services/states/api_for_test.h"

namespace pawl::states {
namespace {

class VersionsTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    if (IsSkipped()) return;
    call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
    call("UpdateStateMachine", of("m", with_definition("2") + R"(,"publish":true)"));
  }

  /// [{"stateMachineVersionArn":…,"weight":…}, …] from {"m:1", 90}, …
  static std::string routing(const std::vector<std::pair<std::string, int>>& routes) {
    std::string out = R"("routingConfiguration":[)";
    for (const auto& [name, weight] : routes) {
      if (out.back() == '}') out += ',';
      out += R"({"stateMachineVersionArn":")" + arn(name) + R"(","weight":)" +
             std::to_string(weight) + "}";
    }
    return out + "]";
  }
  std::string create_alias(const std::string& name, const std::string& rest) {
    return error("CreateStateMachineAlias", R"({"name":")" + name + "\"," + rest + "}");
  }
  static std::string alias(const std::string& name, const std::string& more = "") {
    return R"({"stateMachineAliasArn":")" + arn(name) + "\"" + more + "}";
  }
  std::string delete_version(const std::string& name) {
    return error("DeleteStateMachineVersion", R"({"stateMachineVersionArn":")" + arn(name) + "\"}");
  }
};

TEST_F(VersionsTest, VersionsKeepWhatWasPublished) {
  EXPECT_EQ(text("DescribeStateMachine", of("m:1"), "definition"), definition("1"));
  EXPECT_EQ(text("DescribeStateMachine", of("m:2"), "definition"), definition("2"));
  EXPECT_EQ(text("DescribeStateMachine", of("m:2"), "stateMachineArn"), arn("m:2"));
  EXPECT_EQ(error("DescribeStateMachine", of("m:3")),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn("m:3") + "'");
  EXPECT_EQ(call("ListStateMachineVersions", of("m")),
            R"({"stateMachineVersions":[{"stateMachineVersionArn":")" + arn("m:2") +
                R"(","creationDate":1700000000},{"stateMachineVersionArn":")" + arn("m:1") +
                R"(","creationDate":1700000000}]})");
}

TEST_F(VersionsTest, PublishingTheSameRevisionAgainIsTheSameVersion) {
  const std::string first = call("PublishStateMachineVersion", of("m"));
  EXPECT_EQ(first,
            R"({"stateMachineVersionArn":")" + arn("m:2") + R"(","creationDate":1700000000})");
  clock_.advance_by_ms(1'000);
  EXPECT_EQ(call("PublishStateMachineVersion", of("m", R"(,"description":"other")")), first);
}

TEST_F(VersionsTest, NumbersAreNeverGivenTwice) {
  EXPECT_EQ(delete_version("m:2"), "");
  EXPECT_EQ(delete_version("m:2"), "");
  restart();
  EXPECT_EQ(text("PublishStateMachineVersion", of("m"), "stateMachineVersionArn"), arn("m:3"));
}

TEST_F(VersionsTest, PublishOfARevisionThatIsPast) {
  call("CreateStateMachine", machine("n"));
  EXPECT_EQ(error("PublishStateMachineVersion", of("n", R"(,"revisionId":"other")")),
            "ConflictException: Failed to publish the State Machine version for revision other. "
            "The current State Machine revision is INITIAL.");
  EXPECT_EQ(error("PublishStateMachineVersion", of("n", R"(,"revisionId":"INITIAL")")), "");
  const std::string past = text("UpdateStateMachine", of("n", with_definition("2")), "revisionId");
  const std::string now = text("UpdateStateMachine", of("n", with_definition("3")), "revisionId");
  EXPECT_EQ(error("PublishStateMachineVersion", of("n", R"(,"revisionId":")" + past + "\"")),
            "ConflictException: Failed to publish the State Machine version for revision " + past +
                ". The current State Machine revision is " + now + ".");
}

TEST_F(VersionsTest, LimitsOfVersionsAndAliases) {
  restart({.versions_max = 2, .aliases_max = 1});
  EXPECT_EQ(error("UpdateStateMachine", of("m", with_definition("3") + R"(,"publish":true)"))
                .substr(0, 29),
            "ServiceQuotaExceededException");
  // Nothing of the refused update stays.
  EXPECT_EQ(text("DescribeStateMachine", of("m"), "definition"), definition("2"));
  EXPECT_EQ(create_alias("a", routing({{"m:1", 100}})), "");
  EXPECT_EQ(create_alias("a", routing({{"m:1", 100}})), "");
  EXPECT_EQ(create_alias("b", routing({{"m:1", 100}})).substr(0, 29),
            "ServiceQuotaExceededException");
}

TEST_F(VersionsTest, AliasesAreCreatedDescribedAndUpdated) {
  EXPECT_EQ(create_alias("PROD", R"("description":"d",)" + routing({{"m:1", 90}, {"m:2", 10}})),
            "");
  clock_.advance_by_ms(2'000);
  EXPECT_EQ(call("UpdateStateMachineAlias", alias("m:PROD", R"(,"description":"e")")),
            R"({"updateDate":1700000002})");
  EXPECT_EQ(call("DescribeStateMachineAlias", alias("m:PROD")),
            R"({"stateMachineAliasArn":")" + arn("m:PROD") +
                R"(","name":"PROD","description":"e","routingConfiguration":[)"
                R"({"stateMachineVersionArn":")" +
                arn("m:1") + R"(","weight":90},{"stateMachineVersionArn":")" + arn("m:2") +
                R"(","weight":10}],"creationDate":1700000000,"updateDate":1700000002})");
  EXPECT_EQ(text("DescribeStateMachine", of("m:PROD"), "stateMachineArn"), arn("m:1"));
}

TEST_F(VersionsTest, AliasOfTheSameNameMustBeTheSame) {
  EXPECT_EQ(create_alias("A", routing({{"m:1", 100}})), "");
  EXPECT_EQ(create_alias("A", routing({{"m:1", 100}})), "");
  const std::string wanted =
      "ConflictException: Failed to create alias because an alias with the same name and a "
      "different routing configuration already exists.";
  EXPECT_EQ(create_alias("A", routing({{"m:2", 100}})), wanted);
  EXPECT_EQ(create_alias("A", R"("description":"d",)" + routing({{"m:1", 100}})), wanted);
}

TEST_F(VersionsTest, RoutingThatAwsRefuses) {
  call("CreateStateMachine", machine("n", "1", R"(,"publish":true)"));
  EXPECT_EQ(create_alias("A", routing({{"m", 100}})),
            "ValidationException: Routing configuration must contain state machine version ARNs. "
            "Received: [" +
                arn("m") + "]");
  for (const auto& bad :
       std::vector<std::vector<std::pair<std::string, int>>>{{{"m:1", 99}},
                                                             {{"m:1", 50}, {"m:2", 49}},
                                                             {{"m:1", 50}, {"m:1", 50}},
                                                             {{"m:1", 50}, {"n:1", 50}},
                                                             {{"m:1", 101}},
                                                             {}}) {
    EXPECT_EQ(create_alias("A", routing(bad)).substr(0, 20), "ValidationException:");
  }
  EXPECT_EQ(create_alias("A", routing({{"m:9", 100}})),
            "ResourceNotFound: Request references a resource that does not exist.");
  EXPECT_EQ(create_alias("123", routing({{"m:1", 100}})),
            "ValidationException: 1 validation error detected: Value '123' at 'name' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: "
            "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
}

TEST_F(VersionsTest, AVersionThatAnAliasNeedsStays) {
  create_alias("B", routing({{"m:1", 50}, {"m:2", 50}}));
  create_alias("A", routing({{"m:1", 100}}));
  EXPECT_EQ(delete_version("m:1"),
            "ConflictException: Version to be deleted must not be referenced by an alias. Current "
            "list of aliases referencing this version: [A, B]");
  EXPECT_EQ(call("DeleteStateMachineAlias", alias("m:A")), "{}");
  EXPECT_EQ(call("DeleteStateMachineAlias", alias("m:A")), "{}");
  EXPECT_EQ(call("UpdateStateMachineAlias", alias("m:B", "," + routing({{"m:2", 100}}))),
            R"({"updateDate":1700000000})");
  EXPECT_EQ(delete_version("m:1"), "");
}

TEST_F(VersionsTest, AliasesThatAreNotThere) {
  const std::string wanted = "ResourceNotFound: Request references a resource that does not exist.";
  EXPECT_EQ(error("DescribeStateMachineAlias", alias("m:NO")), wanted);
  EXPECT_EQ(error("UpdateStateMachineAlias", alias("m:NO", R"(,"description":"d")")), wanted);
  EXPECT_EQ(error("UpdateStateMachineAlias", alias("m:NO")).substr(0, 20), "ValidationException:");
  EXPECT_EQ(error("DescribeStateMachineAlias", alias("m")).substr(0, 11), "InvalidArn:");
}

TEST_F(VersionsTest, AliasesAreListedOldestFirstAlsoOfOneVersion) {
  for (const char* name : {"C", "B", "A"}) {
    create_alias(name, routing({{name[0] == 'B' ? "m:2" : "m:1", 100}}));
    clock_.advance_by_ms(1'000);
  }
  const auto names = [&](const std::string& of_what) {
    std::string out;
    const json::Value page = value("ListStateMachineAliases", of_what);
    for (const json::Value& each : page.find("stateMachineAliases")->items()) {
      out += each.find("stateMachineAliasArn")->as_string().back();
    }
    return out;
  };
  EXPECT_EQ(names(of("m")), "CBA");
  EXPECT_EQ(names(of("m:1")), "CA");
  const std::string token =
      text("ListStateMachineAliases", of("m", R"(,"maxResults":1)"), "nextToken");
  EXPECT_EQ(names(of("m", R"(,"nextToken":")" + token + "\"")), "BA");
  EXPECT_EQ(error("ListStateMachineAliases", of("m:1", R"(,"nextToken":")" + token + "\"")),
            "InvalidToken: Invalid Token: 'Invalid token'");
}

TEST_F(ApiTest, Activities) {
  const std::string named = R"({"name":"a"})";
  const std::string a = "arn:aws:states:us-east-1:000000000000:activity:a";
  const std::string by_arn = R"({"activityArn":")" + a + "\"}";
  const std::string created = R"({"activityArn":")" + a + R"(","creationDate":1700000000})";
  EXPECT_EQ(call("CreateActivity", named), created);
  clock_.advance_by_ms(1);
  EXPECT_EQ(call("CreateActivity", named), created);
  EXPECT_EQ(error("CreateActivity", R"({"name":"a","encryptionConfiguration":)"
                                    R"({"type":"CUSTOMER_MANAGED_KMS_KEY","kmsKeyId":"k"}})"),
            "ActivityAlreadyExists: Activity Already Exists: '" + a + "'");
  EXPECT_EQ(call("DescribeActivity", by_arn),
            R"({"activityArn":")" + a +
                R"(","name":"a","creationDate":1700000000,)"
                R"("encryptionConfiguration":{"type":"AWS_OWNED_KEY"}})");
  EXPECT_EQ(call("ListActivities", "{}"), R"({"activities":[{"activityArn":")" + a +
                                              R"(","name":"a","creationDate":1700000000}]})");
  EXPECT_EQ(call("DeleteActivity", by_arn), "{}");
  EXPECT_EQ(call("DeleteActivity", by_arn), "{}");
  EXPECT_EQ(error("DescribeActivity", by_arn),
            "ActivityDoesNotExist: Activity Does Not Exist: '" + a + "'");
  EXPECT_EQ(error("CreateActivity", R"({"name":"a\u001f"})"), "InvalidName: Invalid Name: 'a\x1f'");
  EXPECT_EQ(error("DescribeActivity", R"({"activityArn":"x"})"),
            "InvalidArn: Invalid Arn: 'Invalid ARN prefix: x'");
}

TEST_F(ApiTest, Tags) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true,"tags":[{"key":"a"}])"));
  const auto of_resource = [](const std::string& resource, const std::string& more = "") {
    return R"({"resourceArn":")" + resource + "\"" + more + "}";
  };
  const auto tags = [](const std::string& list) { return R"(,"tags":[)" + list + "]"; };
  EXPECT_EQ(call("TagResource", of_resource(arn("m"), tags(R"({"key":"b","value":"1"},)"
                                                           R"({"key":"a","value":"2"},)"
                                                           R"({"key":"b","value":"3"})"))),
            "{}");
  EXPECT_EQ(call("ListTagsForResource", of_resource(arn("m"))),
            R"({"tags":[{"key":"a","value":"2"},{"key":"b","value":"3"}]})");
  EXPECT_EQ(call("UntagResource", of_resource(arn("m"), R"(,"tagKeys":["a","z"])")), "{}");
  EXPECT_EQ(call("ListTagsForResource", of_resource(arn("m"))),
            R"({"tags":[{"key":"b","value":"3"}]})");
  for (const std::string name : {"m:1", "m:PROD", "m/l", "n"}) {
    EXPECT_EQ(error("TagResource", of_resource(arn(name), tags(""))),
              "ResourceNotFound: Resource not found: '" + arn(name) + "'");
  }
  EXPECT_EQ(error("ListTagsForResource",
                  of_resource("arn:aws:states:us-east-1:000000000000:execution:m:e")),
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: execution'");
  std::string fifty;
  for (int i = 0; i < 50; ++i) {
    fifty += std::string(i == 0 ? "" : ",") + R"({"key":"k)" + std::to_string(i) + "\"}";
  }
  EXPECT_EQ(error("TagResource", of_resource(arn("m"), tags(fifty))).substr(0, 11), "TooManyTags");
  call("UntagResource", of_resource(arn("m"), R"(,"tagKeys":["b"])"));
  EXPECT_EQ(error("TagResource", of_resource(arn("m"), tags(fifty))), "");
}

}  // namespace
}  // namespace pawl::states
