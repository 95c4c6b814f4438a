// SPDX-License-Identifier: Apache-2.0
// The one place where services are put together.
#include "server/embedded_services.h"

#include <chrono>

#include "services/lambda/service.h"

namespace pawl::server {
namespace {

base::Timestamp wall_clock() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

base::Result<std::unique_ptr<lambda::LambdaService>> open_lambda(
    const ServiceEnvironment& environment) {
  lambda::LambdaService::Options options;
  options.data_folder = environment.data_folder;
  options.now = wall_clock;
  return lambda::LambdaService::open(environment.store, std::move(options));
}

}  // namespace

base::Result<std::vector<EmbeddedService>> make_embedded_services(
    const ServiceEnvironment& environment) {
  std::vector<EmbeddedService> services;
  services.push_back({"lambda", PAWL_TRY(open_lambda(environment))});
  return services;
}

}  // namespace pawl::server
