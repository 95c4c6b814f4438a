// SPDX-License-Identifier: Apache-2.0
// Blocking sockets: requests are small enough for the socket's buffer, and receive() is called when
// epoll says that there is something.
#include "bench/load/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace pawl::bench {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;

}  // namespace

void fail(const std::string& what) {
  std::fprintf(stderr, "pawl_load: %s\n", what.c_str());
  std::exit(1);
}

HttpClient::HttpClient(uint16_t port) : buffer_(kBufferBytes, '\0') {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor_ < 0 ||
      ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(std::string("connect: ") + std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      filled_(other.filled_),
      expected_(other.expected_),
      head_bytes_(other.head_bytes_) {}

HttpClient::~HttpClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void HttpClient::send(std::string_view request) {
  filled_ = expected_ = head_bytes_ = 0;
  while (!request.empty()) {
    const ssize_t sent = ::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail(std::string("send: ") + std::strerror(errno));
    request.remove_prefix(static_cast<size_t>(sent));
  }
}

bool HttpClient::receive(Answer& answer) {
  if (filled_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const ssize_t got = ::recv(descriptor_, buffer_.data() + filled_, buffer_.size() - filled_, 0);
  if (got < 0 && errno == EINTR) return false;
  if (got <= 0) fail("the server closed a connection");
  filled_ += static_cast<size_t>(got);
  const std::string_view text(buffer_.data(), filled_);
  if (expected_ == 0) {
    const size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    head_bytes_ = end + 4;
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const size_t at = text.substr(0, end).find(kLength);
    size_t length = 0;
    if (at == std::string_view::npos) fail("an answer without Content-Length");
    std::from_chars(text.data() + at + kLength.size(), text.data() + end, length);
    expected_ = head_bytes_ + length;
  }
  if (filled_ < expected_) return false;
  constexpr size_t kStatusAt = 9;  // "HTTP/1.1 200"
  std::from_chars(text.data() + kStatusAt, text.data() + head_bytes_, answer.status);
  answer.body = text.substr(head_bytes_, expected_ - head_bytes_);
  return true;
}

HttpClient::Answer HttpClient::call(std::string_view request) {
  send(request);
  Answer answer;
  while (!receive(answer)) {
  }
  return answer;
}

}  // namespace pawl::bench
