// SPDX-License-Identifier: Apache-2.0
// A generator for each thread, seeded by the operating system.
#include "server/request_id.h"

#include <random>

#include "base/random.h"

namespace pawl::server {

std::string make_request_id() {
  thread_local base::Random random = [] {
    std::random_device device;
    return base::Random((uint64_t{device()} << 32) | device());
  }();
  return base::make_uuid(random);
}

}  // namespace pawl::server
