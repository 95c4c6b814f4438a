// SPDX-License-Identifier: Apache-2.0
// Deterministic random numbers from a seed that comes in with an event. Not cryptographic, no
// device read.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::base {

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators"). Not
/// thread-safe.
class Random {
 public:
  explicit constexpr Random(uint64_t seed) : state_(seed) {}

  /// The next 64 bits.
  constexpr uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  constexpr double next_double() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
};

/// A version 4 UUID (RFC 9562) in lower case made of the next 128 bits.
std::string make_uuid(Random& random);

}  // namespace pawl::base
