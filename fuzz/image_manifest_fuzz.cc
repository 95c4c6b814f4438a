// SPDX-License-Identifier: Apache-2.0
// Names of images, manifests and configurations, paths of the distribution API and lifecycle
// policies: whatever comes, an error or something that says the same when it is read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "container/image_manifest.h"
#include "container/image_reference.h"
#include "services/ecr/distribution_route.h"
#include "services/ecr/lifecycle_policy.h"
#include "services/ecr/token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pawl::container::ImageReference;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reference = ImageReference::parse(text)) {
    const auto again = ImageReference::parse(reference->text());
    if (!again || again->text() != reference->text()) std::abort();
    if (reference->repository.find("..") != std::string::npos) std::abort();
  }
  static_cast<void>(pawl::container::parse_ecr_host(text));
  if (const auto manifest = pawl::container::ImageManifest::parse(text, "")) {
    for (const auto& layer : manifest->layers) {
      if (!pawl::container::is_digest(layer.digest)) std::abort();
    }
  }
  static_cast<void>(pawl::container::ImageConfig::parse(text));
  static_cast<void>(pawl::ecr::route_of("/v2/" + std::string(text)));
  static_cast<void>(pawl::ecr::LifecyclePolicy::parse(text));
  static_cast<void>(pawl::ecr::check_password(text, {0}, "key"));
  static_cast<void>(pawl::ecr::password_of(text));
  return 0;
}
