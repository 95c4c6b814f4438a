// SPDX-License-Identifier: Apache-2.0
// Lists of names, as stacks' events tell them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace pawl::cloudformation {

inline bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "A, B, C".
inline std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace pawl::cloudformation
