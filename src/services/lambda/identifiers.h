// SPDX-License-Identifier: Apache-2.0
// Ids that nobody can guess and that are never given twice: invocations, revisions, code.
#pragma once

#include <string>

namespace pawl::lambda {

/// A random UUID of the operating system's entropy. Thread-safe.
std::string new_uuid();

}  // namespace pawl::lambda
