// SPDX-License-Identifier: Apache-2.0
// The parts of a Host field (RFC 9110 section 7.2): "name:port", "[::1]:port".
#pragma once

#include <string_view>

namespace pawl::server {

/// Without port and brackets: "localhost" of "localhost:4566", "::1" of "[::1]:80".
std::string_view host_name_of(std::string_view host);

/// IPv4 in four decimal parts, or IPv6.
bool is_ip_address(std::string_view name);

}  // namespace pawl::server
