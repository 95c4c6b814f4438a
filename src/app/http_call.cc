// SPDX-License-Identifier: Apache-2.0
// RFC 9112 as far as an answer needs it that ends with its connection ("Connection: close").
#include "app/http_call.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::app {
namespace {

constexpr size_t kAnswerBytesMax = size_t{256} << 20;

base::Error failed(const Endpoint& endpoint, std::string_view what) {
  return {base::ErrorKind::Io,
          "http://" + endpoint.host + ":" + endpoint.port + ": " + std::string(what)};
}

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

base::Result<Socket> connect_to(const Endpoint& endpoint, std::chrono::seconds timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &list))
    return failed(endpoint, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
  int error = 0;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    Socket socket(::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol));
    const timeval time{timeout.count(), 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    if (::connect(socket.get(), each->ai_addr, each->ai_addrlen) == 0) return socket;
    error = errno;
  }
  return failed(endpoint, std::strerror(error));
}

std::string request_text(const Endpoint& endpoint, const HttpCall& call) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  std::string text = call.method + " " + call.target +
                     " HTTP/1.1\r\nHost: " + (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) +
                     ":" + endpoint.port + "\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(call.body.size()) + "\r\n";
  for (const auto& [name, value] : call.headers) {
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  return text + "\r\n" + call.body;
}

}  // namespace

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://"))
    return base::Error(base::ErrorKind::Unsupported,
                       std::string(url) + ": give the endpoint with http:// (same port)");
  if (!url.starts_with(kScheme))
    return base::Error(base::ErrorKind::InvalidSyntax,
                       std::string(url) + ": an endpoint looks like http://127.0.0.1:4566");
  std::string_view rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  Endpoint endpoint{std::string(rest), "80"};
  const size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos) {
    endpoint.host = rest.substr(0, colon);
    endpoint.port = rest.substr(colon + 1);
  }
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']'))
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  if (endpoint.host.empty() || endpoint.host.find('/') != std::string::npos ||
      endpoint.port.empty() || endpoint.port.find_first_not_of("0123456789") != std::string::npos)
    return base::Error(base::ErrorKind::InvalidSyntax, std::string(url) + ": no endpoint");
  return endpoint;
}

base::Result<HttpAnswer> call_http(const Endpoint& endpoint, const HttpCall& call) {
  const Socket socket = PAWL_TRY(connect_to(endpoint, call.timeout));
  const std::string request = request_text(endpoint, call);
  for (size_t sent = 0; sent < request.size();) {
    const ssize_t count =
        ::send(socket.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed(endpoint, std::strerror(errno));
    sent += static_cast<size_t>(count);
  }
  std::string received;
  std::array<char, 64 * 1024> buffer;
  while (true) {
    const ssize_t count = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(endpoint, std::strerror(errno));
    if (count == 0) break;
    received.append(buffer.data(), static_cast<size_t>(count));
    if (received.size() > kAnswerBytesMax) return failed(endpoint, "the answer is too large");
  }
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  const size_t head = received.find("\r\n\r\n");
  HttpAnswer answer;
  if (head == std::string::npos || !received.starts_with(kVersion) ||
      std::from_chars(received.data() + kVersion.size(), received.data() + head, answer.status)
              .ec != std::errc())
    return failed(endpoint, "that is no HTTP answer");
  answer.body = received.substr(head + 4);
  return answer;
}

base::Result<json::Value> call_admin_action(const std::string& url, const std::string& action,
                                            const json::Value& body, std::chrono::seconds timeout) {
  HttpCall call;
  call.method = "POST";
  call.target = "/_pawl/admin/" + action;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = json::write(body);
  call.timeout = timeout;
  const HttpAnswer answer = PAWL_TRY(call_http(PAWL_TRY(parse_endpoint(url)), call));
  auto said = json::parse(answer.body);
  if (said && said->is_object() && said->find("__type") == nullptr) {
    if (answer.status == 200) return *std::move(said);
    const json::Value* message = said->find("message");
    if (message != nullptr && message->is_string())
      return base::Error(answer.status == 404 ? base::ErrorKind::NotFound : base::ErrorKind::Io,
                         std::string(message->as_string()));
  }
  return base::Error(base::ErrorKind::Io,
                     url + " does not do that (status " + std::to_string(answer.status) +
                         "): a server with --credentials, or on other than a loopback address, "
                         "must be stopped first");
}

}  // namespace pawl::app
