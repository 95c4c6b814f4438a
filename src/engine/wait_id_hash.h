// SPDX-License-Identifier: Apache-2.0
// Hashing of task and timer ids, for the engine's tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "interpreter/execution_state.h"

namespace pawl::engine {

struct WaitIdHash {
  size_t operator()(const interpreter::WaitId& id) const noexcept {
    return std::hash<uint64_t>{}(static_cast<uint64_t>(id.frame) << 32 | id.sequence);
  }
};

}  // namespace pawl::engine
