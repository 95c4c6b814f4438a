// SPDX-License-Identifier: Apache-2.0
// AWS's host names: prefix, region and the partition's domain ("AWS service endpoints", General
// Reference).
#include "aws/service/caller.h"

#include <algorithm>
#include <iterator>

namespace pawl::aws {

namespace {

bool is_china(std::string_view region) { return region.starts_with("cn-"); }

/// Whether the service has one host for all regions of the standard partition.
bool is_global(const ServiceModel& service, std::string_view region) {
  constexpr std::string_view kGlobal[] = {"iam",           "cloudfront", "route53",
                                          "organizations", "budgets",    "ce"};
  return std::find(std::begin(kGlobal), std::end(kGlobal), service.metadata().endpoint_prefix) !=
             std::end(kGlobal) &&
         !is_china(region) && !region.starts_with("us-gov-");
}

}  // namespace

std::string aws_endpoint_url(const ServiceModel& service, std::string_view region) {
  const std::string& prefix = service.metadata().endpoint_prefix;
  const std::string domain = is_china(region) ? "amazonaws.com.cn" : "amazonaws.com";
  if (is_global(service, region)) return "https://" + prefix + ".amazonaws.com";
  return "https://" + prefix + "." + std::string(region) + "." + domain;
}

std::string signing_region(const ServiceModel& service, std::string_view region) {
  return is_global(service, region) ? "us-east-1" : std::string(region);
}

}  // namespace pawl::aws
