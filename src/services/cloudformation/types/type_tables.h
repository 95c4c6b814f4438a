// SPDX-License-Identifier: Apache-2.0
// The tables of resource types, one a service. A new service is one line here and in registry.cc.
#pragma once

#include <span>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

std::span<const ResourceType> sqs_types();

}  // namespace pawl::cloudformation
