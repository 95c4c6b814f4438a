// SPDX-License-Identifier: Apache-2.0
// BlockingClient: a socket to a server under test, for bytes as they are.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pawl::net {

/// A blocking client that gives up after ten seconds.
class BlockingClient {
 public:
  explicit BlockingClient(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~BlockingClient() { close(socket_); }
  BlockingClient(const BlockingClient&) = delete;
  BlockingClient& operator=(const BlockingClient&) = delete;

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0);
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }
  /// Up to and with `end`, or to the end of the connection.
  std::string read_until(std::string_view end) {
    size_t seen = 0;
    while (received_.find(end, seen) == std::string::npos) {
      seen = received_.size() - std::min(received_.size(), end.size());
      if (!receive()) return std::exchange(received_, {});
    }
    const size_t length = received_.find(end) + end.size();
    std::string text = received_.substr(0, length);
    received_.erase(0, length);
    return text;
  }
  /// What has come, into `out`; 0 at the end of the connection. Allocates nothing.
  size_t read_some(char* out, size_t bytes_max) {
    if (received_.empty()) {
      const ssize_t got = recv(socket_, out, bytes_max, 0);
      return got > 0 ? static_cast<size_t>(got) : 0;
    }
    const size_t bytes = received_.copy(out, bytes_max);
    received_.erase(0, bytes);
    return bytes;
  }
  std::string read_bytes(size_t bytes) {
    while (received_.size() < bytes && receive()) {
    }
    const std::string text = received_.substr(0, bytes);
    received_.erase(0, text.size());
    return text;
  }
  std::string read_to_end() { return read_until("\1"); }
  int descriptor() const { return socket_; }

 private:
  bool receive() {
    char buffer[65536];
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    EXPECT_TRUE(got >= 0 || errno == ECONNRESET) << "no answer in time";
    if (got > 0) received_.append(buffer, static_cast<size_t>(got));
    return got > 0;
  }

  int socket_;
  std::string received_;
};

}  // namespace pawl::net
