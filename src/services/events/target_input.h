// SPDX-License-Identifier: Apache-2.0
// What a target gets of an event: the whole, a part, or what a template makes of it; and its
// parameters, with paths into the event filled in.
#pragma once

#include <string>

#include "aws/event/target_call.h"
#include "base/time.h"
#include "json/value.h"
#include "services/events/delivery_record.h"
#include "services/events/rule_book.h"

namespace pawl::events {

/// `number` tells deliveries apart: a repeated one has the same.
aws::Target target_of(const CompiledTarget& target, const CompiledRule& rule,
                      const AcceptedEvent& event, uint64_t number);

}  // namespace pawl::events
