// SPDX-License-Identifier: Apache-2.0
// The time of day, as this layer reads it.
#pragma once

#include <chrono>

#include "base/time.h"

namespace pawl::server {

inline base::Timestamp wall_clock_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace pawl::server
