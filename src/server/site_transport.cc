// SPDX-License-Identifier: Apache-2.0
#include "server/site_transport.h"

#include <memory>
#include <utility>

namespace pawl::server {

void SiteTransport::send(std::string url, aws::HttpRequest request, Receiver receiver) {
  const size_t mark = url.find("://");
  if (mark != std::string::npos && !request.headers.has("Host")) {
    aws::HttpRequest here = request;
    here.headers.set("Host", url.substr(mark + 3, url.find('/', mark + 3) - mark - 3));
    for (const Claimed& claimed : sites_) {
      if (!claimed.claims(here)) continue;
      const auto held = std::make_shared<aws::HttpRequest>(std::move(here));
      claimed.site->serve(*held, [&loop = loop_, held, receiver](aws::HttpResponse response) {
        const auto answer = std::make_shared<aws::HttpResponse>(std::move(response));
        loop.post([answer, receiver] { receiver(std::move(*answer)); });
      });
      return;
    }
  }
  outer_.send(std::move(url), std::move(request), std::move(receiver));
}

}  // namespace pawl::server
