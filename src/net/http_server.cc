// SPDX-License-Identifier: Apache-2.0
// One io_context, one thread. A Connection reads a request, hands it out, and reads the next when
// it has been answered.
#include "net/http_server.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace pawl::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equal_ignoring_case(header.first, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

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

namespace {

class Connection;

/// One listening port and its connections.
struct Listener {
  Listener(asio::io_context& context, HttpServer::Handler given)
      : acceptor(context), handler(std::move(given)) {}
  tcp::acceptor acceptor;
  HttpServer::Handler handler;
  std::set<std::shared_ptr<Connection>> connections;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::weak_ptr<Listener> listener, const HttpLimits& limits)
      : stream_(std::move(socket)), listener_(std::move(listener)), limits_(limits) {
    beast::error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
    parser_->body_limit(limits_.body_bytes_max);
    // The first byte may take long; then the rest must not.
    stream_.expires_after(limits_.idle_timeout);
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = shared_from_this()](beast::error_code error, size_t) {
                            if (error) return self->failed(error);
                            self->stream_.expires_after(self->limits_.read_timeout);
                            if (self->parser_->is_done()) return self->handle();
                            http::async_read(self->stream_, self->buffer_, *self->parser_,
                                             [self](beast::error_code later, size_t) {
                                               if (later) return self->failed(later);
                                               self->handle();
                                             });
                          });
  }

  void write(HttpResponse response) {
    auto message = std::make_shared<http::response<http::string_body>>();
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers) message->insert(name, value);
    message->body() = std::move(response.body);
    message->keep_alive(keep_alive_);
    message->prepare_payload();
    stream_.expires_after(limits_.read_timeout);
    http::async_write(stream_, *message,
                      [self = shared_from_this(), message](beast::error_code error, size_t) {
                        if (error || !self->keep_alive_) return self->close();
                        self->read();
                      });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
    if (const auto listener = listener_.lock()) listener->connections.erase(shared_from_this());
  }

  asio::any_io_executor executor() { return stream_.get_executor(); }

 private:
  class ConnectionChannel;

  void failed(beast::error_code error) {
    keep_alive_ = false;
    if (error == http::error::body_limit) return write({.status = 413, .headers = {}, .body = {}});
    if (error == http::error::header_limit)
      return write({.status = 431, .headers = {}, .body = {}});
    const bool is_malformed =
        error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (is_malformed) return write({.status = 400, .headers = {}, .body = {}});
    close();
  }

  void handle();

  beast::tcp_stream stream_;
  std::weak_ptr<Listener> listener_;
  const HttpLimits& limits_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  bool keep_alive_ = false;
};

class Connection::ConnectionChannel final : public HttpReply::Channel {
 public:
  explicit ConnectionChannel(const std::shared_ptr<Connection>& connection)
      : connection_(connection), executor_(connection->executor()) {}

  void answer(HttpResponse response) override {
    asio::dispatch(executor_, [connection = connection_, response = std::move(response)]() mutable {
      if (const auto alive = connection.lock()) alive->write(std::move(response));
    });
  }

 private:
  std::weak_ptr<Connection> connection_;
  asio::any_io_executor executor_;
};

void Connection::handle() {
  const auto listener = listener_.lock();
  if (!listener) return close();
  stream_.expires_never();  // the handler may take its time
  http::request<http::string_body> message = parser_->release();
  keep_alive_ = message.keep_alive();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message)
    request.headers.emplace_back(field.name_string(), field.value());
  request.body = std::move(message.body());
  listener->handler(std::move(request),
                    HttpReply(std::make_shared<ConnectionChannel>(shared_from_this())));
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(HttpLimits limits) : limits_(limits), work_(asio::make_work_guard(context_)) {
    thread_ = std::thread([this] { context_.run(); });
  }

  base::Result<uint16_t> listen(Handler handler, uint16_t port) {
    auto listener = std::make_shared<Listener>(context_, std::move(handler));
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    beast::error_code error;
    listener->acceptor.open(endpoint.protocol(), error);
    if (!error) listener->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) listener->acceptor.bind(endpoint, error);
    if (!error) listener->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return base::Error(base::ErrorKind::Io, "cannot listen on 127.0.0.1:" + std::to_string(port) +
                                                  ": " + error.message());
    }
    const uint16_t chosen = listener->acceptor.local_endpoint().port();
    asio::post(context_, [this, listener, chosen] {
      listeners_[chosen] = listener;
      accept(listener);
    });
    return chosen;
  }

  void close(uint16_t port) {
    asio::post(context_, [this, port] {
      const auto found = listeners_.find(port);
      if (found == listeners_.end()) return;
      close_listener(*found->second);
      listeners_.erase(found);
    });
  }

  void stop() {
    asio::post(context_, [this] {
      for (auto& [port, listener] : listeners_) close_listener(*listener);
      listeners_.clear();
      work_.reset();
      context_.stop();
    });
    thread_.join();
  }

 private:
  static void close_listener(Listener& listener) {
    beast::error_code ignored;
    listener.acceptor.close(ignored);
    const auto connections = std::move(listener.connections);
    listener.connections.clear();
    for (const auto& connection : connections) connection->close();
  }

  size_t connection_count() const {
    size_t count = 0;
    for (const auto& [port, listener] : listeners_) count += listener->connections.size();
    return count;
  }

  void accept(const std::shared_ptr<Listener>& listener) {
    listener->acceptor.async_accept([this, listener](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !listener->acceptor.is_open()) return;
      if (!error && connection_count() < limits_.connections_max) {
        auto connection = std::make_shared<Connection>(std::move(socket), listener, limits_);
        listener->connections.insert(connection);
        connection->read();
      }
      accept(listener);
    });
  }

  const HttpLimits limits_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::map<uint16_t, std::shared_ptr<Listener>> listeners_;
  std::thread thread_;
};

HttpServer::HttpServer(HttpLimits limits) : impl_(std::make_shared<Impl>(limits)) {}

HttpServer::~HttpServer() { impl_->stop(); }

base::Result<uint16_t> HttpServer::listen(Handler handler, uint16_t port) {
  return impl_->listen(std::move(handler), port);
}

void HttpServer::close(uint16_t port) { impl_->close(port); }

}  // namespace pawl::net
