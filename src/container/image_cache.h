// SPDX-License-Identifier: Apache-2.0
// ImageCache: images unpacked into folders, known by the digest of their manifest, shared by all
// that run them. The folders are read only by whoever runs in them (runner.h lays a writable one
// over them).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "container/image_manifest.h"
#include "container/image_reference.h"
#include "container/image_source.h"
#include "container/layer_unpack.h"

namespace pawl::container {

/// What an image is, without its files.
struct ImageDescription {
  ImageReference reference;
  std::string digest;        ///< of the manifest (of an index: of the platform's)
  std::string named_digest;  ///< of what the reference names: the index's, if it is one
  ImageManifest manifest;
  ImageConfig config;
  uint64_t packed_bytes = 0;  ///< of its layers
};

/// An image whose files are there for as long as this object is.
struct UnpackedImage {
  std::string root;  ///< absolute path of its root directory; nobody may write into it
  std::string digest;
  ImageConfig config;
};

/// Thread-safe. All calls block, for minutes if an image has to come from far away.
class ImageCache {
 public:
  struct Options {
    std::string folder;  ///< its own; made if it is not there
    /// Asked in order. They outlive the cache.
    std::vector<ImageSource*> sources;
    UnpackLimits limits = {};
    /// Unpacked images beyond this are removed, the longest unused first, unless they are in use.
    uint64_t bytes_max = uint64_t{20} << 30;
    Platform platform = machine_platform();
  };

  /// Removes what an earlier process left half done. Errors: Io.
  static base::Result<std::unique_ptr<ImageCache>> open(Options options);
  ~ImageCache();

  /// Looks at an image without unpacking it. Errors: InvalidSyntax (no reference, no manifest),
  /// NotFound (no such image), Unsupported (none for this platform, no credentials), Io.
  base::Result<ImageDescription> describe(std::string_view image);

  /// The image, unpacked. Several calls for one image unpack it once. Errors: those of describe(),
  /// those of unpack_layer().
  base::Result<std::shared_ptr<const UnpackedImage>> prepare(std::string_view image);

 private:
  explicit ImageCache(Options options) : options_(std::move(options)) {}

  base::Result<ImageSource*> source_of(const ImageReference& reference) const;
  base::Result<ImageDescription> describe_in(ImageSource& source,
                                             const ImageReference& reference) const;
  base::Result<std::shared_ptr<const UnpackedImage>> unpack(ImageSource& source,
                                                            const ImageDescription& image);
  void forget_unused();

  struct Slot {
    std::mutex mutex;  ///< held while it is unpacked
    std::weak_ptr<const UnpackedImage> image;
  };

  const Options options_;
  std::mutex mutex_;                                                 ///< of the map
  std::map<std::string, std::shared_ptr<Slot>, std::less<>> slots_;  ///< by manifest digest
};

}  // namespace pawl::container
