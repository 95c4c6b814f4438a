// SPDX-License-Identifier: Apache-2.0
// Layers of images: tar archives of foreign origin (plain, gzip, zstd), applied to a directory with
// their white-outs (OCI image specification, "Image Layer Filesystem Changeset"). Nothing outside
// the directory is read, written or made reachable by name: every path is resolved with the
// directory as its root (openat2(2), RESOLVE_IN_ROOT).
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace pawl::container {

struct UnpackLimits {
  uint64_t bytes_max = uint64_t{10} << 30;  ///< Lambda quotas, "Container image code package size"
  uint64_t entries_max = 1'000'000;
  /// Beyond 64 MiB, unpacked bytes for one of the layer: what packs better is a bomb.
  uint64_t ratio_max = 200;
};

/// What the layers of one image have come to so far.
struct UnpackTotals {
  uint64_t bytes = 0;
  uint64_t entries = 0;
};

/// Applies the layer in file `layer` to the directory `root`. Owners are not kept (all is ours),
/// nor are set-user-id bits and extended attributes; devices and FIFOs are left out. What its owner
/// could not read or enter, he can. Symbolic links are kept as they are and followed, while
/// unpacking, as they would be in the running container. Blocks. Errors: InvalidSyntax (damaged, a
/// name with "..", a hard link to nothing), LimitExceeded, Io. Thread-safe for different roots.
base::Result<void> unpack_layer(const std::string& layer, const std::string& root,
                                const UnpackLimits& limits, UnpackTotals& totals);

}  // namespace pawl::container
