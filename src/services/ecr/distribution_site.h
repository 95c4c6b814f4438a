// SPDX-License-Identifier: Apache-2.0
// DistributionSite: the OCI distribution API (specification 1.1) over the registry's repositories:
// what docker, skopeo, buildah and others push to and pull from, on the server's own port.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/service/http_site.h"
#include "services/ecr/distribution_route.h"
#include "services/ecr/registry.h"

namespace pawl::ecr {

/// Whose repository a request means, in this order: the registry that a name begins with
/// ("ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME"), the host, the token of its login; else the
/// default account in us-east-1, or the only repository of that name, wherever it is. Thread-safe;
/// answers come from worker threads.
class DistributionSite final : public aws::HttpSite {
 public:
  /// `is_open`: anybody may do anything, as with the API; else a token of GetAuthorizationToken is
  /// asked for.
  DistributionSite(std::shared_ptr<Registry> registry, bool is_open)
      : registry_(std::move(registry)), is_open_(is_open) {}

  bool serves(const aws::HttpRequest& request) const override;
  void serve(const aws::HttpRequest& request, Answer answer) override;

 private:
  using Route = DistributionRoute;
  /// An answer, and whether it must wait for the disk.
  struct Answered {
    aws::HttpResponse response;
    bool after_sync = false;
  };
  using Outcome = aws::ApiResult<Answered>;

  struct Asked {
    const aws::HttpRequest& http;
    Route route;
    RepositoryName name;
  };

  Outcome answer(const aws::HttpRequest& request, const Route& route);
  Outcome answer_manifest(const Asked& asked);
  Outcome answer_blob(const Asked& asked);
  Outcome answer_uploads(const Asked& asked);
  Outcome answer_upload(const Asked& asked);
  Outcome answer_tags(const Asked& asked);
  Outcome answer_catalog(const aws::HttpRequest& request, const Scope& scope);
  Outcome answer_referrers(const Asked& asked);
  Outcome put_manifest(const Asked& asked);
  Outcome begin_upload(const Asked& asked);
  Outcome finish_upload(const Asked& asked, const std::string& id, const std::string& digest);

  /// nullopt: it is not allowed. A scope of empty texts: nobody said.
  std::optional<Scope> scope_of(const aws::HttpRequest& request);
  aws::ApiResult<RepositoryName> repository_of(const Scope& scope, const std::string& name) const;

  const std::shared_ptr<Registry> registry_;
  const bool is_open_;
};

}  // namespace pawl::ecr
