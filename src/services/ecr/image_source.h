// SPDX-License-Identifier: Apache-2.0
// EcrImageSource: the registry's images for whoever runs them in this process, without HTTP.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "container/image_source.h"
#include "services/ecr/registry.h"

namespace pawl::ecr {

/// Serves ECR's hosts of every account and region, and this server's own address (then of the
/// default account, or "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME" behind it).
class EcrImageSource final : public container::ImageSource {
 public:
  /// `own_address`: "127.0.0.1:4566".
  EcrImageSource(std::shared_ptr<Registry> registry, std::function<std::string()> own_address)
      : registry_(std::move(registry)), own_address_(std::move(own_address)) {}

  bool serves(const container::ImageReference& reference) const override;
  base::Result<container::StoredManifest> manifest(
      const container::ImageReference& reference) override;
  base::Result<std::unique_ptr<container::BlobFile>> blob(
      const container::ImageReference& reference, const container::Descriptor& blob) override;

 private:
  RepositoryName name_of(const container::ImageReference& reference) const;

  const std::shared_ptr<Registry> registry_;
  const std::function<std::string()> own_address_;
};

}  // namespace pawl::ecr
