// SPDX-License-Identifier: Apache-2.0
// BodySource: a body that is read in pieces and need not fit into memory: an S3 object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/error.h"

namespace pawl::aws {

/// Read once, from beginning to end, by one thread at a time. Owned by the message that carries it.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// Bytes in all, if known before they are read.
  virtual std::optional<uint64_t> size() const = 0;

  /// Up to `bytes_max` (> 0) bytes into `out`; 0 at the end. Errors: Io; then the message is broken
  /// off.
  virtual base::Result<size_t> read(char* out, size_t bytes_max) = 0;
};

}  // namespace pawl::aws
