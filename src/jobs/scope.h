// SPDX-License-Identifier: Apache-2.0
// Scope: whose a resource is and where. No name of one scope is seen in another.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "aws/arn.h"
#include "aws/service/request.h"

namespace pawl::jobs {

struct Scope {
  std::string account;
  std::string region;

  friend auto operator<=>(const Scope&, const Scope&) = default;
};

inline Scope scope_of(const aws::Request& request) {
  return {request.account_id(), request.region};
}

inline std::string arn_of(const Scope& scope, std::string_view service, std::string resource) {
  return aws::Arn{std::string(aws::partition_of(scope.region)), std::string(service), scope.region,
                  scope.account, std::move(resource)}
      .text();
}

}  // namespace pawl::jobs
