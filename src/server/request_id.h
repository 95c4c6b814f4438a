// SPDX-License-Identifier: Apache-2.0
// The ids of requests, as AWS prints them in x-amzn-RequestId: UUIDs.
#pragma once

#include <string>

namespace pawl::server {

/// Different from every other of this and of other processes. Thread-safe.
std::string make_request_id();

}  // namespace pawl::server
