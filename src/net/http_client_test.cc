// SPDX-License-Identifier: Apache-2.0
// The client against our own server, and against servers that break their word.
#include "net/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <thread>

#include "net/certificate_authority.h"
#include "net/http_server.h"
#include "net/spool.h"

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

base::Result<HttpResponse> wait_for(HttpClient& client, ClientRequest request) {
  std::promise<base::Result<HttpResponse>> answer;
  client.send(std::move(request), [&answer](base::Result<HttpResponse> result) {
    answer.set_value(std::move(result));
  });
  return answer.get_future().get();
}

std::string header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return "(none)";
}

/// Says once what it is told to say, whatever it is asked, and then ends or waits for the client.
class RawServer {
 public:
  RawServer(std::string answer, bool ends) : answer_(std::move(answer)), ends_(ends) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    socklen_t length = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~RawServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  void run() {
    for (;;) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      char buffer[4096];
      static_cast<void>(recv(connection, buffer, sizeof buffer, 0));
      static_cast<void>(::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL));
      while (!ends_ && recv(connection, buffer, sizeof buffer, 0) > 0) {
      }
      close(connection);
    }
  }

  const std::string answer_;
  const bool ends_;
  int listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

class HttpClientTest : public testing::Test {
 protected:
  void start(HttpServer::Handler handler, std::shared_ptr<const TlsContext> tls = nullptr) {
    thread_ = std::make_unique<LoopThread>();
    server_ = std::make_unique<HttpServer>(thread_->loop(), HttpLimits());
    ListenOptions options;
    options.tls = std::move(tls);
    port_ = *server_->listen(std::move(handler), options);
  }
  ~HttpClientTest() override { thread_.reset(); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  /// Answers with what came.
  static void mirror(HttpRequest& request, HttpReply reply) {
    std::string text = std::string(request.method) + " " + std::string(request.target) + "\n";
    for (const auto& [name, value] : request.headers) {
      text += std::string(name) + "=" + std::string(value) + "\n";
    }
    reply.send({418, {{"X-Twice", "1"}, {"X-Twice", "2"}, {"X-Empty", ""}}, text + request.body});
  }

  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<LoopThread> thread_;
  uint16_t port_ = 0;
};

TEST_F(HttpClientTest, SendsWhatItIsGivenAndNothingElse) {
  start(mirror);
  HttpClient client;
  const auto answer = wait_for(
      client, {"PUT", url("/a/../b//c?x=%20&y"), {{"X-One", "a\r\nb"}, {"X-None", ""}}, "body"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->body, "PUT /a/../b//c?x=%20&y\nHost=127.0.0.1:" + std::to_string(port_) +
                              "\nUser-Agent=pawl\nX-One=a  b\nX-None=\nContent-Length=4\nbody");
  EXPECT_EQ(answer->headers.size(), 5U);  // Date, Content-Length and three
  EXPECT_EQ(header(answer->headers, "x-twice"), "1");
  EXPECT_EQ(header(answer->headers, "X-Empty"), "");
}

TEST_F(HttpClientTest, KnowsEveryMethod) {
  start(mirror);
  HttpClient client;
  for (const std::string method : {"GET", "DELETE", "OPTIONS", "POST", "PATCH"}) {
    const auto answer = wait_for(client, {method, url("/"), {{"User-Agent", "x"}}, ""});
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->body.starts_with(method + " /\n")) << answer->body;
    const bool takes_body = method == "POST" || method == "PATCH";
    EXPECT_EQ(answer->body.find("Content-Length=0") != std::string::npos, takes_body);
  }
  const auto head = wait_for(client, {"HEAD", url("/"), {}, ""});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_NE(header(head->headers, "Content-Length"), "(none)");
  const auto with_body = wait_for(client, {"DELETE", url("/"), {}, std::string("a\0b", 3)});
  ASSERT_TRUE(with_body);
  EXPECT_TRUE(with_body->body.ends_with(std::string("\na\0b", 4)));
}

TEST_F(HttpClientTest, ManyAtOnceAllAreAnswered) {
  start([](HttpRequest& request, HttpReply reply) { reply.send({200, {}, request.body}); });
  HttpClientOptions options;
  options.connections_max = 4;
  HttpClient client(options);
  constexpr int kRequests = 200;
  std::atomic<int> right{0};
  std::atomic<int> answered{0};
  std::promise<void> done;
  for (int i = 0; i < kRequests; ++i) {
    client.send({"POST", url("/"), {}, std::to_string(i)}, [&, i](auto answer) {
      if (answer && answer->body == std::to_string(i)) ++right;
      if (++answered == kRequests) done.set_value();
    });
  }
  done.get_future().get();
  EXPECT_EQ(right.load(), kRequests);
  EXPECT_LE(server_->statistics().connections_accepted, 4U);
}

TEST_F(HttpClientTest, ARedirectIsAnAnswer) {
  start([](HttpRequest&, HttpReply reply) {
    reply.send({302, {{"Location", "http://127.0.0.1:1/"}}, "there"});
  });
  HttpClient client;
  const auto answer = wait_for(client, {"GET", url("/"), {}, ""});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(answer->body, "there");
}

TEST_F(HttpClientTest, TellsWhatItCannotReach) {
  HttpClient client;
  const auto nobody = wait_for(client, {"GET", "http://127.0.0.1:1/", {}, ""});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, base::ErrorKind::Io);
  EXPECT_NE(nobody.error().message.find("http://127.0.0.1:1/: "), std::string::npos);
  for (const std::string nonsense : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://a b/"}) {
    const auto answer = wait_for(client, {"GET", nonsense, {}, ""});
    ASSERT_FALSE(answer) << nonsense;
    EXPECT_EQ(answer.error().kind, base::ErrorKind::InvalidSyntax) << nonsense;
  }
}

