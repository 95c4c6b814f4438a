// SPDX-License-Identifier: Apache-2.0
// The API of buses, rules, targets, schedules, archives and replays, connections and destinations.
#include "services/events/service.h"

#include <gtest/gtest.h>

#include "services/events/service_fixture_for_test.h"

namespace pawl::events {
namespace {

using json::Value;

constexpr const char* kToQueue = R"([{"Id":"q","Arn":"arn:aws:sqs:us-east-1:000000000000:queue"}])";

TEST_F(EventsTest, TheDefaultBusIsThere) {
  EXPECT_EQ(
      call("DescribeEventBus", "{}"),
      R"({"Name":"default","Arn":"arn:aws:events:us-east-1:000000000000:event-bus/default"})");
  call("CreateEventBus", R"({"Name":"zoo"})");
  call("CreateEventBus", R"({"Name":"ant"})");
  call("ListEventBuses", R"({"Limit":2})");
  EXPECT_EQ(text_member(last_.find("EventBuses")->items()[0], "Name"), "ant");
  EXPECT_EQ(text_member(last_.find("EventBuses")->items()[1], "Name"), "default");
  call("ListEventBuses", R"({"Limit":2,"NextToken":")" + text_member(last_, "NextToken") + "\"}");
  EXPECT_EQ(last_.find("EventBuses")->size(), 1U);
  EXPECT_EQ(text_member(last_.find("EventBuses")->items()[0], "Name"), "zoo");
  EXPECT_EQ(call("CreateEventBus", R"({"Name":"zoo"})"),
            "ResourceAlreadyExistsException: Event bus zoo already exists.");
  EXPECT_EQ(call("DeleteEventBus", R"({"Name":"default"})"),
            "ValidationException: Cannot delete event bus default.");
  EXPECT_EQ(call("ListEventBuses", R"({"NextToken":"%"})"),
            "ValidationException: Parameter NextToken is not valid.");
}

TEST_F(EventsTest, PermissionsMakeAPolicy) {
  EXPECT_EQ(call("PutPermission", R"({"Action":"events:PutEvents","Principal":"111122223333",)"
                                  R"("StatementId":"a"})"),
            "{}");
  call("PutPermission", R"({"Action":"events:PutEvents","Principal":"*","StatementId":"b",)"
                        R"("Condition":{"Type":"StringEquals","Key":"aws:PrincipalOrgID",)"
                        R"("Value":"o-1"}})");
  call("DescribeEventBus", "{}");
  EXPECT_EQ(text_member(last_, "Policy"),
            R"({"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":)"
            R"({"AWS":"arn:aws:iam::111122223333:root"},"Action":"events:PutEvents","Resource":)"
            R"("arn:aws:events:us-east-1:000000000000:event-bus/default"},{"Sid":"b","Effect":)"
            R"("Allow","Principal":"*","Action":"events:PutEvents","Resource":)"
            R"("arn:aws:events:us-east-1:000000000000:event-bus/default","Condition":)"
            R"({"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]})");
  EXPECT_EQ(call("RemovePermission", R"({"StatementId":"c"})"),
            "ResourceNotFoundException: Statement with the provided id does not exist.");
  call("RemovePermission", R"({"StatementId":"a"})");
  call("RemovePermission", R"({"StatementId":"b"})");
  call("DescribeEventBus", "{}");
  EXPECT_EQ(last_.find("Policy"), nullptr);
}

TEST_F(EventsTest, RulesThatAreNone) {
  EXPECT_EQ(call("PutRule", R"({"Name":"r"})"),
            "ValidationException: Parameter(s) EventPattern or ScheduleExpression must be "
            "specified.");
  EXPECT_EQ(call("PutRule", R"e({"Name":"r","ScheduleExpression":"cron(71 8 1 * ? *)"})e"),
            "ValidationException: Parameter ScheduleExpression is not valid.");
  EXPECT_EQ(call("PutRule", R"({"Name":"r","EventPattern":"{\"a\":1}"})").substr(0, 70),
            "InvalidEventPatternException: Event pattern is not valid. Reason: \"a\" ");
  EXPECT_EQ(call("PutRule", R"({"Name":"r","EventBusName":"x","EventPattern":"{}"})"),
            "ResourceNotFoundException: Event bus x does not exist.");
  EXPECT_EQ(call("DescribeRule", R"({"Name":"r"})"),
            "ResourceNotFoundException: Rule r does not exist on EventBus default.");
  EXPECT_EQ(call("DeleteRule", R"({"Name":"r"})"), "{}");
}

