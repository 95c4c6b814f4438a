// SPDX-License-Identifier: Apache-2.0
// The console's files in this program, made from console/ by the build (tools/console_site.py).
#pragma once

#include <span>

#include "console/site.h"

namespace pawl::console {

/// Sorted by path. Empty in a program that was built without Node.js.
std::span<const SiteFile> embedded_site();

}  // namespace pawl::console
