// SPDX-License-Identifier: Apache-2.0
// IPv4 blocks in CIDR notation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::ec2 {

struct Cidr {
  uint32_t address = 0;
  int bits = 0;

  /// "10.0.0.0/16"; nullopt unless it is four numbers and a length, with no bit behind it set.
  static std::optional<Cidr> parse(std::string_view text);
  std::string text() const;

  uint64_t size() const { return uint64_t{1} << (32 - bits); }
  bool contains(const Cidr& other) const {
    return other.bits >= bits && (other.address & mask()) == address;
  }
  bool overlaps(const Cidr& other) const { return contains(other) || other.contains(*this); }
  uint32_t mask() const { return bits == 0 ? 0 : ~uint32_t{0} << (32 - bits); }
};

}  // namespace pawl::ec2
