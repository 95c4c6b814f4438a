// SPDX-License-Identifier: Apache-2.0
// The gateway with a service that answers what it was asked, over a real model.
#include "server/gateway.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"

namespace pawl::server {
namespace {

/// ListStateMachines answers who asked; the rest is not implemented.
class MirrorService : public aws::Service {
 public:
  void bind(aws::ActionTable& table) override {
    table.on("ListStateMachines", &MirrorService::list);
  }
  aws::ActionResult list(const aws::Request& request) {
    json::ObjectBuilder answer;
    answer.set("stateMachines", json::Value::array({}))
        .set("nextToken",
             json::Value(request.account_id() + " " + request.region + " " + request.host));
    return aws::Output(std::move(answer).build());
  }
};

class AnswerChannel final : public net::HttpReply::Channel {
 public:
  explicit AnswerChannel(std::optional<net::HttpResponse>& answer) : answer_(answer) {}
  void answer(net::HttpResponse response) override { answer_ = std::move(response); }

 private:
  std::optional<net::HttpResponse>& answer_;
};

class GatewayTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("stepfunctions");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    ASSERT_TRUE(gateway_.add(std::make_unique<MirrorService>(), *model));
  }
  net::HttpResponse call(std::string_view method, std::string_view target,
                         const net::HttpHeaders& headers, std::string body) {
    std::optional<net::HttpResponse> answer;
    net::HttpRequest request{method, target, {}, std::move(body)};
    for (const auto& [name, value] : headers) request.headers.push_back({name, value});
    gateway_.handle(request, net::HttpReply(std::make_shared<AnswerChannel>(answer)));
    EXPECT_TRUE(answer);
    return answer.value_or(net::HttpResponse{});
  }
  net::HttpResponse call_states(const std::string& operation, std::string body,
                                const std::string& key = "test") {
    return call("POST", "/",
                {{"Host", "localhost:4566"},
                 {"X-Amz-Target", "AWSStepFunctions." + operation},
                 {"Authorization", "AWS4-HMAC-SHA256 Credential=" + key +
                                       "/20240101/eu-west-1/states/aws4_request, "
                                       "SignedHeaders=host, Signature=0"}},
                std::move(body));
  }
  static std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  Gateway gateway_{Gateway::Options{}};
};

TEST_F(GatewayTest, AnswersWithPrincipalRegionAndHost) {
  const net::HttpResponse answer = call_states("ListStateMachines", "{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body,
            R"({"stateMachines":[],"nextToken":"000000000000 eu-west-1 localhost:4566"})");
  EXPECT_EQ(header(answer, "Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(header(answer, "x-amzn-RequestId").size(), 36U);
  EXPECT_NE(header(answer, "x-amzn-RequestId"),
            header(call_states("ListStateMachines", "{}"), "x-amzn-RequestId"));
}

TEST_F(GatewayTest, AKeyOfTwelveDigitsIsAnAccount) {
  EXPECT_NE(call_states("ListStateMachines", "{}", "123456789012").body.find("123456789012 eu-"),
            std::string::npos);
}

/// One key, "user"; whether it is switched off, and when it ends.
class OneIdentity final : public aws::Identities {
 public:
  aws::ApiResult<std::optional<Identity>> find_key(std::string_view id) override {
    if (id != "user") return std::nullopt;
    Identity identity;
    identity.principal.account_id = "222222222222";
    identity.is_active = is_active;
    identity.key.expires = expires;
    return identity;
  }
  aws::ApiResult<aws::AccessKey> issue(const aws::Session&, base::Timestamp, int64_t) override {
    return aws::internal_failure("not asked");
  }
  aws::ApiResult<aws::AccessKey> standing_session(const std::string&, const std::string&) override {
    return aws::internal_failure("not asked");
  }
  aws::ApiResult<std::optional<aws::AssumableRole>> find_role(const std::string&) override {
    return std::nullopt;
  }

  bool is_active = true;
  base::Timestamp expires = {};
};

TEST_F(GatewayTest, KeysOfIdentitiesSayWhoCalls) {
  OneIdentity identities;
  gateway_.ask(&identities, nullptr);
  EXPECT_NE(call_states("ListStateMachines", "{}", "user").body.find("222222222222 eu-"),
            std::string::npos);
  EXPECT_NE(call_states("ListStateMachines", "{}", "other").body.find("000000000000 eu-"),
            std::string::npos);
  identities.expires = {1'000};  // long ago
  EXPECT_EQ(call_states("ListStateMachines", "{}", "user").body,
            R"({"__type":"com.amazon.coral.service#ExpiredTokenException",)"
            R"("message":"The security token included in the request is expired"})");
  identities.is_active = false;
  EXPECT_NE(call_states("ListStateMachines", "{}", "user").body.find("UnrecognizedClientException"),
            std::string::npos);
}

TEST_F(GatewayTest, RefusesAsTheFramework) {
  EXPECT_EQ(call_states("Fly", "{}").body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
  EXPECT_EQ(call_states("Fly", "{}").status, 400);
  EXPECT_EQ(call_states("ListStateMachines", "{").body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
  const net::HttpResponse missing = call_states("ListActivities", "{}");
  EXPECT_EQ(missing.status, 501);
  EXPECT_NE(missing.body.find("stepfunctions:ListActivities"), std::string::npos);
}

TEST_F(GatewayTest, RefusesWhatIsForNoService) {
  net::HttpResponse answer = call("GET", "/", {}, "");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
  EXPECT_FALSE(header(answer, "x-amzn-RequestId").empty());
  answer = call("POST", "/",
                {{"Content-Type", "application/x-www-form-urlencoded"},
                 {"Authorization",
                  "AWS4-HMAC-SHA256 Credential=a/20240101/eu-west-1/sns/aws4_request, "
                  "SignedHeaders=host, Signature=0"}},
                "Action=Publish&Version=2010-03-31");
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("sns:Publish"), std::string::npos);
}

TEST_F(GatewayTest, TellsItsHealth) {
  const auto health = json::parse(call("GET", "/_pawl/health", {}, "").body);
  ASSERT_TRUE(health);
  EXPECT_EQ(health->find("status")->as_string(), "running");
  EXPECT_EQ(health->find("services")->find("stepfunctions")->as_string(), "running");
}

}  // namespace
}  // namespace pawl::server
