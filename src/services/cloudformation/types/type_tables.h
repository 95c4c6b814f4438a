// SPDX-License-Identifier: Apache-2.0
// The tables of resource types, one a service. A new service is one line here and in registry.cc.
#pragma once

#include <span>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation {

std::span<const ResourceType> apigateway_http_types();
std::span<const ResourceType> apigateway_part_types();
std::span<const ResourceType> apigateway_rest_types();
std::span<const ResourceType> batch_types();
std::span<const ResourceType> container_types();
std::span<const ResourceType> datasync_types();
std::span<const ResourceType> ec2_group_types();
std::span<const ResourceType> ec2_network_types();
std::span<const ResourceType> events_types();
std::span<const ResourceType> monitoring_types();
std::span<const ResourceType> scheduling_types();
std::span<const ResourceType> sqs_types();

}  // namespace pawl::cloudformation
