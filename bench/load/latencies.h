// SPDX-License-Identifier: Apache-2.0
// Latencies: the times of many requests, all kept, so percentiles are exact.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace pawl::bench {

using Clock = std::chrono::steady_clock;

/// One thread. 4 bytes each.
class Latencies {
 public:
  void add(Clock::duration time) {
    us_.push_back(std::chrono::duration<float, std::micro>(time).count());
  }
  size_t size() const { return us_.size(); }

  /// In microseconds; 0 if there is none. `share` in [0, 1].
  double percentile(double share) {
    if (us_.empty()) return 0;
    const auto index = static_cast<size_t>(share * static_cast<double>(us_.size() - 1));
    const auto at = us_.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(us_.begin(), at, us_.end());
    return *at;
  }

 private:
  std::vector<float> us_;
};

}  // namespace pawl::bench
