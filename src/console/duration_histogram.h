// SPDX-License-Identifier: Apache-2.0
// DurationHistogram: how long things took, in buckets an eighth of their size wide, so that
// percentiles are right to 12 %. It takes memory for what it has seen only.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pawl::console {

class DurationHistogram {
 public:
  void add(int64_t ms) {
    const auto value = static_cast<uint64_t>(std::max<int64_t>(ms, 0));
    const size_t bucket = bucket_of(value);
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    ++counts_[bucket];
    ++count_;
    max_ = std::max(max_, value);
  }
  void add(const DurationHistogram& other) {
    counts_.resize(std::max(counts_.size(), other.counts_.size()));
    for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  uint64_t count() const { return count_; }
  uint64_t max_ms() const { return max_; }
  /// The least duration that `percent` of all do not exceed, rounded up to its bucket's end; 0 if
  /// there is none.
  uint64_t percentile_ms(uint64_t percent) const {
    uint64_t left = (count_ * percent + 99) / 100;
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] >= left) return std::min(end_of(i), max_);
      left -= counts_[i];
    }
    return max_;
  }

 private:
  static constexpr uint32_t kBits = 3;  ///< a bucket for each value of the leading bits

  static size_t bucket_of(uint64_t value) {
    if (value < (1U << kBits)) return value;
    const auto shift = static_cast<uint32_t>(std::bit_width(value)) - kBits - 1;
    return (size_t{shift} << kBits) + (value >> shift);
  }
  static uint64_t end_of(size_t bucket) {
    if (bucket < (2U << kBits)) return bucket;
    const size_t shift = (bucket >> kBits) - 1;
    return (((bucket & ((1U << kBits) - 1)) + (1U << kBits) + 1) << shift) - 1;
  }

  std::vector<uint32_t> counts_;
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace pawl::console
