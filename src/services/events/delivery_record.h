// SPDX-License-Identifier: Apache-2.0
// What is owed to targets, as it stands in the store (docs/formats/events.md): each accepted event
// once, and a short record for each target that is to get it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "services/events/names.h"

namespace pawl::events {

struct AcceptedEvent {
  base::Timestamp accepted = {};
  std::string text;  ///< JSON, as targets get it
};

/// Which target of which rule.
struct TargetReference {
  RuleName rule;
  std::string target_id;
};

struct OwedDelivery {
  TargetReference to;
  int64_t attempts = 0;
  base::Timestamp next_at = {};
};

std::string write_event(const AcceptedEvent& event);
base::Result<AcceptedEvent> read_event(std::string_view bytes);
std::string write_delivery(const OwedDelivery& delivery);
base::Result<OwedDelivery> read_delivery(std::string_view bytes);

}  // namespace pawl::events
