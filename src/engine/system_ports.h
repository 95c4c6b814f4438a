// SPDX-License-Identifier: Apache-2.0
// The operating system's time and randomness as ports of the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/ports.h"

namespace pawl::engine {

/// Wall-clock time in UTC. It follows the machine's clock, also backwards: the engine keeps each
/// execution's time from running backwards. Thread-safe.
class SystemClock final : public Clock {
 public:
  base::Timestamp now() override;
};

/// getrandom(2): fit for task tokens, which nobody may guess. One thread.
class SystemEntropy final : public Entropy {
 public:
  uint64_t next() override;

 private:
  std::array<uint64_t, 32> words_{};
  size_t used_ = 32;
};

}  // namespace pawl::engine
