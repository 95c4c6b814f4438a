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
std::span<const ResourceType> dynamodb_types();
std::span<const ResourceType> ec2_group_types();
std::span<const ResourceType> ec2_more_types();
std::span<const ResourceType> ec2_network_types();
std::span<const ResourceType> events_types();
std::span<const ResourceType> iam_device_types();
std::span<const ResourceType> iam_policy_types();
std::span<const ResourceType> iam_types();
std::span<const ResourceType> kms_types();
std::span<const ResourceType> lambda_function_types();
std::span<const ResourceType> lambda_types();
std::span<const ResourceType> lambda_version_types();
std::span<const ResourceType> logs_delivery_types();
std::span<const ResourceType> logs_types();
std::span<const ResourceType> monitoring_types();
std::span<const ResourceType> s3_types();
std::span<const ResourceType> scaling_types();
std::span<const ResourceType> scheduling_types();
std::span<const ResourceType> secretsmanager_types();
std::span<const ResourceType> sns_types();
std::span<const ResourceType> sqs_types();
std::span<const ResourceType> ssm_types();
std::span<const ResourceType> states_types();

}  // namespace pawl::cloudformation
