// SPDX-License-Identifier: Apache-2.0
// Random definitions and random worlds for them, from a seed: the same seed gives the same machine
// and the same events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"

namespace pawl::laws {

/// Makes definitions that compile and mostly end: all state types, nested Parallel and Map, Retry,
/// Catch, Assign.
class RandomMachine {
 public:
  explicit RandomMachine(uint64_t seed) : random_(seed) {}

  std::string definition();
  std::string input();

 private:
  std::string scope(int depth);
  std::string state(const std::string& name, const std::string& next, int depth);
  std::string handlers(const std::string& fallback);
  std::string transition(const std::string& next) const;
  uint64_t below(uint64_t limit) { return random_.next() % limit; }

  base::Random random_;
  int names_ = 0;
};

}  // namespace pawl::laws
