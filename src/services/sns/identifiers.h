// SPDX-License-Identifier: Apache-2.0
// Ids and tokens that nobody can guess.
#pragma once

#include <cstddef>
#include <string>

namespace pawl::sns {

/// A random UUID. Thread-safe.
std::string new_uuid();

/// `digits` hexadecimal digits of the operating system's entropy. Thread-safe.
std::string new_token(size_t digits);

}  // namespace pawl::sns
