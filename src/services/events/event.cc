// SPDX-License-Identifier: Apache-2.0
#include "services/events/event.h"

#include <utility>

namespace pawl::events {

using json::Value;

std::string event_time(base::Timestamp time) {
  std::string text = base::format_iso8601({time.ms - time.ms % 1'000});
  // Milliseconds are not shown.
  if (const size_t dot = text.find('.'); dot != std::string::npos)
    text.erase(dot, text.size() - 1 - dot);
  return text;
}

Value event_of(const Scope& scope, const EventFacts& facts) {
  json::ObjectBuilder event;
  event.set("version", Value("0"))
      .set("id", Value(facts.id))
      .set("detail-type", Value(facts.detail_type))
      .set("source", Value(facts.source))
      .set("account", Value(scope.account))
      .set("time", Value(event_time(facts.time)))
      .set("region", Value(scope.region))
      .set("resources", facts.resources)
      .set("detail", facts.detail);
  return std::move(event).build();
}

}  // namespace pawl::events
