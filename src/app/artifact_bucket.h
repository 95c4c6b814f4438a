// SPDX-License-Identifier: Apache-2.0
// ArtifactBucket: the bucket in which `pawl deploy` keeps code and templates. Made when something
// is to be stored; what is there already is not sent again.
#pragma once

#include <string>

#include "app/service_client.h"
#include "app/template_package.h"

namespace pawl::app {

class ArtifactBucket final : public ArtifactStore {
 public:
  /// `bucket` may be empty: pawl-deploy-ACCOUNT-REGION.
  ArtifactBucket(ServiceCalls& calls, std::string region, std::string bucket, std::string prefix);

  base::Result<StoredArtifact> put(const std::string& name, const std::string& bytes) override;
  std::string template_url(const StoredArtifact& artifact) const override;

 private:
  base::Result<void> ensure_bucket();

  ServiceCalls& calls_;
  std::string region_;
  std::string bucket_;
  std::string prefix_;
  bool ensured_ = false;
};

/// "CODE: message" of a service's error.
base::Error as_error(const aws::ApiError& error);

}  // namespace pawl::app
