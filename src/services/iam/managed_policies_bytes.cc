// SPDX-License-Identifier: Apache-2.0
// managed_policies.bin as a part of the program, in its read-only data.
#include "services/iam/managed_policies.h"

extern "C" const char pawl_managed_policies_begin[];
extern "C" const char pawl_managed_policies_end[];

__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".global pawl_managed_policies_begin\n"
    "pawl_managed_policies_begin:\n"
    ".incbin \"" PAWL_MANAGED_POLICIES
    "\"\n"
    ".global pawl_managed_policies_end\n"
    "pawl_managed_policies_end:\n"
    ".byte 0\n"
    ".text\n");

namespace pawl::iam {

std::string_view managed_policies_bytes() {
  return {pawl_managed_policies_begin, pawl_managed_policies_end};
}

}  // namespace pawl::iam
