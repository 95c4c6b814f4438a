// SPDX-License-Identifier: Apache-2.0
#include "asl/diagnostic.h"

#include <algorithm>

namespace pawl::asl {

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::Error;
  });
}

std::string invalid_definition_message(const std::vector<Diagnostic>& diagnostics) {
  std::string out = "Invalid State Machine Definition: '";
  bool first = true;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::Error) continue;
    if (!first) out += ", ";
    first = false;
    out += diagnostic.code + ": " + diagnostic.message;
    // A message that ends in a space brings its own separator (recorded).
    out += out.ends_with(' ') ? "at " : " at ";
    out += diagnostic.location.empty() ? "null" : diagnostic.location;
  }
  return out + "'";
}

}  // namespace pawl::asl
