// SPDX-License-Identifier: Apache-2.0
// Ids that nobody can guess and that are never given twice: of APIs and what they are made of, of
// requests.
#pragma once

#include <cstddef>
#include <string>

namespace pawl::apigateway {

/// Of "a" to "z" and "0" to "9". Thread-safe.
std::string random_lower_case(size_t characters);
/// Letters of both cases and digits: keys of clients. Thread-safe.
std::string random_alphanumeric(size_t characters);
/// A UUID. Thread-safe.
std::string new_uuid();
/// A number from 0 to below 100: which requests a canary takes. Thread-safe.
double random_percent();

}  // namespace pawl::apigateway
