// SPDX-License-Identifier: Apache-2.0
// pawl_echo: the ceiling of HTTP: a bare Boost.Beast server, one thread, which answers a POST with
// its body. Prints the port it has chosen, then serves until it is killed.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <memory>
#include <utility>

namespace pawl::bench {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = boost::asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Tcp::socket socket) : socket_(std::move(socket)) {
    socket_.set_option(Tcp::no_delay(true));
  }

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
    answer_ = {http::status::ok, request_.version()};
    answer_.set(http::field::content_type, "application/x-amz-json-1.0");
    answer_.keep_alive(request_.keep_alive());
    answer_.body() = std::move(request_.body());
    answer_.prepare_payload();
    http::async_write(socket_, answer_,
                      [self = shared_from_this()](beast::error_code error, size_t) {
                        if (!error) self->read();
                      });
  }

  Tcp::socket socket_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
};

void accept(Tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, Tcp::socket socket) {
    if (!error) std::make_shared<Session>(std::move(socket))->read();
    accept(acceptor);
  });
}

}  // namespace
}  // namespace pawl::bench

int main() {
  using pawl::bench::Tcp;
  boost::asio::io_context context(1);
  Tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  pawl::bench::accept(acceptor);
  context.run();
  return 0;
}