TEST_F(EventsTest, TargetsThatAreNone) {
  call("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"s\"]}"})");
  const auto put = [this](const std::string& target) {
    return call("PutTargets", R"({"Rule":"r","Targets":[)" + target + "]}");
  };
  const std::string queue = R"({"Id":"t","Arn":"arn:aws:sqs:us-east-1:000000000000:q")";
  EXPECT_EQ(put(queue + R"(,"Input":"{}","InputPath":"$"})"),
            "ValidationException: Only one of Input, InputPath, or InputTransformer must be "
            "provided for target t.");
  EXPECT_EQ(put(queue + R"(,"Input":"{"})"),
            "ValidationException: JSON syntax error in input for target t.");
  EXPECT_EQ(put(queue + R"(,"InputPath":"detail"})"),
            "ValidationException: Invalid InputPath for target t : detail.");
  EXPECT_EQ(put(R"({"Id":"t","Arn":"arn:aws:sqs:us-east-1:000000000000:q.fifo"})"),
            "ValidationException: Parameter(s) SqsParameters must be specified for target: "
            "arn:aws:sqs:us-east-1:000000000000:q.fifo.");
  EXPECT_EQ(put(R"({"Id":"t","Arn":"arn:aws:states:us-east-1:000000000000:stateMachine:m"})"),
            "ValidationException: RoleArn is required for target "
            "arn:aws:states:us-east-1:000000000000:stateMachine:m.");
  EXPECT_EQ(put(R"({"Id":"t","Arn":"arn:aws:what:us-east-1:000000000000:ever"})"),
            "ValidationException: Parameter arn:aws:what:us-east-1:000000000000:ever is not "
            "valid. Reason: Provided Arn is not in correct format.");
  EXPECT_EQ(call("PutTargets", R"({"Rule":"x","Targets":[)" + queue + "}]}"),
            "ResourceNotFoundException: Rule x does not exist on EventBus default.");
}

TEST_F(EventsTest, ManagedRulesBelongToTheirService) {
  const std::string put = R"({"Name":"r","EventPattern":"{\"source\":[\"s\"]}"})";
  call("PutRule", put, "schemas.amazonaws.com");
  EXPECT_EQ(call("PutRule", put).substr(0, 20), "ManagedRuleException");
  EXPECT_EQ(call("DeleteRule", R"({"Name":"r"})").substr(0, 20), "ManagedRuleException");
  call("DescribeRule", R"({"Name":"r"})");
  EXPECT_EQ(text_member(last_, "ManagedBy"), "schemas.amazonaws.com");
  EXPECT_EQ(call("DeleteRule", R"({"Name":"r","Force":true})"), "{}");
}

