// SPDX-License-Identifier: Apache-2.0
// Listening sockets and the list of connections.
#include "net/http_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <utility>

#include "net/http_connection.h"

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

constexpr int kAcceptsPerTurn = 64;
constexpr auto kAcceptPause = 100ms;  // when the process has no descriptors left

/// RFC 9110 section 5.6.7.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

/// Closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

base::Result<Descriptor> open_listener(const ListenOptions& options, uint16_t& port) {
  const bool is_v6 = options.host.find(':') != std::string::npos;
  const std::string place =
      (is_v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
  const auto failure = [&place](const std::string& why) {
    return base::Error(base::ErrorKind::Io, "cannot listen on " + place + ": " + why);
  };
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  if (const int error =
          getaddrinfo(host.c_str(), std::to_string(options.port).c_str(), &hints, &found);
      error != 0) {
    return failure(gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, &freeaddrinfo);
  Descriptor listener(
      socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  const int one = 1;
  const int zero = 0;
  if (listener.get() < 0) return failure(std::strerror(errno));
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address->ai_family == AF_INET6) {
    setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  }
  if (bind(listener.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(listener.get(), SOMAXCONN) != 0) {
    return failure(std::strerror(errno));
  }
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &length);
  port = ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
  return listener;
}

}  // namespace

HttpReply& HttpReply::operator=(HttpReply&& other) noexcept {
  if (this == &other) return *this;
  HttpReply old(std::move(*this));
  channel_ = std::move(other.channel_);
  return *this;
}

HttpReply::~HttpReply() {
  if (channel_) channel_->answer({.status = 500, .headers = {}, .body = {}});
}

void HttpReply::send(HttpResponse response) {
  if (auto channel = std::exchange(channel_, nullptr)) channel->answer(std::move(response));
}

HttpStream HttpReply::stream(HttpResponse head, size_t buffer_bytes_max) {
  auto [stream, body] = HttpStream::make(buffer_bytes_max);
  head.body.clear();
  head.source = std::move(body);
  send(std::move(head));
  return std::move(stream);
}

namespace {

/// On the loop's thread. Owns the descriptor.
void adopt(const std::shared_ptr<HttpShared>& shared, int descriptor,
           const std::shared_ptr<const HttpPort>& port) {
  auto connection = std::make_shared<HttpConnection>(descriptor, shared, port);
  shared->accepted.fetch_add(1, std::memory_order_relaxed);
  if (shared->connections.size() >= shared->limits.connections_max) {
    shared->refused.fetch_add(1, std::memory_order_relaxed);
  } else if (!shared->drained && connection->start()) {
    shared->add(std::move(connection));
  }
}

/// Accepts. On the loop's thread.
class HttpListener final : public EventLoop::Watcher {
 public:
  HttpListener(Descriptor descriptor, std::shared_ptr<HttpShared> shared, HttpPort port,
               std::vector<std::shared_ptr<HttpShared>> sharers)
      : descriptor_(std::move(descriptor)),
        shared_(std::move(shared)),
        sharers_(std::move(sharers)),
        port_(std::make_shared<const HttpPort>(std::move(port))) {}
  ~HttpListener() override {
    shared_->loop->cancel(pause_);
    shared_->loop->unwatch(descriptor_.get(), *this);
  }

  void start() { shared_->loop->watch(descriptor_.get(), EventLoop::Trigger::Level, *this); }

  void on_ready(uint32_t) override {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      const int accepted =
          accept4(descriptor_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted >= 0) {
        take(accepted);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return pause();
      } else if (errno != EINTR && errno != ECONNABORTED) {
        return;
      }
    }
  }

  void close_connections() {
    std::vector<std::shared_ptr<HttpConnection>> mine;
    for (const auto& connection : shared_->connections) {
      if (connection->came_through(*port_)) mine.push_back(connection);
    }
    for (const auto& connection : mine) connection->close();
  }

 private:
  void take(int accepted) {
    const int one = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    turn_ = turn_ == sharers_.size() ? 0 : turn_ + 1;
    if (turn_ == sharers_.size()) return adopt(shared_, accepted, port_);
    const std::shared_ptr<HttpShared>& other = sharers_[turn_];
    // In an owner that closes it if the other loop has ended.
    other->loop->post([other, port = port_, owner = std::make_shared<Descriptor>(accepted)] {
      adopt(other, owner->release(), port);
    });
  }

  void pause() {
    shared_->loop->unwatch(descriptor_.get(), *this);
    pause_ = shared_->loop->run_at(shared_->loop->now() + kAcceptPause, [this] { start(); });
  }

  const Descriptor descriptor_;
  const std::shared_ptr<HttpShared> shared_;
  const std::vector<std::shared_ptr<HttpShared>> sharers_;
  const std::shared_ptr<const HttpPort> port_;
  size_t turn_ = 0;
  EventLoop::TimerId pause_ = 0;
};

EventLoop::TimePoint::duration sweep_period(const HttpLimits& limits) {
  return std::min<EventLoop::TimePoint::duration>(
      1s, std::min({limits.header_timeout, limits.read_timeout, limits.write_timeout,
                    limits.idle_timeout}) /
              4);
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(std::shared_ptr<EventLoop> loop, HttpLimits limits, RefusalMaker refusal_maker,
       LargeBodies large_bodies)
      : shared_(std::make_shared<HttpShared>(std::move(loop), limits, std::move(refusal_maker),
                                             std::move(large_bodies))),
        period_(sweep_period(limits)) {}

  /// After the loop has ended, or before it began.
  ~Impl() {
    listeners_.clear();
    const auto connections = std::exchange(shared_->connections, {});
    for (const auto& connection : connections) connection->close();
  }

  void start() {
    shared_->loop->post([self = weak_from_this()] {
      if (const auto alive = self.lock()) alive->sweep();
    });
  }

  base::Result<uint16_t> listen(Handler handler, const ListenOptions& options) {
    std::vector<std::shared_ptr<HttpShared>> sharers;
    for (const HttpServer* sharer : options.sharers) sharers.push_back(sharer->impl_->shared_);
    uint16_t port = 0;
    auto descriptor = std::make_shared<Descriptor>(PAWL_TRY(open_listener(options, port)));
    shared_->loop->post([self = shared_from_this(), port, descriptor, sharers = std::move(sharers),
                         given = HttpPort{std::move(handler), options.tls}]() mutable {
      auto& listener = self->listeners_[port];
      listener = std::make_unique<HttpListener>(std::move(*descriptor), self->shared_,
                                                std::move(given), std::move(sharers));
      listener->start();
    });
    return port;
  }

  void close(uint16_t port) {
    shared_->loop->post([self = shared_from_this(), port] {
      const auto found = self->listeners_.find(port);
      if (found == self->listeners_.end()) return;
      found->second->close_connections();
      self->listeners_.erase(found);
    });
  }

  void drain(std::function<void()> done) {
    shared_->loop->post([self = shared_from_this(), done = std::move(done)] {
      self->listeners_.clear();
      if (self->shared_->connections.empty()) return done();
      self->shared_->drained = done;
      const auto connections = self->shared_->connections;
      for (const auto& connection : connections) connection->drain();
    });
  }

  HttpStatistics statistics() const {
    return {shared_->open.load(), shared_->accepted.load(), shared_->refused.load(),
            shared_->requests.load(), shared_->requests_refused.load()};
  }

 private:
  void sweep() {
    shared_->date = http_date();
    const EventLoop::TimePoint now = shared_->loop->now();
    // Backwards: what is closed is replaced by the last.
    for (size_t i = shared_->connections.size(); i-- > 0;) {
      if (i < shared_->connections.size()) shared_->connections[i]->check_deadline(now);
    }
    shared_->loop->run_at(now + period_, [self = weak_from_this()] {
      if (const auto alive = self.lock()) alive->sweep();
    });
  }

  const std::shared_ptr<HttpShared> shared_;
  const EventLoop::TimePoint::duration period_;
  std::map<uint16_t, std::unique_ptr<HttpListener>> listeners_;
};

HttpServer::HttpServer(HttpLimits limits) : own_thread_(std::make_unique<LoopThread>()) {
  impl_ = std::make_shared<Impl>(own_thread_->loop(), limits, RefusalMaker(), LargeBodies());
  impl_->start();
}

HttpServer::HttpServer(std::shared_ptr<EventLoop> loop, HttpLimits limits,
                       RefusalMaker refusal_maker, LargeBodies large_bodies)
    : impl_(std::make_shared<Impl>(std::move(loop), limits, std::move(refusal_maker),
                                   std::move(large_bodies))) {
  impl_->start();
}

HttpServer::~HttpServer() { own_thread_.reset(); }

base::Result<uint16_t> HttpServer::listen(Handler handler, const ListenOptions& options) {
  return impl_->listen(std::move(handler), options);
}
base::Result<uint16_t> HttpServer::listen(Handler handler, uint16_t port) {
  return impl_->listen(std::move(handler), ListenOptions{.port = port});
}
void HttpServer::close(uint16_t port) { impl_->close(port); }
void HttpServer::drain(std::function<void()> done) { impl_->drain(std::move(done)); }
HttpStatistics HttpServer::statistics() const { return impl_->statistics(); }

}  // namespace pawl::net
