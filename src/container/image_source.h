// SPDX-License-Identifier: Apache-2.0
// ImageSource: where images come from. A port: ECR's repositories in this process are one, the
// client of other registries (registry_client.h) is another.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "container/image_manifest.h"
#include "container/image_reference.h"

namespace pawl::container {

/// The bytes of a manifest or an index, as they were pushed.
struct StoredManifest {
  std::string media_type;
  std::string digest;  ///< of `bytes`
  std::string bytes;
};

/// A file that holds a blob whole and verified. It is there as long as this object is.
class BlobFile {
 public:
  virtual ~BlobFile() = default;
  virtual const std::string& path() const = 0;
};

/// Thread-safe. All calls block, for disk or network: to be made on worker threads.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// Whether the image is to be asked for here: by its registry alone.
  virtual bool serves(const ImageReference& reference) const = 0;
  /// By its digest or its tag. Errors: NotFound (the message says what: repository or image), Io,
  /// Unsupported (it wants credentials that we do not have).
  virtual base::Result<StoredManifest> manifest(const ImageReference& reference) = 0;
  /// A blob of the image's repository. Errors: NotFound, Io, InvalidSyntax (other bytes than the
  /// digest says).
  virtual base::Result<std::unique_ptr<BlobFile>> blob(const ImageReference& reference,
                                                       const Descriptor& blob) = 0;
};

}  // namespace pawl::container
