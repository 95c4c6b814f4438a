// SPDX-License-Identifier: Apache-2.0
// PAWL_ASSERT: a broken invariant ends the process, in every build type. Never reachable by input:
// what input can cause is a Result (base/error.h) or a workflow error.
#pragma once

namespace pawl::base {

/// Prints the failed invariant with its place to stderr and aborts. Thread-safe.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace pawl::base

#define PAWL_ASSERT(expression)  \
  (static_cast<bool>(expression) \
       ? void(0)                 \
       : ::pawl::base::assertion_failed(#expression, __FILE__, __LINE__))
