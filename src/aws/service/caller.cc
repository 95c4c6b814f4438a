// SPDX-License-Identifier: Apache-2.0
// AWS's host names: prefix, region and the partition's domain ("AWS service endpoints", General
// Reference).
#include "aws/service/caller.h"

namespace pawl::aws {

std::string aws_endpoint_url(const ServiceModel& service, std::string_view region) {
  const std::string& prefix = service.metadata().endpoint_prefix;
  const bool china = region.starts_with("cn-");
  const std::string domain = china ? "amazonaws.com.cn" : "amazonaws.com";
  constexpr std::string_view kGlobal[] = {"iam",           "cloudfront", "route53",
                                          "organizations", "budgets",    "ce"};
  for (const std::string_view global : kGlobal) {
    if (prefix == global && !china && !region.starts_with("us-gov-")) {
      return "https://" + prefix + ".amazonaws.com";
    }
  }
  return "https://" + prefix + "." + std::string(region) + "." + domain;
}

}  // namespace pawl::aws
