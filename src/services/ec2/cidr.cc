// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/cidr.h"

#include "base/integer.h"

namespace pawl::ec2 {

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto bits = base::parse_int64(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > 32) return std::nullopt;
  Cidr cidr{0, static_cast<int>(*bits)};
  std::string_view rest = text.substr(0, slash);
  for (int i = 0; i < 4; ++i) {
    const size_t dot = rest.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const auto part = base::parse_int64(rest.substr(0, dot));
    if (!part || *part < 0 || *part > 255) return std::nullopt;
    cidr.address = (cidr.address << 8) | static_cast<uint32_t>(*part);
    rest = i == 3 ? std::string_view() : rest.substr(dot + 1);
  }
  if ((cidr.address & ~cidr.mask()) != 0) return std::nullopt;
  return cidr;
}

std::string Cidr::text() const {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += (out.empty() ? "" : ".") + std::to_string((address >> shift) & 0xff);
  return out + "/" + std::to_string(bits);
}

}  // namespace pawl::ec2
