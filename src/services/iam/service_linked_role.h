// SPDX-License-Identifier: Apache-2.0
// Roles that services make for themselves (IAM User Guide, "AWS services that work with IAM", and
// the pages "Using service-linked roles" of each service).
#pragma once

#include <string_view>

namespace pawl::iam {

struct ServiceLinkedRole {
  std::string_view service;  ///< without ".amazonaws.com"
  std::string_view role;     ///< behind "AWSServiceRoleFor"
  std::string_view policy;   ///< in the path /aws-service-role/
  bool takes_suffix = false;
};

/// Of "batch.amazonaws.com"; nullptr if the service has none.
const ServiceLinkedRole* find_service_linked_role(std::string_view service);

}  // namespace pawl::iam
