// SPDX-License-Identifier: Apache-2.0
// resource_types.bin as a part of the program, in its read-only data.
#include "services/cloudformation/types/resource_schema.h"

extern "C" const char pawl_resource_types_begin[];
extern "C" const char pawl_resource_types_end[];

__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".global pawl_resource_types_begin\n"
    "pawl_resource_types_begin:\n"
    ".incbin \"" PAWL_RESOURCE_TYPES
    "\"\n"
    ".global pawl_resource_types_end\n"
    "pawl_resource_types_end:\n"
    ".byte 0\n"
    ".text\n");

namespace pawl::cloudformation {

std::string_view resource_types_bytes() {
  return {pawl_resource_types_begin, pawl_resource_types_end};
}

}  // namespace pawl::cloudformation
