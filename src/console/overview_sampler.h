// SPDX-License-Identifier: Apache-2.0
// OverviewSampler: what the server has done in each of the last seconds, a quarter of an hour of
// them, in a few kilobytes: from counters that are there anyway, once a second.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/value.h"

namespace pawl::console {

/// Totals since the server began, and what runs now; STANDARD and EXPRESS together.
struct ServerTotals {
  uint64_t started = 0;
  uint64_t succeeded = 0;
  uint64_t failed = 0;  ///< FAILED, TIMED_OUT and ABORTED
  uint64_t transitions = 0;
  uint64_t requests = 0;
  uint64_t running = 0;
};

/// One thread.
class OverviewSampler {
 public:
  static constexpr size_t kSamplesMax = 900;

  /// What happened in one second.
  struct Sample {
    uint32_t started = 0;
    uint32_t succeeded = 0;
    uint32_t failed = 0;
    uint32_t transitions = 0;
    uint32_t requests = 0;
    uint32_t running = 0;  ///< at its end
  };

  /// The seconds between the last call and this one: what happened is the last one's, the others,
  /// if the process slept, are empty. The first call only begins.
  void add(base::Timestamp now, const ServerTotals& totals);

  /// {"end": epoch second of the last sample, "seconds": how many, and for each member of Sample a
  /// list of so many, oldest first}.
  json::Value series() const;
  /// {"end", and each member of Sample as a number}: the last one.
  json::Value last() const;

 private:
  std::array<Sample, kSamplesMax> ring_{};
  size_t count_ = 0;
  size_t next_ = 0;
  int64_t second_ = 0;  ///< of the last sample
  ServerTotals before_;
  bool has_begun_ = false;
};

}  // namespace pawl::console
