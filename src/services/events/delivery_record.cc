// SPDX-License-Identifier: Apache-2.0
#include "services/events/delivery_record.h"

#include "base/wire.h"

namespace pawl::events {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string write_event(const AcceptedEvent& event) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  out.signed_varint(event.accepted.ms);
  out.sized(event.text);
  return bytes;
}

base::Result<AcceptedEvent> read_event(std::string_view bytes) {
  base::ByteReader in(bytes);
  if (in.byte() != kVersion) in.fail();
  AcceptedEvent event;
  event.accepted.ms = in.signed_varint();
  event.text = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("event");
  return event;
}

std::string write_delivery(const OwedDelivery& delivery) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  const RuleName& rule = delivery.to.rule;
  for (const std::string* text : {&rule.bus.scope.account, &rule.bus.scope.region, &rule.bus.name,
                                  &rule.name, &delivery.to.target_id})
    out.sized(*text);
  out.signed_varint(delivery.attempts);
  out.signed_varint(delivery.next_at.ms);
  return bytes;
}

base::Result<OwedDelivery> read_delivery(std::string_view bytes) {
  base::ByteReader in(bytes);
  if (in.byte() != kVersion) in.fail();
  OwedDelivery delivery;
  RuleName& rule = delivery.to.rule;
  for (std::string* text : {&rule.bus.scope.account, &rule.bus.scope.region, &rule.bus.name,
                            &rule.name, &delivery.to.target_id})
    *text = in.sized();
  delivery.attempts = in.signed_varint();
  delivery.next_at.ms = in.signed_varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("event delivery");
  return delivery;
}

}  // namespace pawl::events
