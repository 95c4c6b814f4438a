// SPDX-License-Identifier: Apache-2.0
// Stored parameters and SecureStrings, and names as clients give them, whatever the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/ssm/name_rules.h"
#include "services/ssm/parameter.h"
#include "services/ssm/secure_string.h"

using namespace pawl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto version = ssm::read_version(1, bytes)) {
    if (!ssm::read_version(1, ssm::write_version(*version))) std::abort();
  }
  if (const auto parameter = ssm::read_parameter({"a", "r"}, "p", bytes)) {
    const std::string written = ssm::write_parameter(*parameter);
    const auto again = ssm::read_parameter({"a", "r"}, "p", written);
    if (!again || ssm::write_parameter(*again) != written) std::abort();
  }
  if (const auto envelope = ssm::read_envelope(bytes)) {
    const auto again = ssm::read_envelope(ssm::write_envelope(*envelope));
    if (!again || again->sealed != envelope->sealed) std::abort();
  }
  const ssm::Reference reference = ssm::read_reference(bytes);
  if (reference.name.size() + reference.selector.size() > size) std::abort();
  static_cast<void>(ssm::check_new_name(bytes));
  static_cast<void>(ssm::check_path(bytes));
  return 0;
}
