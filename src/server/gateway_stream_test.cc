// SPDX-License-Identifier: Apache-2.0
// Objects through a real port and the gateway: what may be large, where it goes, how it comes back.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "aws/model/installed_models_for_test.h"
#include "aws/spooled_body.h"
#include "net/blocking_client_for_test.h"
#include "server/gateway.h"

namespace pawl::server {
namespace {

/// Keeps one object: what PutObject brings is renamed to a file, GetObject gives it back.
class ObjectService final : public aws::Service {
 public:
  explicit ObjectService(std::string file) : file_(std::move(file)) {}
  void bind(aws::ActionTable& table) override {
    table.on("PutObject", &ObjectService::put);
    table.on("GetObject", &ObjectService::get);
  }
  aws::ActionResult put(const aws::Request& request) {
    auto* body = dynamic_cast<aws::SpooledBody*>(request.http->stream.get());
    if (body == nullptr) return aws::ApiError("InMemory", request.http->body);
    if (!body->move_to(file_)) return aws::internal_failure("cannot be moved");
    return aws::Output();
  }
  aws::ActionResult get(const aws::Request&) {
    aws::Output output;
    const uint64_t size = std::filesystem::file_size(file_);
    output.stream = std::make_shared<aws::SpooledBody>(file_, size, nullptr);
    return output;
  }

 private:
  const std::string file_;
};

class GatewayStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* s3 = aws::installed_model("s3");
    const aws::ServiceModel* lambda = aws::installed_model("lambda");
    ASSERT_TRUE(s3 != nullptr && lambda != nullptr) << "python3-botocore is not installed";
    files_ = *net::SpoolFolder::open_temporary(1'000'000'000);
    spool_ = *net::SpoolFolder::open(files_->path() + "/spool", 1'000'000'000);
    file_ = files_->path() + "/object";
    ASSERT_TRUE(gateway_.add(std::make_unique<ObjectService>(file_), *s3));
    ASSERT_TRUE(gateway_.add(std::make_unique<NoService>(), *lambda));
    net::LargeBodies large;
    large.folder = spool_;
    large.bound_of = [this](const net::HttpRequest& head) { return gateway_.body_bound(head); };
    thread_ = std::make_unique<net::LoopThread>();
    server_ = std::make_unique<net::HttpServer>(
        thread_->loop(), net::HttpLimits(),
        [this](int status, const net::HttpRequest* head) {
          return gateway_.refuse_unread(status, head);
        },
        large);
    port_ = *server_->listen([this](net::HttpRequest& request, net::HttpReply reply) {
      gateway_.handle(request, std::move(reply));
    });
  }
  ~GatewayStreamTest() override { thread_.reset(); }

  struct NoService final : aws::Service {
    void bind(aws::ActionTable&) override {}
  };

  static std::string head(const std::string& method, const std::string& path,
                          const std::string& service, uint64_t bytes) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
           "Authorization: AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/" + service +
           "/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: " +
           std::to_string(bytes) + "\r\n\r\n";
  }
  std::string call(const std::string& bytes) const {
    net::BlockingClient client(port_);
    client.send(bytes);
    return client.read_to_end();
  }

  Gateway gateway_{Gateway::Options{}};
  std::shared_ptr<net::SpoolFolder> files_;
  std::shared_ptr<net::SpoolFolder> spool_;
  std::string file_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::LoopThread> thread_;
  uint16_t port_ = 0;
};

TEST_F(GatewayStreamTest, AnObjectGoesInAndOutThroughFiles) {
  std::string object(20'000'000, 'x');
  for (size_t i = 0; i < object.size(); i += 1'000) object[i] = static_cast<char>('a' + i % 23);
  EXPECT_TRUE(call(head("PUT", "/bucket/key", "s3", object.size()) + object)
                  .starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(std::filesystem::file_size(file_), object.size());
  EXPECT_TRUE(std::filesystem::is_empty(spool_->path()));
  EXPECT_EQ(spool_->bytes(), 0U);
  const std::string answer = call(head("GET", "/bucket/key", "s3", 0));
  EXPECT_NE(answer.find("\r\nContent-Length: 20000000\r\n"), std::string::npos);
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), object);
  EXPECT_NE(call(head("PUT", "/bucket/key", "s3", 5) + "small").find("<Message>small</Message>"),
            std::string::npos);
}

TEST_F(GatewayStreamTest, EachOperationHasItsLimitAndItsRefusal) {
  const std::string s3 = call(head("PUT", "/bucket/key", "s3", uint64_t{6} << 30));
  EXPECT_TRUE(s3.starts_with("HTTP/1.1 400 Bad Request\r\n")) << s3;
  EXPECT_NE(s3.find("<Code>EntityTooLarge</Code>"), std::string::npos) << s3;
  const std::string policy = call(head("PUT", "/bucket?policy", "s3", 9'000'000));
  EXPECT_NE(policy.find("<Code>EntityTooLarge</Code>"), std::string::npos) << policy;
  const std::string code = call(head("POST", "/2015-03-31/functions", "lambda", 80'000'000));
  EXPECT_TRUE(code.starts_with("HTTP/1.1 413 Content Too Large\r\n")) << code;
  EXPECT_NE(code.find("x-amzn-ErrorType: RequestEntityTooLargeException\r\n"), std::string::npos);
  const std::string nobody = call("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n");
  EXPECT_TRUE(nobody.starts_with("HTTP/1.1 413 ")) << nobody;
  EXPECT_NE(nobody.find("RequestEntityTooLargeException\""), std::string::npos);
}

TEST_F(GatewayStreamTest, TellsWhatMayBeLarge) {
  const auto bound = [this](std::string_view method, std::string_view target,
                            std::string_view content_type, std::string_view service) {
    net::HttpRequest request{method, target, {}, {}};
    const std::string credential = "AWS4-HMAC-SHA256 Credential=k/20240101/us-east-1/" +
                                   std::string(service) + "/aws4_request, Signature=0";
    request.headers.push_back({"Authorization", credential});
    request.headers.push_back({"Content-Type", content_type});
    return gateway_.body_bound(request);
  };
  EXPECT_TRUE(bound("PUT", "/b/k?partNumber=1&uploadId=u", "", "s3").is_spooled);
  EXPECT_TRUE(bound("POST", "/b", "multipart/form-data; boundary=x", "").is_spooled);
  EXPECT_EQ(bound("POST", "/b?delete", "", "s3").bytes_max, 0U);
  EXPECT_EQ(bound("POST", "/2015-03-31/functions", "", "lambda").bytes_max, 70U * 1024 * 1024);
  EXPECT_FALSE(bound("POST", "/2015-03-31/functions", "", "lambda").is_spooled);
  EXPECT_EQ(bound("POST", "/2015-03-31/functions/f/invocations", "", "lambda").bytes_max, 0U);
}

}  // namespace
}  // namespace pawl::server
