// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

const ResourceType* find_type(std::string_view name) {
  static constexpr std::span<const ResourceType> (*kTables[])() = {
      apigateway_http_types, apigateway_part_types, apigateway_rest_types, batch_types,
      container_types,       datasync_types,        ec2_group_types,       ec2_network_types,
      events_types,          monitoring_types,      scheduling_types,      sqs_types};
  for (const auto& table : kTables) {
    for (const ResourceType& type : table()) {
      if (type.name == name) return &type;
    }
  }
  return nullptr;
}

}  // namespace pawl::cloudformation
