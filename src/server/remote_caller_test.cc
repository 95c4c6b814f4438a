// SPDX-License-Identifier: Apache-2.0
// One server calls another over a real port: aws::RemoteCaller, the HTTP client, and a whole
// server.
#include "aws/client/remote_caller.h"

#include <gtest/gtest.h>

#include <future>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/event_loop.h"
#include "server/endpoint_settings.h"
#include "server/http_transport.h"
#include "server/server.h"
#include "server/service_threads.h"

namespace pawl::server {
namespace {

class AnyKeys final : public aws::CredentialSource {
 public:
  aws::ApiResult<aws::Credentials> credentials() override {
    return aws::Credentials{"123456789012", "secret", ""};
  }
};

class RemoteServerTest : public testing::Test {
 protected:
  void SetUp() override {
    ServerOptions options;
    options.port = 0;
    auto started = Server::start(options);
    ASSERT_TRUE(started) << started.error().message;
    server_ = *std::move(started);
    endpoints_ = *EndpointSettings::parse({"*=" + server_->url(), "sqs=http://127.0.0.1:1"});
    loop_ = std::make_unique<net::LoopThread>();
    threads_ = std::make_unique<ServiceThreads>(loop_->loop());
    transport_ = std::make_unique<HttpClientTransport>(client_, *threads_, std::chrono::minutes(1));
    caller_ = std::make_unique<aws::RemoteCaller>(
        aws::RemoteCaller::Options{.models = aws::installed_models(),
                                   .loop = *threads_,
                                   .transport = *transport_,
                                   .endpoints = endpoints_,
                                   .credentials = keys_,
                                   // Seed of a wait that is next to nothing.
                                   .entropy = [] { return uint64_t{558}; }});
  }
  ~RemoteServerTest() override { loop_.reset(); }

  /// The answer as text, or "CODE: message".
  std::string call(const std::string& service, const std::string& operation, std::string input) {
    std::promise<std::string> answer;
    loop_->loop()->post([&] {
      caller_->call({.service = service,
                     .operation = operation,
                     .input = *json::parse(input),
                     .region = "eu-west-1"},
                    [&answer](const aws::ApiResult<json::Value>& result) {
                      answer.set_value(result ? json::write(*result)
                                              : result.error().code + ": " +
                                                    result.error().message.value_or("") + " " +
                                                    std::to_string(result.error().status));
                    });
    });
    return answer.get_future().get();
  }

  std::unique_ptr<Server> server_;
  EndpointSettings endpoints_ = *EndpointSettings::parse({});
  AnyKeys keys_;
  std::unique_ptr<net::LoopThread> loop_;
  std::unique_ptr<ServiceThreads> threads_;
  LazyHttpClient client_{net::HttpClientOptions()};
  std::unique_ptr<HttpClientTransport> transport_;
  std::unique_ptr<aws::RemoteCaller> caller_;
};

TEST_F(RemoteServerTest, AnotherServerIsCalledLikeAws) {
  EXPECT_EQ(call("logs", "CreateLogGroup", R"({"logGroupName":"/a"})"), "{}");
  EXPECT_NE(call("logs", "DescribeLogGroups", "{}")
                .find("arn:aws:logs:eu-west-1:123456789012:log-group:/a"),
            std::string::npos);
  const std::string made = call("stepfunctions", "CreateStateMachine",
                                R"({"name":"m","roleArn":"arn:aws:iam::123456789012:role/r",
               "definition":"{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}}"})");
  EXPECT_NE(made.find("arn:aws:states:eu-west-1:123456789012:stateMachine:m"), std::string::npos)
      << made;
  EXPECT_EQ(call("lambda", "GetFunction", R"({"FunctionName":"nobody"})"),
            "ResourceNotFoundException: Function not found: "
            "arn:aws:lambda:eu-west-1:123456789012:function:nobody 404");
  EXPECT_NE(call("glue", "ListJobs", "{}").find("501"), std::string::npos);
}

TEST_F(RemoteServerTest, NobodyThereIsAnErrorOfTheClient) {
  const std::string failed = call("sqs", "ListQueues", "{}");
  EXPECT_TRUE(failed.starts_with("SdkClientException: http://127.0.0.1:1/: ")) << failed;
}

}  // namespace
}  // namespace pawl::server
