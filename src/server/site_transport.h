// SPDX-License-Identifier: Apache-2.0
// SiteTransport: what services send to hosts that are really sites of this server stays in the
// process: "https://ID.execute-api.REGION.amazonaws.com" of an API that lives here. All else goes
// on.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/http_site.h"
#include "aws/service/service_loop.h"

namespace pawl::server {

/// add() everything first; then thread-safe. Everything it is given outlives it.
class SiteTransport final : public aws::HttpTransport {
 public:
  SiteTransport(aws::HttpTransport& outer, aws::ServiceLoop& loop) : outer_(outer), loop_(loop) {}

  /// `claims` says which requests are for the site, by method, path and Host.
  using Claims = std::function<bool(const aws::HttpRequest&)>;
  void add(aws::HttpSite& site, Claims claims) { sites_.push_back({&site, std::move(claims)}); }
  void send(std::string url, aws::HttpRequest request, Receiver receiver) override;

 private:
  aws::HttpTransport& outer_;
  aws::ServiceLoop& loop_;
  struct Claimed {
    aws::HttpSite* site;
    Claims claims;
  };
  std::vector<Claimed> sites_;
};

}  // namespace pawl::server
