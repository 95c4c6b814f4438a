// SPDX-License-Identifier: Apache-2.0
// Answers that are written while they are read, on real sockets.
#include "net/http_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "net/blocking_client_for_test.h"
#include "net/certificate_authority.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/spool.h"

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Every request gets a stream, which the test takes and writes to.
class HttpStreamTest : public testing::Test {
 protected:
  ~HttpStreamTest() override { thread_.reset(); }

  uint16_t start(HttpLimits limits = {}, std::shared_ptr<const TlsContext> tls = nullptr) {
    thread_ = std::make_unique<LoopThread>();
    server_ = std::make_unique<HttpServer>(thread_->loop(), limits);
    ListenOptions options;
    options.tls = std::move(tls);
    return *server_->listen(
        [this](HttpRequest&, HttpReply reply) {
          HttpStream stream =
              reply.stream({200, {{"Content-Type", "text/event-stream"}}, "no body"}, 1'000);
          const std::lock_guard lock(mutex_);
          streams_.push_back(std::move(stream));
        },
        options);
  }
  HttpStream take() {
    for (;;) {
      const std::lock_guard lock(mutex_);
      if (!streams_.empty()) {
        HttpStream stream = std::move(streams_.back());
        streams_.pop_back();
        return stream;
      }
      std::this_thread::yield();
    }
  }
  template <typename Condition>
  static bool comes_true(const Condition& condition) {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    bool is_true = condition();
    while (!is_true && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
      is_true = condition();
    }
    return is_true;
  }
  bool connections_go() const {
    return comes_true([this] { return server_->statistics().connections_open == 0; });
  }

  std::mutex mutex_;
  std::vector<HttpStream> streams_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<LoopThread> thread_;
};

TEST_F(HttpStreamTest, WhatIsWrittenIsSentAtOnce) {
  BlockingClient client(start());
  client.send(kGet);
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  HttpStream stream = take();
  EXPECT_TRUE(stream.write("first"));
  EXPECT_EQ(client.read_until("first\r\n"), "5\r\nfirst\r\n");
  EXPECT_TRUE(stream.write("next"));
  EXPECT_EQ(client.read_until("next\r\n"), "4\r\nnext\r\n");
  EXPECT_FALSE(stream.is_gone());
  stream.write("last");
  stream.close();
  EXPECT_TRUE(stream.is_gone());
  EXPECT_FALSE(stream.write("more"));
  EXPECT_EQ(client.read_until("\r\n0\r\n\r\n"), "4\r\nlast\r\n0\r\n\r\n");
  // The connection serves the next.
  client.send(kGet);
  client.read_until("\r\n\r\n");
  take() = HttpStream();
  EXPECT_EQ(client.read_until("\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(HttpStreamTest, Http10EndsWithTheConnection) {
  BlockingClient client(start());
  client.send("GET / HTTP/1.0\r\n\r\n");
  HttpStream stream = take();
  stream.write("one ");
  EXPECT_NE(client.read_until("one ").find("Connection: close\r\n\r\none "), std::string::npos);
  stream.write("two");
  stream.close();
  EXPECT_EQ(client.read_to_end(), "two");
}

TEST_F(HttpStreamTest, GoesOverTls) {
  const base::Timestamp now{std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count()};
  const CertifiedKey authority = make_certificate_authority("Test CA", now);
  const auto issued = issue_certificate(authority, {{"localhost"}, {}}, now);
  const auto folder = *SpoolFolder::open_temporary(0);
  HttpClientOptions options;
  options.ca_file = folder->path() + "/ca.pem";
  std::ofstream(options.ca_file) << authority.certificate;
  const uint16_t port = start({}, *TlsContext::make(issued->certificate, issued->key));
  HttpClient client(options);
  std::promise<std::string> body;
  client.send({"GET", "https://localhost:" + std::to_string(port) + "/", {}},
              [&](base::Result<HttpResponse> answer) {
                body.set_value(answer ? answer->body : answer.error().message);
              });
  HttpStream stream = take();
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string text = "event " + std::to_string(i) + "\n";
    ASSERT_TRUE(comes_true([&] { return stream.write(text); }));
    expected += text;
  }
  stream.close();
  EXPECT_EQ(body.get_future().get(), expected);
}

TEST_F(HttpStreamTest, AClientThatGoesIsNoticed) {
  const uint16_t port = start();
  auto client = std::make_unique<BlockingClient>(port);
  client->send(kGet);
  HttpStream stream = take();
  std::promise<void> gone;
  stream.on_change([&] { gone.set_value(); });
  EXPECT_FALSE(stream.is_gone());
  client.reset();
  EXPECT_EQ(gone.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_TRUE(stream.is_gone());
  EXPECT_FALSE(stream.write("x"));
  EXPECT_TRUE(connections_go());
  // Whoever asks too late is told at once.
  std::promise<void> late;
  HttpStream().on_change([&] { late.set_value(); });
  EXPECT_EQ(late.get_future().wait_for(0s), std::future_status::ready);
}

TEST_F(HttpStreamTest, AClientThatDoesNotReadCostsABoundedBuffer) {
  HttpLimits limits;
  limits.write_timeout = 200ms;
  BlockingClient client(start(limits));
  client.send(kGet);
  HttpStream stream = take();
  const std::string piece(900, 'x');
  uint64_t taken = 0;
  // Without progress it is ended.
  EXPECT_TRUE(comes_true([&] {
    if (stream.write(piece)) taken += piece.size();
    return stream.is_gone();
  }));
  EXPECT_LT(taken, 64U * 1024 * 1024);  // the kernel's buffers, and ours
  EXPECT_TRUE(connections_go());
}

TEST_F(HttpStreamTest, TheWriterIsToldWhenThereIsRoomAgain) {
  constexpr size_t kBytes = 8'000'000;
  BlockingClient client(start());
  client.send(kGet);
  client.read_until("\r\n\r\n");
  HttpStream stream = take();
  std::atomic<int> told{0};
  stream.on_change([&] { ++told; });
  std::thread reader;
  size_t got = 0;
  const std::string piece(1'000, 'x');
  for (size_t taken = 0; taken < kBytes;) {
    const int before = told;
    if (stream.write(piece)) {
      taken += piece.size();
      continue;
    }
    if (!reader.joinable()) {
      reader = std::thread([&] {
        std::string buffer(65'536, ' ');
        while (const size_t bytes = client.read_some(buffer.data(), buffer.size())) {
          const auto end = buffer.begin() + static_cast<long>(bytes);
          got += static_cast<size_t>(std::count(buffer.begin(), end, 'x'));
          if (*(end - 1) != 'x' && got == kBytes) return;
        }
      });
    }
    ASSERT_TRUE(comes_true([&] { return told != before; }));
  }
  stream.close();
  reader.join();
  EXPECT_EQ(got, kBytes);
}

TEST_F(HttpStreamTest, DrainingBreaksItOff) {
  BlockingClient client(start());
  client.send(kGet);
  client.read_until("\r\n\r\n");
  HttpStream stream = take();
  stream.write("last words");
  std::promise<void> gone;
  stream.on_change([&] { gone.set_value(); });
  std::promise<void> drained;
  server_->drain([&] { drained.set_value(); });
  // Without the last chunk: it is not whole.
  EXPECT_EQ(client.read_to_end(), "a\r\nlast words\r\n");
  EXPECT_EQ(gone.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(drained.get_future().wait_for(10s), std::future_status::ready);
}

TEST_F(HttpStreamTest, HeadHasNoStream) {
  BlockingClient client(start());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").ends_with("\r\n\r\n"));
  EXPECT_TRUE(take().is_gone());
}

}  // namespace
}  // namespace pawl::net
