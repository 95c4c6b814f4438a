// SPDX-License-Identifier: Apache-2.0
// The one place where services are put together.
#include "server/embedded_services.h"

#include <utility>

namespace pawl::server {

base::Result<EmbeddedServices> make_embedded_services(const ServiceEnvironment& environment) {
  EmbeddedServices services;
  services.states = PAWL_TRY(StatesStack::open({.store = environment.store,
                                                .loop = environment.loop,
                                                .models = environment.models,
                                                .mock_config_file = environment.mock_config_file,
                                                .partitions = environment.partitions,
                                                .fatal = environment.fatal}));
  services.list.push_back({"stepfunctions", services.states->make_service()});
  return services;
}

}  // namespace pawl::server
