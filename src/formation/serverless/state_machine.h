// SPDX-License-Identifier: Apache-2.0
// AWS::Serverless::StateMachine: the state machine, its role, version, alias and events.
#pragma once

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

Outcome<Resources> make_state_machine(Work& work, const SamResource& machine);

/// The resources of one event that starts `target` (the machine or its alias).
Outcome<Resources> make_machine_event(Work& work, const SamResource& machine, const Made& target,
                                      const Node& relative_id, const Node& dictionary);

}  // namespace pawl::formation::serverless
