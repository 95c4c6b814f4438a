// SPDX-License-Identifier: Apache-2.0
// LayoutSource: the one image of an OCI image layout, a folder with index.json and blobs/ (OCI
// image specification, "Image Layout"): what buildah and skopeo write as "oci:DIR".
#pragma once

#include <string>

#include "container/image_source.h"

namespace pawl::container {

/// Serves the registry "layout.local", whatever the repository. Thread-safe.
class LayoutSource final : public ImageSource {
 public:
  explicit LayoutSource(std::string folder) : folder_(std::move(folder)) {}

  bool serves(const ImageReference& reference) const override;
  base::Result<StoredManifest> manifest(const ImageReference& reference) override;
  base::Result<std::unique_ptr<BlobFile>> blob(const ImageReference& reference,
                                               const Descriptor& blob) override;

 private:
  std::string blob_path(std::string_view digest) const;
  const std::string folder_;
};

/// What a reference to it begins with.
inline constexpr const char* kLayoutImage = "layout.local/image";

}  // namespace pawl::container
