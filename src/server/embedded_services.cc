// SPDX-License-Identifier: Apache-2.0
// The one place where services are put together.
#include "server/embedded_services.h"

namespace pawl::server {

base::Result<std::vector<EmbeddedService>> make_embedded_services(
    const ServiceEnvironment& /*environment*/) {
  std::vector<EmbeddedService> services;
  return services;
}

}  // namespace pawl::server
