// SPDX-License-Identifier: Apache-2.0
// EventBridge, its scheduler and its pipes, put together: a part of embedded_services.h.
#pragma once

#include "server/embedded_services.h"

namespace pawl::server {

/// Adds them to services.list, and services.status_events. Errors: the store's.
base::Result<void> add_event_services(const ServiceEnvironment& environment,
                                      EmbeddedServices& services);

}  // namespace pawl::server