TEST_F(EventsTest, SchedulesFireOnTimeAndAfterARestart) {
  call("PutRule", R"e({"Name":"r","ScheduleExpression":"rate(5 minutes)"})e");
  call("PutTargets", R"({"Rule":"r","Targets":)" + std::string(kToQueue) + "}");
  loop_.advance_by(299'000);
  EXPECT_TRUE(sent().empty());
  loop_.advance_by(1'000);
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_EQ(text_member(last_sent(), "detail-type"), "Scheduled Event");
  EXPECT_EQ(text_member(last_sent(), "source"), "aws.events");
  EXPECT_EQ(text_member(last_sent(), "time"), "2023-11-14T22:18:20Z");
  const Value fired = last_sent();
  EXPECT_EQ(json::write(*fired.find("resources")),
            R"(["arn:aws:events:us-east-1:000000000000:rule/r"])");
  // Three times are missed; they come once, and the rhythm stays.
  table_.reset();
  service_.reset();
  loop_.advance_by(16 * 60'000);
  open();
  loop_.run();
  EXPECT_EQ(sent().size(), 2U);
  loop_.advance_by(4 * 60'000);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(text_member(last_sent(), "time"), "2023-11-14T22:38:20Z");
  call("DisableRule", R"({"Name":"r"})");
  loop_.advance_by(3'600'000);
  EXPECT_EQ(sent().size(), 3U);
  call("EnableRule", R"({"Name":"r"})");
  loop_.advance_by(300'000);
  EXPECT_EQ(sent().size(), 4U);
  call("PutRule", R"e({"Name":"r","ScheduleExpression":"cron(0 12 * * ? *)"})e");
  loop_.advance_by(3'600'000);
  EXPECT_EQ(sent().size(), 4U);
  loop_.advance_by(24 * 3'600'000);
  ASSERT_EQ(sent().size(), 5U);
  EXPECT_EQ(text_member(last_sent(), "time"), "2023-11-15T12:00:00Z");
}

TEST_F(EventsTest, AReplayDeliversWhatTheArchiveKeeps) {
  constexpr const char* kBus = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  call("CreateArchive", R"({"ArchiveName":"a","EventSourceArn":")" + std::string(kBus) +
                            R"(","EventPattern":"{\"source\":[\"s\"]}"})");
  for (int i = 0; i < 120; ++i) put(R"({"i":)" + std::to_string(i) + "}");
  put("{}", "other");
  call("DescribeArchive", R"({"ArchiveName":"a"})");
  EXPECT_EQ(integer_member(last_, "EventCount"), 120);
  rule("r", R"({"source":["s"]})", kToQueue);
  const std::string window = R"("EventStartTime":1699999999,"EventEndTime":1700000001,)";
  const std::string start = R"({"ReplayName":"p","EventSourceArn":)"
                            R"("arn:aws:events:us-east-1:000000000000:archive/a",)" +
                            window + R"("Destination":{"Arn":")" + kBus + R"("}})";
  EXPECT_EQ(call("StartReplay", start).substr(0, 11), R"({"ReplayArn)");
  EXPECT_EQ(sent().size(), 120U);
  EXPECT_EQ(text_member(last_sent(), "replay-name"), "p");
  call("DescribeReplay", R"({"ReplayName":"p"})");
  EXPECT_EQ(text_member(last_, "State"), "COMPLETED");
  EXPECT_EQ(call("CancelReplay", R"({"ReplayName":"p"})").substr(0, 22), "IllegalStatusException");
  // What is replayed is not archived again.
  call("DescribeArchive", R"({"ArchiveName":"a"})");
  EXPECT_EQ(integer_member(last_, "EventCount"), 120);
  call("DeleteArchive", R"({"ArchiveName":"a"})");
  call("CreateArchive", R"({"ArchiveName":"a","EventSourceArn":")" + std::string(kBus) + R"("})");
  call("DescribeArchive", R"({"ArchiveName":"a"})");
  EXPECT_EQ(integer_member(last_, "EventCount"), 0);
}

TEST_F(EventsTest, AnArchiveForgetsWhatIsTooOld) {
  call("CreateArchive", R"({"ArchiveName":"a","RetentionDays":1,"EventSourceArn":)"
                        R"("arn:aws:events:us-east-1:000000000000:event-bus/default"})");
  put();
  put();
  loop_.advance_by(25LL * 3'600'000);
  put();
  call("DescribeArchive", R"({"ArchiveName":"a"})");
  EXPECT_EQ(integer_member(last_, "EventCount"), 1);
}

class ConnectionsTest : public EventsTest {
 protected:
  void make(const std::string& type, const std::string& parameters,
            const std::string& endpoint = "https://example.test/in/*?q=1") {
    call("CreateConnection", R"({"Name":"c","AuthorizationType":")" + type +
                                 R"(","AuthParameters":)" + parameters + "}");
    const std::string connection = text_member(last_, "ConnectionArn");
    call("CreateApiDestination", R"({"Name":"d","ConnectionArn":")" + connection +
                                     R"(","HttpMethod":"POST","InvocationEndpoint":")" + endpoint +
                                     R"(","InvocationRateLimitPerSecond":2})");
    rule("r", R"({"source":["s"]})",
         R"([{"Id":"d","Arn":")" + text_member(last_, "ApiDestinationArn") +
             R"(","RoleArn":"arn:aws:iam::000000000000:role/r","InputPath":"$.detail",
                "HttpParameters":{"PathParameterValues":["$.detail.id"],
                "HeaderParameters":{"X-Source":"$.source"},"QueryStringParameters":{"k":"v"}}}])");
  }
};

