// SPDX-License-Identifier: Apache-2.0
#include "server/host_name.h"

#include <arpa/inet.h>

#include <string>

namespace pawl::server {

std::string_view host_name_of(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_ip_address(std::string_view name) {
  const std::string text(name);
  in6_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace pawl::server
