// SPDX-License-Identifier: Apache-2.0
// Bytes to gzip (RFC 1952), for subscriptions and exports (zlib).
#pragma once

#include <string>
#include <string_view>

namespace pawl::logs {

/// One member. Thread-safe.
std::string gzip(std::string_view bytes);

}  // namespace pawl::logs
