// SPDX-License-Identifier: Apache-2.0
// An event as EventBridge hands it to targets ("AWS service event metadata" in the EventBridge
// User Guide).
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "json/value.h"
#include "services/events/names.h"

namespace pawl::events {

/// "2026-11-27T16:00:00Z": to the second.
std::string event_time(base::Timestamp time);

struct EventFacts {
  std::string id;
  std::string source;
  std::string detail_type;
  base::Timestamp time = {};
  json::Value resources = json::Value::array();
  json::Value detail = json::Value::object();
};

/// {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}.
json::Value event_of(const Scope& scope, const EventFacts& facts);

}  // namespace pawl::events
