// SPDX-License-Identifier: Apache-2.0
#include "app/image_names.h"

#include <stdlib.h>

namespace pawl::app {

std::string server_url(const std::string& given) {
  if (!given.empty()) return given;
  const char* set = getenv("AWS_ENDPOINT_URL");
  return set != nullptr && *set != '\0' ? set : "http://127.0.0.1:4566";
}

/// "127.0.0.1:4566" of "http://127.0.0.1:4566/".
std::string address_of(const std::string& url) {
  const size_t scheme = url.find("://");
  std::string address = scheme == std::string::npos ? url : url.substr(scheme + 3);
  while (address.ends_with('/')) address.pop_back();
  return address;
}

std::string default_registry() {
  const char* region = getenv("AWS_REGION");
  return std::string("000000000000.dkr.ecr.") +
         (region != nullptr && *region != '\0' ? region : "us-east-1") + ".amazonaws.com";
}

/// What has no registry is in the server's ECR, in the default account.
base::Result<container::ImageReference> reference_of(const std::string& name) {
  container::ImageReference out = PAWL_TRY(container::ImageReference::parse(name));
  const std::string first = name.substr(0, name.find('/'));
  if (out.registry != "docker.io" || first == "docker.io") return out;
  out.registry = default_registry();
  if (out.repository.starts_with("library/") && !name.starts_with("library/")) {
    out.repository.erase(0, std::string("library/").size());
  }
  return out;
}

}  // namespace pawl::app
