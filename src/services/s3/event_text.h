// SPDX-License-Identifier: Apache-2.0
// What events say: S3's own message (User Guide, "Event message structure", version 2.1), the entry
// for EventBridge, the test message; and which part of a configuration wants an event. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/value.h"
#include "services/s3/event_queue.h"
#include "services/s3/records.h"

namespace pawl::s3 {

struct WantedEvent {
  Destination destination;
  std::string configuration_id;
};

/// In the order of queues, topics, functions, EventBridge. `configuration`: a
/// NotificationConfiguration; `event`: "ObjectCreated:Put".
std::vector<WantedEvent> wanted_events(const json::Value& configuration, std::string_view event,
                                       std::string_view key);

struct EventFacts {
  const Bucket& bucket;
  const ObjectVersion& version;
  const EventOrigin& origin;
  std::string_view event;
  std::string_view configuration_id;
  uint64_t sequence;
  base::Timestamp time;
};

/// {"Records":[…]}.
std::string event_message(const EventFacts& facts);
/// An entry of PutEvents, and its "Region".
std::string event_bridge_entry(const EventFacts& facts);
/// {"Service":"Amazon S3","Event":"s3:TestEvent",…}.
std::string test_message(const Bucket& bucket, const EventOrigin& origin, base::Timestamp time);

/// What stands for an account as an owner: 64 hexadecimal digits.
std::string canonical_user_id(std::string_view account);

}  // namespace pawl::s3
