// SPDX-License-Identifier: Apache-2.0
// The server on real sockets: what clients may do to it, good and bad.
#include "net/http_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "net/blocking_client_for_test.h"

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

std::string post(std::string_view body, std::string_view more = "") {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Answers "METHOD TARGET BODY;".
void echo(HttpRequest& request, HttpReply reply) {
  std::string body = std::string(request.method) + " " + std::string(request.target) + " ";
  reply.send({200, {{"X-Test", "1\r\nX-Injected: 2"}}, body + request.body + ";"});
}

HttpResponse refusal(int status, const HttpRequest*) { return {status, {}, "refused;"}; }

/// Limits that a test can reach.
HttpLimits small_limits() {
  HttpLimits limits;
  limits.header_bytes_max = 1'000;
  limits.body_bytes_max = 2'000;
  return limits;
}

class HttpServerTest : public testing::Test {
 protected:
  uint16_t start(HttpServer::Handler handler, HttpLimits limits = small_limits()) {
    thread_ = std::make_unique<LoopThread>();
    server_ = std::make_unique<HttpServer>(thread_->loop(), limits, refusal);
    return *server_->listen(std::move(handler));
  }
  ~HttpServerTest() override { thread_.reset(); }

  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<LoopThread> thread_;
};

TEST_F(HttpServerTest, AnswersOneAfterAnother) {
  BlockingClient client(start(echo));
  for (int i = 0; i < 3; ++i) {
    client.send(post("hello"));
    const std::string answer = client.read_until(";");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
    EXPECT_NE(answer.find("\r\nX-Test: 1  X-Injected: 2\r\n"), std::string::npos);
    EXPECT_EQ(answer.find("Connection:"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\nContent-Length: 17\r\n\r\nPOST /echo hello;"));
  }
  EXPECT_EQ(server_->statistics().requests, 3U);
  EXPECT_EQ(server_->statistics().connections_open, 1U);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  BlockingClient client(start(echo));
  client.send(post("1") + post("2") + post("3").substr(0, 30));
  EXPECT_TRUE(client.read_until(";").ends_with("POST /echo 1;"));
  EXPECT_TRUE(client.read_until(";").ends_with("POST /echo 2;"));
  client.send(post("3").substr(30));
  EXPECT_TRUE(client.read_until(";").ends_with("POST /echo 3;"));
}

TEST_F(HttpServerTest, SpeaksHttp10AndHead) {
  const uint16_t port = start(echo);
  BlockingClient old(port);
  old.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_NE(old.read_to_end().find("Connection: close\r\n\r\nGET / ;"), std::string::npos);
  BlockingClient kept(port);
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.read_until(";").find("Connection: keep-alive\r\n"), std::string::npos);
  BlockingClient head(port);
  head.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = head.read_to_end();
  EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, LetsTheClientContinue) {
  BlockingClient client(start(echo));
  client.send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_TRUE(client.read_until(";").ends_with("PUT /a hi;"));
  client.send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9999\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, RefusesWhatIsMalformedOrTooLarge) {
  const uint16_t port = start(echo);
  for (const auto& [text, status] : std::vector<std::pair<std::string, std::string>>{
           {"nonsense\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(2'000, 'a') + "\r\n\r\n", "431"},
           {post(std::string(2'001, 'b')), "413"}}) {
    BlockingClient client(port);
    client.send(text);
    const std::string answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << answer;
    EXPECT_TRUE(answer.ends_with("Connection: close\r\n\r\nrefused;")) << answer;
  }
  EXPECT_EQ(server_->statistics().requests_refused, 3U);
}

TEST_F(HttpServerTest, AnswersFromAnyThread) {
  std::vector<std::thread> threads;
  BlockingClient client(start([&](HttpRequest& request, HttpReply reply) {
    threads.emplace_back([body = request.body, held = std::move(reply)]() mutable {
      held.send({200, {}, body + ";"});
    });
  }));
  client.send(post("a") + post("b"));
  EXPECT_TRUE(client.read_until(";").ends_with("a;"));
  EXPECT_TRUE(client.read_until(";").ends_with("b;"));
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HttpServerTest, ADroppedReplyIsAnAnswer) {
  BlockingClient client(start([](HttpRequest&, HttpReply) {}));
  client.send(post("a", "Connection: close\r\n"));
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 500 "));
}

/// The second request answers the first from within its handler; both go on with what was sent
/// behind them.
TEST_F(HttpServerTest, OneHandlerMayAnswerAnother) {
  std::optional<HttpReply> held;
  std::promise<void> is_held;
  const uint16_t port = start([&](HttpRequest& request, HttpReply reply) {
    if (request.body == "wait") {
      held = std::move(reply);
      is_held.set_value();
      return;
    }
    if (held) std::exchange(held, std::nullopt)->send({200, {}, "released;"});
    reply.send({200, {}, std::string(request.target) + request.body + ";"});
  });
  BlockingClient first(port);
  first.send(post("wait") + post("next"));
  is_held.get_future().wait();
  BlockingClient second(port);
  second.send(post("go") + post("again"));
  EXPECT_TRUE(first.read_until(";").ends_with("released;"));
  EXPECT_TRUE(first.read_until(";").ends_with("/echonext;"));
  EXPECT_TRUE(second.read_until(";").ends_with("/echogo;"));
  EXPECT_TRUE(second.read_until(";").ends_with("/echoagain;"));
}

TEST_F(HttpServerTest, WhatIsSlowOrIdleIsEnded) {
  HttpLimits limits;
  limits.header_timeout = 40ms;
  limits.idle_timeout = 40ms;
  limits.read_timeout = 80ms;
  const uint16_t port = start(echo, limits);
  BlockingClient idle(port);
  BlockingClient half_head(port);
  half_head.send("GET / HTTP/1.1\r\nHo");
  BlockingClient half_body(port);
  half_body.send(post("hello").substr(0, 55));
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(half_head.read_to_end().starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(half_body.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, AHandlerMayTakeLongerThanAnyTimeout) {
  HttpLimits limits;
  limits.idle_timeout = limits.header_timeout = limits.read_timeout = limits.write_timeout = 20ms;
  BlockingClient client(start(
      [&](HttpRequest&, HttpReply reply) {
        auto held = std::make_shared<HttpReply>(std::move(reply));
        thread_->loop()->run_at(thread_->loop()->now() + 200ms, [held] {
          held->send({200, {}, "late;"});
        });
      },
      limits));
  client.send(post("a"));
  EXPECT_TRUE(client.read_until(";").ends_with("late;"));
}

TEST_F(HttpServerTest, AClientThatNeverReadsIsEnded) {
  HttpLimits limits;
  limits.write_timeout = 40ms;
  const std::string large(16 << 20, 'x');
  const uint16_t port = start(
      [&](HttpRequest&, HttpReply reply) {
        reply.send({200, {}, large});
      },
      limits);
  BlockingClient client(port);
  client.send(post("a"));
  // The server ends the connection: what the kernel had taken comes, the rest does not.
  const auto has_ended = [&] { return server_->statistics().connections_open == 0; };
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (server_->statistics().requests == 0 ||
         (!has_ended() && std::chrono::steady_clock::now() < patience)) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(has_ended());
  thread_.reset();  // before what its handler uses
}

TEST_F(HttpServerTest, ALargeAnswerArrivesWhole) {
  const std::string large(8 << 20, 'x');
  BlockingClient client(start([&](HttpRequest&, HttpReply reply) {
    reply.send({200, {}, large + ";"});
  }));
  client.send(post("a"));
  const std::string answer = client.read_until(";");
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, large.size() + 1);
}

TEST_F(HttpServerTest, TooManyConnectionsAndTooMuchMemoryAreRefused) {
  HttpLimits limits = small_limits();
  limits.connections_max = 1;
  limits.buffered_bytes_max = 500;
  const uint16_t port = start(echo, limits);
  BlockingClient first(port);
  first.send(post("a"));
  first.read_until(";");
  BlockingClient second(port);
  EXPECT_EQ(second.read_to_end(), "");
  first.send(post(std::string(1'000, 'b')).substr(0, 900));
  EXPECT_TRUE(first.read_to_end().starts_with("HTTP/1.1 503 "));
}

TEST_F(HttpServerTest, DrainsWhatIsUnderWay) {
  std::promise<HttpReply> held;
  const uint16_t port =
      start([&](HttpRequest&, HttpReply reply) { held.set_value(std::move(reply)); });
  BlockingClient idle(port);
  BlockingClient busy(port);
  busy.send(post("a"));
  HttpReply reply = held.get_future().get();
  std::promise<void> drained;
  server_->drain([&] { drained.set_value(); });
  EXPECT_EQ(idle.read_to_end(), "");
  reply.send({200, {}, "last;"});
  EXPECT_NE(busy.read_to_end().find("Connection: close\r\n\r\nlast;"), std::string::npos);
  shutdown(busy.descriptor(), SHUT_WR);
  drained.get_future().wait();
}

TEST_F(HttpServerTest, ClosesOnePortOnly) {
  const uint16_t port = start(echo);
  const uint16_t other = *server_->listen(echo);
  BlockingClient first(port);
  first.send(post("a"));
  first.read_until(";");
  BlockingClient second(other);
  second.send(post("a"));
  second.read_until(";");
  server_->close(port);
  EXPECT_EQ(first.read_to_end(), "");
  second.send(post("b"));
  EXPECT_TRUE(second.read_until(";").ends_with("b;"));
}

TEST(HttpServer, ALateReplyIsHarmless) {
  std::promise<HttpReply> held;
  auto server = std::make_unique<HttpServer>();
  const uint16_t port =
      *server->listen([&](HttpRequest&, HttpReply reply) { held.set_value(std::move(reply)); });
  BlockingClient client(port);
  client.send(post("a"));
  HttpReply reply = held.get_future().get();
  server.reset();
  EXPECT_EQ(client.read_to_end(), "");
  reply.send({200, {}, "too late"});
}

TEST(HttpServer, TellsWhyItCannotListen) {
  HttpServer server;
  const uint16_t port = *server.listen(echo);
  const auto taken = server.listen(echo, port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message,
            "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  ListenOptions nowhere;
  nowhere.host = "example";
  EXPECT_FALSE(server.listen(echo, nowhere));
}

}  // namespace
}  // namespace pawl::net
