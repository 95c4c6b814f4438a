// SPDX-License-Identifier: Apache-2.0
// LargeBodies: which requests may bring more than the usual limit, and where their bodies go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "net/http_message.h"
#include "net/spool.h"

namespace pawl::net {

/// What one request may bring.
struct BodyBound {
  uint64_t bytes_max = 0;   ///< HttpLimits::body_bytes_max if that is more
  bool is_spooled = false;  ///< beyond LargeBodies::memory_bytes_max into a file
};

struct LargeBodies {
  /// Told by its head: the body is empty. Called on the loop's thread for bodies beyond
  /// memory_bytes_max and for those of unknown length. Empty: no body is large.
  std::function<BodyBound(const HttpRequest& head)> bound_of = {};
  /// Needed if any body is spooled.
  std::shared_ptr<SpoolFolder> folder = nullptr;
  size_t memory_bytes_max = 1024 * 1024;
};

}  // namespace pawl::net
