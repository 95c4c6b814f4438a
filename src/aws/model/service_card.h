// SPDX-License-Identifier: Apache-2.0
// ServiceCard: what must be known of a service to tell which requests are its own. So a model,
// milliseconds and megabytes, is read when the first request has come.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/model/service_model.h"

namespace pawl::aws {

/// Members of `metadata` of the model (service_model.h), and no more than those.
struct ServiceCard {
  std::string service_name;
  std::string api_version;
  std::string endpoint_prefix;
  std::string signing_name;
  std::string target_prefix;
  std::vector<Protocol> protocols;

  bool speaks(Protocol protocol) const;
};

ServiceCard card_of(const ServiceModel& model);

/// Of the services that are embedded. A test holds them against the models. Unset: none is kept.
std::optional<ServiceCard> kept_service_card(std::string_view service_name);

}  // namespace pawl::aws
