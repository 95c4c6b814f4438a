// SPDX-License-Identifier: Apache-2.0
// What systemd is told of a service's state: the protocol of sd_notify(3), without libsystemd.
#pragma once

#include <string_view>

namespace pawl::server {

/// Sends "READY=1", "STOPPING=1" to the socket that $NOTIFY_SOCKET names; does nothing without it.
/// False if it could not be sent.
bool notify_service_state(std::string_view state);

}  // namespace pawl::server