TEST_F(HttpClientTest, WaitsNoLongerThanItIsTold) {
  const RawServer silent("", false);
  HttpClient client;
  ClientRequest request{"GET", silent.url(), {}, ""};
  request.timeout = 50ms;
  const auto answer = wait_for(client, request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, base::ErrorKind::Io);
  EXPECT_NE(answer.error().message.find("timed out"), std::string::npos) << answer.error().message;
}

TEST_F(HttpClientTest, AnAnswerThatIsCutOffIsNone) {
  for (const std::string text :
       {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    const RawServer server(text, true);
    HttpClient client;
    const auto answer = wait_for(client, {"POST", server.url(), {}, "x"});
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().kind, base::ErrorKind::Io) << text;
  }
}

TEST_F(HttpClientTest, InterimAnswersAreNotKept) {
  const RawServer server(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n", true);
  HttpClient client;
  const auto answer = wait_for(client, {"GET", server.url(), {}, ""});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->headers, (HttpHeaders{{"A", "b"}}));
}

TEST_F(HttpClientTest, TooLargeAnswersAreRefused) {
  start([](HttpRequest& request, HttpReply reply) {
    reply.send({200, {}, std::string(request.target == "/large" ? 1'001 : 1'000, 'x')});
  });
  HttpClientOptions options;
  options.response_bytes_max = 1'000;
  HttpClient client(options);
  EXPECT_TRUE(wait_for(client, {"GET", url("/"), {}, ""}));
  const auto large = wait_for(client, {"GET", url("/large"), {}, ""});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, base::ErrorKind::LimitExceeded);
  const RawServer endless("HTTP/1.1 200 OK\r\nA: " + std::string(300'000, 'a'), true);
  EXPECT_FALSE(wait_for(client, {"GET", endless.url(), {}, ""}));
}

TEST_F(HttpClientTest, TooManyRequestsAreRefused) {
  const RawServer silent("", false);
  HttpClientOptions options;
  options.requests_max = 1;
  auto client = std::make_unique<HttpClient>(options);
  std::promise<base::Result<HttpResponse>> first;
  client->send({"GET", silent.url(), {}, ""}, [&](auto result) { first.set_value(result); });
  const auto second = wait_for(*client, {"GET", silent.url(), {}, ""});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::LimitExceeded);
  client.reset();
  const auto ended = first.get_future().get();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "the client has ended");
}

TEST_F(HttpClientTest, SpeaksTlsWithWhomItTrusts) {
  const base::Timestamp now{std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count()};
  const CertifiedKey authority = make_certificate_authority("Test CA", now);
  const auto issued = issue_certificate(authority, {{"localhost"}, {}}, now);
  ASSERT_TRUE(issued);
  const std::string large(3'000'000, 'y');
  start(
      [&](HttpRequest& request, HttpReply reply) {
        reply.send({200, {}, request.body.empty() ? large : request.body});
      },
      *TlsContext::make(issued->certificate, issued->key));
  const auto folder = *SpoolFolder::open_temporary(0);
  HttpClientOptions options;
  options.ca_file = folder->path() + "/ca.pem";
  std::ofstream(options.ca_file) << authority.certificate;
  HttpClient client(options);
  const std::string place = ":" + std::to_string(port_) + "/";
  const auto answer = wait_for(client, {"POST", "https://localhost" + place, {}, large});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, large);
  // Its certificate is for another name.
  EXPECT_FALSE(wait_for(client, {"GET", "https://127.0.0.1" + place, {}, ""}));
  HttpClient stranger;
  EXPECT_FALSE(wait_for(stranger, {"GET", "https://localhost" + place, {}, ""}));
}

/// Says 2 MB in pieces, of which nobody knows the number before.
class UnsizedSource final : public base::BodySource {
 public:
  std::optional<uint64_t> size() const override { return std::nullopt; }
  base::Result<size_t> read(char* out, size_t bytes_max) override {
    const size_t bytes = std::min(bytes_max, left_);
    std::fill(out, out + bytes, 'z');
    left_ -= bytes;
    return bytes;
  }

 private:
  size_t left_ = 2'000'000;
};

TEST_F(HttpClientTest, ReadsStreamsOverTls) {
  const base::Timestamp now{std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count()};
  const CertifiedKey authority = make_certificate_authority("Test CA", now);
  const auto issued = issue_certificate(authority, {{"localhost"}, {}}, now);
  start(
      [](HttpRequest&, HttpReply reply) {
        reply.send({200, {{"Connection", "close"}}, {}, std::make_shared<UnsizedSource>()});
      },
      *TlsContext::make(issued->certificate, issued->key));
  const auto folder = *SpoolFolder::open_temporary(0);
  HttpClientOptions options;
  options.ca_file = folder->path() + "/ca.pem";
  std::ofstream(options.ca_file) << authority.certificate;
  HttpClient client(options);
  for (int i = 0; i < 3; ++i) {
    const auto answer =
        wait_for(client, {"GET", "https://localhost:" + std::to_string(port_) + "/", {}, ""});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, std::string(2'000'000, 'z'));
  }
}

}  // namespace
}  // namespace pawl::net