TEST_F(ConnectionsTest, ABasicConnectionAuthorizesAnApiDestination) {
  make("BASIC", R"({"BasicAuthParameters":{"Username":"me","Password":"secret"},
                    "InvocationHttpParameters":{"BodyParameters":[{"Key":"extra","Value":"e",
                    "IsValueSecret":true}],"QueryStringParameters":[{"Key":"z","Value":"1"}]}})");
  call("DescribeConnection", R"({"Name":"c"})");
  EXPECT_EQ(text_member(last_, "ConnectionState"), "AUTHORIZED");
  EXPECT_EQ(json::write(*last_.find("AuthParameters")),
            R"({"BasicAuthParameters":{"Username":"me"},"InvocationHttpParameters":)"
            R"({"QueryStringParameters":[{"Key":"z","Value":"1","IsValueSecret":false}],)"
            R"("BodyParameters":[{"Key":"extra","IsValueSecret":true}]}})");
  EXPECT_NE(text_member(last_, "SecretArn").find(":secret:events!connection/c/"),
            std::string::npos);
  put(R"({"id":"a b"})");
  ASSERT_EQ(web_.sent.size(), 1U);
  EXPECT_EQ(web_.sent[0].first, "https://example.test");
  const aws::HttpRequest& request = web_.sent[0].second;
  EXPECT_EQ(request.path, "/in/a%20b");
  EXPECT_EQ(request.query, "q=1&k=v&z=1");
  EXPECT_EQ(request.headers.get("Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(request.headers.get("X-Source"), "s");
  EXPECT_EQ(request.body, R"({"id":"a b","extra":"e"})");
  EXPECT_EQ(service_->deliveries(), 0U);
}

TEST_F(ConnectionsTest, InvocationsKeepToTheirRate) {
  make("API_KEY", R"({"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"k"}})");
  for (int i = 0; i < 5; ++i) put(R"({"id":"x"})");
  EXPECT_EQ(web_.sent.size(), 1U);
  EXPECT_EQ(web_.sent[0].second.headers.get("X-Key"), "k");
  loop_.advance_by(999);
  EXPECT_EQ(web_.sent.size(), 2U);
  loop_.advance_by(1'001);
  EXPECT_EQ(web_.sent.size(), 5U);
}

TEST_F(ConnectionsTest, AnOAuthTokenIsFetchedKeptAndRenewed) {
  web_.answers = {{200, R"({"access_token":"one","expires_in":3600})"}};
  make("OAUTH_CLIENT_CREDENTIALS",
       R"({"OAuthParameters":{"AuthorizationEndpoint":"https://auth.test/token?x=1",
           "HttpMethod":"post","ClientParameters":{"ClientID":"id","ClientSecret":"cs"},
           "OAuthHttpParameters":{"BodyParameters":[{"Key":"scope","Value":"all"}]}}})");
  ASSERT_EQ(web_.sent.size(), 1U);
  EXPECT_EQ(web_.sent[0].first, "https://auth.test");
  EXPECT_EQ(web_.sent[0].second.path + "?" + web_.sent[0].second.query, "/token?x=1");
  EXPECT_EQ(web_.sent[0].second.body,
            "grant_type=client_credentials&client_id=id&client_secret=cs&scope=all");
  call("DescribeConnection", R"({"Name":"c"})");
  EXPECT_EQ(text_member(last_, "ConnectionState"), "AUTHORIZED");
  put(R"({"id":"1"})");
  ASSERT_EQ(web_.sent.size(), 2U);
  EXPECT_EQ(web_.sent[1].second.headers.get("Authorization"), "Bearer one");
  // The token was taken back: a new one, and the request again.
  loop_.advance_by(10'000);
  web_.answers = {{401, ""}, {200, R"({"access_token":"two"})"}, {200, ""}};
  put(R"({"id":"2"})");
  ASSERT_EQ(web_.sent.size(), 5U);
  EXPECT_EQ(web_.sent[4].second.headers.get("Authorization"), "Bearer two");
  // It is at its end.
  loop_.advance_by(2LL * 3'600'000);
  web_.answers = {{200, R"({"access_token":"three"})"}};
  put(R"({"id":"3"})");
  ASSERT_EQ(web_.sent.size(), 7U);
  EXPECT_EQ(web_.sent[6].second.headers.get("Authorization"), "Bearer three");
  // There is none to be had.
  loop_.advance_by(2LL * 3'600'000);
  web_.answers = {{500, "no"}};
  put(R"({"id":"4"})");
  call("DescribeConnection", R"({"Name":"c"})");
  EXPECT_EQ(text_member(last_, "ConnectionState"), "DEAUTHORIZED");
  call("DescribeApiDestination", R"({"Name":"d"})");
  EXPECT_EQ(text_member(last_, "ApiDestinationState"), "INACTIVE");
}

