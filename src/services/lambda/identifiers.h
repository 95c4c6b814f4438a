// SPDX-License-Identifier: Apache-2.0
// Ids that nobody can guess and that are never given twice: invocations, revisions, code.
#pragma once

#include <cstddef>
#include <string>

namespace pawl::lambda {

/// A random UUID of the operating system's entropy. Thread-safe.
std::string new_uuid();
/// Of "a" to "z" and "0" to "9". Thread-safe.
std::string random_lower_case(size_t characters);

}  // namespace pawl::lambda
