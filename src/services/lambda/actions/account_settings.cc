// SPDX-License-Identifier: Apache-2.0
// API GetAccountSettings: AWS's default quotas, which nobody enforces here but those that concern
// one function.
#include <limits>

#include "services/lambda/code_package.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

aws::ActionResult LambdaService::get_account_settings(const Request& request) {
  constexpr int64_t kConcurrencyMax = 1'000;
  constexpr int64_t kCodeBytesMax = 80'530'636'800;
  constexpr int64_t kZipBytesMax = 52'428'800;
  int64_t reserved = 0;
  const std::vector<std::string> names = PAWL_TRY(
      store_.names(request.account_id(), request.region, "", std::numeric_limits<size_t>::max()));
  for (const std::string& name : names) {
    const auto record = PAWL_TRY(store_.function({request.account_id(), request.region, name}));
    if (record) reserved += record->reserved_concurrency.value_or(0);
  }
  const size_t used = PAWL_TRY(store_.package_bytes(request.account_id(), request.region));
  ObjectBuilder limit;
  limit.set("TotalCodeSize", Value(kCodeBytesMax))
      .set("CodeSizeUnzipped", Value(static_cast<int64_t>(PackageLimits().unzipped_bytes_max)))
      .set("CodeSizeZipped", Value(kZipBytesMax))
      .set("ConcurrentExecutions", Value(kConcurrencyMax))
      .set("UnreservedConcurrentExecutions",
           Value(std::max<int64_t>(kConcurrencyMax - reserved, 0)));
  ObjectBuilder usage;
  usage.set("TotalCodeSize", Value(static_cast<int64_t>(used)))
      .set("FunctionCount", Value(static_cast<int64_t>(names.size())));
  ObjectBuilder out;
  out.set("AccountLimit", std::move(limit).build()).set("AccountUsage", std::move(usage).build());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