TEST_F(ConnectionsTest, AuthorizationIsTriedForAWhileAlsoByTheNextProcess) {
  for (int i = 0; i < 10; ++i) web_.answers.emplace_back(500, "no");
  make("OAUTH_CLIENT_CREDENTIALS",
       R"({"OAuthParameters":{"AuthorizationEndpoint":"https://auth.test/","HttpMethod":"GET",
           "ClientParameters":{"ClientID":"id","ClientSecret":"cs"}}})");
  const auto state = [this] {
    call("DescribeConnection", R"({"Name":"c"})");
    return text_member(last_, "ConnectionState");
  };
  EXPECT_EQ(state(), "AUTHORIZING");
  EXPECT_EQ(web_.sent[0].second.query,
            "grant_type=client_credentials&client_id=id&client_secret=cs");
  loop_.advance_by(10'000);
  EXPECT_EQ(state(), "AUTHORIZING");
  open();
  EXPECT_EQ(state(), "AUTHORIZING");
  loop_.advance_by(31'000);
  EXPECT_EQ(state(), "DEAUTHORIZED");
}

TEST_F(ConnectionsTest, WhatAnEndpointRefusesEndsAsADeadLetter) {
  make("API_KEY", R"({"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"k"}})");
  web_.answers = {{404, ""}};
  put(R"({"id":"1"})");
  EXPECT_EQ(service_->deliveries(), 0U);
  // 0: no answer at all.
  web_.answers = {{0, ""}, {429, ""}, {200, ""}};
  loop_.advance_by(10'000);
  put(R"({"id":"1"})");
  EXPECT_EQ(service_->deliveries(), 1U);
  loop_.advance_by(10'000);
  EXPECT_EQ(service_->deliveries(), 0U);
}

TEST_F(ConnectionsTest, TheSecretComesAndGoesWithTheConnection) {
  EXPECT_EQ(call("CreateConnection", R"({"Name":"c","AuthorizationType":"BASIC",)"
                                     R"("AuthParameters":{}})")
                .substr(0, 20),
            "ValidationException:");
  make("BASIC", R"({"BasicAuthParameters":{"Username":"me","Password":"secret"}})");
  ASSERT_EQ(secrets_.size(), 1U);
  EXPECT_EQ(secrets_.begin()->second, R"({"username":"me","password":"secret"})");
  EXPECT_EQ(call("CreateConnection", R"({"Name":"c","AuthorizationType":"BASIC","AuthParameters":)"
                                     R"({"BasicAuthParameters":{"Username":"a","Password":"b"}}})"),
            "ResourceAlreadyExistsException: Connection c already exists.");
  call("UpdateConnection", R"({"Name":"c","AuthorizationType":"BASIC","AuthParameters":)"
                           R"({"BasicAuthParameters":{"Password":"new"}}})");
  EXPECT_EQ(secrets_.begin()->second, R"({"username":"me","password":"new"})");
  call("DeleteConnection", R"({"Name":"c"})");
  EXPECT_EQ(text_member(last_, "ConnectionState"), "DELETING");
  EXPECT_TRUE(secrets_.empty());
  EXPECT_EQ(call("DescribeConnection", R"({"Name":"c"})"),
            "ResourceNotFoundException: Failed to describe the connection(s). Connection 'c' does "
            "not exist.");
}

TEST(Sources, ArePlainNamesOrAny) {
  const auto of = [](const char* text) {
    const auto sources = sources_of(*aws::EventPattern::compile(text));
    std::string joined;
    for (const std::string& each : sources.value_or(std::vector<std::string>{"any"}))
      joined += (joined.empty() ? "" : ",") + each;
    return joined;
  };
  EXPECT_EQ(of(R"({"source":["b","a"]})"), "a,b");
  EXPECT_EQ(of(R"({"source":[{"prefix":"a"}]})"), "any");
  EXPECT_EQ(of(R"({"source":[{"anything-but":"a"}]})"), "any");
  EXPECT_EQ(of(R"({"detail":{"source":["a"]}})"), "any");
  EXPECT_EQ(of(R"({"$or":[{"source":["a"]},{"source":["c"],"x":[1]}]})"), "a,c");
  EXPECT_EQ(of(R"({"$or":[{"source":["a"]},{"x":[1]}]})"), "any");
}

}  // namespace
}  // namespace pawl::events
