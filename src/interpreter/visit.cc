// SPDX-License-Identifier: Apache-2.0
#include "interpreter/visit.h"

#include <algorithm>

namespace pawl::interpreter {

std::vector<std::pair<std::string, json::Value>> variables_after(const Frame& frame,
                                                                 const Visit& visit) {
  auto variables = frame.variables;
  if (!visit.assigned) return variables;
  for (const auto& [name, value] : *visit.assigned) {
    const auto known = std::find_if(variables.begin(), variables.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (known == variables.end()) {
      variables.emplace_back(name, value);
    } else {
      known->second = value;
    }
  }
  return variables;
}

}  // namespace pawl::interpreter
