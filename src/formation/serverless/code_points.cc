// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/code_points.h"

#include <cstddef>

namespace pawl::formation::serverless {

std::vector<char32_t> code_points(std::string_view utf8) {
  std::vector<char32_t> points;
  points.reserve(utf8.size());
  for (size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (size_t next = 1; next < length && at + next < utf8.size(); ++next)
      point = point << 6 | (static_cast<unsigned char>(utf8[at + next]) & 0x3FU);
    points.push_back(point);
    at += length;
  }
  return points;
}

}  // namespace pawl::formation::serverless
