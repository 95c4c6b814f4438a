// SPDX-License-Identifier: Apache-2.0
// Messages from one layer's form to the other's.
#include "server/http_transport.h"

#include <utility>

#include "base/assert.h"

namespace pawl::server {

net::HttpClient& LazyHttpClient::get() {
  std::call_once(made_, [this] { client_ = std::make_unique<net::HttpClient>(options_); });
  return *client_;
}

void HttpClientTransport::send(std::string url, aws::HttpRequest request, Receiver receiver) {
  PAWL_ASSERT(request.stream == nullptr);
  net::ClientRequest sent;
  sent.method = std::move(request.method);
  sent.url = std::move(url) + request.path;
  if (!request.query.empty()) sent.url += "?" + request.query;
  sent.headers = std::move(request.headers).take();
  sent.body = std::move(request.body);
  sent.timeout = timeout_;
  client_.get().send(std::move(sent), [&loop = loop_, receiver = std::move(receiver)](
                                          base::Result<net::HttpResponse> answer) {
    auto made = std::make_shared<base::Result<aws::HttpResponse>>();
    if (!answer) {
      *made = std::move(answer).error();
    } else {
      (*made)->status = answer->status;
      for (const auto& [name, value] : answer->headers) (*made)->headers.add(name, value);
      (*made)->body = std::move(answer->body);
    }
    loop.post([made, receiver] { receiver(std::move(*made)); });
  });
}

}  // namespace pawl::server
