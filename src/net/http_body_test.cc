// SPDX-License-Identifier: Apache-2.0
// Bodies that do not fit into memory, in both directions, on real sockets.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include "net/blocking_client_for_test.h"
#include "net/http_server.h"

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kMegabyte = 1024 * 1024;

/// "0123456789abcdef" again and again, so that a missing or doubled piece shows.
char byte_at(uint64_t position) { return "0123456789abcdef"[position % 16]; }

std::string pattern(uint64_t from, uint64_t bytes) {
  std::string text(bytes, ' ');
  for (uint64_t i = 0; i < bytes; ++i) text[i] = byte_at(from + i);
  return text;
}

struct SourcePlan {
  uint64_t bytes = 0;
  std::optional<uint64_t> told = {};  ///< its size
  std::optional<uint64_t> fails_at = {};
};

class PatternSource final : public base::BodySource {
 public:
  PatternSource(SourcePlan plan, std::atomic<uint64_t>* read) : plan_(plan), total_(read) {}
  std::optional<uint64_t> size() const override { return plan_.told; }
  base::Result<size_t> read(char* out, size_t bytes_max) override {
    if (plan_.fails_at && at_ >= *plan_.fails_at) {
      return base::Error(base::ErrorKind::Io, "a disk that fails");
    }
    const auto bytes = static_cast<size_t>(std::min<uint64_t>(bytes_max, plan_.bytes - at_));
    for (size_t i = 0; i < bytes; ++i) out[i] = byte_at(at_ + i);
    at_ += bytes;
    if (total_ != nullptr) total_->store(at_);
    return bytes;
  }

 private:
  const SourcePlan plan_;
  std::atomic<uint64_t>* total_;
  uint64_t at_ = 0;
};

/// Says what is pushed, when it is.
class PushedSource final : public base::BodySource {
 public:
  std::optional<uint64_t> size() const override { return std::nullopt; }
  base::Result<size_t> read(char* out, size_t) override {
    const std::lock_guard lock(mutex_);
    const std::string text = std::exchange(next_, std::nullopt).value();
    std::memcpy(out, text.data(), text.size());
    return text.size();
  }
  bool ready_or_call(std::function<void()> ready) override {
    const std::lock_guard lock(mutex_);
    if (next_) return true;
    ready_ = std::move(ready);
    return false;
  }
  void push(std::string text) {
    std::function<void()> ready;
    {
      const std::lock_guard lock(mutex_);
      next_ = std::move(text);
      ready = std::exchange(ready_, nullptr);
    }
    if (ready) ready();
  }

 private:
  std::mutex mutex_;
  std::optional<std::string> next_;
  std::function<void()> ready_;
};

uint64_t resident_peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);
}

class HttpBodyTest : public testing::Test {
 protected:
  void SetUp() override { spool_ = *SpoolFolder::open_temporary(spool_bytes_max_); }
  ~HttpBodyTest() override { thread_.reset(); }

