// SPDX-License-Identifier: Apache-2.0
#include "services/events/names.h"

#include <vector>

#include "aws/arn.h"

namespace pawl::events {

store::KeyBuilder Scope::key() const {
  store::KeyBuilder key;
  key.text(account).text(region);
  return key;
}

std::string Scope::arn(std::string_view resource) const {
  return aws::Arn{.partition = std::string(aws::partition_of(region)),
                  .service = "events",
                  .region = region,
                  .account_id = account,
                  .resource = std::string(resource)}
      .text();
}

store::KeyBuilder BusName::key() const {
  store::KeyBuilder key = scope.key();
  key.text(name);
  return key;
}

std::optional<BusName> BusName::of_arn(std::string_view text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("event-bus/"))
    return std::nullopt;
  return BusName{{arn->account_id, arn->region}, arn->resource.substr(10)};
}

store::KeyBuilder RuleName::key() const {
  store::KeyBuilder key = bus.key();
  key.text(name);
  return key;
}

std::string RuleName::arn() const {
  return bus.scope.arn(bus.is_default() ? "rule/" + name : "rule/" + bus.name + "/" + name);
}

std::optional<RuleName> RuleName::of_arn(std::string_view text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("rule/")) return std::nullopt;
  const std::string rest = arn->resource.substr(5);
  // The name of a partner's bus has slashes, that of a rule none.
  const size_t slash = rest.rfind('/');
  const Scope scope{arn->account_id, arn->region};
  if (slash == std::string::npos) return RuleName{{scope, std::string(kDefaultBus)}, rest};
  return RuleName{{scope, rest.substr(0, slash)}, rest.substr(slash + 1)};
}

}  // namespace pawl::events
