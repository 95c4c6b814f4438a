// SPDX-License-Identifier: Apache-2.0
// ImageLayout: one image as files of a folder: how an image gets from the server's registry to the
// node of a cluster that runs it, over the file system that they share.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "container/image_source.h"

namespace pawl::jobs {

/// Writes what `source` has of the image into `folder`, which is made: for an image of many
/// platforms the one of this machine. Blobs are links where that can be. Blocks. Errors: those of
/// the source; Io.
base::Result<void> write_image_layout(container::ImageSource& source,
                                      const container::ImageReference& image,
                                      const std::string& folder);

/// Reads it: serves that image and no other. Thread-safe.
class ImageLayout final : public container::ImageSource {
 public:
  /// `folder` need not be there: then it serves nothing.
  explicit ImageLayout(std::string folder) : folder_(std::move(folder)) {}

  bool serves(const container::ImageReference& reference) const override;
  base::Result<container::StoredManifest> manifest(
      const container::ImageReference& reference) override;
  base::Result<std::unique_ptr<container::BlobFile>> blob(
      const container::ImageReference& reference, const container::Descriptor& blob) override;

 private:
  const std::string folder_;
};

}  // namespace pawl::jobs