  /// PUT may be large and spooled, PATCH large and in memory.
  uint16_t start(HttpServer::Handler handler, HttpLimits limits = {}) {
    if (limits.body_bytes_max == HttpLimits().body_bytes_max) limits.body_bytes_max = 2'000;
    LargeBodies large;
    large.folder = spool_;
    large.memory_bytes_max = 1'000;
    large.bound_of = [](const HttpRequest& head) -> BodyBound {
      if (head.method == "PUT") return {400 * kMegabyte, true};
      if (head.method == "PATCH") return {100'000, false};
      return {};
    };
    thread_ = std::make_unique<LoopThread>();
    server_ = std::make_unique<HttpServer>(
        thread_->loop(), limits,
        [](int status, const HttpRequest* head) -> HttpResponse {
          return {status, {}, head == nullptr ? "?" : std::string(head->target)};
        },
        large);
    return *server_->listen(std::move(handler));
  }

  uint16_t serve(SourcePlan plan, HttpLimits limits = {}) {
    return start(
        [this, plan](HttpRequest&, HttpReply reply) {
          reply.send({200, {}, {}, std::make_shared<PatternSource>(plan, &read_)});
        },
        limits);
  }

  /// Answers where the body was, its size and the sum of its bytes.
  static void describe(HttpRequest& request, HttpReply reply) {
    std::string body = request.body;
    const char* where = "memory ";
    if (request.spooled) {
      std::ifstream file(request.spooled->path(), std::ios::binary);
      body.assign(std::istreambuf_iterator<char>(file), {});
      EXPECT_EQ(body.size(), request.spooled->size());
      where = "file ";
    }
    const bool is_right = body == pattern(0, body.size());
    reply.send({200, {}, where + std::to_string(body.size()) + (is_right ? " right;" : " wrong;")});
  }

  size_t files() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(spool_->path())) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }
  /// A file goes with its request, a moment after the answer.
  bool files_go() const {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (files() != 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    return files() == 0 && spool_->bytes() == 0;
  }

  bool connections_go() const {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (server_->statistics().connections_open != 0 &&
           std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    return server_->statistics().connections_open == 0;
  }

  uint64_t spool_bytes_max_ = 400 * kMegabyte;
  std::shared_ptr<SpoolFolder> spool_;
  std::atomic<uint64_t> read_{0};
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<LoopThread> thread_;
};

std::string head_of(const std::string& method, uint64_t bytes, const std::string& more = "") {
  return method + " /a HTTP/1.1\r\nHost: x\r\n" + more +
         "Content-Length: " + std::to_string(bytes) + "\r\n\r\n";
}

std::string chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

TEST_F(HttpBodyTest, LargeBodiesGoIntoFiles) {
  BlockingClient client(start(describe));
  client.send(head_of("PUT", 1'000) + pattern(0, 1'000));
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nmemory 1000 right;"));
  client.send(head_of("PUT", 1'001) + pattern(0, 1'001));
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nfile 1001 right;"));
  client.send(head_of("PUT", 200'000) + pattern(0, 200'000) + head_of("PUT", 5) + "01234");
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nfile 200000 right;"));
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nmemory 5 right;"));
  client.send("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
              chunk(pattern(0, 999)) + chunk(pattern(999, 3)) + chunk(pattern(1'002, 100'000)) +
              "0\r\n\r\n");
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nfile 101002 right;"));
  client.send(head_of("PATCH", 100'000) + pattern(0, 100'000));
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nmemory 100000 right;"));
  EXPECT_TRUE(files_go());
}

TEST_F(HttpBodyTest, OthersKeepTheLimit) {
  const uint16_t port = start(describe);
  for (const std::string& text :
       {head_of("POST", 2'001), head_of("PATCH", 100'001), head_of("PUT", 400 * kMegabyte + 1),
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
            chunk(pattern(0, 2'001)),
        head_of("PUT", 400 * kMegabyte + 1, "Expect: 100-continue\r\n")}) {
    BlockingClient client(port);
    client.send(text);
    const std::string answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n/a")) << answer;
  }
  EXPECT_TRUE(files_go());
}

TEST_F(HttpBodyTest, ALargeBodyMayWaitForContinue) {
  BlockingClient client(start(describe));
  client.send(head_of("PUT", 3'000, "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(pattern(0, 2'000));
  client.send(pattern(2'000, 1'000));
  EXPECT_TRUE(client.read_until(";").ends_with("\r\n\r\nfile 3000 right;"));
}

TEST_F(HttpBodyTest, AFullSpoolIsAnAnswer) {
  spool_ = *SpoolFolder::open_temporary(50'000);
  const uint16_t port = start(describe);
  BlockingClient client(port);
  client.send(head_of("PUT", 60'000) + pattern(0, 55'000));
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 507 Insufficient Storage\r\n"));
  EXPECT_TRUE(files_go());
  BlockingClient next(port);
  next.send(head_of("PUT", 40'000) + pattern(0, 40'000));
  EXPECT_TRUE(next.read_until(";").ends_with("\r\n\r\nfile 40000 right;"));
}

TEST_F(HttpBodyTest, AFolderThatIsGoneIsAnAnswer) {
  const uint16_t port = start(describe);
  std::filesystem::remove_all(spool_->path());
  BlockingClient client(port);
  client.send(head_of("PUT", 6'000) + pattern(0, 5'000));
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpBodyTest, WhatIsSpooledMayTakeLongerThanTheTimeoutIfItMoves) {
  HttpLimits limits;
  limits.read_timeout = 400ms;
  const uint16_t port = start(describe, limits);
  const auto began = std::chrono::steady_clock::now();
  BlockingClient moving(port);
  BlockingClient standing(port);
  standing.send(head_of("PUT", 5'000) + pattern(0, 2'000));
  moving.send(head_of("PUT", 1'000'000));
  uint64_t sent = 0;
  // Longer than the timeout, in pieces that come faster.
  for (auto next = began; next < began + 1s; std::this_thread::yield()) {
    if (std::chrono::steady_clock::now() < next) continue;
    next += 20ms;
    moving.send(pattern(sent, 16));
    sent += 16;
  }
  EXPECT_TRUE(standing.read_to_end().starts_with("HTTP/1.1 408 "));
  moving.send(pattern(sent, 1'000'000 - sent));
  EXPECT_TRUE(moving.read_until(";").ends_with("\r\n\r\nfile 1000000 right;"));
}

TEST_F(HttpBodyTest, AnUploadThatBreaksOffLeavesNothing) {
  const uint16_t port = start(describe);
  {
    BlockingClient client(port);
    client.send(head_of("PUT", 5'000) + pattern(0, 4'000));
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (files() == 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    EXPECT_EQ(files(), 1U);
  }
  EXPECT_TRUE(files_go());
}

TEST_F(HttpBodyTest, ThreeHundredMegabytesInAndOutNeedNoMemory) {
  constexpr uint64_t kBytes = 300 * kMegabyte;
  const uint16_t port = start([&](HttpRequest& request, HttpReply reply) {
    const uint64_t bytes = request.spooled ? request.spooled->size() : 0;
    reply.send({200, {}, {}, std::make_shared<PatternSource>(SourcePlan{bytes, bytes}, &read_)});
  });
  const uint64_t before = resident_peak_kilobytes();
  BlockingClient client(port);
  client.send(head_of("PUT", kBytes));
  const std::string piece = pattern(0, kMegabyte);
  for (uint64_t sent = 0; sent < kBytes; sent += kMegabyte) client.send(piece);
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: " + std::to_string(kBytes) + "\r\n"), std::string::npos);
  std::string buffer(65'536, ' ');
  uint64_t got = 0;
  while (got < kBytes) {
    const size_t bytes = client.read_some(buffer.data(), buffer.size());
    ASSERT_NE(bytes, 0U);
    ASSERT_EQ(buffer[0], byte_at(got));
    ASSERT_EQ(buffer[bytes - 1], byte_at(got + bytes - 1));
    got += bytes;
  }
  EXPECT_EQ(got, kBytes);
  EXPECT_LT(resident_peak_kilobytes(), before + 16 * 1024);
}

TEST_F(HttpBodyTest, ASlowClientCostsOneBuffer) {
  constexpr uint64_t kBytes = 64 * kMegabyte;
  BlockingClient client(serve({kBytes, kBytes}));
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("\r\n\r\n");
  // What the kernel does not take stays in the source.
  uint64_t seen = 0;
  for (int stable = 0; stable < 1'000; ++stable) {
    if (read_.load() != seen) stable = 0;
    seen = read_.load();
    std::this_thread::yield();
  }
  EXPECT_LT(seen, 16 * kMegabyte);
  EXPECT_EQ(client.read_bytes(kBytes), pattern(0, kBytes));
}

TEST_F(HttpBodyTest, AClientThatStopsReadingIsEnded) {
  HttpLimits limits;
  limits.write_timeout = 40ms;
  BlockingClient client(serve({64 * kMegabyte, std::nullopt}, limits));
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (server_->statistics().requests == 0) std::this_thread::yield();
  EXPECT_TRUE(connections_go());
}

TEST_F(HttpBodyTest, UnknownSizesAreChunkedOrEndWithTheConnection) {
  const uint16_t port = serve({100'000, std::nullopt});
  BlockingClient client(port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    const std::string answer = client.read_until("\r\n0\r\n\r\n");
    EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n0123"),
              std::string::npos);
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  }
  BlockingClient old(port);
  old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = old.read_to_end();
  EXPECT_NE(answer.find("Connection: close\r\n\r\n0123"), std::string::npos)
      << answer.substr(0, 200);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + pattern(0, 100'000)));
}

TEST_F(HttpBodyTest, PipelinedRequestsFollowAStream) {
  BlockingClient client(serve({200'000, 200'000}));
  std::string three;
  for (int i = 0; i < 3; ++i) three += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(three);
  for (int i = 0; i < 3; ++i) {
    client.read_until("Content-Length: 200000\r\n\r\n");
    EXPECT_EQ(client.read_bytes(200'000), pattern(0, 200'000));
  }
}

TEST_F(HttpBodyTest, HeadTellsTheLengthOnly) {
  BlockingClient client(serve({kMegabyte, kMegabyte}));
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_to_end();
  EXPECT_NE(answer.find("Content-Length: 1048576\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
  EXPECT_EQ(read_.load(), 0U);
}

TEST_F(HttpBodyTest, AServiceMayTellTheLengthOfWhatHeadDoesNotRead) {
  const uint16_t port = start([](HttpRequest&, HttpReply reply) {
    reply.send({200, {{"Content-Length", "12345"}}, "abc;"});
  });
  BlockingClient client(port);
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("\r\nContent-Length: 12345\r\n"), std::string::npos);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = client.read_until(";");
  EXPECT_NE(answer.find("\r\nContent-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("12345"), std::string::npos);
}

TEST_F(HttpBodyTest, WhatFailsMidwayEndsTheConnection) {
  for (const SourcePlan plan :
       {SourcePlan{300'000, 300'000, 200'000}, SourcePlan{300'000, std::nullopt, 200'000},
        SourcePlan{300'000, 300'001, std::nullopt}}) {
    BlockingClient client(serve(plan));
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_FALSE(answer.ends_with("0\r\n\r\n"));
    EXPECT_TRUE(connections_go());
    thread_.reset();
  }
}

TEST_F(HttpBodyTest, WhatIsPushedLaterIsSentThen) {
  const auto source = std::make_shared<PushedSource>();
  BlockingClient client(start([&](HttpRequest&, HttpReply reply) {
    reply.send({200, {}, {}, source});
  }));
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("chunked\r\n\r\n");
  source->push("first");
  EXPECT_EQ(client.read_until("first\r\n"), "5\r\nfirst\r\n");
  source->push("next");
  EXPECT_EQ(client.read_until("next\r\n"), "4\r\nnext\r\n");
  source->push("");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "0\r\n\r\n");
}

TEST(SpoolFolder, BeginsEmpty) {
  auto parent = *SpoolFolder::open_temporary(1'000);
  const std::string path = parent->path() + "/spool";
  std::filesystem::create_directories(path + "/sub");
  std::ofstream(path + "/old") << "old";
  const auto folder = *SpoolFolder::open(path, 1'000);
  EXPECT_TRUE(std::filesystem::is_empty(path));
  auto file = *folder->create();
  EXPECT_TRUE(file->append("abc"));
  EXPECT_EQ(folder->bytes(), 3U);
  EXPECT_FALSE(file->append(std::string(1'000, 'x')));
  EXPECT_EQ(file->status(), 507);
  const std::string name = file->path();
  file = nullptr;
  EXPECT_FALSE(std::filesystem::exists(name));
  EXPECT_EQ(folder->bytes(), 0U);
}

}  // namespace
}  // namespace pawl::net
